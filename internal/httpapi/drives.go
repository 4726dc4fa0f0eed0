package httpapi

import (
	"context"

	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
	"sotay/internal/study"
)

// driveBody is what of a drive is the same for everybody.
type driveBody struct {
	ID             string               `json:"id"`
	Title          string               `json:"title"`
	Description    string               `json:"description"`
	Version        int64                `json:"version"`
	PublishedAt    string               `json:"publishedAt"`
	PlanDocumentID *string              `json:"planDocumentId,omitempty"`
	OpensAt        string               `json:"opensAt"`
	DueAt          string               `json:"dueAt"`
	ClosesAt       string               `json:"closesAt"`
	Steps          []contract.DriveStep `json:"steps"`
}

// Drive encodes what of a drive is the same for everybody; no call answers with
// it alone. It implements study.Encoder.
func (Encoder) Drive(id string, v *study.DriveVersion) ([]byte, error) {
	p := &v.Payload
	return marshal(driveBody{ID: id, Title: p.Title, Description: p.Description, Version: v.Number, PublishedAt: stamp(v.PublishedAt),
		PlanDocumentID: optional(p.PlanDocumentID), OpensAt: stamp(p.OpensAt), DueAt: stamp(p.DueAt), ClosesAt: stamp(p.ClosesAt), Steps: driveStepsOf(p.Steps)})
}

func driveStepsOf(steps []study.Step) []contract.DriveStep {
	out := make([]contract.DriveStep, len(steps))
	for k := range steps {
		s := &steps[k]
		out[k] = contract.DriveStep{Id: s.ID, Kind: contract.DriveStepKind(s.Kind), DocumentId: optional(s.DocumentID), MaterialId: optional(s.MaterialID),
			QuizId: optional(s.QuizID)}
	}
	return out
}

// ListMyDrives implements the contract.
func (s *Server) ListMyDrives(ctx context.Context, _ contract.ListMyDrivesRequestObject) (contract.ListMyDrivesResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, err := s.Study.MyDrives(ctx, who)
	if err != nil {
		return nil, err
	}
	out := contract.ListMyDrives200JSONResponse{Items: make([]contract.Drive, len(found))}
	for i := range found {
		out.Items[i] = driveOf(&found[i])
	}
	return out, nil
}

