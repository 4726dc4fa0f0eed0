package httpapi

import (
	"context"

	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
	"sotay/internal/quiz"
	"sotay/internal/quiz/question"
)

// ListEditorQuizzes implements the contract.
func (s *Server) ListEditorQuizzes(ctx context.Context, r contract.ListEditorQuizzesRequestObject) (contract.ListEditorQuizzesResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Quizzes.EditorQuizzes(ctx, who, text(r.Params.State), text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListEditorQuizzes200JSONResponse{Items: make([]contract.EditorQuizSummary, len(found)), NextCursor: next}
	for k := range found {
		i := &found[k]
		out.Items[k] = contract.EditorQuizSummary{Id: i.ID, OrgId: i.OrgID, State: contract.State(i.Stands()), Version: i.Version,
			PublishedVersion: i.LiveVersion, Revision: i.Revision, Title: i.Payload.Title, DocumentId: i.Payload.DocumentID,
			Questions: quiz.Questions(i.Payload.Parts), UpdatedAt: stamp(i.UpdatedAt)}
	}
	return out, nil
}

// CreateQuiz implements the contract.
func (s *Server) CreateQuiz(ctx context.Context, r contract.CreateQuizRequestObject) (contract.CreateQuizResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	in, err := quizInput(&contract.QuizPatch{Title: &b.Title, Description: b.Description, DocumentId: b.DocumentId, Topics: b.Topics, Language: b.Language,
		Visibility: b.Visibility, Parts: b.Parts, Rules: b.Rules, Review: b.Review, Window: b.Window, Offline: b.Offline, Practice: b.Practice})
	if err != nil {
		return nil, err
	}
	i, err := s.Quizzes.CreateQuiz(ctx, who, b.OrgId, in)
	if err != nil {
		return nil, err
	}
	return contract.CreateQuiz201JSONResponse{EditorQuizJSONResponse: editorQuiz(&i)}, nil
}

// GetEditorQuiz implements the contract.
func (s *Server) GetEditorQuiz(ctx context.Context, r contract.GetEditorQuizRequestObject) (contract.GetEditorQuizResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	i, err := s.Quizzes.EditorQuiz(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	return contract.GetEditorQuiz200JSONResponse{EditorQuizJSONResponse: editorQuiz(&i)}, nil
}

// UpdateQuiz implements the contract.
func (s *Server) UpdateQuiz(ctx context.Context, r contract.UpdateQuizRequestObject) (contract.UpdateQuizResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	rev, err := revision(&r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	in, err := quizInput(r.Body)
	if err != nil {
		return nil, err
	}
	i, err := s.Quizzes.UpdateQuiz(ctx, who, r.Id, rev, in)
	if err != nil {
		return nil, err
	}
	return contract.UpdateQuiz200JSONResponse{EditorQuizJSONResponse: editorQuiz(&i)}, nil
}

// stepQuiz takes a quiz one step on.
func (s *Server) stepQuiz(ctx context.Context, id string, v editorial.Verb, ifMatch *contract.IfMatchOptional, reason string) (contract.EditorQuizJSONResponse, error) {
	return step(ctx, id, v, ifMatch, reason, s.Quizzes.StepQuiz, editorQuiz)
}

// SubmitQuiz implements the contract.
func (s *Server) SubmitQuiz(ctx context.Context, r contract.SubmitQuizRequestObject) (contract.SubmitQuizResponseObject, error) {
	i, err := s.stepQuiz(ctx, r.Id, editorial.Submit, r.Params.IfMatch, "")
	return contract.SubmitQuiz200JSONResponse{EditorQuizJSONResponse: i}, err
}

// ApproveQuiz implements the contract.
func (s *Server) ApproveQuiz(ctx context.Context, r contract.ApproveQuizRequestObject) (contract.ApproveQuizResponseObject, error) {
	i, err := s.stepQuiz(ctx, r.Id, editorial.Approve, r.Params.IfMatch, "")
	return contract.ApproveQuiz200JSONResponse{EditorQuizJSONResponse: i}, err
}

// RejectQuiz implements the contract.
func (s *Server) RejectQuiz(ctx context.Context, r contract.RejectQuizRequestObject) (contract.RejectQuizResponseObject, error) {
	i, err := s.stepQuiz(ctx, r.Id, editorial.Reject, r.Params.IfMatch, r.Body.Reason)
	return contract.RejectQuiz200JSONResponse{EditorQuizJSONResponse: i}, err
}

// PublishQuiz implements the contract.
func (s *Server) PublishQuiz(ctx context.Context, r contract.PublishQuizRequestObject) (contract.PublishQuizResponseObject, error) {
	i, err := s.stepQuiz(ctx, r.Id, editorial.Publish, r.Params.IfMatch, "")
	return contract.PublishQuiz200JSONResponse{EditorQuizJSONResponse: i}, err
}

// WithdrawQuiz implements the contract.
func (s *Server) WithdrawQuiz(ctx context.Context, r contract.WithdrawQuizRequestObject) (contract.WithdrawQuizResponseObject, error) {
	i, err := s.stepQuiz(ctx, r.Id, editorial.Withdraw, r.Params.IfMatch, r.Body.Reason)
	return contract.WithdrawQuiz200JSONResponse{EditorQuizJSONResponse: i}, err
}

// quizInput turns what an editor sent into what the room takes.
func quizInput(b *contract.QuizPatch) (quiz.QuizInput, error) {
	in := quiz.QuizInput{Title: b.Title, Description: b.Description, DocumentID: b.DocumentId, Language: b.Language, Topics: b.Topics,
		Visibility: visibilityInput(b.Visibility), Review: reviewInput(b.Review), Offline: b.Offline, Practice: b.Practice}
	if b.Parts != nil {
		parts := partsInput(*b.Parts)
		in.Parts = &parts
	}
	if b.Rules != nil {
		rules := rulesInput(b.Rules)
		in.Rules = &rules
	}
	f := fault.BadInput
	if b.Window != nil {
		var w quiz.Window
		w, f = windowInput(f, "/window", b.Window)
		in.Window = &w
	}
	if len(f.Fields) > 0 {
		return in, f
	}
	return in, nil
}

func reviewInput(r *contract.QuizReview) *quiz.Review {
	if r == nil {
		return nil
	}
	return &quiz.Review{Score: quiz.When(r.Score), Answers: quiz.When(r.Answers), Explanations: quiz.When(r.Explanations)}
}

func partsInput(list []contract.QuizPart) []quiz.Part {
	out := make([]quiz.Part, len(list))
	for k, p := range list {
		out[k] = quiz.Part{Topic: text(p.Topic), Difficulty: question.Difficulty(text(p.Difficulty)), Count: number(p.Count)}
		if p.QuestionIds != nil {
			out[k].QuestionIDs = *p.QuestionIds
		}
	}
	return out
}

func rulesInput(r *contract.QuizRules) quiz.Rules {
	out := quiz.Rules{TimeLimitSeconds: number(r.TimeLimitSeconds), Attempts: number(r.Attempts), PauseSeconds: number(r.PauseSeconds),
		PassMark: quiz.UsualPassMark, Counts: quiz.Best, ShuffleQuestions: truth(r.ShuffleQuestions), ShuffleChoices: truth(r.ShuffleChoices)}
	if r.PassMark != nil {
		out.PassMark = *r.PassMark
	}
	if r.Counts != nil {
		out.Counts = quiz.Counts(*r.Counts)
	}
	return out
}

func windowInput(f *fault.Fault, base string, b *contract.QuizWindow) (w quiz.Window, _ *fault.Fault) {
	w.OpensAt, f = instant(f, base+"/opensAt", b.OpensAt)
	w.ClosesAt, f = instant(f, base+"/closesAt", b.ClosesAt)
	w.HardClose = truth(b.HardClose)
	return w, f
}

// number and truth are optional values, 0 and false when not given.
func number(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

func truth(b *bool) bool { return b != nil && *b }

func editorQuiz(i *quiz.QuizItem) contract.EditorQuizJSONResponse {
	p := &i.Payload
	tag := revisionTag(i.Revision)
	out := contract.EditorQuiz{Id: i.ID, OrgId: i.OrgID, State: contract.State(i.Stands()), Version: i.Version,
		PublishedVersion: i.LiveVersion, Revision: i.Revision, Editors: stringsOf(i.Editors), Steps: stepsOf(i.Steps), UpdatedAt: stamp(i.UpdatedAt),
		Content: contract.DraftQuiz{Title: p.Title, Description: p.Description, DocumentId: p.DocumentID, Topics: stringsOf(p.Topics), Language: p.Language,
			Visibility: visibilityOf(i.Visibility), Parts: partsOf(p.Parts), Questions: quiz.Questions(p.Parts), Rules: rulesOf(p.Rules),
			Review: reviewOf(p.Review), Window: windowOf(p.Window), Offline: p.Offline, Practice: p.Practice}}
	return contract.EditorQuizJSONResponse{Body: out, Headers: contract.EditorQuizResponseHeaders{ETag: &tag}}
}

func partsOf(parts []quiz.Part) []contract.QuizPart {
	out := make([]contract.QuizPart, len(parts))
	for k := range parts {
		p := &parts[k]
		out[k] = contract.QuizPart{QuestionIds: optionalList(p.QuestionIDs), Topic: optional(p.Topic), Count: &p.Count}
		if p.Difficulty != "" {
			d := contract.QuizDifficulty(p.Difficulty)
			out[k].Difficulty = &d
		}
	}
	return out
}
