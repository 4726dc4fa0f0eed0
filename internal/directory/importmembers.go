package directory

import (
	"context"
	"slices"
	"strings"
	"time"

	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/directory/tree"
	"sotay/internal/fault"
	"sotay/internal/jobs"
	"sotay/internal/sheet"
	"sotay/internal/viet"
)

// importBatch is how many rows are compared and written together.
const importBatch = 500

// ImportKinds are the kinds of files that the room takes, for jobs.
func (s *Service) ImportKinds() []jobs.Kind { return s.importKinds(importBatch) }

func (s *Service) importKinds(batch int) []jobs.Kind {
	members, orgs := sheet.Default(), sheet.Default()
	orgs.Rows = maxOrgRows
	return []jobs.Kind{
		{Name: "orgs", Limits: orgs, Columns: orgColumns, Begin: s.beginOrgImport},
		{Name: "members", Limits: members, Columns: memberColumns, Begin: func(ctx context.Context, r *jobs.Run) (jobs.Work, error) { return s.beginMemberImport(ctx, r, batch) }},
	}
}

// ImportTemplate returns the workbook of a kind to be filled in.
func ImportTemplate(kind string) []sheet.Page {
	if kind == "orgs" {
		return sheet.Template(orgColumns)
	}
	return sheet.Template(memberColumns)
}

// Answerable returns a member who can answer for an import: one who has not
// left. Whether they may sign in just now is another matter.
func (s *Service) Answerable(memberID string) (*caller.Identity, bool) {
	i, ok := s.Identity(memberID)
	return i, ok && !hasLeft(i.Status)
}

// OverseesImports tells whether somebody administers the whole installation
// and so sees the imports of others.
func (s *Service) OverseesImports(who *caller.Caller) bool {
	t := s.Tree()
	return t.Root != "" && who.Covers(t.Path(t.Root), admins...)
}

// memberImport is one run over a list of members.
type memberImport struct {
	service     *Service
	run         *jobs.Run
	batch       int
	who         *caller.Caller
	tree        *tree.Snapshot
	day         string // on which the file was handed in
	at          time.Time
	mark        string // of members that the job makes
	codes       map[string]*tree.Org
	enterprises map[string]*Enterprise
	known       knownMembers
	seen        map[key16]int // rows of the file by what identifies a member
}

func (s *Service) beginMemberImport(ctx context.Context, run *jobs.Run, batch int) (jobs.Work, error) {
	who, err := run.Who()
	if err != nil {
		return nil, err
	}
	im := &memberImport{service: s, run: run, batch: batch, who: who, tree: s.Tree(), at: run.CreatedAt(), day: clock.Day(run.CreatedAt()),
		mark: s.keys.request("import/" + run.ID()), enterprises: map[string]*Enterprise{}, seen: map[key16]int{}}
	im.known.service, im.known.odd = s, map[int]bool{}
	im.codes = codesOf(im.tree)
	err = s.enterprises.Each(ctx, func(e Enterprise) error {
		if e.Code != "" {
			im.enterprises[e.CodeKey] = &e
		}
		return nil
	})
	return im, doing("read enterprises", err)
}

// codesOf returns the open organisations by their folded codes.
func codesOf(t *tree.Snapshot) map[string]*tree.Org {
	out := map[string]*tree.Org{}
	if t.Root != "" {
		t.Subtree(t.Root, func(o *tree.Org) bool {
			if o.Code != "" {
				out[viet.Fold(o.Code)] = o
			}
			return true
		})
	}
	return out
}

// Check implements jobs.Work.
func (im *memberImport) Check(ctx context.Context, t *sheet.Table) error {
	defer func() { im.seen = nil; im.known.forget() }() // memory that the rest has no use for
	return im.batches(t, 0, func(rows []*memberRow, _ int64) error {
		for _, row := range rows {
			im.alone(row)
		}
		changes, err := im.compare(ctx, rows)
		if err != nil {
			return err
		}
		var problems []sheet.Problem
		for _, row := range rows {
			problems = append(problems, row.record.Problems...)
		}
		return im.run.Seen(ctx, len(rows), tallyOf(changes), problems)
	})
}

// batches reads the rows of a table, without the first of them, in batches; end
// is the number of the last row of a batch.
func (im *memberImport) batches(t *sheet.Table, skip int64, fn func(rows []*memberRow, end int64) error) error {
	var rows []*memberRow
	for n := int64(1); ; n++ {
		r, err := t.Next()
		if err != nil {
			return err
		}
		if r != nil && n <= skip {
			continue
		}
		if r != nil {
			rows = append(rows, im.readMember(r))
		}
		if len(rows) == im.batch || r == nil && len(rows) > 0 {
			end := n
			if r == nil {
				end = n - 1
			}
			if err := fn(rows, end); err != nil {
				return err
			}
			rows = rows[:0]
		}
		if r == nil {
			return nil
		}
	}
}

