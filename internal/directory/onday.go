package directory

import (
	"context"

	"sotay/internal/caller"
)

// EachOn calls fn for everybody as of a day, but those erased.
func (s *Service) EachOn(day string, fn func(*caller.Identity)) {
	t := s.treeOn(day)
	s.table.each(func(r *row) {
		if !r.erased {
			fn(r.identity(t))
		}
	})
}

// UnitOn returns an organisation as of a day; the path is nil when it was not
// there.
func (s *Service) UnitOn(day, orgID string) (name string, path, children []string) {
	o := s.treeOn(day).Org(orgID)
	if o == nil {
		return "", nil, nil
	}
	return o.Name, o.Path, o.Children
}

// HeirOn returns the organisation that stands for another on a day, "" for
// today: itself while it is open, else the one that took its place.
func (s *Service) HeirOn(day, orgID string) string { return s.treeOn(day).Resolve(orgID) }

// Standing returns where a member counts today and in which status. Unlike
// Identity it makes nothing that is kept.
func (s *Service) Standing(memberID string) (orgID, status string, ok bool) {
	r := s.table.row(memberID)
	if r == nil {
		return "", "", false
	}
	t := s.Tree()
	return r.unit(t), r.statusOn(t.Day).status, true
}

// EachMember calls fn for a page of the members of an organisation whom the
// caller may read, by name, and returns the cursor of the next page, nil after
// the last.
func (s *Service) EachMember(ctx context.Context, who *caller.Caller, orgID, cursor string, limit int, fn func(memberID, name, orgID, kind, status string)) (*string, error) {
	views, next, err := s.Members(ctx, who, MemberFilter{OrgID: orgID}, cursor, limit)
	for i := range views {
		v := &views[i]
		fn(v.ID, v.Name, v.OrgID, v.KindNow, v.Now.Status)
	}
	return next, err
}

// NamedOn returns a member's name, and that of the organisation in which they
// counted on a day. Who was erased has no name.
func (s *Service) NamedOn(ctx context.Context, day, memberID string) (name, unit string, err error) {
	m, err := s.members.Get(ctx, memberID)
	if err != nil || m.Erased() {
		return "", "", memberFault(err)
	}
	t := s.treeOn(day)
	if o := t.Org(m.unit(t)); o != nil {
		unit = o.Name
	}
	return m.Name, unit, nil
}
