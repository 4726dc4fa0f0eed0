package quiz

import (
	"context"
	"errors"
	"time"

	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// leaseIsPractice refuses to make an attempt of what carries the answers.
var leaseIsPractice = fault.New(fault.Invalid, "lease_is_practice",
	"Bài luyện tập không tính là lượt làm bài.", "Practice is not an attempt.").
	At("/lease", "lease_is_practice", "Đây là giấy phép luyện tập.", "This lease is for practice.")

// Beginning is what a phone says of how it began a leased attempt.
type Beginning struct {
	// StartedAt is when, by the phone's clock, SentAt that clock when it was
	// sent; nil for unknown.
	StartedAt, SentAt *time.Time
}

// BeginLease tells that a leased attempt was begun. It is never too late to
// tell: what was begun when the lease had run out is kept, and counts nothing.
// A repeat changes nothing. The quiz may be withdrawn meanwhile.
func (s *Service) BeginLease(ctx context.Context, c *caller.Caller, quizID, token string, b Beginning) (sheet Sheet, fresh bool, err error) {
	claim, err := s.readLease(token)
	if err != nil {
		if t := s.sitting(KindQuiz + "/" + quizID); t == nil || !t.admits(c) {
			err = fault.NotFound
		}
		return sheet, false, err
	}
	if claim.memberID != c.MemberID {
		return sheet, false, fault.NotFound
	}
	if claim.mode != Exam {
		return sheet, false, leaseIsPractice
	}
	a, err := s.attempt(ctx, c, claim.attemptID)
	if err != nil {
		return sheet, false, err
	}
	if a.SittingID != KindQuiz+"/"+quizID || a.Offline == nil || a.Offline.LeaseID != claim.leaseID {
		return sheet, false, badLease
	}
	if a, fresh, err = s.beginLeased(ctx, c, a.ID, b); err != nil {
		return sheet, false, err
	}
	sheet, err = s.sheet(ctx, a)
	return sheet, fresh, err
}

// beginLeased begins a leased attempt of the caller's.
func (s *Service) beginLeased(ctx context.Context, c *caller.Caller, id string, b Beginning) (a Attempt, fresh bool, err error) {
	a, err = s.attempts.Update(ctx, id, func(a *Attempt) error {
		if fresh = a.State == Leased; !fresh && a.State != Void || a.MemberID != c.MemberID {
			return store.ErrUnchanged
		}
		if !a.begin(b, s.Now()) {
			return store.ErrUnchanged
		}
		a.OrgID = c.OrgID
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		err = fault.NotFound
	}
	return a, fresh, err
}

// begin opens a leased attempt as of when the phone says, corrected by how far
// its clock is off, between the leasing and now. Of a void one it is only noted
// that it was begun after all. It tells whether anything changed.
func (a *Attempt) begin(b Beginning, now time.Time) bool {
	o, leased := a.Offline, a.StartedAt
	if a.State == Void && !o.ReceivedAt.IsZero() {
		return false
	}
	o.ReceivedAt = now
	start := now
	if b.StartedAt != nil {
		o.StartedAt = clock.Milli(*b.StartedAt)
		start = o.corrected(o.StartedAt, b.SentAt, now)
		if start.After(now) { // a clock that is ahead, whatever it says of itself
			o.sawSkew(start.Sub(now))
			start = now
		}
		if start.Before(leased) {
			o.sawSkew(start.Sub(leased))
			start = leased
		}
	}
	o.Overdue = start.After(o.ValidUntil) || now.After(o.ValidUntil)
	if a.State == Void {
		return true
	}
	a.State, a.StartedAt = Open, start
	a.DeadlineAt = o.deadline(start)
	a.Due = 0
	if !a.DeadlineAt.IsZero() {
		a.Due = dueAt(a.DeadlineAt.Add(syncFor))
	}
	return true
}

// deadline is when an attempt from a lease ends that began at an instant. What
// was begun after the lease had run out has no time.
func (o *Offline) deadline(start time.Time) time.Time {
	end := o.EndsAt
	if o.LimitSeconds > 0 {
		limit := start.Add(time.Duration(o.LimitSeconds) * time.Second)
		if end.IsZero() || limit.Before(end) {
			end = limit
		}
	}
	if start.After(o.ValidUntil) {
		end = o.ValidUntil
	}
	return end
}

// corrected is an instant of the phone's by the server's clock, as far as the
// phone told how its own stands.
func (o *Offline) corrected(at time.Time, sentAt *time.Time, now time.Time) time.Time {
	if sentAt == nil {
		return at
	}
	skew := clock.Milli(*sentAt).Sub(now)
	o.sawSkew(skew)
	return at.Add(-skew)
}
