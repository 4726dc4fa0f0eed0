package quiz

import (
	"context"
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
		o, err := s.outcome(ctx, &a)
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
	a, fresh, err := s.begin(ctx, c, t, termsOf(t), "")
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
	return s.outcome(ctx, a)
}

// outcome is what came of a closed attempt, as far as its member may see it.
func (s *Service) outcome(ctx context.Context, a *Attempt) (Outcome, error) {
	out := Outcome{AttemptID: a.ID, State: a.State, ClosedAt: a.ClosedAt, Total: a.Total()}
	shown, err := s.shown(ctx, a)
	if err != nil {
		return out, err
	}
	if shown.score {
		out.Scored, out.Score, out.Right, out.Passed = true, a.Score(), a.Right, a.Passed
	}
	if !shown.answers && !shown.explanations {
		return out, nil
	}
	paper, err := s.paper(ctx, a.PaperID)
	if err != nil {
		return out, err
	}
	keys, err := s.keys(ctx, a.PaperID)
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

// shown applies the rules of the sitting that is out today; what is no longer
// out shows nothing, for nobody can say that others are not at it.
func (s *Service) shown(ctx context.Context, a *Attempt) (reveal, error) {
	t := s.sitting(a.SittingID)
	if t == nil {
		return reveal{}, nil
	}
	r, now := t.Review, s.Now()
	last := false
	if r.Score == AfterLastAttempt || r.Answers == AfterLastAttempt || r.Explanations == AfterLastAttempt {
		mine, err := s.mine(ctx, a.SittingID, a.MemberID)
		if err != nil {
			return reveal{}, err
		}
		m := termsOf(t)
		last = openOf(mine, now) == nil && (m.attempts > 0 && taken(mine) >= m.attempts || m.window.Closed(now))
	}
	may := func(w When) bool {
		switch w {
		case AfterSubmit:
			return true
		case AfterLastAttempt:
			return last
		case AfterClose:
			return t.Window.Closed(now)
		case Never:
		}
		return false
	}
	return reveal{may(r.Score), may(r.Answers), may(r.Explanations)}, nil
}

// MyAttempts lists the caller's attempts, newest first; quizID "" is any.
func (s *Service) MyAttempts(ctx context.Context, c *caller.Caller, quizID, cursor string, limit int) ([]Attempt, *string, error) {
	q := store.Query{Index: "member", Eq: []any{c.MemberID}, Desc: true, Limit: limit}
	if quizID != "" {
		q.Index, q.Eq = "mine", []any{mineKey(KindQuiz+"/"+quizID, c.MemberID)}
	}
	list := "attempts/" + c.MemberID + "/" + quizID
	if cursor != "" {
		b, err := s.Pages.Open(list, cursor)
		if err != nil {
			return nil, nil, err
		}
		if q.After, err = store.DecodePosition(b); err != nil {
			return nil, nil, fault.BadCursor
		}
	}
	found, err := s.attempts.Find(ctx, q)
	if err != nil || !found.More {
		return found.Items, nil, err
	}
	b, err := found.Next.Encode()
	if err != nil {
		return nil, nil, err
	}
	next := s.Pages.Seal(list, b)
	return found.Items, &next, nil
}
