package quiz

import (
	"context"
	"slices"
	"strings"
	"time"

	"sotay/internal/caller"
	"sotay/internal/store"
)

// counting returns which of a member's attempts counts, nil when none is closed.
// The best is that of the highest share of its full mark, of equal ones the
// earliest; first and last are by when they began. It is pure.
func counting(rule Counts, mine []Attempt) *Attempt {
	var out *Attempt
	for i := range mine {
		a := &mine[i]
		if a.Closed() && (out == nil || a.outdoes(out, rule)) {
			out = a
		}
	}
	return out
}

// outdoes tells whether of two closed attempts a counts rather than b.
func (a *Attempt) outdoes(b *Attempt, rule Counts) bool {
	earlier := a.StartedAt.Before(b.StartedAt) || a.StartedAt.Equal(b.StartedAt) && a.Number < b.Number
	switch rule {
	case First:
		return earlier
	case Last:
		return !earlier
	case Best:
	}
	// Versions may have different numbers of questions.
	mine, other := a.Mark*max(b.Total(), 1), b.Mark*max(a.Total(), 1)
	return mine > other || mine == other && earlier
}

// Pass is whether a member has passed a quiz, by the attempt that counts.
type Pass struct {
	Passed bool
	// AttemptID, Version and At are of the attempt that counts; "" when the
	// member has none.
	AttemptID string
	Version   int64
	At        time.Time // when it was over
}

// over is when nothing of an attempt could change any more: one that was made
// without signal is handed in later than it ended.
func (a *Attempt) over() time.Time {
	if !a.DeadlineAt.IsZero() && a.DeadlineAt.Before(a.ClosedAt) {
		return a.DeadlineAt
	}
	return a.ClosedAt
}

// Passed tells whether a member has passed a quiz, whatever of it the member may
// see by now.
func (s *Service) Passed(ctx context.Context, memberID, quizID string) (Pass, error) {
	sittingID := KindQuiz + "/" + quizID
	mine, err := s.mine(ctx, sittingID, memberID)
	if err != nil || len(mine) == 0 {
		return Pass{}, err
	}
	rule, err := s.countsOf(ctx, sittingID, mine)
	if err != nil {
		return Pass{}, err
	}
	a := counting(rule, mine)
	if a == nil {
		return Pass{}, nil
	}
	return Pass{Passed: a.Passed, AttemptID: a.ID, Version: a.Version, At: a.over()}, nil
}

// countsOf is the rule of what is out, or of the version that the newest attempt
// was made at.
func (s *Service) countsOf(ctx context.Context, sittingID string, mine []Attempt) (Counts, error) {
	t := s.sitting(sittingID)
	if t == nil && len(mine) > 0 {
		var err error
		if t, err = s.sittingAt(ctx, sittingID, mine[0].Version); err != nil {
			return "", err
		}
	}
	if t == nil {
		return Best, nil
	}
	return t.Rules.Counts, nil
}

// Standing is how a member stands at a quiz that is out.
type Standing struct {
	QuizID string
	// Used counts the attempts that are used up; Left is nil for any number.
	Used int64
	Left *int64
	// NextAt is when the next may begin, the zero time for now or never.
	NextAt time.Time
	// OpenID is the attempt that a start would go on with, "" for none.
	OpenID string
	Counts Counts
	// Counting is the attempt that counts, nil when there is none or when the
	// rules don't let the member know yet.
	Counting *Outcome
}

// Standing returns how the caller stands at a quiz; nil when it is not out for
// them.
func (s *Service) Standing(ctx context.Context, c *caller.Caller, quizID string) (*Standing, error) {
	t := s.sitting(KindQuiz + "/" + quizID)
	if t == nil || !t.admits(c) {
		return nil, nil
	}
	v := s.newView(c.MemberID)
	mine, err := v.attempts(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	m, err := v.terms(ctx, t)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	out := &Standing{QuizID: quizID, Used: taken(mine), Counts: t.Rules.Counts}
	if m.attempts > 0 {
		left := max(m.attempts-out.Used, 0)
		out.Left = &left
	}
	if a := openOf(mine, now); a != nil && !a.ranOut(now) {
		out.OpenID = a.ID
	}
	if !m.window.Closed(now) && (out.Left == nil || *out.Left > 0) {
		if out.NextAt = pauseUntil(mine, t); out.NextAt.Before(m.window.OpensAt) {
			out.NextAt = m.window.OpensAt
		}
		if !out.NextAt.After(now) {
			out.NextAt = time.Time{}
		}
	}
	id, err := v.counting(ctx, t.ID)
	if err != nil || id == "" {
		return out, err
	}
	i := slices.IndexFunc(mine, func(a Attempt) bool { return a.ID == id })
	o, err := v.outcome(ctx, &mine[i])
	o.Questions = nil // a review is read with its attempt
	out.Counting = &o
	return out, err
}

// counting returns the id of the attempt that counts, "" when there is none or
// when telling it would tell a score that may not be seen yet.
func (v *view) counting(ctx context.Context, sittingID string) (string, error) {
	if !strings.HasPrefix(sittingID, KindQuiz+"/") {
		return "", nil // a contest counts in its own way
	}
	mine, err := v.attempts(ctx, sittingID)
	if err != nil {
		return "", err
	}
	rule, err := v.countsOf(ctx, sittingID, mine)
	if err != nil {
		return "", err
	}
	a := counting(rule, mine)
	if a == nil {
		return "", nil
	}
	for i := range mine {
		if rule != Best || !mine[i].Closed() {
			continue
		}
		r, err := v.shown(ctx, &mine[i])
		if err != nil || !r.score {
			return "", err
		}
	}
	return a.ID, nil
}

// Out tells whether a quiz is published.
func (s *Service) Out(quizID string) bool { return s.catalogue.Load().quizzes[quizID] != nil }

// PassedSince calls fn for whoever has closed an attempt at a quiz that passes
// since an instant, perhaps several times.
func (s *Service) PassedSince(ctx context.Context, quizID string, since time.Time, fn func(memberID string) error) error {
	if since.IsZero() {
		since = time.UnixMilli(1) // open attempts stand before it
	}
	q := store.Query{Index: "closed", Eq: []any{KindQuiz + "/" + quizID}, From: since}
	return s.attempts.All(ctx, q, func(a Attempt) error {
		if !a.Passed {
			return nil
		}
		return fn(a.MemberID)
	})
}
