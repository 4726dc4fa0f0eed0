package directory

import (
	"context"
	"errors"
	"slices"

	"sotay/internal/directory/tree"
	"sotay/internal/jobs"
	"sotay/internal/sheet"
)

// Check implements jobs.Work.
func (im *orgImport) Check(ctx context.Context, t *sheet.Table) error {
	if err := im.read(ctx, t); err != nil {
		return err
	}
	var acts []tree.Act
	var tally jobs.Tally
	f := im.service.forest.Load()
	for _, p := range im.parts() {
		opens, sets, n := im.changes(p)
		tally.New, tally.Changed, tally.Unchanged = tally.New+n.New, tally.Changed+n.Changed, tally.Unchanged+n.Unchanged
		for _, a := range []tree.Act{{On: p.on, Changes: opens}, {On: im.day, Changes: sets}} {
			if len(a.Changes) > 0 {
				a.Seq = f.seq + int64(len(acts)) + 1
				acts = append(acts, a)
			}
		}
	}
	im.try(f, acts)
	var problems []sheet.Problem
	for _, row := range im.rows {
		problems = append(problems, row.record.Problems...)
	}
	slices.SortStableFunc(problems, func(a, b sheet.Problem) int { return a.Row - b.Row })
	return im.run.Seen(ctx, len(im.rows), tally, problems)
}

// maxContradictions bounds how many are looked for.
const maxContradictions = 50

// try judges acts against all that are there and reports what contradicts
// itself. What was taken out for a fault drags along what stands below it; that
// is not told about.
func (im *orgImport) try(f *forest, acts []tree.Act) {
	byID := map[string]*orgRow{}
	for _, row := range im.rows {
		byID[row.id] = row
	}
	out := map[string]bool{}
	for range maxContradictions {
		if acts = slices.DeleteFunc(acts, func(a tree.Act) bool { return len(a.Changes) == 0 }); len(acts) == 0 {
			return
		}
		_, err := f.with(acts...)
		var wrong *tree.Fault
		if !errors.As(err, &wrong) {
			return
		}
		row := byID[wrong.OrgID]
		if row == nil || out[wrong.OrgID] {
			row = im.rows[0] // an act of a later day is contradicted
		}
		if wrong.Code != tree.NoParent || !out[row.parentID] {
			im.contradicts(row, wrong)
		}
		if wrong.Seq <= f.seq {
			return
		}
		out[wrong.OrgID] = true
		for i := range acts {
			acts[i].Changes = slices.DeleteFunc(slices.Clone(acts[i].Changes), func(c tree.Change) bool { return c.OrgID == wrong.OrgID })
		}
	}
}

func (im *orgImport) contradicts(row *orgRow, wrong *tree.Fault) {
	text, ok := treeTexts[wrong.Code]
	if !ok || wrong.Seq <= im.service.forest.Load().seq {
		row.record.Fail("on", laterAct.Code, laterAct.Detail.VI, laterAct.Detail.EN)
		return
	}
	column := map[string]string{"/parentId": "parent", "/name": "name", "/on": "on"}[text.pointer]
	if column == "" {
		column = "code"
	}
	row.record.Fail(column, wrong.Code, text.vi, text.en)
}
