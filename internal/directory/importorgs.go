package directory

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/directory/tree"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/jobs"
	"sotay/internal/sheet"
	"sotay/internal/viet"
)

// maxOrgRows bounds a list of organisations: a province has some 4,000.
const maxOrgRows = 20_000

// orgRow is what one row says of an organisation.
type orgRow struct {
	record                   *sheet.Record
	code, name, kind, parent string // parent is a code
	on, decision             string
	id, parentID             string
	depth                    int // below what was there before the file
}

// orgImport is one run over a list of organisations. Such a list is short: it
// is held as a whole, and sorted so that each stands behind the one above it.
type orgImport struct {
	service *Service
	run     *jobs.Run
	who     *caller.Caller
	day     string // on which the file was handed in; changes hold from it
	tree    *tree.Snapshot
	codes   map[string]*tree.Org
	rows    []*orgRow
	byCode  map[string]*orgRow
}

func (s *Service) beginOrgImport(_ context.Context, run *jobs.Run) (jobs.Work, error) {
	who, err := run.Who()
	if err != nil {
		return nil, err
	}
	return &orgImport{service: s, run: run, who: who, day: clock.Day(run.CreatedAt())}, nil
}

// look takes in the organisations as they are now.
func (im *orgImport) look(ctx context.Context) error {
	if err := im.service.readActs(ctx); err != nil {
		return err
	}
	im.tree = im.service.Tree()
	im.codes = codesOf(im.tree)
	return nil
}

// read reads all rows and finds out which organisations they mean.
func (im *orgImport) read(ctx context.Context, t *sheet.Table) error {
	if err := im.look(ctx); err != nil {
		return err
	}
	im.rows, im.byCode = nil, map[string]*orgRow{}
	for {
		r, err := t.Next()
		if err != nil {
			return err
		}
		if r == nil {
			break
		}
		row := &orgRow{record: r, code: r.Code("code"), name: short(r, "name"), kind: orgKind(r), parent: r.Code("parent"), on: r.Day("on"), decision: short(r, "decision")}
		for key, value := range map[string]string{"code": row.code, "name": row.name, "kind": row.kind} {
			if value == "" && !r.Failed(key) {
				r.Fail(key, "required", "Không được để trống.", "It may not be empty.")
			}
		}
		im.rows = append(im.rows, row)
		if first := im.byCode[viet.Fold(row.code)]; first != nil {
			already(r, "code", first.record.Row)
		} else if row.code != "" {
			im.byCode[viet.Fold(row.code)] = row
		}
	}
	for _, row := range im.rows {
		im.settle(row, len(im.rows))
	}
	slices.SortStableFunc(im.rows, func(a, b *orgRow) int {
		if c := strings.Compare(a.on, b.on); c != 0 {
			return c
		}
		if a.depth != b.depth {
			return a.depth - b.depth
		}
		return strings.Compare(a.decision, b.decision)
	})
	return nil
}

func orgKind(r *sheet.Record) string {
	text := short(r, "kind")
	if value, ok := sheet.ChoiceOf(text, orgKinds); ok {
		return value
	}
	return text
}

// settle finds the ids of a row and of the one above it, and the day on which
// the row opens; hops bounds the way up.
func (im *orgImport) settle(row *orgRow, hops int) {
	if row.id != "" || row.code == "" {
		return
	}
	if hops < 0 {
		row.record.Fail("parent", tree.Cycle, treeTexts[tree.Cycle].vi, treeTexts[tree.Cycle].en)
		row.id = ident.Derive("import/org", row.code, "?")
		return
	}
	parentSince := ""
	if row.parent != "" {
		parentSince = im.settleParent(row, hops)
	}
	if o := im.existing(row); o != nil {
		row.id, row.on = o.ID, o.Since
		if row.parent == "" {
			row.parentID = o.ParentID
		}
		return
	}
	if row.parent == "" && !row.record.Failed("parent") {
		row.record.Fail("parent", "required", "Thiếu mã tổ chức cấp trên.", "The code of the organisation above is missing.")
	}
	if row.on == "" {
		row.on = parentSince
	}
	row.id = ident.Derive("import/org", viet.Fold(row.code), row.on)
}

