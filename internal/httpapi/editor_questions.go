package httpapi

import (
	"context"
	"slices"
	"strings"

	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
	"sotay/internal/quiz"
	"sotay/internal/quiz/question"
)

// ListEditorQuestions implements the contract.
func (s *Server) ListEditorQuestions(ctx context.Context, r contract.ListEditorQuestionsRequestObject) (contract.ListEditorQuestionsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	filter := quiz.QuestionFilter{State: text(r.Params.State), Kind: question.Kind(text(r.Params.Kind)), Difficulty: question.Difficulty(text(r.Params.Difficulty)),
		Topic: text(r.Params.Topic), Words: text(r.Params.Q)}
	found, next, err := s.Quizzes.EditorQuestions(ctx, who, filter, text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListEditorQuestions200JSONResponse{Items: make([]contract.EditorQuestionSummary, len(found)), NextCursor: next}
	for k := range found {
		i := &found[k]
		out.Items[k] = contract.EditorQuestionSummary{Id: i.ID, OrgId: i.OrgID, State: contract.State(i.Stands()), Version: i.Version,
			PublishedVersion: i.LiveVersion, Revision: i.Revision, Kind: contract.QuestionKind(i.Payload.Kind), Text: i.Payload.Text,
			Topic: i.Payload.Topic, Difficulty: contract.QuizDifficulty(i.Payload.Difficulty), UpdatedAt: stamp(i.UpdatedAt)}
	}
	return out, nil
}

// CreateQuestion implements the contract.
func (s *Server) CreateQuestion(ctx context.Context, r contract.CreateQuestionRequestObject) (contract.CreateQuestionResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	i, err := s.Quizzes.CreateQuestion(ctx, who, r.Body.OrgId, questionInput(&r.Body.Content).Bare())
	if err != nil {
		return nil, below("/content", err)
	}
	return contract.CreateQuestion201JSONResponse{EditorQuestionJSONResponse: editorQuestion(&i)}, nil
}

// GetEditorQuestion implements the contract.
func (s *Server) GetEditorQuestion(ctx context.Context, r contract.GetEditorQuestionRequestObject) (contract.GetEditorQuestionResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	i, err := s.Quizzes.EditorQuestion(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	return contract.GetEditorQuestion200JSONResponse{EditorQuestionJSONResponse: editorQuestion(&i)}, nil
}

// UpdateQuestion implements the contract.
func (s *Server) UpdateQuestion(ctx context.Context, r contract.UpdateQuestionRequestObject) (contract.UpdateQuestionResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	rev, err := revision(&r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	i, err := s.Quizzes.UpdateQuestion(ctx, who, r.Id, rev, questionInput(&r.Body.Content))
	if err != nil {
		return nil, below("/content", err)
	}
	return contract.UpdateQuestion200JSONResponse{EditorQuestionJSONResponse: editorQuestion(&i)}, nil
}

// below puts the fields of a fault below a pointer, where the body has them;
// those that name the organisation stay.
func below(base string, err error) error {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid {
		return err
	}
	g := *f
	g.Fields = slices.Clone(f.Fields)
	for i := range g.Fields {
		if !strings.HasPrefix(g.Fields[i].Pointer, "/header/") {
			g.Fields[i].Pointer = base + g.Fields[i].Pointer
		}
	}
	return &g
}

// stepQuestion takes a question one step on.
func (s *Server) stepQuestion(ctx context.Context, id string, v editorial.Verb, ifMatch *contract.IfMatchOptional, reason string) (contract.EditorQuestionJSONResponse, error) {
	return step(ctx, id, v, ifMatch, reason, s.Quizzes.StepQuestion, editorQuestion)
}

// SubmitQuestion implements the contract.
func (s *Server) SubmitQuestion(ctx context.Context, r contract.SubmitQuestionRequestObject) (contract.SubmitQuestionResponseObject, error) {
	i, err := s.stepQuestion(ctx, r.Id, editorial.Submit, r.Params.IfMatch, "")
	return contract.SubmitQuestion200JSONResponse{EditorQuestionJSONResponse: i}, err
}

// ApproveQuestion implements the contract.
func (s *Server) ApproveQuestion(ctx context.Context, r contract.ApproveQuestionRequestObject) (contract.ApproveQuestionResponseObject, error) {
	i, err := s.stepQuestion(ctx, r.Id, editorial.Approve, r.Params.IfMatch, "")
	return contract.ApproveQuestion200JSONResponse{EditorQuestionJSONResponse: i}, err
}

// RejectQuestion implements the contract.
func (s *Server) RejectQuestion(ctx context.Context, r contract.RejectQuestionRequestObject) (contract.RejectQuestionResponseObject, error) {
	i, err := s.stepQuestion(ctx, r.Id, editorial.Reject, r.Params.IfMatch, r.Body.Reason)
	return contract.RejectQuestion200JSONResponse{EditorQuestionJSONResponse: i}, err
}

// PublishQuestion implements the contract.
func (s *Server) PublishQuestion(ctx context.Context, r contract.PublishQuestionRequestObject) (contract.PublishQuestionResponseObject, error) {
	i, err := s.stepQuestion(ctx, r.Id, editorial.Publish, r.Params.IfMatch, "")
	return contract.PublishQuestion200JSONResponse{EditorQuestionJSONResponse: i}, err
}

// WithdrawQuestion implements the contract.
func (s *Server) WithdrawQuestion(ctx context.Context, r contract.WithdrawQuestionRequestObject) (contract.WithdrawQuestionResponseObject, error) {
	i, err := s.stepQuestion(ctx, r.Id, editorial.Withdraw, r.Params.IfMatch, r.Body.Reason)
	return contract.WithdrawQuestion200JSONResponse{EditorQuestionJSONResponse: i}, err
}

// questionInput turns what an editor sent into what the room takes.
func questionInput(b *contract.QuestionContent) question.Question {
	q := question.Question{Kind: question.Kind(b.Kind), Text: b.Text, True: truth(b.Truth), Partial: truth(b.Partial), Explanation: text(b.Explanation),
		Topic: text(b.Topic), Difficulty: question.Difficulty(text(b.Difficulty)), DocumentID: text(b.DocumentId), SectionID: text(b.SectionId)}
	if b.Choices != nil {
		for _, c := range *b.Choices {
			q.Choices = append(q.Choices, question.Choice{ID: text(c.Id), Text: c.Text, Right: c.Right})
		}
	}
	if b.Pairs != nil {
		for _, p := range *b.Pairs {
			q.Pairs = append(q.Pairs, question.Pair{PromptID: text(p.PromptId), Prompt: p.Prompt, OptionID: text(p.OptionId), Option: p.Option})
		}
	}
	q.Spare, q.Steps = optionsInput(b.Spare), optionsInput(b.Steps)
	if b.Accepted != nil {
		q.Accepted = *b.Accepted
	}
	return q
}

func optionsInput(list *[]contract.QuestionOption) (out []question.Option) {
	if list == nil {
		return nil
	}
	for _, o := range *list {
		out = append(out, question.Option{ID: text(o.Id), Text: o.Text})
	}
	return out
}

func editorQuestion(i *quiz.QuestionItem) contract.EditorQuestionJSONResponse {
	tag := revisionTag(i.Revision)
	out := contract.EditorQuestion{Id: i.ID, OrgId: i.OrgID, State: contract.State(i.Stands()), Version: i.Version,
		PublishedVersion: i.LiveVersion, Revision: i.Revision, Editors: stringsOf(i.Editors), Steps: stepsOf(i.Steps), UpdatedAt: stamp(i.UpdatedAt),
		Content: questionContent(&i.Payload)}
	return contract.EditorQuestionJSONResponse{Body: out, Headers: contract.EditorQuestionResponseHeaders{ETag: &tag}}
}

// questionContent is a question as editors see it; a client can send it back.
func questionContent(q *question.Question) contract.QuestionContent {
	d := contract.QuizDifficulty(q.Difficulty)
	out := contract.QuestionContent{Kind: contract.QuestionKind(q.Kind), Text: q.Text, Explanation: optional(q.Explanation), Topic: optional(q.Topic),
		Difficulty: &d, DocumentId: optional(q.DocumentID), SectionId: optional(q.SectionID), Accepted: optionalList(q.Accepted),
		Spare: optionsContent(q.Spare), Steps: optionsContent(q.Steps)}
	if q.Kind == question.TrueFalse {
		out.Truth = &q.True
	}
	if q.Partial {
		out.Partial = &q.Partial
	}
	if len(q.Choices) > 0 {
		list := make([]contract.QuestionChoice, len(q.Choices))
		for i, c := range q.Choices {
			list[i] = contract.QuestionChoice{Id: optional(c.ID), Text: c.Text, Right: c.Right}
		}
		out.Choices = &list
	}
	if len(q.Pairs) > 0 {
		list := make([]contract.QuestionPair, len(q.Pairs))
		for i, p := range q.Pairs {
			list[i] = contract.QuestionPair{PromptId: optional(p.PromptID), Prompt: p.Prompt, OptionId: optional(p.OptionID), Option: p.Option}
		}
		out.Pairs = &list
	}
	return out
}

func optionsContent(list []question.Option) *[]contract.QuestionOption {
	if len(list) == 0 {
		return nil
	}
	out := make([]contract.QuestionOption, len(list))
	for i, o := range list {
		out[i] = contract.QuestionOption{Id: optional(o.ID), Text: o.Text}
	}
	return &out
}
