package account

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// NeedsAdmin answers the issuing of a code that would hand over more than the
// issuer may do.
var NeedsAdmin = fault.New(fault.Forbidden, "needs_admin",
	"Người này có vai trò rộng hơn phạm vi của bạn, hoặc chính là bạn; hãy nhờ quản trị viên cấp trên cấp mã.",
	"This person holds a role beyond your scope, or is yourself: ask an administrator above for the code.")

// MemberLeft answers the issuing of a code for somebody who may not sign in.
var MemberLeft = fault.New(fault.Conflict, "member_left",
	"Người này không còn sinh hoạt tại đảng bộ nên không được cấp mã.",
	"This person has left, so that no code can be issued.")

// Issued is a code as it is shown once, to whoever hands it over.
type Issued struct {
	Username  string
	Code      string // in groups
	ExpiresAt time.Time
}

// IssueCode makes a new activation code for a member, by a role of the caller
// (Secretary or Admin) whose scope holds the member's unit. The code before it
// is void; the password before it is good until the new code is used. Errors:
// fault.NotFound for members outside, NeedsAdmin, MemberLeft.
func (s *Service) IssueCode(ctx context.Context, c *caller.Caller, as caller.RoleName, memberID string) (Issued, error) {
	target, ok := s.members.Identity(memberID)
	if !ok {
		return Issued{}, fault.NotFound
	}
	g, err := s.grantFor(c.Identity, as, target)
	if err != nil {
		return Issued{}, err
	}
	return s.issue(ctx, memberID, g, &issuer{c.MemberID})
}

// grantFor finds the role by which somebody may issue a code for target.
func (s *Service) grantFor(who *caller.Identity, as caller.RoleName, target *caller.Identity) (grant, error) {
	covered := false
	for _, r := range who.Roles {
		if r.Name != as || !slices.Contains(target.OrgPath, r.OrgID) {
			continue
		}
		covered = true
		g := grant{Role: string(as), OrgID: r.OrgID}
		if !target.MaySignIn {
			return grant{}, MemberLeft
		}
		// With a code for oneself, a phone left lying about would become an
		// account without its password being asked for.
		if target.MemberID != who.MemberID && s.allows(g, target) {
			return g, nil
		}
	}
	if covered {
		return grant{}, NeedsAdmin
	}
	return grant{}, fault.NotFound
}

// issuer is who an act of issuing is recorded for; nil records nothing, for a
// sheet is recorded as a whole.
type issuer struct{ memberID string }

// issue writes a new code to the account of a member, who gets one if there is
// none.
func (s *Service) issue(ctx context.Context, memberID string, g grant, by *issuer) (Issued, error) {
	code, now := newCode(), s.now()
	open := issuedCode{MAC: s.codeMAC(memberID, code), IssuedAt: now, ExpiresAt: now.Add(codeLifetime), By: g}
	row, err := s.ensure(ctx, memberID, func(t *credential) error {
		c := open
		t.Code = &c
		if by != nil {
			t.Add(now, fxAudit, audit.Args(now, by.memberID, "activation.issue", "member/"+memberID,
				map[string]string{"role": g.Role, "org": g.OrgID}))
		}
		return nil
	})
	if err != nil {
		return Issued{}, fmt.Errorf("issue code of %s: %w", memberID, err)
	}
	settle(ctx, s, s.credentialFx, memberID, row)
	return Issued{Username: row.Username, Code: groupCode(code), ExpiresAt: open.ExpiresAt}, nil
}

// ensure updates the account of a member, or makes one that has no password
// under a username by chance.
func (s *Service) ensure(ctx context.Context, memberID string, fn store.UpdateFunc[credential]) (credential, error) {
	for {
		row, err := s.credentials.Update(ctx, memberID, fn)
		if !errors.Is(err, store.ErrNotFound) {
			return row, err
		}
		row = credential{Meta: store.Meta{ID: memberID}, Username: s.username(), Epoch: 1}
		if err := fn(&row); err != nil {
			return row, err
		}
		err = s.credentials.Insert(ctx, &row)
		// Taken: another replica was faster, or the name is somebody's.
		if !store.IsDuplicate(err, "_id") && !store.IsDuplicate(err, "username") {
			return row, err
		}
	}
}

// usernames is how many there are that we make.
var usernames = big.NewInt(10_000_000)

// newUsername returns "dv" (đảng viên) and seven digits: nothing in it tells
// who that is, and it can be said on the telephone.
func newUsername() string {
	n, err := rand.Int(rand.Reader, usernames)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return fmt.Sprintf("dv%07d", n)
}