// existing is the organisation that a row means, if it is there. One that has no
// code yet is known by its name below the same organisation, the root by having
// none above it.
func (im *orgImport) existing(row *orgRow) *tree.Org {
	if o := im.codes[viet.Fold(row.code)]; o != nil {
		return o
	}
	if root := im.tree.Org(im.tree.Root); row.parent == "" && root != nil && root.Code == "" {
		return root
	}
	if above := im.tree.Org(row.parentID); above != nil {
		for _, id := range above.Children {
			if o := im.tree.Org(id); o.Code == "" && viet.Fold(o.Name) == viet.Fold(row.name) {
				return o
			}
		}
	}
	return nil
}

func (im *orgImport) settleParent(row *orgRow, hops int) (since string) {
	if above := im.byCode[viet.Fold(row.parent)]; above != nil && above != row {
		im.settle(above, hops-1)
		row.parentID, row.depth = above.id, above.depth+1
		return above.on
	}
	if o := im.codes[viet.Fold(row.parent)]; o != nil && viet.Fold(row.parent) != viet.Fold(row.code) {
		row.parentID = o.ID
		return o.Since
	}
	row.record.Fail("parent", "parent_not_found", "Không có tổ chức cấp trên mang mã này.", "There is no organisation above with this code.")
	return ""
}

// change is what a row does to the tree as it is; nil when nothing.
func (im *orgImport) change(row *orgRow) (*tree.Change, *fault.Fault) {
	h := im.service.forest.Load().history
	if !h.Known(row.id) {
		if !im.inScope(row) {
			return nil, outsideScope
		}
		return &tree.Change{OrgID: row.id, Op: tree.Open, Code: row.code, Name: row.name, Kind: row.kind, ParentID: row.parentID}, nil
	}
	o := im.tree.Org(row.id)
	if o == nil {
		if im.tree.Closed(row.id) != nil {
			return nil, closedOrg
		}
		return nil, nil // it opens on a later day
	}
	c := tree.Change{OrgID: row.id, Op: tree.Set}
	differs := func(to *string, is, says string) {
		if says != "" && says != is {
			*to = says
		}
	}
	differs(&c.Name, o.Name, row.name)
	differs(&c.Kind, o.Kind, row.kind)
	differs(&c.ParentID, o.ParentID, row.parentID)
	if viet.Fold(o.Code) != viet.Fold(row.code) {
		c.Code = row.code
	}
	if c.Name == "" && c.Kind == "" && c.ParentID == "" && c.Code == "" {
		return nil, nil
	}
	today := im.tree
	if mayTouch(im.who, today, today, row.id) != nil || c.ParentID != "" && (mayMove(im.who, today, today, row.id) != nil || !im.inScope(row)) {
		return nil, outsideScope
	}
	return &c, nil
}

// inScope tells whether the caller administers what a row stands below.
func (im *orgImport) inScope(row *orgRow) bool {
	for range len(im.rows) + 1 {
		if path := im.tree.Path(row.parentID); path != nil {
			return covers(im.who, path, admins...)
		}
		above := im.byCode[viet.Fold(row.parent)]
		if above == nil || above == row {
			return false
		}
		row = above
	}
	return false
}

var (
	outsideScope = fault.New(fault.Forbidden, "org_outside_scope", "Tổ chức này nằm ngoài phạm vi của bạn.", "This organisation lies outside your scope.")
	closedOrg    = fault.New(fault.Conflict, "org_closed", "Tổ chức này đã kết thúc hoạt động.", "This organisation has closed.")
)

