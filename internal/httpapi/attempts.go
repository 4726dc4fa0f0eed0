package httpapi

import (
	"context"

	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
	"sotay/internal/quiz"
	"sotay/internal/quiz/question"
)

// GetAttempt implements the contract.
func (s *Server) GetAttempt(ctx context.Context, r contract.GetAttemptRequestObject) (contract.GetAttemptResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	sheet, err := s.Quizzes.Attempt(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	return contract.GetAttempt200JSONResponse(attemptOf(&sheet)), nil
}

// SaveAnswer implements the contract.
func (s *Server) SaveAnswer(ctx context.Context, r contract.SaveAnswerRequestObject) (contract.SaveAnswerResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	in, err := saveOf(r.QuestionId, r.Body)
	if err != nil {
		return nil, err
	}
	out, err := s.Quizzes.Save(ctx, who, r.Id, in)
	if err != nil {
		return nil, err
	}
	return contract.SaveAnswer200JSONResponse{QuestionId: r.QuestionId, Seq: out.Seq, Late: out.Late, SavedAt: stamp(out.At),
		Answer: responseOf(&out.Current)}, nil
}

func saveOf(item string, b *contract.AnswerRequest) (quiz.Save, error) {
	in := quiz.Save{Item: item, Clear: b.Clear != nil && *b.Clear, Response: question.Response{Text: text(b.Text)}}
	if b.ChoiceIds != nil {
		in.Response.ChoiceIDs = *b.ChoiceIds
	}
	if b.Order != nil {
		in.Response.Order = *b.Order
	}
	if b.Pairs != nil {
		for _, p := range *b.Pairs {
			in.Response.Pairs = append(in.Response.Pairs, question.Match{PromptID: p.PromptId, OptionID: p.OptionId})
		}
	}
	if b.Seq != nil {
		in.Seq = *b.Seq
	}
	f := fault.BadInput
	in.At, f = instantOf(f, "/at", b.At)
	in.SentAt, f = instantOf(f, "/sentAt", b.SentAt)
	if len(f.Fields) > 0 {
		return in, f
	}
	return in, nil
}

// SubmitAttempt implements the contract.
func (s *Server) SubmitAttempt(ctx context.Context, r contract.SubmitAttemptRequestObject) (contract.SubmitAttemptResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	h, err := handing(r.Body)
	if err != nil {
		return nil, err
	}
	a, err := s.Quizzes.HandIn(ctx, who, r.Id, h)
	if err != nil {
		return nil, err
	}
	o, err := s.Quizzes.OutcomeOf(ctx, &a)
	if err != nil {
		return nil, err
	}
	return contract.SubmitAttempt200JSONResponse(outcomeOf(&o)), nil
}

func handing(b *contract.SubmitRequest) (h quiz.Handing, err error) {
	if b == nil {
		return h, nil
	}
	h.Guess = b.Guess
	f := fault.BadInput
	h.At, f = instantOf(f, "/at", b.At)
	h.SentAt, f = instantOf(f, "/sentAt", b.SentAt)
	if len(f.Fields) > 0 {
		return h, f
	}
	return h, nil
}

// ListMyAttempts implements the contract.
func (s *Server) ListMyAttempts(ctx context.Context, r contract.ListMyAttemptsRequestObject) (contract.ListMyAttemptsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Quizzes.MyAttempts(ctx, who, text(r.Params.QuizId), text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListMyAttempts200JSONResponse{Items: make([]contract.AttemptSummary, len(found)), NextCursor: next}
	for i := range found {
		out.Items[i] = attemptSummary(&found[i])
	}
	if r.Params.QuizId != nil {
		st, err := s.Quizzes.Standing(ctx, who, *r.Params.QuizId)
		if err != nil {
			return nil, err
		}
		out.Standing = standingOf(st)
	}
	return out, nil
}

func attemptSummary(l *quiz.Listed) contract.AttemptSummary {
	a := &l.Attempt
	out := contract.AttemptSummary{Id: a.ID, SittingId: a.SittingID, Number: a.Number, State: contract.AttemptState(a.State), StartedAt: stamp(a.StartedAt)}
	if l.Outcome != nil {
		shown, at := outcomeOf(l.Outcome), stamp(a.ClosedAt)
		out.ClosedAt, out.Outcome = &at, &shown
	}
	if l.Counts {
		out.Counts = &l.Counts
	}
	return out
}

func standingOf(st *quiz.Standing) *contract.QuizStanding {
	if st == nil {
		return nil
	}
	out := contract.QuizStanding{QuizId: st.QuizID, Used: st.Used, Left: st.Left, NextAt: stampOf(st.NextAt), OpenAttemptId: optional(st.OpenID),
		Counts: contract.QuizStandingCounts(st.Counts)}
	if st.Counting != nil {
		o := outcomeOf(st.Counting)
		out.Outcome = &o
	}
	return &out
}

func attemptOf(sh *quiz.Sheet) contract.Attempt {
	a := &sh.Attempt
	out := contract.Attempt{Id: a.ID, SittingId: a.SittingID, Number: a.Number, State: contract.AttemptState(a.State), StartedAt: stamp(a.StartedAt),
		DeadlineAt: stampOf(a.DeadlineAt), Guess: guessKindOf(a.Asks), LateAnswers: int64(len(a.Late)),
		Questions: make([]contract.AttemptQuestion, len(sh.Questions)), Answers: make([]contract.AttemptAnswer, len(a.Answers))}
	for i, q := range sh.Questions {
		out.Questions[i] = contract.AttemptQuestion{Id: q.Item, Kind: contract.QuestionKind(q.Face.Kind), Text: q.Face.Text,
			Choices: optionsOf(q.Face.Choices), Prompts: optionsOf(q.Face.Prompts), Options: optionsOf(q.Face.Options)}
	}
	for i := range a.Answers {
		n := &a.Answers[i]
		out.Answers[i] = contract.AttemptAnswer{QuestionId: n.Item, Seq: n.Seq, SavedAt: stamp(n.At), Answer: responseOf(&n.Response)}
	}
	if sh.Outcome != nil {
		o := outcomeOf(sh.Outcome)
		out.Outcome = &o
	}
	return out
}

func responseOf(r *question.Response) contract.Response {
	out := contract.Response{Text: optional(r.Text), ChoiceIds: optionalList(r.ChoiceIDs), Order: optionalList(r.Order)}
	if len(r.Pairs) > 0 {
		out.Pairs = pairsOf(r.Pairs)
	}
	return out
}

func pairsOf(list []question.Match) *[]contract.AnswerPair {
	out := make([]contract.AnswerPair, len(list))
	for i, p := range list {
		out[i] = contract.AnswerPair{PromptId: p.PromptID, OptionId: p.OptionID}
	}
	return &out
}

func outcomeOf(o *quiz.Outcome) contract.Outcome {
	out := contract.Outcome{AttemptId: o.AttemptID, State: contract.AttemptState(o.State), ClosedAt: stamp(o.ClosedAt), Total: o.Total}
	if o.Scored {
		out.Score, out.Correct, out.Passed = &o.Score, &o.Right, &o.Passed
	}
	if len(o.Questions) == 0 {
		return out
	}
	review := make([]contract.ReviewedQuestion, len(o.Questions))
	for i := range o.Questions {
		review[i] = reviewedOf(&o.Questions[i])
	}
	out.Review = &review
	return out
}

func reviewedOf(q *quiz.Reviewed) contract.ReviewedQuestion {
	out := contract.ReviewedQuestion{QuestionId: q.Item, Explanation: optional(q.Explanation), DocumentId: optional(q.DocumentID), SectionId: optional(q.SectionID)}
	if q.Mark != nil {
		mark := float64(*q.Mark) / float64(question.Full)
		out.Mark = &mark
	}
	if k := q.Key; k != nil {
		sol := contract.Response{}
		switch k.Kind {
		case question.Ordering:
			sol.Order = &k.Right
		case question.Matching:
			sol.Pairs = pairsOf(k.Pairs)
		case question.ShortAnswer:
			out.AcceptedTexts = &k.Accepted
		default:
			sol.ChoiceIds = &k.Right
		}
		out.Solution = &sol
	}
	return out
}
