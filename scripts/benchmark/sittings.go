package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"sotay/internal/directory"
	"sotay/internal/editorial"
	"sotay/internal/ident"
	"sotay/internal/quiz"
	"sotay/internal/quiz/question"
	"sotay/internal/store"
)

// paperLength is how many questions the benchmark's quiz has.
const paperLength = 35

// sittings say what of a quiz is in a store: attempts that are open and empty,
// and open ones with every answer.
type sittings struct {
	QuizID         string
	Open, Answered int
	// Choices are the ids of the choices of each question, in their order.
	Choices [][]string
}

// attemptOf is the id of the benchmark's attempt i of a kind; it is member i's,
// counted round.
func attemptOf(kind string, i int) string { return ident.Derive("bench", kind, fmt.Sprint(i)) }

const (
	openKind     = "open"
	answeredKind = "answered"
)

// sat publishes a quiz and puts attempts at it into the store, as the product
// would write them.
func (s *seeding) sat(ctx context.Context) error {
	if s.open+s.answered == 0 || s.have.Sat.QuizID != "" {
		return nil
	}
	id, err := s.quiz(ctx)
	if err != nil {
		return err
	}
	papers, err := collection[quiz.Paper](s.rooms, "papers")
	if err != nil {
		return err
	}
	paper, err := papers.Get(ctx, quiz.PaperID(quiz.KindQuiz+"/"+id, 1))
	if err != nil {
		return err
	}
	s.have.Sat = sittings{QuizID: id, Open: s.open, Answered: s.answered}
	for i := range paper.Items {
		var ids []string
		for _, c := range paper.Items[i].Face.Choices {
			ids = append(ids, c.ID)
		}
		s.have.Sat.Choices = append(s.have.Sat.Choices, ids)
	}
	if err := s.insertAttempts(ctx, &paper, openKind, s.open); err != nil {
		return err
	}
	return s.insertAttempts(ctx, &paper, answeredKind, s.answered)
}

func (s *seeding) quiz(ctx context.Context) (string, error) {
	ids := make([]string, paperLength)
	for i := range ids {
		q := question.Question{Kind: question.Single, Text: fmt.Sprintf("Câu hỏi đo lường thứ %d: chọn một phương án.", i+1)}
		for k := range 4 {
			q.Choices = append(q.Choices, question.Choice{Text: fmt.Sprintf("Phương án %d", k+1), Right: k == i%4})
		}
		item, err := s.rooms.quizzes.CreateQuestion(ctx, s.editor, s.orgID, q)
		if err != nil {
			return "", err
		}
		ids[i] = item.ID
		for _, v := range []editorial.Verb{editorial.Submit, editorial.Approve, editorial.Publish} {
			who := s.approver
			if v == editorial.Submit {
				who = s.editor
			}
			if _, err := s.rooms.quizzes.StepQuestion(ctx, who, item.ID, v, 0, ""); err != nil {
				return "", err
			}
		}
	}
	title := "Đề đo lường"
	item, err := s.rooms.quizzes.CreateQuiz(ctx, s.editor, s.orgID, quiz.QuizInput{Title: &title, Parts: &[]quiz.Part{{QuestionIDs: ids}},
		Rules: &quiz.Rules{Counts: quiz.Best, PassMark: 50, TimeLimitSeconds: 86400},
		// As in a contest: the score at once, and no review before the close.
		Review: &quiz.Review{Score: quiz.AfterSubmit, Answers: quiz.Never, Explanations: quiz.Never}})
	if err != nil {
		return "", err
	}
	for _, v := range []editorial.Verb{editorial.Submit, editorial.Approve, editorial.Publish} {
		who := s.approver
		if v == editorial.Submit {
			who = s.editor
		}
		if _, err := s.rooms.quizzes.StepQuiz(ctx, who, item.ID, v, 0, ""); err != nil {
			return "", err
		}
	}
	return item.ID, nil
}

// insertAttempts writes n open attempts of a kind.
func (s *seeding) insertAttempts(ctx context.Context, p *quiz.Paper, kind string, n int) error {
	rows, err := collection[quiz.Attempt](s.rooms, "attempts")
	if err != nil {
		return err
	}
	const batch = 250
	for from := 0; from < n; from += batch {
		var list []*quiz.Attempt
		for i := from; i < min(from+batch, n); i++ {
			list = append(list, s.attempt(p, kind, i))
		}
		if err := errors.Join(rows.InsertMany(ctx, list)...); err != nil {
			return err
		}
		if from%20_000 == 0 {
			fmt.Fprintf(os.Stderr, "seeded %d of %d attempts\n", from, n)
		}
	}
	return nil
}

func (s *seeding) attempt(p *quiz.Paper, kind string, i int) *quiz.Attempt {
	who := s.have.Members[i%len(s.have.Members)].ID
	a := benchAttempt(p.SittingID, who, kind, i)
	if kind == answeredKind {
		answerAll(a, s.have.Sat.Choices, i)
	}
	return a
}

// benchAttempt is an open attempt of a member's.
func benchAttempt(sittingID, memberID, kind string, i int) *quiz.Attempt {
	now := time.Now().UTC().Truncate(time.Millisecond)
	a := &quiz.Attempt{SittingID: sittingID, Mine: fmt.Sprintf("%s/%s/%s", sittingID, memberID, kind), MemberID: memberID, Number: int64(i),
		OrgID: directory.OrgID("bench"), Version: 1, PaperID: quiz.PaperID(sittingID, 1), Seed: make([]byte, 16), PassMark: 50,
		State: quiz.Open, StartedAt: now, DeadlineAt: now.Add(24 * time.Hour), ClosedAt: time.UnixMilli(0).UTC()}
	a.Due = a.DeadlineAt.UnixMilli() + 1
	a.ID = attemptOf(kind, i)
	for k := range paperLength {
		a.Places = append(a.Places, int64(k))
	}
	return a
}

func answerAll(a *quiz.Attempt, choices [][]string, i int) {
	for k := range choices {
		a.Answers = append(a.Answers, quiz.Answer{Item: itemOf(k), Seq: 1, At: a.StartedAt,
			Response: question.Response{ChoiceIDs: []string{choices[k][(i+k)%len(choices[k])]}}})
	}
}

// itemOf is the id of question k of a paper.
func itemOf(k int) string { return fmt.Sprintf("q%d", k+1) }

// collection opens one of the room's collections.
func collection[T any](r *rooms, name string) (*store.Collection[T], error) {
	for _, sc := range quiz.Schemas() {
		if sc.Name == name {
			return store.NewCollection[T](r.engine, sc)
		}
	}
	return nil, fmt.Errorf("there is no collection %s", name)
}