// orgPart is the rows of one decision and day, which become at most two acts:
// one that opens organisations on their day, one that changes others from the
// day of the import.
type orgPart struct {
	number       int
	on, decision string
	rows         []*orgRow
}

// parts cuts the rows. How depends on the file alone, so that a run after a
// crash cuts alike.
func (im *orgImport) parts() []orgPart {
	var out []orgPart
	for _, row := range im.rows {
		n := len(out)
		if n == 0 || out[n-1].on != row.on || out[n-1].decision != row.decision || len(out[n-1].rows) == maxOpenings {
			out = append(out, orgPart{number: n, on: row.on, decision: row.decision})
			n++
		}
		out[n-1].rows = append(out[n-1].rows, row)
	}
	return out
}

// changes says what the rows of a part do, sorted out by act.
func (im *orgImport) changes(p orgPart) (opens, sets []tree.Change, t jobs.Tally) {
	for _, row := range p.rows {
		if len(row.record.Problems) > 0 {
			continue
		}
		c, f := im.change(row)
		switch {
		case f != nil:
			row.record.Fail("code", f.Code, f.Detail.VI, f.Detail.EN)
		case c == nil:
			t.Unchanged++
		case c.Op == tree.Open:
			opens = append(opens, *c)
			t.New++
		default:
			sets = append(sets, *c)
			t.Changed++
		}
	}
	return opens, sets, t
}

// Apply implements jobs.Work.
func (im *orgImport) Apply(ctx context.Context, t *sheet.Table) error {
	if err := im.read(ctx, t); err != nil {
		return err
	}
	end := int64(0)
	for _, p := range im.parts() {
		if end += int64(len(p.rows)); end <= im.run.Applied() {
			continue
		}
		if err := im.apply(ctx, p, end); err != nil {
			return err
		}
	}
	return nil
}

func (im *orgImport) apply(ctx context.Context, p orgPart, end int64) error {
	var err error
	if im.who, err = im.run.Who(); err != nil {
		return err
	}
	if err := im.look(ctx); err != nil {
		return err
	}
	opens, sets, tally := im.changes(p)
	plan := jobs.Plan{To: end, Tally: tally, Details: map[string]string{"new": orgIDs(opens), "changed": orgIDs(sets)}}
	return im.run.Step(ctx, plan, func(ctx context.Context) (out jobs.Outcome, err error) {
		lost, err := im.decide(ctx, p, "open", p.on, opens, &out)
		if err != nil {
			return out, err
		}
		out.Lost.New = lost
		out.Lost.Changed, err = im.decide(ctx, p, "set", im.day, sets, &out)
		for _, row := range p.rows {
			out.Problems = append(out.Problems, row.record.Problems...)
		}
		return out, err
	})
}

func orgIDs(list []tree.Change) string {
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].OrgID
	}
	return strings.Join(ids, ",")
}

// decide adds the act of a part, once. What the tree refuses by now is
// reported; lost is how many changes went with it.
func (im *orgImport) decide(ctx context.Context, p orgPart, what, on string, changes []tree.Change, out *jobs.Outcome) (lost int64, err error) {
	if len(changes) == 0 {
		return 0, nil
	}
	s, name := im.service, fmt.Sprintf("%s/%d/%s", im.run.ID(), p.number, what)
	a, err := s.begin(&Decision{On: on, DecisionNo: p.decision}, im.who, ActImport, name)
	if err == nil {
		a.ID = ident.Derive("import/act", name)
		a.Changes = changes
		_, err = s.decide(ctx, im.who, a, func(_, _ *tree.Snapshot, _ *Act) error { return nil })
	}
	if f := fault.As(err); f != nil {
		row := p.rows[0].record
		out.Problems = append(out.Problems, sheet.Problem{Row: row.Row, Code: f.Code, VI: f.Detail.VI, EN: f.Detail.EN})
		return int64(len(changes)), nil
	}
	return 0, err
}
