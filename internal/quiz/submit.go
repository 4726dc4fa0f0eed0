package quiz

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/quiz/question"
	"sotay/internal/store"
)

// Handing is an attempt handed in as a phone sends it.
type Handing struct {
	// Guess is that of a contest as it is written, nil for none.
	Guess *float64
	// At is when it was handed in by the phone's clock, SentAt that clock when
	// it was sent; nil for unknown. They say something of attempts from leases
	// only.
	At, SentAt *time.Time
}

// Submit hands an attempt in and grades it, once: a repeat returns what came of
// the first, its guess included. After the deadline it is closed as one that
// ran out, with what was saved and without the guess.
func (s *Service) Submit(ctx context.Context, c *caller.Caller, attemptID string, guess *float64) (Attempt, error) {
	return s.HandIn(ctx, c, attemptID, Handing{Guess: guess})
}

// HandIn is Submit with what a phone says of its clock: an attempt from a lease
// is handed in when the phone did so. The server's time stands beside it.
func (s *Service) HandIn(ctx context.Context, c *caller.Caller, attemptID string, h Handing) (Attempt, error) {
	a, err := s.close(ctx, attemptID, func(a *Attempt, now time.Time) error {
		switch {
		case a.MemberID != c.MemberID:
			return fault.NotFound
		case a.State == Leased:
			return notBegun
		case a.State != Open:
			return store.ErrUnchanged
		}
		guessed, err := a.guessed(h.Guess, now)
		if err != nil {
			return err
		}
		if a.overdue(a.handedIn(h, now)) {
			a.runOut()
			return nil
		}
		a.State, a.ClosedAt, a.Guess = Submitted, now, guessed
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return a, fault.NotFound
	}
	return a, err
}

// handedIn is when an attempt was handed in: on arrival, and from a lease when
// the phone says.
func (a *Attempt) handedIn(h Handing, now time.Time) time.Time {
	if a.Offline == nil || h.At == nil {
		return now
	}
	a.Offline.SubmittedAt = clock.Milli(*h.At)
	return a.within(a.Offline.corrected(a.Offline.SubmittedAt, h.SentAt, now), now)
}

// attempt returns the caller's attempt.
func (s *Service) attempt(ctx context.Context, c *caller.Caller, id string) (Attempt, error) {
	a, err := s.attempts.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.MemberID != c.MemberID {
		return Attempt{}, fault.NotFound
	}
	return a, err
}

// runOut closes the attempt as of its deadline, which can be before its start
// when its lease had run out by then.
func (a *Attempt) runOut() {
	a.State, a.ClosedAt = Expired, a.DeadlineAt
	if a.ClosedAt.Before(a.StartedAt) {
		a.ClosedAt = a.StartedAt
	}
}

// close closes an attempt by fn and grades it in the same write; fn returns
// store.ErrUnchanged for what is closed and stays as it is.
func (s *Service) close(ctx context.Context, id string, fn func(a *Attempt, now time.Time) error) (Attempt, error) {
	return s.attempts.Update(ctx, id, func(a *Attempt) error {
		if err := fn(a, s.Now()); err != nil {
			return err
		}
		paper, err := s.paper(ctx, a.PaperID)
		if err != nil {
			return err
		}
		keys, err := s.keys(ctx, a.PaperID)
		if err != nil {
			return err
		}
		a.Due = 0
		if isRound(a.SittingID) {
			a.Due = toFold(a.ClosedAt)
		}
		a.grade(paper, keys)
		return nil
	})
}

// grade marks the answers. It is pure.
func (a *Attempt) grade(paper *Paper, keys *PaperKeys) {
	a.Marks, a.Right, a.Mark = make([]int64, len(a.Places)), 0, 0
	for i, place := range a.Places {
		answer := a.answer(paper.Items[place].ID)
		if answer == nil {
			continue
		}
		mark := keys.Keys[place].Grade(&answer.Response)
		a.Marks[i] = mark
		a.Mark += mark
		if mark == question.Full {
			a.Right++
		}
	}
	a.Passed = a.Mark*100 >= a.PassMark*a.Total()*question.Full
}

// expire closes an attempt that has run out; a lease that was never used is void.
func (s *Service) expire(ctx context.Context, id string) (Attempt, error) {
	a, err := s.attempts.Get(ctx, id)
	if err != nil {
		return a, err
	}
	if a.State == Open {
		return s.close(ctx, id, func(a *Attempt, _ time.Time) error {
			if a.State != Open {
				return store.ErrUnchanged
			}
			a.runOut()
			return nil
		})
	}
	return s.attempts.Update(ctx, id, func(a *Attempt) error {
		if a.State != Leased { // closed or begun meanwhile
			return store.ErrUnchanged
		}
		a.State, a.ClosedAt, a.Due = Void, s.Now(), 0
		return nil
	})
}

// expiry is the sweeper of attempts that have run out.
type expiry struct{ *Service }

// What one round of the sweeper takes at most, and how many at once: their
// writes are committed together.
const (
	expiryPage  = 200
	expiryHands = 16
)

// Sweep closes the attempts that are due. It implements effect.Sweeper.
func (e expiry) Sweep(ctx context.Context) (int, error) {
	total := 0
	for {
		page, err := e.attempts.Find(ctx, store.Query{Index: "due", From: int64(1), To: e.Now().UnixMilli() + 1, Limit: expiryPage})
		if err != nil || len(page.Items) == 0 {
			return total, err
		}
		if err := e.sweepPage(ctx, page.Items); err != nil {
			return total, err
		}
		total += len(page.Items)
	}
}

func (e expiry) sweepPage(ctx context.Context, rows []Attempt) error {
	var all errgroup.Group
	all.SetLimit(expiryHands)
	for i := range rows {
		all.Go(func() error {
			_, err := e.expire(ctx, rows[i].ID)
			return err
		})
	}
	return all.Wait()
}
