package quiz

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sotay/internal/caller"
	"sotay/internal/store"
)

// ExportAttempts returns all attempts of a member, for that member, newest
// first, with as much of their outcomes as the rules let the member see.
func (s *Service) ExportAttempts(ctx context.Context, c *caller.Caller) ([]Listed, error) {
	var out []Listed
	q := store.Query{Index: "member", Eq: []any{c.MemberID}, Desc: true, Limit: store.MaxPage}
	for {
		found, err := s.attempts.Find(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("export attempts of %s: %w", c.MemberID, err)
		}
		rows, err := s.listed(ctx, c, found.Items)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
		if !found.More {
			return out, nil
		}
		q.After = found.Next
	}
}

// Erase removes the attempts of a member, and the member from the overrides. It
// may run twice.
func (s *Service) Erase(ctx context.Context, memberID string) error {
	err := s.attempts.All(ctx, store.Query{Index: "member", Eq: []any{memberID}}, func(a Attempt) error {
		err := s.attempts.DeleteIf(ctx, a.ID, a.Rev)
		if errors.Is(err, store.ErrStale) { // written meanwhile: another run finds it
			return fmt.Errorf("attempt %s: %w", a.ID, err)
		}
		return err
	})
	if err == nil {
		err = s.eraseOverrides(ctx, memberID)
	}
	if err != nil {
		return fmt.Errorf("erase attempts of %s: %w", memberID, err)
	}
	return nil
}

func (s *Service) eraseOverrides(ctx context.Context, memberID string) error {
	var ids []string
	err := s.overrides.All(ctx, store.Query{Index: "members", Eq: []any{memberID}}, func(o Overrides) error {
		ids = append(ids, o.ID)
		return nil
	})
	for _, id := range ids {
		if err != nil {
			return err
		}
		_, err = s.overrides.Update(ctx, id, func(o *Overrides) error {
			n := len(o.Rows)
			o.Rows = slices.DeleteFunc(o.Rows, func(r Override) bool { return r.MemberID == memberID })
			o.Members = slices.DeleteFunc(o.Members, func(m string) bool { return m == memberID })
			if len(o.Rows) == n {
				return store.ErrUnchanged
			}
			o.Revision++
			return nil
		})
	}
	return err
}
