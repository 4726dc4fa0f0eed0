package httpapi

import (
	"context"
	"fmt"

	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
	"sotay/internal/quiz"
	"sotay/internal/quiz/rank"
)

// ListEditorContests implements the contract.
func (s *Server) ListEditorContests(ctx context.Context, r contract.ListEditorContestsRequestObject) (contract.ListEditorContestsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Quizzes.EditorContests(ctx, who, text(r.Params.State), text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListEditorContests200JSONResponse{Items: make([]contract.EditorContestSummary, len(found)), NextCursor: next}
	for k := range found {
		i := &found[k]
		out.Items[k] = contract.EditorContestSummary{Id: i.ID, OrgId: i.OrgID, State: contract.State(i.Stands()), Version: i.Version,
			PublishedVersion: i.LiveVersion, Revision: i.Revision, Title: i.Payload.Title, Rounds: int64(len(i.Payload.Rounds)), UpdatedAt: stamp(i.UpdatedAt)}
	}
	return out, nil
}

// CreateContest implements the contract.
func (s *Server) CreateContest(ctx context.Context, r contract.CreateContestRequestObject) (contract.CreateContestResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	in, err := contestInput(&contract.ContestPatch{Title: &b.Title, Description: b.Description, Topics: b.Topics, Visibility: b.Visibility,
		Eligibility: b.Eligibility, StaffExcluded: b.StaffExcluded, Rounds: b.Rounds, RankBy: b.RankBy, Review: b.Review, Prizes: b.Prizes,
		CollectivePrizes: b.CollectivePrizes, CollectiveBy: b.CollectiveBy, FastSeconds: b.FastSeconds})
	if err != nil {
		return nil, err
	}
	i, err := s.Quizzes.CreateContest(ctx, who, b.OrgId, in)
	if err != nil {
		return nil, err
	}
	return contract.CreateContest201JSONResponse{EditorContestJSONResponse: editorContest(&i)}, nil
}

// GetEditorContest implements the contract.
func (s *Server) GetEditorContest(ctx context.Context, r contract.GetEditorContestRequestObject) (contract.GetEditorContestResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	i, err := s.Quizzes.EditorContest(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	return contract.GetEditorContest200JSONResponse{EditorContestJSONResponse: editorContest(&i)}, nil
}

// UpdateContest implements the contract.
func (s *Server) UpdateContest(ctx context.Context, r contract.UpdateContestRequestObject) (contract.UpdateContestResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	rev, err := revision(&r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	in, err := contestInput(r.Body)
	if err != nil {
		return nil, err
	}
	i, err := s.Quizzes.UpdateContest(ctx, who, r.Id, rev, in)
	if err != nil {
		return nil, err
	}
	return contract.UpdateContest200JSONResponse{EditorContestJSONResponse: editorContest(&i)}, nil
}

// stepContest takes a contest one step on.
func (s *Server) stepContest(ctx context.Context, id string, v editorial.Verb, ifMatch *contract.IfMatchOptional, reason string) (contract.EditorContestJSONResponse, error) {
	return step(ctx, id, v, ifMatch, reason, s.Quizzes.StepContest, editorContest)
}

// SubmitContest implements the contract.
func (s *Server) SubmitContest(ctx context.Context, r contract.SubmitContestRequestObject) (contract.SubmitContestResponseObject, error) {
	i, err := s.stepContest(ctx, r.Id, editorial.Submit, r.Params.IfMatch, "")
	return contract.SubmitContest200JSONResponse{EditorContestJSONResponse: i}, err
}

// ApproveContest implements the contract.
func (s *Server) ApproveContest(ctx context.Context, r contract.ApproveContestRequestObject) (contract.ApproveContestResponseObject, error) {
	i, err := s.stepContest(ctx, r.Id, editorial.Approve, r.Params.IfMatch, "")
	return contract.ApproveContest200JSONResponse{EditorContestJSONResponse: i}, err
}

// RejectContest implements the contract.
func (s *Server) RejectContest(ctx context.Context, r contract.RejectContestRequestObject) (contract.RejectContestResponseObject, error) {
	i, err := s.stepContest(ctx, r.Id, editorial.Reject, r.Params.IfMatch, r.Body.Reason)
	return contract.RejectContest200JSONResponse{EditorContestJSONResponse: i}, err
}

// PublishContest implements the contract.
func (s *Server) PublishContest(ctx context.Context, r contract.PublishContestRequestObject) (contract.PublishContestResponseObject, error) {
	i, err := s.stepContest(ctx, r.Id, editorial.Publish, r.Params.IfMatch, "")
	return contract.PublishContest200JSONResponse{EditorContestJSONResponse: i}, err
}

// WithdrawContest implements the contract.
func (s *Server) WithdrawContest(ctx context.Context, r contract.WithdrawContestRequestObject) (contract.WithdrawContestResponseObject, error) {
	i, err := s.stepContest(ctx, r.Id, editorial.Withdraw, r.Params.IfMatch, r.Body.Reason)
	return contract.WithdrawContest200JSONResponse{EditorContestJSONResponse: i}, err
}

// contestInput turns what an editor sent into what the room takes.
func contestInput(b *contract.ContestPatch) (quiz.ContestInput, error) {
	in := quiz.ContestInput{Title: b.Title, Description: b.Description, Topics: b.Topics, Visibility: visibilityInput(b.Visibility), Review: reviewInput(b.Review),
		StaffExcluded: b.StaffExcluded, Prizes: prizesInput(b.Prizes), CollectivePrizes: prizesInput(b.CollectivePrizes), FastSeconds: b.FastSeconds}
	if e := b.Eligibility; e != nil {
		in.Eligibility = &quiz.Eligibility{OrgIDs: wordsOf(e.OrgIds), Kinds: wordsOf(e.MemberKinds), Statuses: wordsOf(e.Statuses),
			Roles: wordsOf(e.Roles), ExcludedRoles: wordsOf(e.ExcludedRoles)}
	}
	if b.RankBy != nil {
		keys := make([]rank.Key, len(*b.RankBy))
		for k, key := range *b.RankBy {
			keys[k] = rank.Key(key)
		}
		in.RankBy = &keys
	}
	if b.CollectiveBy != nil {
		by := quiz.CollectiveBy(*b.CollectiveBy)
		in.CollectiveBy = &by
	}
	f := fault.BadInput
	if b.Rounds != nil {
		rounds := make([]quiz.Round, len(*b.Rounds))
		for k := range *b.Rounds {
			rounds[k], f = roundInput(f, k, &(*b.Rounds)[k])
		}
		in.Rounds = &rounds
	}
	if len(f.Fields) > 0 {
		return in, f
	}
	return in, nil
}

func roundInput(f *fault.Fault, k int, b *contract.ContestRoundInput) (quiz.Round, *fault.Fault) {
	at := fmt.Sprintf("/rounds/%d", k)
	r := quiz.Round{Title: b.Title, Parts: partsInput(b.Parts)}
	if b.Number != nil && *b.Number != int64(k+1) {
		f = f.At(at+"/number", "out_of_order", "Số của vòng là vị trí của nó trong danh sách.", "A round's number is its place in the list.")
	}
	if b.Guess != nil && *b.Guess != contract.GuessKindNone {
		r.Guess = quiz.GuessKind(*b.Guess)
	}
	if b.Rules != nil {
		r.Rules = quiz.Rules{TimeLimitSeconds: number(b.Rules.TimeLimitSeconds), Attempts: number(b.Rules.Attempts), PauseSeconds: number(b.Rules.PauseSeconds),
			ShuffleQuestions: truth(b.Rules.ShuffleQuestions), ShuffleChoices: truth(b.Rules.ShuffleChoices)}
	}
	r.Window.OpensAt, f = instant(f, at+"/window/opensAt", &b.Window.OpensAt)
	r.Window.ClosesAt, f = instant(f, at+"/window/closesAt", &b.Window.ClosesAt)
	return r, f
}

func prizesInput(list *[]contract.ContestPrize) *[]quiz.Prize {
	if list == nil {
		return nil
	}
	out := make([]quiz.Prize, len(*list))
	for k, p := range *list {
		out[k] = quiz.Prize{Name: p.Name, From: p.From, To: p.To}
	}
	return &out
}

// wordsOf is an optional list of words.
func wordsOf[T ~string](list *[]T) []string {
	if list == nil {
		return nil
	}
	return plainStrings(*list)
}

func editorContest(i *quiz.ContestItem) contract.EditorContestJSONResponse {
	p := &i.Payload
	tag := revisionTag(i.Revision)
	rounds := make([]contract.ContestRoundInput, len(p.Rounds))
	for k := range p.Rounds {
		r := &p.Rounds[k]
		n, rules, guess := int64(k+1), contestRulesOf(&r.Rules), guessKindOf(r.Guess)
		rounds[k] = contract.ContestRoundInput{Number: &n, Title: r.Title, Window: contestWindowOf(&r.Window), Parts: partsOf(r.Parts), Rules: &rules, Guess: &guess}
	}
	out := contract.EditorContest{Id: i.ID, OrgId: i.OrgID, State: contract.State(i.Stands()), Version: i.Version, PublishedVersion: i.LiveVersion,
		Revision: i.Revision, Editors: stringsOf(i.Editors), Steps: stepsOf(i.Steps), UpdatedAt: stamp(i.UpdatedAt),
		Content: contract.DraftContest{Title: p.Title, Description: p.Description, Topics: stringsOf(p.Topics), Visibility: visibilityOf(i.Visibility),
			Eligibility: eligibilityOf(&p.Eligibility), StaffExcluded: p.StaffExcluded, Rounds: rounds, RankBy: rankByOf(p.RankBy), Review: reviewOf(p.Review),
			Prizes: prizesOf(p.Prizes), CollectivePrizes: prizesOf(p.CollectivePrizes), CollectiveBy: contract.CollectiveOrder(p.CollectiveBy), FastSeconds: p.FastSeconds}}
	return contract.EditorContestJSONResponse{Body: out, Headers: contract.EditorContestResponseHeaders{ETag: &tag}}
}
