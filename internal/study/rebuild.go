package study

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"sotay/internal/store"
)

// rebuilders restate pages at one time: while one waits for the disk, others
// compute, and the store takes their writes together.
const rebuilders = 4

// RebuildAll rebuilds every drive that has opened, also those withdrawn since.
// The rolls are forgotten again, so that it holds one at a time.
func (s *Service) RebuildAll(ctx context.Context) (drives, wrong int, err error) {
	err = s.openings.Each(ctx, func(o Opening) error {
		n, err := s.Rebuild(ctx, o.ID)
		drives, wrong = drives+1, wrong+n
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.rolls, o.ID)
		return err
	})
	return drives, wrong, err
}

// Rebuild states anew what the rows of a drive say of completions and of changes
// of the roll, from these themselves, and returns how many rows were wrong. The
// server answers meanwhile.
func (s *Service) Rebuild(ctx context.Context, driveID string) (wrong int, err error) {
	r, err := s.rollOf(ctx, driveID)
	if err != nil {
		return 0, err
	}
	acts := map[string]*RollChange{}
	err = s.changes.All(ctx, store.Query{Index: "drive", Eq: []any{driveID}}, func(x RollChange) error {
		if acts[x.MemberID] = &x; r.pageOf(x.MemberID) != "" {
			return nil
		}
		return s.setRoll(ctx, &x) // so that there is a row to restate
	})
	if err != nil {
		return 0, fmt.Errorf("read changes of the roll of drive %s: %w", driveID, err)
	}
	r.mu.RLock()
	ids := make([]string, 0, len(r.pages))
	for id := range r.pages {
		ids = append(ids, id)
	}
	r.mu.RUnlock()
	slices.Sort(ids)
	var found atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(rebuilders)
	for _, id := range ids {
		g.Go(func() error {
			n, err := s.restate(ctx, r, id, acts)
			if err != nil {
				return fmt.Errorf("rebuild page %s: %w", id, err)
			}
			found.Add(int64(n))
			return nil
		})
	}
	err = g.Wait()
	return int(found.Load()), err
}

// restate sets the rows of a page from completions and changes of the roll. What
// is recorded after they were read finds the page and states itself; when it
// comes before the page is written, completions are read again, and an older act is
// known by its revision.
func (s *Service) restate(ctx context.Context, r *roll, id string, acts map[string]*RollChange) (wrong int, err error) {
	p, err := s.pages.Update(ctx, id, func(p *Page) error {
		wrong = 0
		done, err := s.completionsOn(ctx, p)
		if err != nil {
			return err
		}
		for i := range p.Rows {
			row := &p.Rows[i]
			before := row.Entries
			if c := done[i]; c == nil || row.CompletionRev <= c.Rev {
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

// completionsOn are those of the rows of a page, in their order, nil for none.
func (s *Service) completionsOn(ctx context.Context, p *Page) ([]*Completion, error) {
	ids := make([]string, len(p.Rows))
	for i := range p.Rows {
		ids[i] = CompletionID(p.DriveID, p.Rows[i].MemberID)
	}
	found, err := s.completions.GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read completions: %w", err)
	}
	out := make([]*Completion, len(ids))
	for i, id := range ids {
		if c, ok := found[id]; ok {
			out[i] = &c
		}
	}
	return out, nil
}
