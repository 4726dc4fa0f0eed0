package quiz

import (
	"context"
	"crypto/rand"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// What a member who wants to begin is refused.
var (
	notOpen = fault.New(fault.Conflict, "not_open",
		"Chưa đến giờ mở.", "It is not open yet.")
	hasClosed = fault.New(fault.Conflict, "closed",
		"Đã hết thời gian làm bài.", "It has closed.")
	noneLeft = fault.New(fault.Conflict, "no_attempts_left",
		"Bạn đã dùng hết số lượt làm bài.", "You have no attempts left.")
	pauseRuns = fault.New(fault.TooMany, "pause_between_attempts",
		"Cần nghỉ trước lượt tiếp theo.", "There is a pause before the next attempt.")
)

// maxAttempts bounds a member's attempts at one sitting, however many its rules
// allow.
const maxAttempts = 500

// terms are the rules of a sitting as they are for one member.
type terms struct {
	window   Window
	limit    time.Duration
	attempts int64
}

func termsOf(t *Sitting) terms {
	return terms{window: t.Window, limit: time.Duration(t.Rules.TimeLimitSeconds) * time.Second, attempts: t.Rules.Attempts}
}

// deadline is when an attempt ends that begins at an instant.
func (m *terms) deadline(start time.Time) time.Time {
	switch {
	case m.limit <= 0:
		return m.window.ClosesAt
	case m.window.HardClose && !m.window.ClosesAt.IsZero() && m.window.ClosesAt.Before(start.Add(m.limit)):
		return m.window.ClosesAt
	}
	return start.Add(m.limit)
}

// over tells whether no attempt can run any more: the close has passed, and the
// time of those that began just before it.
func (m *terms) over(now time.Time) bool {
	end := m.window.ClosesAt
	if end.IsZero() {
		return false
	}
	if !m.window.HardClose {
		end = end.Add(m.limit)
	}
	return !now.Before(end)
}

// begin begins an attempt, or returns the one that is open: a phone whose answer
// was lost, and a second device, go on with it. device may be "".
func (s *Service) begin(ctx context.Context, c *caller.Caller, t *Sitting, m terms, device string) (a Attempt, fresh bool, err error) {
	for range 3 { // another start may be first
		mine, err := s.mine(ctx, t.ID, c.MemberID)
		if err != nil {
			return a, false, err
		}
		now := s.Now()
		if open := openOf(mine, now); open != nil {
			if !open.ranOut(now) {
				return *open, false, nil
			}
			if _, err := s.expire(ctx, open.ID); err != nil {
				return a, false, err
			}
			continue
		}
		if err := mayBegin(mine, t, m, now); err != nil {
			if held := leaseOf(mine, c.SessionID, now); held != nil && err == noneLeft {
				return s.beginLeased(ctx, c, held.ID, Beginning{})
			}
			return a, false, err
		}
		a, err = s.newAttempt(ctx, c, t, mine)
		if err != nil {
			return a, false, err
		}
		a.State, a.StartedAt, a.DeadlineAt, a.Device = Open, now, m.deadline(now), device
		a.Due = dueAt(a.DeadlineAt)
		err = s.attempts.Insert(ctx, &a)
		if !store.IsDuplicate(err) {
			return a, true, err
		}
	}
	return a, false, store.ErrContention
}

// dueAt is when a sweeper takes up what ends at an instant: past it, never at it.
func dueAt(end time.Time) int64 {
	if end.IsZero() {
		return 0
	}
	return end.UnixMilli() + 1
}

// newAttempt makes the member's next attempt: its paper, seed and questions.
func (s *Service) newAttempt(ctx context.Context, c *caller.Caller, t *Sitting, mine []Attempt) (Attempt, error) {
	paper, err := s.paper(ctx, t.PaperID)
	if err != nil {
		return Attempt{}, err
	}
	seed := make([]byte, 16)
	_, _ = rand.Read(seed) // never fails: crypto/rand ends the program instead
	a := Attempt{SittingID: t.ID, Mine: mineKey(t.ID, c.MemberID), MemberID: c.MemberID, Number: 1, OrgID: c.OrgID, Version: t.Version,
		PaperID: t.PaperID, Seed: seed, Places: paper.Draw(seed, t.Rules.ShuffleQuestions), ShuffleChoices: t.Rules.ShuffleChoices,
		PassMark: t.Rules.PassMark, Asks: t.Guess, ClosedAt: epoch}
	if len(mine) > 0 {
		a.Number = mine[0].Number + 1
	}
	a.ID = attemptID(a.Mine, a.Number)
	return a, nil
}

// mayBegin tests window, number and pause. mine is newest first.
func mayBegin(mine []Attempt, t *Sitting, m terms, now time.Time) error {
	switch {
	case !m.window.Opened(now):
		return notOpen
	case m.window.Closed(now):
		return hasClosed
	case m.attempts > 0 && taken(mine) >= m.attempts, len(mine) >= maxAttempts:
		return noneLeft
	}
	if wait := pauseUntil(mine, t).Sub(now); wait > 0 {
		return pauseRuns.After(wait)
	}
	return nil
}

// pauseUntil is when the pause after the member's latest attempt is over; the
// zero time when there was none.
func pauseUntil(mine []Attempt, t *Sitting) (until time.Time) {
	for i := range mine {
		if end := mine[i].ClosedAt.Add(time.Duration(t.Rules.PauseSeconds) * time.Second); mine[i].Closed() && end.After(until) {
			until = end
		}
	}
	return until
}

// taken counts the attempts that use up one of the member's.
func taken(mine []Attempt) (n int64) {
	for i := range mine {
		if mine[i].State != Void {
			n++
		}
	}
	return n
}

// openOf returns the attempt that can be gone on with, or has run out and is to
// be closed; nil for none. One from a lease whose time is over only waits for
// what its phone has yet to send.
func openOf(mine []Attempt, now time.Time) *Attempt {
	for i := range mine {
		if a := &mine[i]; a.State == Open && (a.Offline == nil || !a.overdue(now) || a.ranOut(now)) {
			return a
		}
	}
	return nil
}

// mine returns a member's attempts at a sitting, newest first.
func (s *Service) mine(ctx context.Context, sittingID, memberID string) ([]Attempt, error) {
	page, err := s.attempts.Find(ctx, store.Query{Index: "mine", Eq: []any{mineKey(sittingID, memberID)}, Desc: true, Limit: maxAttempts})
	return page.Items, err
}
