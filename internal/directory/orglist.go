package directory

import (
	"context"
	"encoding/json"
	"slices"

	"sotay/internal/caller"
	"sotay/internal/directory/tree"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// overseers may read the tree; it names no person.
var overseers = []caller.RoleName{caller.Admin, caller.Leader, caller.Inspector, caller.Editor, caller.Approver, caller.Secretary}

// OrgFilter narrows the list of organisations. AsOf "" is today; Below "" are
// the organisations of the caller's roles.
type OrgFilter struct{ AsOf, Below, Q string }

// OrgView is an organisation on a day, with how many members count in it and
// below it today (nil for another day).
type OrgView struct {
	*tree.Org
	Members *int64
}

// Orgs lists organisations within the caller's scope, in the order of the
// tree. Errors: fault.NotFound for a Below outside it, fault.BadCursor.
func (s *Service) Orgs(who *caller.Caller, f OrgFilter, cursor string, limit int) ([]OrgView, *string, error) {
	if bad := needDay(fault.BadInput, "/query/asOf", f.AsOf, false); len(bad.Fields) > 0 {
		return nil, nil, bad
	}
	t := s.treeOn(f.AsOf)
	roots, err := s.scopeOf(who, t, f.Below, overseers...)
	if err != nil {
		return nil, nil, err
	}
	name := listName("orgs", f)
	var after listed
	if err := s.goOn(name, cursor, &after); err != nil {
		return nil, nil, err
	}
	var all []*tree.Org
	for _, root := range roots {
		t.Search(root, f.Q, func(o *tree.Org) bool { all = append(all, o); return true })
	}
	from := after.from(all)
	out := make([]OrgView, 0, limit)
	for _, o := range all[from:min(from+limit, len(all))] {
		out = append(out, OrgView{Org: o})
	}
	if from+limit >= len(all) {
		return out, nil, nil
	}
	b, _ := json.Marshal(listed{out[limit-1].ID, from + limit})
	next := s.pages.Seal(name, b)
	return out, &next, nil
}

// listed is where a list goes on: behind an organisation, or, when that is no
// longer in the list, behind as many as were listed.
type listed struct {
	ID    string
	Count int
}

func (l listed) from(all []*tree.Org) int {
	if k := slices.IndexFunc(all, func(o *tree.Org) bool { return o.ID == l.ID }); k >= 0 {
		return k + 1
	}
	return min(l.Count, len(all))
}

// scopeOf returns the topmost organisations of a tree that the caller holds
// one of the roles over, or the one asked for when it is within them.
func (s *Service) scopeOf(who *caller.Caller, t *tree.Snapshot, below string, roles ...caller.RoleName) ([]string, error) {
	if below != "" {
		if t.Org(below) == nil || !covers(who, t.Path(below), roles...) {
			return nil, fault.NotFound
		}
		return []string{below}, nil
	}
	if who == nil {
		return []string{t.Root}, nil
	}
	var roots []string
	for _, r := range who.Roles {
		if slices.Contains(roles, r.Name) && t.Org(r.OrgID) != nil && !slices.Contains(roots, r.OrgID) {
			roots = append(roots, r.OrgID)
		}
	}
	return slices.DeleteFunc(roots, func(id string) bool {
		path := t.Path(id)
		return slices.ContainsFunc(path[:len(path)-1], func(up string) bool { return slices.Contains(roots, up) })
	}), nil
}

// OrgRecord is an organisation with its history.
type OrgRecord struct {
	OrgView
	Path  []*tree.Org
	Spans []tree.Span
	// Open is false when it has closed (or not opened) by the day asked for.
	Open bool
	// HeirID is the open organisation in its place, when it has closed.
	HeirID string
}

// Org returns an organisation as of a day, "" for today.
func (s *Service) Org(who *caller.Caller, id, asOf string) (OrgRecord, error) {
	if bad := needDay(fault.BadInput, "/query/asOf", asOf, false); len(bad.Fields) > 0 {
		return OrgRecord{}, bad
	}
	f := s.forest.Load()
	t := s.treeOn(asOf)
	if !covers(who, t.Path(id), overseers...) {
		return OrgRecord{}, fault.NotFound
	}
	rec := OrgRecord{Spans: f.history.Spans(id), Open: true}
	rec.Org = t.Org(id)
	if rec.Org == nil {
		rec.Org, rec.Open, rec.HeirID = t.Closed(id), false, t.Resolve(id)
	}
	for _, up := range t.Path(id) {
		if o := t.Org(up); o != nil {
			rec.Path = append(rec.Path, o)
		}
	}
	if rec.Open && t == s.Tree() {
		n := int64(s.roll.count(s.table, t, id, counts(t)))
		rec.Members = &n
	}
	return rec, nil
}

// counts is the test of who counts as a member on the day of a tree.
func counts(t *tree.Snapshot) func(*row) bool {
	return func(r *row) bool { return !r.erased && !hasLeft(r.statusOn(t.Day).status) }
}

// Acts lists the acts in the order in which they were decided, newest first;
// orgID "" is all within the caller's scope.
func (s *Service) Acts(ctx context.Context, who *caller.Caller, orgID, cursor string, limit int) ([]Act, *string, error) {
	t := s.Tree()
	if orgID != "" && !covers(who, t.Path(orgID), overseers...) {
		return nil, nil, fault.NotFound
	}
	name := "orgacts/" + orgID
	q := store.Query{Index: "seq", Desc: true, Limit: store.MaxPage}
	if cursor != "" {
		var seq int64
		if err := s.goOn(name, cursor, &seq); err != nil {
			return nil, nil, err
		}
		q.To = seq
	}
	var out []Act
	for {
		page, err := s.acts.Find(ctx, q)
		if err != nil {
			return nil, nil, doing("list acts", err)
		}
		for i := range page.Items {
			if !s.showsAct(who, t, &page.Items[i], orgID) {
				continue
			}
			if len(out) == limit {
				b, _ := json.Marshal(out[limit-1].Seq)
				next := s.pages.Seal(name, b)
				return out, &next, nil
			}
			out = append(out, page.Items[i])
		}
		if !page.More {
			return out, nil, nil
		}
		q.After = page.Next
	}
}

// showsAct tells whether an act touches an organisation, or the caller's scope.
func (s *Service) showsAct(who *caller.Caller, t *tree.Snapshot, a *Act, orgID string) bool {
	return slices.ContainsFunc(a.Changes, func(c tree.Change) bool {
		if orgID != "" {
			return c.OrgID == orgID
		}
		return covers(who, t.Path(c.OrgID), overseers...) || t.Path(c.OrgID) == nil && covers(who, t.Path(c.ParentID), overseers...)
	})
}