// GetDrive implements the contract.
func (s *Server) GetDrive(ctx context.Context, r contract.GetDriveRequestObject) (contract.GetDriveResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	m, err := s.Study.Drive(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	return contract.GetDrive200JSONResponse(driveOf(&m)), nil
}

func driveOf(m *study.Mine) contract.Drive {
	v, p := m.Version, &m.Version.Payload
	return contract.Drive{Id: v.ItemID, Title: p.Title, Description: p.Description, Version: v.Number, PlanDocumentId: optional(p.PlanDocumentID),
		OpensAt: stamp(p.OpensAt), ClosesAt: stamp(p.ClosesAt), DueAt: stampOf(m.DueAt), OnRoll: m.OnRoll, Obliged: m.Obliged,
		Steps: driveProgress(m.Steps), Completion: driveCompletion(m.Completion)}
}

func driveProgress(steps []study.Progress) []contract.DriveProgress {
	out := make([]contract.DriveProgress, len(steps))
	for i := range steps {
		x := &steps[i]
		out[i] = contract.DriveProgress{Id: x.Step.ID, Kind: contract.DriveStepKind(x.Step.Kind), DocumentId: optional(x.Step.DocumentID),
			MaterialId: optional(x.Step.MaterialID), QuizId: optional(x.Step.QuizID), Title: x.Title, Done: x.Done, Sections: x.Sections, Read: x.Read}
	}
	return out
}

func driveCompletion(c *study.Completion) *contract.DriveCompletion {
	if c == nil {
		return nil
	}
	return &contract.DriveCompletion{Id: c.ID, Basis: contract.CompletionBasis(c.Basis), CompletedOn: c.On, RecordedAt: stamp(c.RecordedAt), Stands: c.Stands()}
}

// ListMyCompletions implements the contract.
func (s *Server) ListMyCompletions(ctx context.Context, _ contract.ListMyCompletionsRequestObject) (contract.ListMyCompletionsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, err := s.Study.MyCompletions(ctx, who)
	if err != nil {
		return nil, err
	}
	out := contract.ListMyCompletions200JSONResponse{Items: make([]contract.Completion, len(found))}
	for i := range found {
		c := &found[i]
		out.Items[i] = contract.Completion{Id: c.ID, DriveId: c.DriveID, Basis: contract.CompletionBasis(c.Basis), CompletedOn: c.On, RecordedAt: stamp(c.RecordedAt),
			Stands: c.Stands()}
	}
	return out, nil
}

// RecordCompletion implements the contract.
func (s *Server) RecordCompletion(ctx context.Context, r contract.RecordCompletionRequestObject) (contract.RecordCompletionResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	c, fresh, err := s.Study.RecordOnBehalf(ctx, who, r.Id, study.OnBehalf{MemberID: b.MemberId, Method: string(b.Method), On: b.On, Reason: b.Reason})
	if err != nil {
		return nil, err
	}
	out := contract.RecordedCompletion{Id: c.ID, DriveId: c.DriveID, MemberId: c.MemberID, Basis: contract.CompletionBasis(c.Basis), CompletedOn: c.On,
		RecordedAt: stamp(c.RecordedAt), Method: completionMethod(&c), Stands: c.Stands()}
	if fresh {
		return contract.RecordCompletion201JSONResponse(out), nil
	}
	return contract.RecordCompletion200JSONResponse(out), nil
}

func completionMethod(c *study.Completion) *contract.CompletionMethod {
	if c.Method == "" {
		return nil
	}
	method := contract.CompletionMethod(c.Method)
	return &method
}

// CorrectCompletion implements the contract.
func (s *Server) CorrectCompletion(ctx context.Context, r contract.CorrectCompletionRequestObject) (contract.CorrectCompletionResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	c, err := s.Study.Correct(ctx, who, r.Id, study.CorrectionKind(r.Body.Kind), r.Body.Reason)
	if err != nil {
		return nil, err
	}
	return contract.CorrectCompletion200JSONResponse(correctedCompletion(&c)), nil
}

func correctedCompletion(c *study.Completion) contract.CorrectedCompletion {
	out := contract.CorrectedCompletion{Id: c.ID, DriveId: c.DriveID, MemberId: c.MemberID, Basis: contract.CompletionBasis(c.Basis), Method: completionMethod(c),
		Reason: optional(c.Reason), CompletedOn: c.On, RecordedAt: stamp(c.RecordedAt), Stands: c.Stands(),
		Corrections: make([]contract.Correction, len(c.Corrections))}
	for i := range c.Corrections {
		x := &c.Corrections[i]
		out.Corrections[i] = contract.Correction{Kind: contract.CorrectionKind(x.Kind), At: stamp(x.At), Reason: x.Reason}
	}
	return out
}

// ListDriveMembers implements the contract.
func (s *Server) ListDriveMembers(ctx context.Context, r contract.ListDriveMembersRequestObject) (contract.ListDriveMembersResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	p := r.Params
	found, next, err := s.Study.Members(ctx, who, r.Id, r.DriveId, text(p.Status), text(p.Cursor), page.Limit(p.Limit))
	if err != nil {
		return nil, err
	}
	now := s.Now()
	out := contract.ListDriveMembers200JSONResponse{Items: make([]contract.DriveMember, len(found)), NextCursor: next}
	for i := range found {
		x := &found[i]
		out.Items[i] = contract.DriveMember{MemberId: x.MemberID, Name: x.Name, OrgId: x.OrgID, Kind: contract.MemberKind(x.Kind),
			Status: contract.MemberStatus(x.Status), State: contract.DriveMemberState(x.State), OnRoll: x.OnRoll, Obliged: x.Obliged,
			Overdue: x.Obliged && x.State != study.StateCompleted && x.DueAt.Before(now), DueAt: stampOf(x.DueAt),
			Steps: driveProgress(x.Steps), TimeCapped: x.Capped, Completion: driveCompletion(x.Completion)}
	}
	return out, nil
}
