package quiz

import (
	"context"
	"slices"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/quiz/question"
	"sotay/internal/store"
)

// Outcome is what came of an attempt, with what the rules let its member see.
type Outcome struct {
	AttemptID string
	State     State
	ClosedAt  time.Time
	Total     int64
	// Scored says that score, right and passed may be seen.
	Scored bool
	Score  float64
	Right  int64
	Passed bool
	// Questions are reviewed when answers or explanations may be seen.
	Questions []Reviewed
}

// Reviewed is one question afterwards.
type Reviewed struct {
	Item string
	// Mark and Key are nil while right answers may not be seen.
	Mark *int64
	Key  *question.Key
	// Explanation is "" while it may not be seen.
	Explanation, DocumentID, SectionID string
}

// Sheet is an attempt as its member sees it.
type Sheet struct {
	Attempt
	Questions []ShownQuestion
	Outcome   *Outcome // nil while it is open
}

// ShownQuestion is a question as an attempt shows it.
type ShownQuestion struct {
	Item string
	Face question.Face
}

// sheet returns an attempt with its questions, and its outcome once closed.
func (s *Service) sheet(ctx context.Context, a Attempt) (Sheet, error) {
	paper, err := s.paper(ctx, a.PaperID)
	if err != nil {
		return Sheet{}, err
	}
	out := Sheet{Attempt: a, Questions: make([]ShownQuestion, len(a.Places))}
	for i, p := range a.Places {
		out.Questions[i] = ShownQuestion{paper.Items[p].ID, paper.Shown(p, a.Seed, a.ShuffleChoices)}
	}
	if a.Closed() {
		o, err := s.OutcomeOf(ctx, &a)
		if err != nil {
			return out, err
		}
		out.Outcome = &o
	}
	return out, nil
}

// StartQuiz begins an attempt at a quiz, or goes on with the one that is open.
func (s *Service) StartQuiz(ctx context.Context, c *caller.Caller, quizID string) (sheet Sheet, fresh bool, err error) {
	t := s.sitting(KindQuiz + "/" + quizID)
	if t == nil || !t.admits(c) {
		return sheet, false, fault.NotFound
	}
	m, err := s.termsFor(ctx, c.Identity, t)
	if err != nil {
		return sheet, false, err
	}
	a, fresh, err := s.begin(ctx, c, t, m, "")
	if err != nil {
		return sheet, false, err
	}
	sheet, err = s.sheet(ctx, a)
	return sheet, fresh, err
}

// Attempt returns an attempt of the caller's; one that has run out is closed
// first.
func (s *Service) Attempt(ctx context.Context, c *caller.Caller, id string) (Sheet, error) {
	a, err := s.attempt(ctx, c, id)
	if err != nil {
		return Sheet{}, err
	}
	if a.State == Open && a.ranOut(s.Now()) {
		if a, err = s.expire(ctx, id); err != nil {
			return Sheet{}, err
		}
	}
	return s.sheet(ctx, a)
}

// OutcomeOf returns what came of a closed attempt.
func (s *Service) OutcomeOf(ctx context.Context, a *Attempt) (Outcome, error) {
	return s.newView(a.MemberID).outcome(ctx, a)
}

// view decides what a member may see of attempts of their own. What it has read
// it keeps, for one answer.
type view struct {
	*Service
	memberID string
	mines    map[string][]Attempt
	term     map[*Sitting]terms
}

func (s *Service) newView(memberID string) *view {
	return &view{Service: s, memberID: memberID, mines: map[string][]Attempt{}, term: map[*Sitting]terms{}}
}

// attempts returns the member's attempts at a sitting, newest first.
func (v *view) attempts(ctx context.Context, sittingID string) ([]Attempt, error) {
	if mine, ok := v.mines[sittingID]; ok {
		return mine, nil
	}
	mine, err := v.mine(ctx, sittingID, v.memberID)
	if err == nil {
		v.mines[sittingID] = mine
	}
	return mine, err
}

// terms are those of a sitting for the member.
func (v *view) terms(ctx context.Context, t *Sitting) (terms, error) {
	if m, ok := v.term[t]; ok {
		return m, nil
	}
	m := termsOf(t)
	if i, ok := v.Members.Identity(v.memberID); ok {
		var err error
		if m, err = v.termsFor(ctx, i, t); err != nil {
			return m, err
		}
	}
	v.term[t] = m
	return m, nil
}

// outcome is what came of a closed attempt, as far as its member may see it.
func (v *view) outcome(ctx context.Context, a *Attempt) (Outcome, error) {
	out := Outcome{AttemptID: a.ID, State: a.State, ClosedAt: a.ClosedAt, Total: a.Total()}
	if !a.Closed() { // a void lease: nothing was answered, and nothing is shown
		return out, nil
	}
	shown, err := v.shown(ctx, a)
	if err != nil {
		return out, err
	}
	if shown.score {
		out.Scored, out.Score, out.Right, out.Passed = true, a.Score(), a.Right, a.Passed
	}
	if !shown.answers && !shown.explanations {
		return out, nil
	}
	paper, err := v.paper(ctx, a.PaperID)
	if err != nil {
		return out, err
	}
	keys, err := v.keys(ctx, a.PaperID)
	if err != nil {
		return out, err
	}
	for i, p := range a.Places {
		q := Reviewed{Item: paper.Items[p].ID}
		k := &keys.Keys[p]
		if shown.answers {
			q.Mark, q.Key = &a.Marks[i], k
		}
		if shown.explanations {
			q.Explanation, q.DocumentID, q.SectionID = k.Explanation, k.DocumentID, k.SectionID
		}
		out.Questions = append(out.Questions, q)
	}
	return out, nil
}

