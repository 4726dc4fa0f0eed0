package directory

import (
	"context"
	"fmt"
	"slices"

	"sotay/internal/caller"
	"sotay/internal/directory/tree"
	"sotay/internal/fault"
	"sotay/internal/ident"
)

// Decision is the day, the number and the key of an act.
type Decision struct {
	On         string // YYYY-MM-DD, the first day
	DecisionNo string
	// Key makes the act repeatable, "" for none.
	Key string
}

// OrgInput describes an organisation that opens. ID is given by imports and
// seeds, "" makes one.
type OrgInput struct{ ID, Code, Name, Kind, ParentID string }

func (o *OrgInput) tidy() { o.Code, o.Name, o.Kind = tidy(o.Code), tidy(o.Name), tidy(o.Kind) }

func (o *OrgInput) check(f *fault.Fault, at string) *fault.Fault {
	f = needText(f, at+"/name", o.Name)
	f = needText(f, at+"/kind", o.Kind)
	return f
}

func (o *OrgInput) opening() tree.Change {
	return tree.Change{OrgID: o.ID, Op: tree.Open, Code: o.Code, Name: o.Name, Kind: o.Kind, ParentID: o.ParentID}
}

var admins = []caller.RoleName{caller.Admin}

// begin checks what all acts have and prepares the row.
func (s *Service) begin(d *Decision, who *caller.Caller, kind string, in any) (Act, error) {
	f := s.withinHorizon(needDay(fault.BadInput, "/on", d.On, true), "/on", d.On)
	a := Act{Kind: kind, On: d.On, DecisionNo: tidy(d.DecisionNo), Request: s.keys.request([]any{kind, d, in})}
	a.ID = madeID(who, "org-act/"+kind, d.Key)
	return a, faultOrNil(f)
}

// mayTouch tells whether somebody may act on an organisation, as it stands on
// the day of the act and today: 404 for what is not theirs.
func mayTouch(who *caller.Caller, on, today *tree.Snapshot, orgID string) error {
	there := false
	for _, t := range []*tree.Snapshot{on, today} {
		if path := t.Path(orgID); path != nil {
			there = true
			if !covers(who, path, admins...) {
				return fault.NotFound
			}
		}
	}
	if !there {
		return fault.NotFound
	}
	return nil
}

// mayMove is mayTouch for acts about where an organisation stands: those are
// the business of the one above it.
func mayMove(who *caller.Caller, on, today *tree.Snapshot, orgID string) error {
	if err := mayTouch(who, on, today, orgID); err != nil {
		return err
	}
	for _, t := range []*tree.Snapshot{on, today} {
		if path := t.Path(orgID); len(path) > 1 && !covers(who, path[:len(path)-1], admins...) {
			return needsHigher
		}
	}
	return nil
}

var needsHigher = fault.New(fault.Forbidden, "needs_higher_admin",
	"Việc này thuộc thẩm quyền của quản trị tổ chức cấp trên.", "This is for an administrator of the organisation above.")

// CreateOrg opens an organisation.
func (s *Service) CreateOrg(ctx context.Context, who *caller.Caller, d Decision, in OrgInput) (Act, error) {
	in.tidy()
	a, err := s.begin(&d, who, ActCreate, in)
	f := in.check(fault.BadInput, "")
	if err != nil || len(f.Fields) > 0 {
		return a, mergeFaults(err, f)
	}
	if in.ID == "" {
		in.ID = ident.Derive("org", a.ID)
	}
	a.Changes = []tree.Change{in.opening()}
	return s.decide(ctx, who, a, func(on, today *tree.Snapshot, a *Act) error {
		if in.ParentID == "" {
			if who != nil || on.Root != "" {
				return fault.BadInput.At("/parentId", "required", "Cần tổ chức cấp trên.", "The organisation above is needed.")
			}
			return nil
		}
		if mayTouch(who, on, today, in.ParentID) != nil {
			return fault.BadInput.At("/parentId", "not_found", "Không có tổ chức này.", "There is no such organisation.")
		}
		return nil
	})
}

func mergeFaults(err error, f *fault.Fault) error {
	if g := fault.As(err); g != nil {
		for _, x := range f.Fields {
			g = g.At(x.Pointer, x.Code, x.Detail.VI, x.Detail.EN)
		}
		return g
	}
	if err != nil {
		return err
	}
	return f
}

