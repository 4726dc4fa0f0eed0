package httpapi

import (
	"context"
	"slices"
	"time"

	"sotay/internal/directory"
	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
)

// GetMe implements the contract.
func (s *Server) GetMe(ctx context.Context, _ contract.GetMeRequestObject) (contract.GetMeResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.Directory.Profile(ctx, who.MemberID)
	if err != nil {
		return nil, err
	}
	return contract.GetMe200JSONResponse(meOf(&p)), nil
}

// UpdateMe implements the contract.
func (s *Server) UpdateMe(ctx context.Context, r contract.UpdateMeRequestObject) (contract.UpdateMeResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	in := directory.Preferences{Locale: plain(r.Body.Locale), WantsInformation: r.Body.WantsInformation}
	if err := s.Directory.SetPreferences(ctx, who, in); err != nil {
		return nil, err
	}
	p, err := s.Directory.Profile(ctx, who.MemberID)
	if err != nil {
		return nil, err
	}
	return contract.UpdateMe200JSONResponse(meOf(&p)), nil
}

func meOf(p *directory.Profile) contract.Me {
	m := contract.Me{Id: p.Member.ID, Name: p.Member.Name, OrgPath: []contract.OrgRef{}, Roles: []contract.Role{},
		Kind: contract.MemberKind(p.Identity.Kind), Status: contract.MemberStatus(p.Identity.Status),
		Locale: contract.MeLocale(p.Member.Locale), WantsInformation: p.Member.WantsInformation, Tags: []contract.Audience{}}
	for _, o := range p.Path {
		m.OrgPath = append(m.OrgPath, contract.OrgRef{Id: o.ID, Name: o.Name, Kind: o.Kind})
	}
	for _, r := range p.Identity.Roles {
		m.Roles = append(m.Roles, contract.Role{Role: contract.RoleName(r.Name), OrgId: optional(r.OrgID),
			OrgName: optional(p.ScopeName[r.OrgID]), EnterpriseId: optional(r.EnterpriseID),
			EnterpriseName: optional(p.ScopeName[r.EnterpriseID]), From: r.From, To: optional(r.To)})
	}
	for _, t := range p.Member.Tags {
		m.Tags = append(m.Tags, contract.Audience(t))
	}
	consents := consentsOf(p.Member.Consents)
	m.Consents = &consents
	if e := p.Enterprise; e != nil {
		m.Enterprise = &contract.EnterpriseRef{Id: e.ID, Name: e.Name}
		if k := slices.IndexFunc(e.Shifts, func(x directory.Shift) bool { return x.ID == p.Member.Shift }); k >= 0 {
			shift := shiftOf(e.Shifts[k])
			m.Enterprise.Shift = &shift
		}
	}
	return m
}

// ListBookmarks implements the contract.
func (s *Server) ListBookmarks(ctx context.Context, r contract.ListBookmarksRequestObject) (contract.ListBookmarksResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Library.Bookmarks(ctx, who, text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListBookmarks200JSONResponse{Items: make([]contract.Bookmark, len(found)), NextCursor: next}
	for i, b := range found {
		out.Items[i] = contract.Bookmark{DocumentId: b.DocumentID, CreatedAt: stamp(b.CreatedAt)}
	}
	return out, nil
}

// PutBookmark implements the contract.
func (s *Server) PutBookmark(ctx context.Context, r contract.PutBookmarkRequestObject) (contract.PutBookmarkResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	return contract.PutBookmark204Response{}, s.Library.PutBookmark(ctx, who, r.DocumentId)
}

// DeleteBookmark implements the contract.
func (s *Server) DeleteBookmark(ctx context.Context, r contract.DeleteBookmarkRequestObject) (contract.DeleteBookmarkResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	return contract.DeleteBookmark204Response{}, s.Library.DeleteBookmark(ctx, who, r.DocumentId)
}

// stamp writes an instant as the contract has it: RFC 3339 in UTC with
// milliseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// text returns an optional parameter, "" when it is not given.
func text[S ~string](p *S) string {
	if p == nil {
		return ""
	}
	return string(*p)
}

// optional returns a field that is left out when it is empty.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// list of strings that is never null.
func stringsOf(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// enums turns strings into a contract's enumeration, never null.
func enums[E ~string](list []string) []E {
	out := make([]E, len(list))
	for i, v := range list {
		out[i] = E(v)
	}
	return out
}

// plainStrings turns an enumeration into strings.
func plainStrings[E ~string](list []E) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
