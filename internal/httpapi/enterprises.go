package httpapi

import (
	"context"

	"sotay/internal/directory"
	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
)

// ListEnterprises implements the contract.
func (s *Server) ListEnterprises(ctx context.Context, r contract.ListEnterprisesRequestObject) (contract.ListEnterprisesResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Directory.Enterprises(ctx, who, text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListEnterprises200JSONResponse{Items: make([]contract.Enterprise, len(found)), NextCursor: next}
	for k := range found {
		out.Items[k] = enterprise(&found[k])
	}
	return out, nil
}

// CreateEnterprise implements the contract.
func (s *Server) CreateEnterprise(ctx context.Context, r contract.CreateEnterpriseRequestObject) (contract.CreateEnterpriseResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	ownership := string(b.Ownership)
	e, err := s.Directory.CreateEnterprise(ctx, who, b.OrgId, text(r.Params.IdempotencyKey),
		directory.EnterpriseInput{Name: &b.Name, Code: b.Code, Ownership: &ownership, Shifts: shiftsInput(b.Shifts)})
	if err != nil {
		return nil, err
	}
	return contract.CreateEnterprise201JSONResponse{EnterpriseJSONResponse: enterpriseAnswer(&e)}, nil
}

// GetEnterprise implements the contract.
func (s *Server) GetEnterprise(ctx context.Context, r contract.GetEnterpriseRequestObject) (contract.GetEnterpriseResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	e, err := s.Directory.Enterprise(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	return contract.GetEnterprise200JSONResponse{EnterpriseJSONResponse: enterpriseAnswer(&e)}, nil
}

// UpdateEnterprise implements the contract.
func (s *Server) UpdateEnterprise(ctx context.Context, r contract.UpdateEnterpriseRequestObject) (contract.UpdateEnterpriseResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	rev, err := revision(&r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	b := r.Body
	e, err := s.Directory.UpdateEnterprise(ctx, who, r.Id, rev,
		directory.EnterpriseInput{Name: b.Name, Code: b.Code, Ownership: plain(b.Ownership), Shifts: shiftsInput(b.Shifts)})
	if err != nil {
		return nil, err
	}
	return contract.UpdateEnterprise200JSONResponse{EnterpriseJSONResponse: enterpriseAnswer(&e)}, nil
}

func shiftsInput(list *[]contract.Shift) *[]directory.Shift {
	if list == nil {
		return nil
	}
	out := make([]directory.Shift, len(*list))
	for k, x := range *list {
		out[k] = directory.Shift{ID: x.Id, Name: x.Name, Starts: x.Starts, Ends: x.Ends}
	}
	return &out
}

func shiftOf(x directory.Shift) contract.Shift {
	return contract.Shift{Id: x.ID, Name: x.Name, Starts: x.Starts, Ends: x.Ends}
}

func enterprise(e *directory.Enterprise) contract.Enterprise {
	out := contract.Enterprise{Id: e.ID, OrgId: e.OrgID, Name: e.Name, Code: e.Code, Ownership: contract.Ownership(e.Ownership),
		Shifts: make([]contract.Shift, len(e.Shifts)), Revision: e.Revision, UpdatedAt: stamp(e.UpdatedAt)}
	for k, x := range e.Shifts {
		out.Shifts[k] = shiftOf(x)
	}
	return out
}

func enterpriseAnswer(e *directory.Enterprise) contract.EnterpriseJSONResponse {
	tag := revisionTag(e.Revision)
	return contract.EnterpriseJSONResponse{Body: enterprise(e), Headers: contract.EnterpriseResponseHeaders{ETag: &tag}}
}
