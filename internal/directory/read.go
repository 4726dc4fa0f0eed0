package directory

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/directory/tree"
	"sotay/internal/fault"
	"sotay/internal/viet"
)

// readers may read the records of other people, within their scope. Each
// reading is audited.
var readers = []caller.RoleName{caller.Admin, caller.Secretary, caller.Inspector}

// MemberFilter narrows a list of members. AsOf "" is today; OrgID "" are the
// organisations of the caller's roles, EnterpriseID members of one enterprise.
type MemberFilter struct {
	AsOf, OrgID, EnterpriseID, Status, Kind, Tag, Q string
}

// MemberView is a member on a day.
type MemberView struct {
	Member
	Day     string
	Now     Status // in force on the day
	KindNow string // on the day
	// OrgID is where the member counts on the day, HomeID where they belong.
	OrgID, HomeID string
	Path          []*tree.Org
}

// RolesNow are the roles in force on the day.
func (v *MemberView) RolesNow() []Role {
	return slices.DeleteFunc(slices.Clone(v.Roles), func(r Role) bool { return r.From > v.Day || r.To != "" && r.To < v.Day })
}

// OrgName is an organisation's name on a day; "" before it opened.
func (s *Service) OrgName(orgID, day string) string {
	name := ""
	for _, x := range s.forest.Load().history.Spans(orgID) {
		if x.From <= day || name == "" {
			name = x.Name
		}
	}
	return name
}

// view shows a member in the tree of a day.
func (s *Service) view(m Member, t *tree.Snapshot) MemberView {
	v := MemberView{Member: m, Day: t.Day, Now: m.Current(t.Day), KindNow: m.KindOn(t.Day)}
	v.OrgID, v.HomeID = m.unit(t), t.Resolve(placeOn(m.Places, t.Day))
	if o := t.Org(v.OrgID); o != nil {
		for _, id := range o.Path {
			v.Path = append(v.Path, t.Org(id))
		}
	}
	return v
}

// Members lists members by name within the caller's scope.
func (s *Service) Members(ctx context.Context, who *caller.Caller, f MemberFilter, cursor string, limit int) ([]MemberView, *string, error) {
	if bad := needDay(fault.BadInput, "/query/asOf", f.AsOf, false); len(bad.Fields) > 0 {
		return nil, nil, bad
	}
	t := s.treeOn(f.AsOf)
	fits := f.test(t)
	roots, err := s.scopeOf(who, t, f.OrgID, readers...)
	if err != nil {
		return nil, nil, err
	}
	if f.OrgID == "" {
		roots, fits = s.withEnterprises(who, t, roots, fits)
	}
	name := listName("members", f)
	var after place
	if err := s.goOn(name, cursor, &after); err != nil {
		return nil, nil, err
	}
	rows := s.listRows(t, roots, after, limit+1, fits)
	var next *string
	if len(rows) > limit {
		last := rows[limit-1]
		b, _ := json.Marshal(place{last.key, last.id})
		c := s.pages.Seal(name, b)
		next, rows = &c, rows[:limit]
	}
	// The entry is written while the members are read, and the answer waits for
	// both: most of the time of either is spent on the store.
	wrote := make(chan error, 1)
	go func() { wrote <- s.auditList(ctx, who, t, f) }()
	views, err := s.views(ctx, t, rows)
	if werr := <-wrote; err == nil {
		err = werr
	}
	if err != nil {
		return nil, nil, err
	}
	return views, next, nil
}

// overEnterprise tells whether somebody reads the members of an enterprise.
func (s *Service) overEnterprise(who *caller.Caller) bool {
	return who != nil && slices.ContainsFunc(who.Roles, func(r caller.Role) bool { return r.EnterpriseID != "" && slices.Contains(readers, r.Name) })
}

// withEnterprises widens a listing to the members of the enterprises that the
// caller has a role over: wherever they belong, they are looked for.
func (s *Service) withEnterprises(who *caller.Caller, t *tree.Snapshot, roots []string, fits func(*row) bool) ([]string, func(*row) bool) {
	if !s.overEnterprise(who) {
		return roots, fits
	}
	within := func(r *row) bool {
		path := t.Path(r.unit(t))
		return who.CoversMember(&caller.Identity{OrgPath: path, EnterpriseID: r.enterprise}, readers...)
	}
	return []string{t.Root}, func(r *row) bool { return fits(r) && within(r) }
}

