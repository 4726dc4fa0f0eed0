package httpapi

import (
	"context"
	"time"

	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/quiz"
)

// LeaseQuiz implements the contract.
func (s *Server) LeaseQuiz(ctx context.Context, r contract.LeaseQuizRequestObject) (contract.LeaseQuizResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	mode := quiz.Exam
	if r.Body != nil && r.Body.Mode != nil {
		mode = quiz.LeaseMode(*r.Body.Mode)
	}
	l, err := s.Quizzes.LeaseQuiz(ctx, who, r.Id, mode)
	if err != nil {
		return nil, err
	}
	return contract.LeaseQuiz201JSONResponse(leaseOf(&l)), nil
}

func leaseOf(l *quiz.Lease) contract.QuizLease {
	a := &l.Attempt
	out := contract.QuizLease{LeaseId: l.ID, Mode: contract.QuizLeaseMode(l.Mode), Lease: l.Token, QuizId: l.QuizID, Version: a.Version,
		ValidUntil: stamp(l.ValidUntil), TimeLimitSeconds: int64(l.Limit / time.Second), Questions: make([]contract.LeasedQuestion, len(l.Questions))}
	if l.Mode == quiz.Exam {
		out.AttemptId, out.Number, out.EndsAt = &a.ID, &a.Number, stampOf(a.Offline.EndsAt)
	}
	for i := range l.Questions {
		q := &l.Questions[i]
		out.Questions[i] = contract.LeasedQuestion{Id: q.Item, Kind: contract.QuestionKind(q.Face.Kind), Text: q.Face.Text,
			Choices: optionsOf(q.Face.Choices), Prompts: optionsOf(q.Face.Prompts), Options: optionsOf(q.Face.Options)}
		if l.Mode == quiz.Practice {
			out.Questions[i].Feedback = &contract.PracticeFeedback{Salt: q.Salt, Digests: q.Digests}
		}
	}
	return out
}

// beginning reads what a phone says of how it began a leased attempt.
func beginning(b *contract.StartRequest) (out quiz.Beginning, err error) {
	f := fault.BadInput
	out.StartedAt, f = instantOf(f, "/startedAt", b.StartedAt)
	out.SentAt, f = instantOf(f, "/sentAt", b.SentAt)
	if len(f.Fields) > 0 {
		return out, f
	}
	return out, nil
}

// instantOf is instant, nil for none.
func instantOf(f *fault.Fault, pointer string, s *string) (*time.Time, *fault.Fault) {
	t, f := instant(f, pointer, s)
	if t.IsZero() {
		return nil, f
	}
	return &t, f
}
