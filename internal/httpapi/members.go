package httpapi

import (
	"context"

	"sotay/internal/directory"
	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
)

// ListMembers implements the contract.
func (s *Server) ListMembers(ctx context.Context, r contract.ListMembersRequestObject) (contract.ListMembersResponseObject, error) {
	p := r.Params
	out, err := s.memberList(ctx, directory.MemberFilter{AsOf: text(p.AsOf), OrgID: text(p.OrgId), EnterpriseID: text(p.EnterpriseId),
		Status: text(p.Status), Kind: text(p.Kind), Tag: text(p.Tag), Q: text(p.Q)}, text(p.Cursor), page.Limit(p.Limit))
	return contract.ListMembers200JSONResponse(out), err
}

// ListOrgMembers implements the contract.
func (s *Server) ListOrgMembers(ctx context.Context, r contract.ListOrgMembersRequestObject) (contract.ListOrgMembersResponseObject, error) {
	p := r.Params
	out, err := s.memberList(ctx, directory.MemberFilter{AsOf: text(p.AsOf), OrgID: r.Id, Status: text(p.Status), Kind: text(p.Kind), Q: text(p.Q)},
		text(p.Cursor), page.Limit(p.Limit))
	return contract.ListOrgMembers200JSONResponse(out), err
}

func (s *Server) memberList(ctx context.Context, f directory.MemberFilter, cursor string, limit int) (contract.MemberList, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return contract.MemberList{}, err
	}
	found, next, err := s.Directory.Members(ctx, who, f, cursor, limit)
	if err != nil {
		return contract.MemberList{}, err
	}
	out := contract.MemberList{AsOf: s.asOf(f.AsOf), Items: make([]contract.MemberSummary, len(found)), NextCursor: next}
	for k := range found {
		out.Items[k] = memberSummary(&found[k])
	}
	return out, nil
}

func memberSummary(v *directory.MemberView) contract.MemberSummary {
	out := contract.MemberSummary{Id: v.ID, Name: v.Name, Kind: contract.MemberKind(v.KindNow), Status: contract.MemberStatus(v.Now.Status),
		StatusFrom: optional(v.Now.From), StatusTo: optional(v.Now.To), EnterpriseId: optional(v.EnterpriseID), Shift: optional(v.Shift),
		Tags: enums[contract.Audience](v.Tags), WantsInformation: v.WantsInformation, Roles: []contract.RoleName{}}
	if n := len(v.Path); n > 0 {
		out.Org = &orgRefs(v.Path[n-1:])[0]
	}
	if v.HomeID != v.OrgID {
		out.HomeOrgId = optional(v.HomeID)
	}
	for _, r := range v.RolesNow() {
		out.Roles = append(out.Roles, contract.RoleName(r.Role))
	}
	return out
}

// GetMember implements the contract.
func (s *Server) GetMember(ctx context.Context, r contract.GetMemberRequestObject) (contract.GetMemberResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	v, err := s.Directory.Member(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	return contract.GetMember200JSONResponse{MemberRecordJSONResponse: s.memberAnswer(v)}, nil
}

// changed shows a member who was just written.
func (s *Server) changed(m directory.Member) contract.MemberRecordJSONResponse {
	return s.memberAnswer(s.Directory.View(m))
}

func (s *Server) memberAnswer(v directory.MemberView) contract.MemberRecordJSONResponse {
	tag := revisionTag(v.Revision)
	return contract.MemberRecordJSONResponse{Body: s.memberRecord(&v), Headers: contract.MemberRecordResponseHeaders{ETag: &tag}}
}

func (s *Server) memberRecord(v *directory.MemberView) contract.MemberRecord {
	out := contract.MemberRecord{Id: v.ID, Name: v.Name, Kind: contract.MemberKind(v.KindNow), Status: contract.MemberStatus(v.Now.Status),
		OrgPath: orgRefs(v.Path), PartyCardNo: v.CardNo, Code: v.Code, JoinedOn: v.JoinedOn, OfficialOn: v.OfficialOn,
		HasCitizenId: v.CitizenKey != v.ID, HasPhone: v.PhoneKey != "", Tags: enums[contract.Audience](v.Tags),
		EnterpriseId: optional(v.EnterpriseID), Shift: optional(v.Shift), Locale: contract.MemberRecordLocale(v.Locale),
		WantsInformation: v.WantsInformation, Statuses: []contract.StatusSpan{}, Places: []contract.PlaceSpan{}, Roles: []contract.RoleGrant{},
		Consents: consentsOf(v.Consents), Erased: v.Erased(), Revision: v.Revision, UpdatedAt: stamp(v.UpdatedAt)}
	if v.HomeID != v.OrgID {
		out.HomeOrgId = optional(v.HomeID)
	}
	for _, x := range v.Statuses {
		span := contract.StatusSpan{Status: contract.MemberStatus(x.Status), From: x.From, To: optional(x.To), DecidedBy: optional(x.DecidedBy),
			DecisionNo: optional(x.DecisionNo), HostId: optional(x.HostID), RecordedBy: optional(x.RecordedBy)}
		if x.RecordedAt.Unix() > 0 {
			at := stamp(x.RecordedAt)
			span.RecordedAt = &at
		}
		out.Statuses = append(out.Statuses, span)
	}
	for _, x := range v.Places {
		out.Places = append(out.Places, contract.PlaceSpan{OrgId: x.OrgID, OrgName: s.Directory.OrgName(x.OrgID, x.From), From: x.From, DecisionNo: optional(x.DecisionNo)})
	}
	for _, x := range v.Roles {
		out.Roles = append(out.Roles, contract.RoleGrant{Role: contract.RoleName(x.Role), OrgId: optional(x.OrgID), EnterpriseId: optional(x.EnterpriseID),
			From: x.From, To: optional(x.To)})
	}
	return out
}

func consentsOf(list []directory.Consent) []contract.Consent {
	out := make([]contract.Consent, len(list))
	for k, c := range list {
		out[k] = contract.Consent{Version: c.Version, At: stamp(c.At)}
	}
	return out
}

// SetMemberStatus implements the contract.
func (s *Server) SetMemberStatus(ctx context.Context, r contract.SetMemberStatusRequestObject) (contract.SetMemberStatusResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	m, err := s.Directory.SetStatus(ctx, who, r.Id, directory.StatusInput{Status: string(b.Status), From: b.From, To: text(b.To),
		DecidedBy: text(b.DecidedBy), DecisionNo: text(b.DecisionNo), HostID: text(b.HostId)})
	if err != nil {
		return nil, err
	}
	return contract.SetMemberStatus200JSONResponse{MemberRecordJSONResponse: s.changed(m)}, nil
}

// SetMemberInformation implements the contract.
func (s *Server) SetMemberInformation(ctx context.Context, r contract.SetMemberInformationRequestObject) (contract.SetMemberInformationResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	m, err := s.Directory.SetInformation(ctx, who, r.Id, r.Body.WantsInformation)
	if err != nil {
		return nil, err
	}
	return contract.SetMemberInformation200JSONResponse{MemberRecordJSONResponse: s.changed(m)}, nil
}