func (s *Service) listRows(t *tree.Snapshot, roots []string, after place, limit int, fits func(*row) bool) []*row {
	var out []*row
	for _, root := range roots {
		if t == s.Tree() {
			out = append(out, s.roll.members(s.table, t, root, after, limit, fits)...)
		} else {
			out = append(out, s.table.onDay(t, root, after, limit, fits)...)
		}
	}
	if len(roots) > 1 {
		slices.SortFunc(out, compareRows)
	}
	return out[:min(limit, len(out))]
}

// test returns the filter as a test of rows.
func (f MemberFilter) test(t *tree.Snapshot) func(*row) bool {
	words := strings.Fields(viet.Fold(f.Q))
	return func(r *row) bool {
		status := r.statusOn(t.Day).status
		switch {
		case r.erased, f.Status == "" && hasLeft(status),
			f.Status != "" && status != f.Status,
			f.Kind != "" && kindOn(r.kind, r.officialOn, t.Day) != f.Kind,
			f.EnterpriseID != "" && r.enterprise != f.EnterpriseID,
			f.Tag != "" && !slices.Contains(r.tags, f.Tag):
			return false
		}
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(r.fold, w) })
	}
}

// views shows the members of rows, in their order, as lists do: with what
// inLists reads of them.
func (s *Service) views(ctx context.Context, t *tree.Snapshot, rows []*row) ([]MemberView, error) {
	ids := make([]string, len(rows))
	at := make(map[string]int, len(rows))
	for i, r := range rows {
		ids[i], at[r.id] = r.id, i
	}
	docs, err := s.members.GetManyRaw(ctx, ids)
	if err != nil {
		return nil, doing("read members", err)
	}
	out := make([]MemberView, len(rows))
	for _, doc := range docs {
		m, err := inLists(doc)
		if err != nil {
			return nil, err
		}
		out[at[m.ID]] = s.view(m, t)
	}
	// A row may stand for a member who is gone from the store.
	return slices.DeleteFunc(out, func(v MemberView) bool { return v.ID == "" }), nil
}

// auditList writes that somebody read a list of other people, before the
// answer goes out. What was looked for by name stays out of it.
func (s *Service) auditList(ctx context.Context, who *caller.Caller, t *tree.Snapshot, f MemberFilter) error {
	if who == nil {
		return nil
	}
	target := f.OrgID
	if target == "" {
		target = "scope"
	}
	return s.audit.Write(ctx, "", audit.Entry{At: s.now(), ActorID: who.MemberID, Act: "member.list", Target: "org/" + target,
		Details: map[string]string{"asOf": t.Day, "status": f.Status, "enterprise": f.EnterpriseID}})
}

// Member returns a member's record within the caller's scope, as of today.
func (s *Service) Member(ctx context.Context, who *caller.Caller, id string) (MemberView, error) {
	m, err := s.members.Get(ctx, id)
	if err != nil {
		return MemberView{}, memberFault(err)
	}
	if err := s.mayRead(who, &m, readers...); err != nil {
		return MemberView{}, err
	}
	if who != nil {
		err = s.audit.Write(ctx, "", audit.Entry{At: s.now(), ActorID: who.MemberID, Act: "member.read", Target: "member/" + id})
	}
	return s.view(m, s.Tree()), err
}

// View shows a member who was just written.
func (s *Service) View(m Member) MemberView { return s.view(m, s.Tree()) }

// Roster calls fn for the members of a subtree who have not left, by unit in
// the order of the tree, then by name.
func (s *Service) Roster(ctx context.Context, orgID string, fn func(memberID, name, orgID, orgName string) error) error {
	t := s.Tree()
	if t.Org(orgID) == nil {
		return fault.NotFound
	}
	var err error
	t.Subtree(orgID, func(o *tree.Org) bool {
		rows := s.roll.unit(s.table, t, o.ID, counts(t))
		var found []MemberView
		for len(rows) > 0 && err == nil {
			n := min(len(rows), 500)
			if found, err = s.views(ctx, t, rows[:n]); err != nil {
				return false
			}
			rows = rows[n:]
			for i := range found {
				if err = fn(found[i].ID, found[i].Name, o.ID, o.Name); err != nil {
					return false
				}
			}
		}
		return err == nil
	})
	return err
}
