package httpapi

import (
	"context"

	"sotay/internal/directory"
	"sotay/internal/directory/tree"
	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
)

// ListOrgs implements the contract.
func (s *Server) ListOrgs(ctx context.Context, r contract.ListOrgsRequestObject) (contract.ListOrgsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	f := directory.OrgFilter{AsOf: text(r.Params.AsOf), Below: text(r.Params.Below), Q: text(r.Params.Q)}
	found, next, err := s.Directory.Orgs(who, f, text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListOrgs200JSONResponse{AsOf: s.asOf(f.AsOf), Items: make([]contract.OrgSummary, len(found)), NextCursor: next}
	for k, o := range found {
		out.Items[k] = contract.OrgSummary{Id: o.ID, Name: o.Name, Kind: o.Kind, Code: o.Code, ParentId: optional(o.ParentID),
			Path: o.Path, Since: o.Since}
	}
	return out, nil
}

// asOf is the day that a list was made for.
func (s *Server) asOf(day string) string {
	if day == "" {
		return s.Directory.Tree().Day
	}
	return day
}

// GetOrg implements the contract.
func (s *Server) GetOrg(ctx context.Context, r contract.GetOrgRequestObject) (contract.GetOrgResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	o, err := s.Directory.Org(who, r.Id, text(r.Params.AsOf))
	if err != nil {
		return nil, err
	}
	out := contract.OrgRecord{Id: o.ID, Name: o.Name, Kind: o.Kind, Code: o.Code, AsOf: s.asOf(text(r.Params.AsOf)), Open: o.Open,
		HeirId: optional(o.HeirID), Path: orgRefs(o.Path), Since: o.Since, Members: o.Members, History: make([]contract.OrgSpan, len(o.Spans))}
	for k, x := range o.Spans {
		out.History[k] = contract.OrgSpan{From: x.From, Open: x.Open, Name: x.Name, Kind: x.Kind, Code: x.Code,
			ParentId: optional(x.ParentID), Heirs: optionalList(x.Heirs)}
	}
	return contract.GetOrg200JSONResponse(out), nil
}

func orgRefs(path []*tree.Org) []contract.OrgRef {
	out := make([]contract.OrgRef, len(path))
	for k, o := range path {
		out[k] = contract.OrgRef{Id: o.ID, Name: o.Name, Kind: o.Kind}
	}
	return out
}

// optionalList is a list that is left out when it is empty.
func optionalList(list []string) *[]string {
	if len(list) == 0 {
		return nil
	}
	return &list
}

func decision(on string, no, key *string) directory.Decision {
	return directory.Decision{On: on, DecisionNo: text(no), Key: text(key)}
}

// CreateOrg implements the contract.
func (s *Server) CreateOrg(ctx context.Context, r contract.CreateOrgRequestObject) (contract.CreateOrgResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	a, err := s.Directory.CreateOrg(ctx, who, decision(b.On, b.DecisionNo, r.Params.IdempotencyKey),
		directory.OrgInput{Name: b.Name, Kind: b.Kind, Code: text(b.Code), ParentID: b.ParentId})
	if err != nil {
		return nil, err
	}
	return contract.CreateOrg201JSONResponse(orgAct(&a)), nil
}

// ChangeOrg implements the contract.
func (s *Server) ChangeOrg(ctx context.Context, r contract.ChangeOrgRequestObject) (contract.ChangeOrgResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	a, err := s.Directory.ChangeOrg(ctx, who, r.Id, decision(b.On, b.DecisionNo, r.Params.IdempotencyKey),
		directory.OrgInput{Name: text(b.Name), Kind: text(b.Kind), Code: text(b.Code)})
	if err != nil {
		return nil, err
	}
	return contract.ChangeOrg201JSONResponse(orgAct(&a)), nil
}

// MoveOrg implements the contract.
func (s *Server) MoveOrg(ctx context.Context, r contract.MoveOrgRequestObject) (contract.MoveOrgResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	a, err := s.Directory.MoveOrg(ctx, who, r.Id, decision(b.On, b.DecisionNo, r.Params.IdempotencyKey), b.ParentId)
	if err != nil {
		return nil, err
	}
	return contract.MoveOrg201JSONResponse(orgAct(&a)), nil
}

// DissolveOrg implements the contract.
func (s *Server) DissolveOrg(ctx context.Context, r contract.DissolveOrgRequestObject) (contract.DissolveOrgResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	a, err := s.Directory.DissolveOrg(ctx, who, r.Id, decision(b.On, b.DecisionNo, r.Params.IdempotencyKey))
	if err != nil {
		return nil, err
	}
	return contract.DissolveOrg201JSONResponse(orgAct(&a)), nil
}

// SplitOrg implements the contract.
func (s *Server) SplitOrg(ctx context.Context, r contract.SplitOrgRequestObject) (contract.SplitOrgResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	parts := make([]directory.Part, len(b.Parts))
	for k, p := range b.Parts {
		parts[k] = directory.Part{Org: directory.OrgInput{Name: p.Name, Kind: p.Kind, Code: text(p.Code), ParentID: text(p.ParentId)},
			ChildIDs: listOf(p.ChildIds), MemberIDs: listOf(p.MemberIds)}
	}
	a, err := s.Directory.SplitOrg(ctx, who, r.Id, decision(b.On, b.DecisionNo, r.Params.IdempotencyKey), parts)
	if err != nil {
		return nil, err
	}
	return contract.SplitOrg201JSONResponse(orgAct(&a)), nil
}

func listOf(list *[]string) []string {
	if list == nil {
		return nil
	}
	return *list
}

// MergeOrgs implements the contract.
func (s *Server) MergeOrgs(ctx context.Context, r contract.MergeOrgsRequestObject) (contract.MergeOrgsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	in := directory.Merger{OrgIDs: b.OrgIds, IntoID: text(b.IntoId), Both: b.IntoId != nil && b.Into != nil}
	if b.Into != nil {
		in.Into = directory.OrgInput{Name: b.Into.Name, Kind: b.Into.Kind, Code: text(b.Into.Code), ParentID: text(b.Into.ParentId)}
	}
	a, err := s.Directory.MergeOrgs(ctx, who, decision(b.On, b.DecisionNo, r.Params.IdempotencyKey), in)
	if err != nil {
		return nil, err
	}
	return contract.MergeOrgs201JSONResponse(orgAct(&a)), nil
}

// ListOrgActs implements the contract.
func (s *Server) ListOrgActs(ctx context.Context, r contract.ListOrgActsRequestObject) (contract.ListOrgActsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Directory.Acts(ctx, who, text(r.Params.OrgId), text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListOrgActs200JSONResponse{Items: make([]contract.OrgAct, len(found)), NextCursor: next}
	for k := range found {
		out.Items[k] = orgAct(&found[k])
	}
	return out, nil
}

func orgAct(a *directory.Act) contract.OrgAct {
	out := contract.OrgAct{Id: a.ID, Seq: a.Seq, Kind: contract.OrgActKind(a.Kind), On: a.On, DecisionNo: a.DecisionNo, By: optional(a.By),
		At: stamp(a.At), Changes: make([]contract.OrgActChange, len(a.Changes))}
	for k, c := range a.Changes {
		out.Changes[k] = contract.OrgActChange{OrgId: c.OrgID, Op: contract.OrgActChangeOp(c.Op), Name: optional(c.Name), Kind: optional(c.Kind),
			Code: optional(c.Code), ParentId: optional(c.ParentID), Heirs: optionalList(c.Heirs)}
	}
	return out
}
