package httpapi

import (
	"context"
	"fmt"

	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
	"sotay/internal/study"
)

// ListEditorDrives implements the contract.
func (s *Server) ListEditorDrives(ctx context.Context, r contract.ListEditorDrivesRequestObject) (contract.ListEditorDrivesResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Study.EditorDrives(ctx, who, text(r.Params.State), text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListEditorDrives200JSONResponse{Items: make([]contract.EditorDriveSummary, len(found)), NextCursor: next}
	for k := range found {
		i := &found[k]
		out.Items[k] = contract.EditorDriveSummary{Id: i.ID, OrgId: i.OrgID, State: contract.State(i.Stands()), Version: i.Version,
			PublishedVersion: i.LiveVersion, Revision: i.Revision, Title: i.Payload.Title, OpensAt: stamp(i.Payload.OpensAt), DueAt: stamp(i.Payload.DueAt),
			ClosesAt: stamp(i.Payload.ClosesAt), UpdatedAt: stamp(i.UpdatedAt)}
	}
	return out, nil
}

// CreateDrive implements the contract.
func (s *Server) CreateDrive(ctx context.Context, r contract.CreateDriveRequestObject) (contract.CreateDriveResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	in, err := driveInput(&contract.DrivePatch{Title: &b.Title, Description: b.Description, PlanDocumentId: b.PlanDocumentId, Visibility: b.Visibility,
		Steps: b.Steps, OpensAt: &b.OpensAt, DueAt: &b.DueAt, ClosesAt: &b.ClosesAt, Deadlines: b.Deadlines, Audience: b.Audience})
	if err != nil {
		return nil, err
	}
	i, err := s.Study.CreateDrive(ctx, who, b.OrgId, in)
	if err != nil {
		return nil, err
	}
	return contract.CreateDrive201JSONResponse{EditorDriveJSONResponse: editorDrive(&i)}, nil
}

// GetEditorDrive implements the contract.
func (s *Server) GetEditorDrive(ctx context.Context, r contract.GetEditorDriveRequestObject) (contract.GetEditorDriveResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	i, err := s.Study.EditorDrive(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	return contract.GetEditorDrive200JSONResponse{EditorDriveJSONResponse: editorDrive(&i)}, nil
}

// UpdateDrive implements the contract.
func (s *Server) UpdateDrive(ctx context.Context, r contract.UpdateDriveRequestObject) (contract.UpdateDriveResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	rev, err := revision(&r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	in, err := driveInput(r.Body)
	if err != nil {
		return nil, err
	}
	i, err := s.Study.UpdateDrive(ctx, who, r.Id, rev, in)
	if err != nil {
		return nil, err
	}
	return contract.UpdateDrive200JSONResponse{EditorDriveJSONResponse: editorDrive(&i)}, nil
}

// stepDrive takes a drive one step on.
func (s *Server) stepDrive(ctx context.Context, id string, v editorial.Verb, ifMatch *contract.IfMatchOptional, reason string) (contract.EditorDriveJSONResponse, error) {
	return step(ctx, id, v, ifMatch, reason, s.Study.StepDrive, editorDrive)
}

// SubmitDrive implements the contract.
func (s *Server) SubmitDrive(ctx context.Context, r contract.SubmitDriveRequestObject) (contract.SubmitDriveResponseObject, error) {
	i, err := s.stepDrive(ctx, r.Id, editorial.Submit, r.Params.IfMatch, "")
	return contract.SubmitDrive200JSONResponse{EditorDriveJSONResponse: i}, err
}

// ApproveDrive implements the contract.
func (s *Server) ApproveDrive(ctx context.Context, r contract.ApproveDriveRequestObject) (contract.ApproveDriveResponseObject, error) {
	i, err := s.stepDrive(ctx, r.Id, editorial.Approve, r.Params.IfMatch, "")
	return contract.ApproveDrive200JSONResponse{EditorDriveJSONResponse: i}, err
}

// RejectDrive implements the contract.
func (s *Server) RejectDrive(ctx context.Context, r contract.RejectDriveRequestObject) (contract.RejectDriveResponseObject, error) {
	i, err := s.stepDrive(ctx, r.Id, editorial.Reject, r.Params.IfMatch, r.Body.Reason)
	return contract.RejectDrive200JSONResponse{EditorDriveJSONResponse: i}, err
}

// PublishDrive implements the contract.
func (s *Server) PublishDrive(ctx context.Context, r contract.PublishDriveRequestObject) (contract.PublishDriveResponseObject, error) {
	i, err := s.stepDrive(ctx, r.Id, editorial.Publish, r.Params.IfMatch, "")
	return contract.PublishDrive200JSONResponse{EditorDriveJSONResponse: i}, err
}

// WithdrawDrive implements the contract.
func (s *Server) WithdrawDrive(ctx context.Context, r contract.WithdrawDriveRequestObject) (contract.WithdrawDriveResponseObject, error) {
	i, err := s.stepDrive(ctx, r.Id, editorial.Withdraw, r.Params.IfMatch, r.Body.Reason)
	return contract.WithdrawDrive200JSONResponse{EditorDriveJSONResponse: i}, err
}

// driveInput turns what an editor sent into what the room takes.
func driveInput(b *contract.DrivePatch) (study.DriveInput, error) {
	in := study.DriveInput{Title: b.Title, Description: b.Description, PlanDocumentID: b.PlanDocumentId, Visibility: visibilityInput(b.Visibility)}
	f := fault.BadInput
	in.OpensAt, f = instantOf(f, "/opensAt", b.OpensAt)
	in.DueAt, f = instantOf(f, "/dueAt", b.DueAt)
	in.ClosesAt, f = instantOf(f, "/closesAt", b.ClosesAt)
	if b.Steps != nil {
		steps := make([]study.Step, len(*b.Steps))
		for k, st := range *b.Steps {
			steps[k] = study.Step{Kind: study.StepKind(st.Kind), DocumentID: text(st.DocumentId), MaterialID: text(st.MaterialId), QuizID: text(st.QuizId)}
		}
		in.Steps = &steps
	}
	if b.Deadlines != nil {
		list := make([]study.Deadline, len(*b.Deadlines))
		for k := range *b.Deadlines {
			d := &(*b.Deadlines)[k]
			list[k] = study.Deadline{MemberIDs: wordsOf(d.MemberIds), OrgIDs: wordsOf(d.OrgIds), EnterpriseIDs: wordsOf(d.EnterpriseIds),
				Shifts: wordsOf(d.Shifts), Tags: wordsOf(d.Tags)}
			list[k].DueAt, f = instant(f, fmt.Sprintf("/deadlines/%d/dueAt", k), &d.DueAt)
		}
		in.Deadlines = &list
	}
	if a := b.Audience; a != nil {
		in.Audience = &study.Audience{Kinds: wordsOf(a.MemberKinds), Statuses: wordsOf(a.Statuses), EnterpriseIDs: wordsOf(a.EnterpriseIds), Tags: wordsOf(a.Tags)}
	}
	if len(f.Fields) > 0 {
		return in, f
	}
	return in, nil
}

func editorDrive(i *study.DriveItem) contract.EditorDriveJSONResponse {
	p := &i.Payload
	tag := revisionTag(i.Revision)
	deadlines := make([]contract.DriveDeadline, len(p.Deadlines))
	for k := range p.Deadlines {
		d := &p.Deadlines[k]
		deadlines[k] = contract.DriveDeadline{MemberIds: optionalList(d.MemberIDs), OrgIds: optionalList(d.OrgIDs), EnterpriseIds: optionalList(d.EnterpriseIDs),
			Shifts: optionalList(d.Shifts), Tags: optionalWords[contract.MemberTag](d.Tags), DueAt: stamp(d.DueAt)}
	}
	a := &p.Audience
	out := contract.EditorDrive{Id: i.ID, OrgId: i.OrgID, State: contract.State(i.Stands()), Version: i.Version, PublishedVersion: i.LiveVersion,
		Revision: i.Revision, Editors: stringsOf(i.Editors), Steps: stepsOf(i.Steps), UpdatedAt: stamp(i.UpdatedAt),
		Content: contract.DraftDrive{Title: p.Title, Description: p.Description, PlanDocumentId: p.PlanDocumentID, Visibility: visibilityOf(i.Visibility),
			Steps: driveStepsOf(p.Steps), OpensAt: stamp(p.OpensAt), DueAt: stamp(p.DueAt), ClosesAt: stamp(p.ClosesAt), Deadlines: deadlines,
			Audience: contract.DriveAudience{MemberKinds: optionalWords[contract.MemberKind](a.Kinds), Statuses: optionalWords[contract.MemberStatus](a.Statuses),
				EnterpriseIds: optionalList(a.EnterpriseIDs), Tags: optionalWords[contract.MemberTag](a.Tags)}}}
	return contract.EditorDriveJSONResponse{Body: out, Headers: contract.EditorDriveResponseHeaders{ETag: &tag}}
}
