package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// EndSessionsOf ends all sessions of a member within the caller's scope as an
// administrator, for a phone that was lost. Others are fault.NotFound; who
// holds a role beyond that scope is NeedsAdmin.
func (s *Service) EndSessionsOf(ctx context.Context, c *caller.Caller, memberID string) error {
	target, ok := s.members.Identity(memberID)
	if !ok || !c.Covers(target.OrgPath, caller.Admin) {
		return fault.NotFound
	}
	for _, r := range slices.Concat(target.Roles, target.Coming) {
		if !s.administers(c, r.OrgID) {
			return NeedsAdmin
		}
	}
	// Recorded first: it may run twice, and must not end sessions in silence.
	err := s.audit.Write(ctx, "", audit.Entry{At: clock.Milli(s.now()), ActorID: c.MemberID, Act: "session.endAll", Target: "member/" + memberID})
	if err != nil {
		return fmt.Errorf("end sessions of %s: %w", memberID, err)
	}
	return s.EndAll(ctx, memberID, "")
}

// Export is what this room holds about a member, for that member. It holds
// neither hash nor code.
type Export struct {
	Username    string          `json:"username,omitempty"`
	HasPassword bool            `json:"hasPassword"`
	Consent     *ExportConsent  `json:"consent,omitempty"`
	Code        *ExportCode     `json:"activationCode,omitempty"`
	Sessions    []ExportSession `json:"sessions"`
}

// ExportConsent is the agreement to a privacy notice.
type ExportConsent struct {
	Version string    `json:"version"`
	At      time.Time `json:"at"`
}

// ExportCode is when a code was issued, and whether it was used.
type ExportCode struct {
	IssuedAt  time.Time `json:"issuedAt"`
	ExpiresAt time.Time `json:"expiresAt"`
	Used      bool      `json:"used"`
}

// ExportSession is a device that is signed in.
type ExportSession struct {
	DeviceName string    `json:"deviceName"`
	Platform   string    `json:"platform"`
	CreatedAt  time.Time `json:"createdAt"`
	LastSeenAt time.Time `json:"lastSeenAt"`
	// PushTarget is where messages reach it; nil for nowhere.
	PushTarget *ExportPushTarget `json:"pushTarget,omitempty"`
}

// ExportPushTarget is where push messages reach a device.
type ExportPushTarget struct {
	Kind       TargetKind `json:"tokenKind"`
	Address    string     `json:"pushToken"`
	Platform   string     `json:"platform"`
	AppVersion string     `json:"appVersion,omitempty"`
	SetAt      time.Time  `json:"setAt"`
}

func exportTarget(t *PushTarget) *ExportPushTarget {
	if t == nil {
		return nil
	}
	return &ExportPushTarget{t.Kind, t.Address, t.Platform, t.AppVersion, t.SetAt}
}

// ExportAccount returns what this room holds about a member.
func (s *Service) ExportAccount(ctx context.Context, memberID string) (Export, error) {
	out := Export{Sessions: []ExportSession{}}
	cred, err := s.credentials.Get(ctx, memberID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return out, fmt.Errorf("export account of %s: %w", memberID, err)
	}
	out.Username, out.HasPassword = cred.Username, cred.Hash != ""
	if cred.Consent != nil {
		out.Consent = &ExportConsent{cred.Consent.Version, cred.Consent.At}
	}
	if c := cred.Code; c != nil {
		out.Code = &ExportCode{c.IssuedAt, c.ExpiresAt, c.Used}
	}
	err = s.installations.All(ctx, store.Query{Index: "memberId", Eq: []any{memberID}}, func(t installation) error {
		if x := t.Session; x != nil {
			out.Sessions = append(out.Sessions, ExportSession{x.DeviceName, x.Platform, x.CreatedAt, x.LastSeenAt, exportTarget(t.Target)})
		}
		return nil
	})
	if err != nil {
		return out, fmt.Errorf("export account of %s: %w", memberID, err)
	}
	return out, nil
}

// Erase removes the account of a member: password, code, consent, sessions and
// devices. Nobody can sign in as that member afterwards, and access tokens stop
// at once. It may run twice.
func (s *Service) Erase(ctx context.Context, memberID string) error {
	// The account first: a sign-in that is under way finds it gone, and ends.
	if err := s.eraseCredential(ctx, memberID); err != nil {
		return fmt.Errorf("erase account of %s: %w", memberID, err)
	}
	var held []installation
	err := s.installations.All(ctx, store.Query{Index: "memberId", Eq: []any{memberID}}, func(t installation) error {
		held = append(held, t)
		return nil
	})
	if err == nil {
		err = s.EndAll(ctx, memberID, "")
	}
	for i := range held {
		if err == nil {
			err = s.eraseInstallation(ctx, held[i].ID)
		}
	}
	if err != nil {
		return fmt.Errorf("erase account of %s: %w", memberID, err)
	}
	return nil
}

// eraseCredential performs what the account still carries, so that no entry of
// the record is lost with it, and removes it.
func (s *Service) eraseCredential(ctx context.Context, memberID string) error {
	for {
		cred, err := s.credentials.Get(ctx, memberID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			cred, err = s.credentialFx.Perform(ctx, memberID, cred)
		}
		if err == nil {
			err = s.credentials.DeleteIf(ctx, memberID, cred.Rev)
		}
		if !errors.Is(err, store.ErrStale) {
			return err
		}
	}
}

// eraseInstallation removes a device whose session has ended, unless somebody
// else has signed in on it since.
func (s *Service) eraseInstallation(ctx context.Context, id string) error {
	for {
		row, err := s.installations.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			row, err = s.installFx.Perform(ctx, id, row)
		}
		if err == nil && row.Session != nil {
			return nil
		}
		if err == nil {
			err = s.installations.DeleteIf(ctx, id, row.Rev)
		}
		if !errors.Is(err, store.ErrStale) {
			return err
		}
	}
}
