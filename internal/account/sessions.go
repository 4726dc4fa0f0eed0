package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/store"
)

// Session is a device that a member is signed in on, as the member sees it.
type Session struct {
	ID, DeviceName, Platform string
	CreatedAt                time.Time
	// LastSeenAt is exact to an access token's lifetime.
	LastSeenAt time.Time
	// Current marks the session that asks.
	Current bool
}

// Sessions lists the devices that the caller is signed in on (OWASP ASVS 5.0,
// 7.5.2). limit is 1 to page.MaxLimit; a page may hold fewer, as sessions that
// ran out are left out. Errors: fault.BadCursor.
func (s *Service) Sessions(ctx context.Context, c *caller.Caller, cursor string, limit int) (items []Session, nextCursor *string, err error) {
	list := "sessions/" + c.MemberID
	q := store.Query{Index: "memberId", Eq: []any{c.MemberID}, Limit: limit}
	if q.After, err = store.OpenPosition(s.pages, list, cursor); err != nil {
		return nil, nil, err
	}
	found, err := s.installations.Find(ctx, q)
	if err != nil {
		return nil, nil, fmt.Errorf("list sessions: %w", err)
	}
	items = []Session{}
	now := s.now()
	for i := range found.Items {
		if x := found.Items[i].Session; x != nil && !x.expired(now) {
			items = append(items, x.view(c.SessionID))
		}
	}
	if found.More {
		nextCursor, err = found.Next.Seal(s.pages, list)
	}
	return items, nextCursor, err
}

func (x *session) view(current string) Session {
	return Session{ID: x.ID, DeviceName: x.DeviceName, Platform: x.Platform,
		CreatedAt: x.CreatedAt, LastSeenAt: x.LastSeenAt, Current: x.ID == current}
}

// Logout ends the caller's session. Done twice it is done once.
func (s *Service) Logout(ctx context.Context, c *caller.Caller) error {
	err := s.endOwn(ctx, c, c.SessionID)
	if errors.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// EndSession ends one of the caller's sessions. Somebody else's reads as not
// there: fault.NotFound.
func (s *Service) EndSession(ctx context.Context, c *caller.Caller, id string) error {
	if !ident.Valid(id) {
		return fault.NotFound
	}
	return s.endOwn(ctx, c, id)
}

func (s *Service) endOwn(ctx context.Context, c *caller.Caller, sid string) error {
	row, ok, err := s.holding(ctx, sid)
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	if !ok || row.MemberID != c.MemberID {
		return fault.NotFound
	}
	if err := s.end(ctx, row.ID, sid, &auditNote{actor: c.MemberID, act: "session.end"}); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// EndAll ends all sessions of a member but one ("" for none), for an admin and
// for members who leave (OWASP ASVS 5.0, 7.4.2 and 7.4.5). May run twice.
func (s *Service) EndAll(ctx context.Context, memberID, exceptSession string) error {
	if exceptSession == "" {
		// One row stops all access tokens at once, before the devices are gone
		// through.
		if err := s.revoked.revoke(ctx, memberPrefix+memberID, s.now()); err != nil {
			return fmt.Errorf("end sessions of %s: %w", memberID, err)
		}
	}
	return s.endWhere(ctx, memberID, func(x *session) bool { return x.ID != exceptSession })
}

// endWhere ends the sessions of a member that fit.
func (s *Service) endWhere(ctx context.Context, memberID string, fits func(*session) bool) error {
	var held []installation
	err := s.installations.All(ctx, store.Query{Index: "memberId", Eq: []any{memberID}}, func(t installation) error {
		if t.Session != nil && fits(t.Session) {
			held = append(held, t)
		}
		return nil
	})
	for i := range held {
		if err == nil {
			err = s.end(ctx, held[i].ID, held[i].SessionID, nil)
		}
	}
	if err != nil {
		return fmt.Errorf("end sessions of %s: %w", memberID, err)
	}
	return nil
}

// end ends a session in one write, if the installation still holds it.
func (s *Service) end(ctx context.Context, installationID, sid string, n *auditNote) error {
	row, err := s.installations.Update(ctx, installationID, func(t *installation) error {
		if t.Session == nil || t.Session.ID != sid {
			return store.ErrUnchanged
		}
		t.release(s.now(), n)
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	settle(ctx, s, s.installFx, installationID, row)
	return nil
}
