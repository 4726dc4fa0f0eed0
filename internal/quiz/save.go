package quiz

import (
	"context"
	"errors"
	"slices"
	"time"

	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/quiz/question"
	"sotay/internal/store"
)

// maxLate bounds what is kept of answers that came after the end.
const maxLate = 200

// tooLate refuses what comes after the end when very much has.
var tooLate = fault.New(fault.Conflict, "attempt_closed",
	"Lượt làm bài đã kết thúc.", "The attempt has ended.")

// notBegun refuses an answer that came before the attempt was said to have begun.
var notBegun = fault.New(fault.Conflict, "attempt_not_begun",
	"Lượt làm bài này chưa được bắt đầu.", "This attempt has not been begun.")

// Save is an answer to one question as a phone sends it.
type Save struct {
	Item     string
	Response question.Response
	// Clear empties the answer; the response is then empty.
	Clear bool
	// Seq is the device's count for the question, 0 to count on.
	Seq int64
	// At is when it was answered by the phone's clock, SentAt that clock when
	// it was sent; nil for unknown.
	At, SentAt *time.Time
}

// Saved is what became of a save.
type Saved struct {
	// Seq is the question's sequence now: higher than the save's when another
	// value is the answer.
	Seq int64
	// Late says that it came after the end: kept, and counted in nothing.
	Late bool
	At   time.Time
	// Current is the answer that stands.
	Current question.Response
}

// Save saves one answer. Keys are not read.
func (s *Service) Save(ctx context.Context, c *caller.Caller, attemptID string, in Save) (Saved, error) {
	var out Saved
	_, err := s.attempts.Update(ctx, attemptID, func(a *Attempt) error {
		if a.MemberID != c.MemberID {
			return fault.NotFound
		}
		if a.State == Leased {
			return notBegun
		}
		if err := s.fits(ctx, a, &in); err != nil {
			return err
		}
		var err error
		out, err = a.save(&in, s.Now())
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return out, fault.NotFound
	}
	return out, err
}

// fits tests a response against the face of its question.
func (s *Service) fits(ctx context.Context, a *Attempt, in *Save) error {
	paper, err := s.paper(ctx, a.PaperID)
	if err != nil {
		return err
	}
	place := paper.Index(in.Item)
	if place < 0 || !slices.Contains(a.Places, int64(place)) {
		return fault.NotFound
	}
	if in.Clear {
		if !in.Response.Empty() {
			return fault.BadInput.At("/clear", "not_allowed", "Không vừa trả lời vừa xóa.", "It can't both answer and empty.")
		}
		return nil
	}
	if bad := paper.Items[place].Face.Check(&in.Response); bad != nil {
		return bad
	}
	in.Response = in.Response.Normal()
	return nil
}

// save writes a save into the attempt at an instant of the server's.
func (a *Attempt) save(in *Save, now time.Time) (Saved, error) {
	at, clientAt := a.when(in, now)
	if a.State != Open || a.overdue(at) {
		return a.saveLate(in, now, clientAt)
	}
	answer := a.answer(in.Item)
	if answer == nil {
		a.Answers = append(a.Answers, Answer{Item: in.Item})
		answer = &a.Answers[len(a.Answers)-1]
	}
	changed := answer.take(value{seq: in.Seq, response: in.Response, at: now, clientAt: clientAt})
	out := Saved{Seq: answer.Seq, At: answer.At, Current: answer.Response}
	if !changed {
		return out, store.ErrUnchanged
	}
	return out, nil
}

// when is when an answer was given: on arrival by the server's clock; in an
// attempt from a lease when the phone says, corrected by how far its clock is
// off, between the start and now.
func (a *Attempt) when(in *Save, now time.Time) (at, clientAt time.Time) {
	if in.At != nil {
		clientAt = clock.Milli(*in.At)
	}
	if a.Offline == nil || in.At == nil {
		return now, clientAt
	}
	return a.within(a.Offline.corrected(clientAt, in.SentAt, now), now), clientAt
}

// within brings an instant of the phone's between the start and now.
func (a *Attempt) within(at, now time.Time) time.Time {
	if at.Before(a.StartedAt) {
		at = a.StartedAt
	}
	if at.After(now) {
		at = now
	}
	return at
}

// maxSkew is how far a phone's clock may be off before it is marked.
const maxSkew = 5 * time.Minute

// sawSkew remembers how far the phone's clock is off, at its worst.
func (o *Offline) sawSkew(d time.Duration) {
	if d.Abs() > (time.Duration(o.SkewMillis) * time.Millisecond).Abs() {
		o.SkewMillis = d.Milliseconds()
	}
	o.Skewed = o.Skewed || d.Abs() > maxSkew
}

// saveLate keeps what came after the end, once.
func (a *Attempt) saveLate(in *Save, now, clientAt time.Time) (Saved, error) {
	out := Saved{Late: true, At: now}
	if answer := a.answer(in.Item); answer != nil {
		out.Seq, out.Current = answer.Seq, answer.Response
		if answer.Seq == in.Seq && answer.Response.Equal(&in.Response) {
			out.Late, out.At = false, answer.At // a repeat of what had been saved in time
			return out, store.ErrUnchanged
		}
		if answer.has(value{seq: in.Seq, response: in.Response}) {
			out.Late = false
			return out, store.ErrUnchanged
		}
	}
	for i := range a.Late {
		if l := &a.Late[i]; l.Item == in.Item && l.Seq == in.Seq && l.Response.Equal(&in.Response) {
			return out, store.ErrUnchanged
		}
	}
	if len(a.Late) >= maxLate {
		return out, tooLate
	}
	a.Late = append(a.Late, LateAnswer{Item: in.Item, Seq: in.Seq, Response: in.Response, At: now, ClientAt: clientAt})
	return out, nil
}
