package httpapi

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
	"sotay/internal/quiz"
	"sotay/internal/quiz/question"
)

// VisitGetQuizResponse implements the contract.
func (r served) VisitGetQuizResponse(c *fiber.Ctx) error { return r.send(c) }

type quizList contract.QuizList

// VisitListQuizzesResponse implements the contract.
func (r quizList) VisitListQuizzesResponse(c *fiber.Ctx) error { return list(c, r) }

// Quiz encodes what GET /v1/quizzes/{id} sends. It implements quiz.Encoder.
func (Encoder) Quiz(id string, v *quiz.QuizVersion) ([]byte, error) {
	p := &v.Payload
	return marshal(contract.Quiz{Id: id, Title: p.Title, Description: p.Description, DocumentId: p.DocumentID, Topics: stringsOf(p.Topics),
		Language: p.Language, Version: v.Number, PublishedAt: stamp(v.PublishedAt), Questions: quiz.Questions(p.Parts),
		Rules: rulesOf(p.Rules), Review: reviewOf(p.Review), Window: windowOf(p.Window), Offline: p.Offline, Practice: p.Practice})
}

func rulesOf(r quiz.Rules) contract.QuizRules {
	counts := contract.QuizRulesCounts(r.Counts)
	return contract.QuizRules{TimeLimitSeconds: &r.TimeLimitSeconds, Attempts: &r.Attempts, PauseSeconds: &r.PauseSeconds, PassMark: &r.PassMark,
		Counts: &counts, ShuffleQuestions: &r.ShuffleQuestions, ShuffleChoices: &r.ShuffleChoices}
}

func reviewOf(r quiz.Review) contract.QuizReview {
	return contract.QuizReview{Score: contract.ReviewTime(r.Score), Answers: contract.ReviewTime(r.Answers), Explanations: contract.ReviewTime(r.Explanations)}
}

func windowOf(w quiz.Window) contract.QuizWindow {
	return contract.QuizWindow{OpensAt: stampOf(w.OpensAt), ClosesAt: stampOf(w.ClosesAt), HardClose: &w.HardClose}
}

// stampOf is an instant, nil for none.
func stampOf(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := stamp(t)
	return &s
}

// instant reads an optional RFC 3339 instant; nil and "" are none.
func instant(f *fault.Fault, pointer string, s *string) (time.Time, *fault.Fault) {
	if s == nil || *s == "" {
		return time.Time{}, f
	}
	t, err := time.Parse(time.RFC3339Nano, *s)
	if err != nil || t.Year() < 2000 || t.Year() > 2200 {
		return t, f.At(pointer, "invalid_time", "Cần thời điểm có thật theo RFC 3339, ví dụ 2026-11-25T07:30:00+07:00.", "It must be a real instant as RFC 3339.")
	}
	return clock.Milli(t), f
}

// ListQuizzes implements the contract.
func (s *Server) ListQuizzes(ctx context.Context, r contract.ListQuizzesRequestObject) (contract.ListQuizzesResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Quizzes.Quizzes(who, text(r.Params.DocumentId), text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := quizList{Items: make([]contract.QuizSummary, len(found)), NextCursor: next}
	for i, q := range found {
		out.Items[i] = contract.QuizSummary{Id: q.ID, Title: q.Title, DocumentId: q.DocumentID, Topics: stringsOf(q.Topics), Version: q.Version,
			PublishedAt: stamp(q.PublishedAt), Questions: q.Questions, Window: windowOf(q.Window)}
	}
	return out, nil
}

// GetQuiz implements the contract.
func (s *Server) GetQuiz(ctx context.Context, r contract.GetQuizRequestObject) (contract.GetQuizResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b, err := s.Quizzes.QuizBody(who, r.Id)
	if err != nil {
		return nil, err
	}
	return served{b, s.Library.Plain}, nil
}

// StartQuizAttempt implements the contract.
func (s *Server) StartQuizAttempt(ctx context.Context, r contract.StartQuizAttemptRequestObject) (contract.StartQuizAttemptResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	sheet, fresh, err := s.start(ctx, who, r.Id, r.Body)
	if err != nil {
		return nil, err
	}
	if fresh {
		return contract.StartQuizAttempt201JSONResponse(attemptOf(&sheet)), nil
	}
	return contract.StartQuizAttempt200JSONResponse(attemptOf(&sheet)), nil
}

// start begins an attempt now, or the one of a lease when that was begun.
func (s *Server) start(ctx context.Context, who *caller.Caller, quizID string, b *contract.StartRequest) (quiz.Sheet, bool, error) {
	if b == nil {
		return s.Quizzes.StartQuiz(ctx, who, quizID)
	}
	begun, err := beginning(b)
	if err != nil {
		return quiz.Sheet{}, false, err
	}
	if b.Lease == nil {
		return s.Quizzes.StartQuiz(ctx, who, quizID)
	}
	return s.Quizzes.BeginLease(ctx, who, quizID, *b.Lease, begun)
}

func optionsOf(list []question.Option) *[]contract.QuizOption {
	if len(list) == 0 {
		return nil
	}
	out := make([]contract.QuizOption, len(list))
	for i, o := range list {
		out[i] = contract.QuizOption{Id: o.ID, Text: o.Text}
	}
	return &out
}
