package study

import (
	"context"
	"fmt"
	"slices"

	"sotay/internal/store"
)

// RebuildAll rebuilds every drive that has opened, also those withdrawn since.
func (s *Service) RebuildAll(ctx context.Context) (drives, wrong int, err error) {
	err = s.openings.Each(ctx, func(o Opening) error {
		n, err := s.Rebuild(ctx, o.ID)
		drives, wrong = drives+1, wrong+n
		return err
	})
	return drives, wrong, err
}

// Rebuild states anew what the rows of a drive say of completions and of changes
// of the roll, from these themselves, and returns how many rows were wrong. The server
// answers meanwhile: a completion that is written then is newer than what was
// read, and stays.
func (s *Service) Rebuild(ctx context.Context, driveID string) (wrong int, err error) {
	r, err := s.rollOf(ctx, driveID)
	if err != nil {
		return 0, err
	}
	acts := map[string]*RollChange{}
	err = s.changes.All(ctx, store.Query{Index: "drive", Eq: []any{driveID}}, func(x RollChange) error {
		acts[x.MemberID] = &x
		return s.setRoll(ctx, &x) // so that there is a row to restate
	})
	if err != nil {
		return 0, fmt.Errorf("read changes of the roll of drive %s: %w", driveID, err)
	}
	byPage := map[string]map[string]*Completion{}
	err = s.completions.All(ctx, store.Query{Index: "drive", Eq: []any{driveID}}, func(c Completion) error {
		if id := r.pageOf(c.MemberID); id != "" {
			if byPage[id] == nil {
				byPage[id] = map[string]*Completion{}
			}
			byPage[id][c.MemberID] = &c
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("read completions of drive %s: %w", driveID, err)
	}
	r.mu.RLock()
	ids := make([]string, 0, len(r.pages))
	for id := range r.pages {
		ids = append(ids, id)
	}
	r.mu.RUnlock()
	for _, id := range ids {
		n, err := s.restate(ctx, r, id, byPage[id], acts)
		if err != nil {
			return wrong, fmt.Errorf("rebuild page %s: %w", id, err)
		}
		wrong += n
	}
	return wrong, nil
}

// restate sets the rows of a page from completions and changes of the roll.
func (s *Service) restate(ctx context.Context, r *roll, id string, done map[string]*Completion, acts map[string]*RollChange) (wrong int, err error) {
	p, err := s.pages.Update(ctx, id, func(p *Page) error {
		wrong = 0
		for i := range p.Rows {
			row := &p.Rows[i]
			c := done[row.MemberID]
			if c == nil && row.CompletionRev > 0 {
				// It may have been written since the completions were read.
				var err error
				if c, err = s.completionOf(ctx, p.DriveID, row.MemberID); err != nil {
					return err
				}
			}
			before := slices.Clone(row.Entries)
			if c == nil || row.CompletionRev <= c.Rev {
				row.shows(c)
			}
			if x := acts[row.MemberID]; x != nil && row.RollRev <= x.Rev {
				row.onRoll(x)
			}
			if !slices.Equal(before, row.Entries) {
				wrong++
			}
		}
		counts := p.Counts
		p.changed(r.opening.Rules, s.Now())
		if wrong == 0 && counts == p.Counts {
			return store.ErrUnchanged
		}
		return nil
	})
	if err == nil {
		r.take(&p)
	}
	return wrong, err
}
