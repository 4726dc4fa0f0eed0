package httpapi

import (
	"context"

	"sotay/internal/httpapi/contract"
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
	out := contract.Drive{Id: v.ItemID, Title: p.Title, Description: p.Description, Version: v.Number, PlanDocumentId: optional(p.PlanDocumentID),
		OpensAt: stamp(p.OpensAt), ClosesAt: stamp(p.ClosesAt), DueAt: stampOf(m.DueAt), OnRoll: m.OnRoll, Obliged: m.Obliged,
		Steps: make([]contract.DriveProgress, len(m.Steps))}
	for i := range m.Steps {
		x := &m.Steps[i]
		out.Steps[i] = contract.DriveProgress{Id: x.Step.ID, Kind: contract.DriveStepKind(x.Step.Kind), DocumentId: optional(x.Step.DocumentID),
			MaterialId: optional(x.Step.MaterialID), QuizId: optional(x.Step.QuizID), Title: x.Title, Done: x.Done, Sections: x.Sections, Read: x.Read}
	}
	if c := m.Completion; c != nil {
		out.Completion = &contract.DriveCompletion{Id: c.ID, Basis: contract.CompletionBasis(c.Basis), CompletedOn: c.On, RecordedAt: stamp(c.RecordedAt)}
	}
	return out
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
		out.Items[i] = contract.Completion{Id: c.ID, DriveId: c.DriveID, Basis: contract.CompletionBasis(c.Basis), CompletedOn: c.On, RecordedAt: stamp(c.RecordedAt)}
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
		RecordedAt: stamp(c.RecordedAt)}
	if c.Method != "" {
		method := contract.CompletionMethod(c.Method)
		out.Method = &method
	}
	if fresh {
		return contract.RecordCompletion201JSONResponse(out), nil
	}
	return contract.RecordCompletion200JSONResponse(out), nil
}