// reveal says what of an outcome may be seen.
type reveal struct{ score, answers, explanations bool }

// shown applies the rules of the attempt's own version, on the member's own
// terms. What waits for the last attempt or the close waits for those of the
// version that is out today as well, and for whatever the member has not
// finished: a new version may ask the same questions.
func (v *view) shown(ctx context.Context, a *Attempt) (reveal, error) {
	own, err := v.sittingAt(ctx, a.SittingID, a.Version)
	if own == nil || err != nil {
		return reveal{}, err
	}
	r := own.Review
	last, closed, err := v.ended(ctx, own)
	if err != nil {
		return reveal{}, err
	}
	// An attempt leased on another device can still be answered: what was
	// handed in on this one must not tell how.
	pending := false
	if own.Offline && (r.Answers == AfterSubmit || r.Explanations == AfterSubmit) {
		mine, err := v.attempts(ctx, own.ID)
		if err != nil {
			return reveal{}, err
		}
		pending = unfinished(mine)
	}
	may := func(w When) bool {
		switch w {
		case AfterSubmit:
			return !pending
		case AfterLastAttempt:
			return last
		case AfterClose:
			return closed
		case Never:
		}
		return false
	}
	return reveal{r.Score == AfterSubmit || may(r.Score), may(r.Answers), may(r.Explanations)}, nil
}

// ended tells whether the member has had the last attempt, and whether the close
// has come. It reads only what the rules ask for.
func (v *view) ended(ctx context.Context, own *Sitting) (last, closed bool, err error) {
	r := own.Review
	waits := func(w When) bool { return w == AfterLastAttempt || w == AfterClose }
	if !waits(r.Score) && !waits(r.Answers) && !waits(r.Explanations) {
		return false, false, nil
	}
	mine, err := v.attempts(ctx, own.ID)
	if err != nil || unfinished(mine) {
		return false, false, err
	}
	last, closed = true, true
	now := v.Now()
	for _, t := range []*Sitting{own, v.sitting(own.ID)} {
		if t == nil {
			continue
		}
		m, err := v.terms(ctx, t)
		if err != nil {
			return false, false, err
		}
		last = last && (m.window.Closed(now) || m.attempts > 0 && taken(mine) >= m.attempts)
		closed = closed && (m.over(now) || t != own && m.window.ClosesAt.IsZero()) && !now.Before(t.SharedUntil)
	}
	return last, closed, nil
}

// unfinished tells whether any of a member's attempts can still be answered.
func unfinished(mine []Attempt) bool {
	return slices.ContainsFunc(mine, func(a Attempt) bool { return a.State == Open || a.State == Leased })
}

// Listed is an attempt in the member's list.
type Listed struct {
	Attempt
	Outcome *Outcome // nil while it is not closed
	// Counts says that it is the one that counts, as far as the member may know.
	Counts bool
}

// MyAttempts lists the caller's attempts, newest first; quizID "" is any.
func (s *Service) MyAttempts(ctx context.Context, c *caller.Caller, quizID, cursor string, limit int) ([]Listed, *string, error) {
	q := store.Query{Index: "member", Eq: []any{c.MemberID}, Desc: true, Limit: limit}
	if quizID != "" {
		q.Index, q.Eq = "mine", []any{mineKey(KindQuiz+"/"+quizID, c.MemberID)}
	}
	list := "attempts/" + c.MemberID + "/" + quizID
	var err error
	if q.After, err = store.OpenPosition(s.Pages, list, cursor); err != nil {
		return nil, nil, err
	}
	found, err := s.attempts.Find(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	out, err := s.listed(ctx, c, found.Items)
	if err != nil || !found.More {
		return out, nil, err
	}
	next, err := found.Next.Seal(s.Pages, list)
	return out, next, err
}

// listed adds what the member may see of each attempt; reviews are read with
// their attempts.
func (s *Service) listed(ctx context.Context, c *caller.Caller, rows []Attempt) ([]Listed, error) {
	v := s.newView(c.MemberID)
	out := make([]Listed, len(rows))
	for i := range rows {
		out[i].Attempt = rows[i]
		if !rows[i].Closed() {
			continue
		}
		o, err := v.outcome(ctx, &rows[i])
		if err != nil {
			return nil, err
		}
		o.Questions = nil
		out[i].Outcome = &o
		id, err := v.counting(ctx, rows[i].SittingID)
		if err != nil {
			return nil, err
		}
		out[i].Counts = id == rows[i].ID
	}
	return out, nil
}
