package study

import (
	"context"
	"errors"
	"time"

	"sotay/internal/store"
)

// How often polls look, and how far back. What was written lately may be
// committed a little later; a writer's clock may be well behind ours, and what
// one that was far off has dated is seen by reading all. Those that look far are
// rare: after an opening or a rebuild they read every page.
const (
	openEvery   = 500 * time.Millisecond
	pollTicks   = 2
	pollOverlap = 5 * time.Second
	sweepTicks  = 30
	sweepBack   = 90 * time.Second
	allTicks    = 600
	closedLong  = 24 * time.Hour
)

// poll takes in the pages written since an instant, all for the zero time.
func (s *Service) poll(ctx context.Context, r *roll, since time.Time) error {
	q := store.Query{Index: "roll", Eq: []any{r.opening.RollID}}
	if !since.IsZero() {
		q.From = since
	}
	pages := newPageReader()
	return s.pages.AllRaw(ctx, q, func(doc store.Raw) error {
		if known, err := r.knows(doc); known || err != nil {
			return err
		}
		p, err := pages.read(doc)
		if err == nil {
			r.take(p)
		}
		return err
	})
}

// knows tells whether a page has been taken in as it is: polls read most pages
// several times.
func (r *roll) knows(doc store.Raw) (bool, error) {
	var id []byte
	var rev int64
	err := store.Walk(doc, func(name []byte, v store.Value) {
		switch string(name) {
		case "_id":
			id = v.Text()
		case "_rev":
			rev = v.Int()
		}
	})
	r.mu.RLock()
	defer r.mu.RUnlock()
	p := r.pages[string(id)]
	return p != nil && p.rev >= rev, err
}

// follow opens drives when they are due, and keeps the rolls fresh, until ctx
// ends.
func (s *Service) follow(ctx context.Context) {
	tick := time.NewTicker(openEvery)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := s.OpenDue(ctx)
		switch {
		case n%allTicks == 0:
			err = errors.Join(err, s.refresh(ctx, everything))
		case n%sweepTicks == 0:
			err = errors.Join(err, s.refresh(ctx, earlier))
		case n%pollTicks == 0:
			err = errors.Join(err, s.refresh(ctx, lately))
		}
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("drives not followed", "error", err)
		}
	}
}

// OpenDue takes down the rolls of drives that have begun and have none.
func (s *Service) OpenDue(ctx context.Context) error {
	now := s.Now()
	for id, v := range s.out.Load().drives {
		if now.Before(v.Payload.OpensAt) {
			continue
		}
		_, err := s.rollOf(ctx, id)
		if !errors.Is(err, notOpen) {
			if err != nil {
				return err
			}
			continue
		}
		release, _, err := s.Leases.TryAcquire(ctx, "drive/"+id)
		if errors.Is(err, store.ErrHeld) {
			continue // another takes it down
		}
		if err != nil {
			return err
		}
		err = s.open(ctx, v)
		release()
		if err != nil {
			return err
		}
		if _, err := s.rollOf(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// reach is how far a refresh looks back.
type reach int

const (
	lately reach = iota
	earlier
	everything
)

// refresh takes in what was written since the last look that reached as far. Rolls
// of drives that are not out are forgotten: a report reads them again. Those of
// drives that closed a good while ago are not read whole any more.
func (s *Service) refresh(ctx context.Context, back reach) error {
	out := s.out.Load().drives
	s.mu.Lock()
	rolls := make([]*roll, 0, len(s.rolls))
	for id, r := range s.rolls {
		if out[id] == nil && back == everything {
			delete(s.rolls, id)
			continue
		}
		rolls = append(rolls, r)
	}
	s.mu.Unlock()
	for _, r := range rolls {
		now := s.Now()
		var since time.Time
		switch v := out[r.opening.ID]; {
		case back == lately:
			since = r.polled.Add(-pollOverlap)
		case back == earlier, v != nil && now.After(v.Payload.ClosesAt.Add(closedLong)):
			since = r.swept.Add(-sweepBack)
		}
		if err := s.poll(ctx, r, since); err != nil {
			return err
		}
		if r.polled = now; back != lately {
			r.swept = now
		}
	}
	return nil
}
