package account

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/effect"
	"sotay/internal/store"
)

// ChangePassword replaces the caller's password and ends all other sessions of
// the member (OWASP ASVS 5.0, 7.4.3). It is throttled like a sign-in: whoever
// holds a phone that is not locked must not guess there. Errors:
// InvalidCredentials for a wrong current password, WeakPassword, TooManyAttempts,
// Busy.
func (s *Service) ChangePassword(ctx context.Context, c *caller.Caller, current, next string) error {
	cred, err := s.credentials.Get(ctx, c.MemberID)
	if errors.Is(err, store.ErrNotFound) {
		return InvalidCredentials
	}
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	current, next = normPassword(current), normPassword(next)
	if err := s.policy.check(next, cred.Username, "/newPassword"); err != nil {
		return err
	}
	leave, err := s.gate.enter()
	if err != nil {
		return err
	}
	defer leave()
	a := attempt{account: cred.Username, place: "session/" + c.SessionID}
	if err := s.throttle.reserve(ctx, a); err != nil {
		return err
	}
	hash, err := s.rehashed(ctx, cred, current, next)
	if err != nil {
		return err
	}
	if err := s.throttle.clear(ctx, a); err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	return s.storePassword(ctx, c, cred.Epoch, hash)
}

// rehashed checks the current password and hashes the new one, in one slot.
func (s *Service) rehashed(ctx context.Context, cred credential, current, next string) (hash string, err error) {
	stored, ok := s.storedHash(cred)
	err = s.gate.do(ctx, func() {
		if s.hasher.matches(stored, bounded(current)) && ok {
			hash = s.hasher.hash(next)
		}
	})
	if err == nil && hash == "" {
		err = InvalidCredentials
	}
	return hash, err
}

// storePassword is the one write of a change. Its effects end the sessions
// that were signed in under an older epoch, all but the caller's.
func (s *Service) storePassword(ctx context.Context, c *caller.Caller, epoch int64, hash string) error {
	row, err := s.credentials.Update(ctx, c.MemberID, func(t *credential) error {
		if t.Epoch != epoch { // another change was faster: the current password is no more
			return InvalidCredentials
		}
		now := s.now()
		t.Hash, t.Epoch = hash, epoch+1
		t.Add(now, fxEndSessions, map[string]string{"keep": c.SessionID, "epoch": strconv.FormatInt(t.Epoch, 10)})
		t.Add(now, fxAudit, audit.Args(now, c.MemberID, "password.change", "member/"+c.MemberID, nil))
		return nil
	})
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	settle(ctx, s, s.credentialFx, c.MemberID, row)
	return nil
}

// performEndSessions ends the member's sessions from before a change of the
// password. Sessions signed in with the new one carry its epoch and stay, so
// that the effect may come late.
func (s *Service) performEndSessions(ctx context.Context, row credential, e effect.Effect) error {
	epoch, err := strconv.ParseInt(e.Args["epoch"], 10, 64)
	if err != nil {
		return fmt.Errorf("epoch of an effect: %w", err)
	}
	return s.endWhere(ctx, row.ID, func(x *session) bool {
		return x.ID != e.Args["keep"] && x.Epoch < epoch
	})
}