// alone reports a row whose member stands in the file already.
func (im *memberImport) alone(row *memberRow) {
	for column, k := range map[string]string{"citizen": row.citizenKey, "code": row.codeKey} {
		if k == "" {
			continue
		}
		if first, twice := im.seen[hash16(k)]; twice {
			already(row.record, column, first)
			continue
		}
		im.seen[hash16(k)] = row.number
	}
}

// memberChange is what a row does.
type memberChange struct {
	row    *memberRow
	member *Member // as it is going to be
	isNew  bool
	none   bool
}

func tallyOf(changes []memberChange) (t jobs.Tally) {
	for _, c := range changes {
		switch {
		case c.isNew:
			t.New++
		case c.none:
			t.Unchanged++
		default:
			t.Changed++
		}
	}
	return t
}

// compare holds rows against what is stored. A row with a problem does nothing.
func (im *memberImport) compare(ctx context.Context, rows []*memberRow) ([]memberChange, error) {
	found, err := im.known.find(ctx, rows)
	if err != nil {
		return nil, err
	}
	var out []memberChange
	for k, row := range rows {
		if len(row.record.Problems) > 0 {
			continue
		}
		m, f := found[k].one(row)
		if found[k].erased {
			im.passOver(row)
			continue
		}
		if f == nil && m != nil {
			f = im.allowed(m, row)
		}
		if f != nil {
			row.refuse(f)
			continue
		}
		if m == nil {
			out = append(out, memberChange{row: row, member: im.newMember(row), isNew: true})
			continue
		}
		before := *m
		changed := im.put(m, row)
		if f := im.reaches(&before, m); f != nil {
			row.refuse(f)
			continue
		}
		out = append(out, memberChange{row: row, member: m, none: !changed})
	}
	return out, nil
}

// passOver leaves out the row of somebody who was erased: a list does not bring
// back whom a person's own request took out. An administrator may enter them
// anew.
func (im *memberImport) passOver(row *memberRow) {
	if !im.known.checked { // said once, when the rows are checked
		row.record.Warn("name", erased.Code, "Dữ liệu của người này đã được xóa theo yêu cầu; hàng này được bỏ qua.", "This person's data were erased on request; the row is passed over.")
	}
}

// refuse puts a fault on the row, at what identifies the member.
func (row *memberRow) refuse(f *fault.Fault) {
	column := "citizen"
	if row.citizenKey == "" || f.Code == otherID.Code || f.Code == codeTaken.Code {
		column = "code"
	}
	row.record.Fail(column, f.Code, f.Detail.VI, f.Detail.EN)
}

// allowed tests that the one who imports administers a member, wherever the
// row puts them.
func (im *memberImport) allowed(m *Member, row *memberRow) *fault.Fault {
	switch {
	case im.service.mayAct(im.who, m, admins...) != nil:
		return elsewhere
	case !m.ErasedAt.IsZero() && m.ErasedAt.Unix() > 0:
		return erased
	case m.ID == im.who.MemberID && row.status != "" && m.Current(im.day).Status != row.status:
		return notYourOwn
	}
	return nil
}

// reaches tests that the one who imports may decide about what a row changes.
func (im *memberImport) reaches(before, after *Member) *fault.Fault {
	if !identityChanged(before, after) {
		return nil
	}
	return fault.As(im.service.mayDecide(im.who, after, false))
}

// Apply implements jobs.Work.
func (im *memberImport) Apply(ctx context.Context, t *sheet.Table) error {
	return im.batches(t, im.run.Applied(), func(rows []*memberRow, end int64) error {
		var err error
		if im.who, err = im.run.Who(); err != nil {
			return err
		}
		changes, err := im.compare(ctx, rows)
		if err != nil {
			return err
		}
		return im.run.Step(ctx, jobs.Plan{To: end, Tally: tallyOf(changes), Details: auditOf(changes)}, func(ctx context.Context) (out jobs.Outcome, err error) {
			if err := im.write(ctx, changes); err != nil {
				return out, err
			}
			for _, row := range rows {
				out.Problems = append(out.Problems, row.record.Problems...)
			}
			lost := slices.DeleteFunc(changes, func(c memberChange) bool { return len(c.row.record.Problems) == 0 })
			out.Lost = tallyOf(lost)
			return out, nil
		})
	})
}

// auditOf names the members of a step.
func auditOf(changes []memberChange) map[string]string {
	var made, changed []string
	for _, c := range changes {
		switch {
		case c.isNew:
			made = append(made, c.member.ID)
		case !c.none:
			changed = append(changed, c.member.ID)
		}
	}
	return map[string]string{"new": strings.Join(made, ","), "changed": strings.Join(changed, ",")}
}