// ChangeOrg renames an organisation, or gives it another kind or code; "" keeps
// what is.
func (s *Service) ChangeOrg(ctx context.Context, who *caller.Caller, orgID string, d Decision, in OrgInput) (Act, error) {
	in.tidy()
	a, err := s.begin(&d, who, ActChange, []any{orgID, in})
	if err != nil {
		return a, err
	}
	a.Changes = []tree.Change{{OrgID: orgID, Op: tree.Set, Name: in.Name, Kind: in.Kind, Code: in.Code}}
	return s.decide(ctx, who, a, func(on, today *tree.Snapshot, _ *Act) error { return mayTouch(who, on, today, orgID) })
}

// MoveOrg puts an organisation, with all below it, under another.
func (s *Service) MoveOrg(ctx context.Context, who *caller.Caller, orgID string, d Decision, parentID string) (Act, error) {
	a, err := s.begin(&d, who, ActMove, []any{orgID, parentID})
	if err != nil {
		return a, err
	}
	a.Changes = []tree.Change{{OrgID: orgID, Op: tree.Set, ParentID: parentID}}
	return s.decide(ctx, who, a, func(on, today *tree.Snapshot, _ *Act) error {
		if err := mayMove(who, on, today, orgID); err != nil {
			return err
		}
		if mayTouch(who, on, today, parentID) != nil {
			return fault.BadInput.At("/parentId", "not_found", "Không có tổ chức này.", "There is no such organisation.")
		}
		return nil
	})
}

// DissolveOrg ends an organisation that nobody belongs to and nothing stands
// below.
func (s *Service) DissolveOrg(ctx context.Context, who *caller.Caller, orgID string, d Decision) (Act, error) {
	a, err := s.begin(&d, who, ActDissolve, orgID)
	if err != nil {
		return a, err
	}
	a.Changes = []tree.Change{{OrgID: orgID, Op: tree.Close}}
	return s.decide(ctx, who, a, func(on, today *tree.Snapshot, _ *Act) error {
		if err := mayMove(who, on, today, orgID); err != nil {
			return err
		}
		if s.inhabited(on, orgID) {
			return hasMembers
		}
		return nil
	})
}

var hasMembers = fault.New(fault.Unsuited, "has_members",
	"Tổ chức còn đảng viên; hãy chuyển họ hoặc sáp nhập tổ chức.", "Members belong to it: move them, or merge it.").
	At("/orgId", "has_members", "Còn đảng viên.", "It has members.")

// inhabited tells whether a member who has not left belongs to an organisation
// or counts in it on a day, or is going to come later.
func (s *Service) inhabited(on *tree.Snapshot, orgID string) bool {
	found := false
	s.table.each(func(r *row) {
		if found || hasLeft(r.statusOn(on.Day).status) {
			return
		}
		comes := slices.ContainsFunc(r.places, func(p stay) bool { return p.from > on.Day && p.orgID == orgID })
		found = comes || r.unit(on) == orgID || on.Resolve(r.placeOn(on.Day)) == orgID
	})
	return found
}

// Merger is several organisations that become one: one that is there, or a new
// one.
type Merger struct {
	OrgIDs []string
	IntoID string
	Into   OrgInput // when IntoID is ""
	// Both says that the request named both, which can't be.
	Both bool
}

// MergeOrgs ends organisations in favour of one. Their members and what stands
// below them belong to it from that day; older records keep the old unit.
func (s *Service) MergeOrgs(ctx context.Context, who *caller.Caller, d Decision, in Merger) (Act, error) {
	in.Into.tidy()
	a, err := s.begin(&d, who, ActMerge, in)
	if err != nil {
		return a, err
	}
	f := fault.BadInput
	if in.Both {
		f = f.At("/into", "not_allowed", "Chỉ nêu tổ chức đã có hoặc tổ chức mới.", "Name one that is there or a new one, not both.")
	}
	into := in.IntoID
	if into == "" {
		f = in.Into.check(f, "/into")
		into = ident.Derive("org", a.ID)
		in.Into.ID = into
	}
	least := 1
	if in.IntoID == "" {
		least = 2
	}
	if len(in.OrgIDs) < least || slices.Contains(in.OrgIDs, into) || len(slices.Compact(slices.Sorted(slices.Values(in.OrgIDs)))) != len(in.OrgIDs) {
		f = f.At("/orgIds", "invalid", "Cần các tổ chức khác nhau và khác tổ chức tiếp nhận.", "Name different organisations, none of them the one that takes over.")
	}
	if len(f.Fields) > 0 {
		return a, f
	}
	for _, id := range in.OrgIDs {
		a.Changes = append(a.Changes, tree.Change{OrgID: id, Op: tree.Close, Heirs: []string{into}})
	}
	if in.IntoID == "" { // after the others have closed: it may take over their code
		a.Changes = append(a.Changes, in.Into.opening())
	}
	return s.decide(ctx, who, a, func(on, today *tree.Snapshot, _ *Act) error { return in.allowed(who, on, today) })
}

