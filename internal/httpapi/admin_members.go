package httpapi

import (
	"context"

	"sotay/internal/directory"
	"sotay/internal/httpapi/contract"
)

// CreateMember implements the contract.
func (s *Server) CreateMember(ctx context.Context, r contract.CreateMemberRequestObject) (contract.CreateMemberResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	kind := string(b.Kind)
	m, err := s.Directory.CreateMember(ctx, who, directory.NewMember{OrgID: b.OrgId, From: b.From, Status: text(b.Status),
		DecisionNo: text(b.DecisionNo), Key: text(r.Params.IdempotencyKey), MemberInput: directory.MemberInput{Name: &b.Name, Kind: &kind,
			JoinedOn: b.JoinedOn, OfficialOn: b.OfficialOn, CardNo: b.PartyCardNo, Code: b.Code, CitizenID: b.CitizenId, Phone: b.Phone,
			EnterpriseID: b.EnterpriseId, Shift: b.Shift, Locale: plain(b.Locale), Tags: plainList(b.Tags), WantsInformation: b.WantsInformation}})
	if err != nil {
		return nil, err
	}
	return contract.CreateMember201JSONResponse{MemberRecordJSONResponse: s.changed(m)}, nil
}

// plain turns an optional value of an enumeration into a string.
func plain[S ~string](p *S) *string {
	if p == nil {
		return nil
	}
	v := string(*p)
	return &v
}

func plainList[S ~string](p *[]S) *[]string {
	if p == nil {
		return nil
	}
	v := plainStrings(*p)
	return &v
}

// UpdateMember implements the contract.
func (s *Server) UpdateMember(ctx context.Context, r contract.UpdateMemberRequestObject) (contract.UpdateMemberResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	rev, err := revision(&r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	b := r.Body
	m, err := s.Directory.UpdateMember(ctx, who, r.Id, rev, directory.MemberInput{Name: b.Name, Kind: plain(b.Kind), JoinedOn: b.JoinedOn,
		OfficialOn: b.OfficialOn, CardNo: b.PartyCardNo, Code: b.Code, CitizenID: b.CitizenId, Phone: b.Phone, EnterpriseID: b.EnterpriseId,
		Shift: b.Shift, Locale: plain(b.Locale), Tags: plainList(b.Tags), WantsInformation: b.WantsInformation})
	if err != nil {
		return nil, err
	}
	return contract.UpdateMember200JSONResponse{MemberRecordJSONResponse: s.changed(m)}, nil
}

// TransferMember implements the contract.
func (s *Server) TransferMember(ctx context.Context, r contract.TransferMemberRequestObject) (contract.TransferMemberResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	m, err := s.Directory.TransferMember(ctx, who, r.Id, directory.Transferral{OrgID: b.OrgId, On: b.On, DecisionNo: text(b.DecisionNo),
		Key: text(r.Params.IdempotencyKey)})
	if err != nil {
		return nil, err
	}
	return contract.TransferMember200JSONResponse{MemberRecordJSONResponse: s.changed(m)}, nil
}

// SetMemberRoles implements the contract.
func (s *Server) SetMemberRoles(ctx context.Context, r contract.SetMemberRolesRequestObject) (contract.SetMemberRolesResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	roles := make([]directory.Role, len(r.Body.Roles))
	for k, x := range r.Body.Roles {
		roles[k] = directory.Role{Role: string(x.Role), OrgID: text(x.OrgId), EnterpriseID: text(x.EnterpriseId), From: x.From, To: text(x.To)}
	}
	m, err := s.Directory.SetRoles(ctx, who, r.Id, roles)
	if err != nil {
		return nil, err
	}
	return contract.SetMemberRoles200JSONResponse{MemberRecordJSONResponse: s.changed(m)}, nil
}

// EraseMember implements the contract.
func (s *Server) EraseMember(ctx context.Context, r contract.EraseMemberRequestObject) (contract.EraseMemberResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	return contract.EraseMember204Response{}, s.Directory.EraseMember(ctx, who, r.Id, r.Body.Reason)
}
