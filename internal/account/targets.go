package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sotay/internal/store"
)

// targetLife is how long a target is used after it was set. FCM holds a token
// expired when its app did not connect for 270 days, and refuses it then
// (Firebase, "Best practices for FCM registration token management").
const targetLife = 270 * 24 * time.Hour

// Target is where one live session is reached.
type Target struct {
	MemberID, SessionID, InstallationID string
	Kind                                TargetKind
	Address, Platform                   string
	SetAt                               time.Time
}

// EachTarget calls fn for the push target of every live session that has one,
// in pages, by installation, until fn fails. Those that were set too long ago
// are left out, and sessions that were revoked: a phone is never sent to for
// somebody who is not signed in there.
func (s *Service) EachTarget(ctx context.Context, fn func(Target) error) error {
	return s.installations.Each(ctx, func(t installation) error {
		if !s.reaches(&t) {
			return nil
		}
		return fn(Target{MemberID: t.MemberID, SessionID: t.SessionID, InstallationID: t.ID,
			Kind: t.Target.Kind, Address: t.Target.Address, Platform: t.Target.Platform, SetAt: t.Target.SetAt})
	})
}

// reaches tells whether a message may go to an installation now. What ends a
// member's sessions has its revocation written before the rows are gone through.
func (s *Service) reaches(t *installation) bool {
	x, now := t.Session, s.now()
	return x != nil && t.Target != nil && now.Sub(t.Target.SetAt) < targetLife && !x.expired(now) &&
		s.maySignIn(x.MemberID) && !s.revoked.covers(x.ID, x.MemberID, x.CreatedAt)
}

// DropTarget removes a target of which FCM says that it is gone, if the
// installation still has that address.
func (s *Service) DropTarget(ctx context.Context, installationID, address string) error {
	err := s.dropTarget(ctx, installationID, func(t *installation) bool {
		return t.Target != nil && t.Target.Address == address
	})
	if err != nil {
		return fmt.Errorf("drop a push target: %w", err)
	}
	return nil
}

// dropTarget removes the target of an installation if it fits.
func (s *Service) dropTarget(ctx context.Context, installationID string, fits func(*installation) bool) error {
	_, err := s.installations.Update(ctx, installationID, func(t *installation) error {
		if t.Target == nil || !fits(t) {
			return store.ErrUnchanged
		}
		t.aim(nil)
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// sweepTargets removes the targets of sessions that have run out since the last
// turn: their rows stay for a while so that the phones hear why.
func (s *Service) sweepTargets(ctx context.Context) error {
	now := s.now()
	q := store.Query{Index: "keepUntil", To: now.Add(keepExpired + time.Millisecond)}
	if last := s.targetsSwept.Load(); last > 0 {
		q.From = time.UnixMilli(last).UTC().Add(keepExpired)
	}
	expired := func(t *installation) bool { return t.Session != nil && t.Session.expired(now) }
	err := s.installations.All(ctx, q, func(t installation) error {
		if t.Target == nil || !expired(&t) {
			return nil
		}
		return s.dropTarget(ctx, t.ID, expired)
	})
	if err == nil {
		s.targetsSwept.Store(now.UnixMilli())
	}
	return err
}