func (in *Merger) allowed(who *caller.Caller, on, today *tree.Snapshot) error {
	f := fault.BadInput
	missing := func(pointer string) {
		f = f.At(pointer, "not_found", "Không có tổ chức này.", "There is no such organisation.")
	}
	for k, id := range in.OrgIDs {
		if err := mayMove(who, on, today, id); err == needsHigher {
			return err
		} else if err != nil {
			missing(fmt.Sprintf("/orgIds/%d", k))
		}
	}
	if in.IntoID != "" && mayTouch(who, on, today, in.IntoID) != nil {
		missing("/intoId")
	}
	if in.IntoID == "" && mayTouch(who, on, today, in.Into.ParentID) != nil {
		missing("/into/parentId")
	}
	return faultOrNil(f)
}

// Part is one of the organisations that another is split into.
type Part struct {
	Org       OrgInput
	ChildIDs  []string // organisations that go there
	MemberIDs []string // members who go there
}

// maxMoves bounds the members that one act assigns.
const maxMoves = 5000

// SplitOrg ends an organisation in favour of several new ones. What no part
// names goes to the first. A part without a parent stands where the old one
// stood.
func (s *Service) SplitOrg(ctx context.Context, who *caller.Caller, orgID string, d Decision, parts []Part) (Act, error) {
	a, err := s.begin(&d, who, ActSplit, []any{orgID, parts})
	if err != nil {
		return a, err
	}
	f := fault.BadInput
	if len(parts) < 2 {
		f = f.At("/parts", "too_few", "Cần ít nhất hai phần.", "There must be two parts at least.")
	}
	parts = slices.Clone(parts)
	for k := range parts {
		p := &parts[k]
		p.Org.tidy()
		f = p.Org.check(f, fmt.Sprintf("/parts/%d", k))
		p.Org.ID = ident.Derive("org", a.ID, fmt.Sprint(k))
	}
	if len(f.Fields) > 0 {
		return a, f
	}
	return s.decide(ctx, who, a, func(on, today *tree.Snapshot, a *Act) error {
		if err := mayMove(who, on, today, orgID); err != nil {
			return err
		}
		return s.divide(who, on, today, orgID, parts, a)
	})
}

// divide writes the changes of a split into the act.
func (s *Service) divide(who *caller.Caller, on, today *tree.Snapshot, orgID string, parts []Part, a *Act) error {
	old := on.Org(orgID)
	if old == nil {
		return treeFault(&tree.Fault{Seq: 0, OrgID: orgID, Code: tree.NotOpen}, 0)
	}
	f := fault.BadInput
	a.Changes, a.Moves = nil, nil
	var heirs []string
	seen := map[string]bool{}
	var opened, children []tree.Change
	for k := range parts {
		p := parts[k]
		at := fmt.Sprintf("/parts/%d", k)
		if p.Org.ParentID == "" {
			p.Org.ParentID = old.ParentID
		} else if mayTouch(who, on, today, p.Org.ParentID) != nil {
			f = f.At(at+"/parentId", "not_found", "Không có tổ chức này.", "There is no such organisation.")
		}
		heirs = append(heirs, p.Org.ID)
		opened = append(opened, p.Org.opening())
		for i, id := range p.ChildIDs {
			if c := on.Org(id); c == nil || c.ParentID != orgID || seen[id] {
				f = f.At(fmt.Sprintf("%s/childIds/%d", at, i), "not_a_child", "Không trực thuộc tổ chức được tách, hoặc đã được xếp.", "Not directly below what is split, or named twice.")
			}
			seen[id] = true
			children = append(children, tree.Change{OrgID: id, Op: tree.Set, ParentID: p.Org.ID})
		}
		for i, id := range p.MemberIDs {
			r := s.table.row(id)
			if r == nil || on.Resolve(r.placeOn(on.Day)) != orgID || seen[id] {
				f = f.At(fmt.Sprintf("%s/memberIds/%d", at, i), "not_a_member", "Không thuộc tổ chức được tách, hoặc đã được xếp.", "Not a member of what is split, or named twice.")
			}
			seen[id] = true
			a.Moves = append(a.Moves, Move{MemberID: id, OrgID: p.Org.ID})
		}
	}
	if len(a.Moves) > maxMoves {
		f = f.At("/parts", "too_many", "Quá nhiều đảng viên trong một lần tách.", "Too many members for one act.")
	}
	a.Changes = append(a.Changes, tree.Change{OrgID: orgID, Op: tree.Close, Heirs: heirs})
	a.Changes = append(append(a.Changes, opened...), children...)
	return faultOrNil(f)
}
