package quiz

import (
	"fmt"
	"testing"
)

// A member's attempts are exported and erased as a whole, with the overrides
// that name them; those of others stay.
func TestExportAndErasure(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	ctx := t.Context()
	m, n := who("m", "a"), who("n", "a")
	var ids []string
	for range 3 {
		ids = append(ids, f.aQuiz(t, "", 1, offline))
	}
	for _, id := range ids {
		if _, err := f.SetOverrides(ctx, f.editor, id, 0, []Override{{MemberID: "m", Attempts: ptr[int64](3)}, {MemberID: "n", Attempts: ptr[int64](3)}}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []string{"m", "n"} {
			a, _, err := f.StartQuiz(ctx, who(c, "a"), id)
			if err != nil {
				t.Fatal(err)
			}
			f.choose(t, who(c, "a"), a.ID, "q1", "dung", nil)
		}
	}
	f.takeLease(t, m, ids[0])
	out, err := f.ExportAttempts(ctx, m)
	answers := 0
	for i := range out {
		answers += len(out[i].Answers)
	}
	if err != nil || len(out) != 4 || answers != 3 {
		t.Fatalf("%v, %d attempts with %d answers", err, len(out), answers)
	}
	for range 2 {
		if err := f.Erase(ctx, "m"); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := f.ExportAttempts(ctx, m); err != nil || len(out) != 0 {
		t.Errorf("%v, %d attempts are left", err, len(out))
	}
	if out, err := f.ExportAttempts(ctx, n); err != nil || len(out) != 3 {
		t.Errorf("%v, another has %d", err, len(out))
	}
	for _, id := range ids {
		if o, err := f.EditorOverrides(ctx, f.editor, id); err != nil || len(o.Rows) != 1 || fmt.Sprint(o.Members) != "[n]" || o.Revision != 3 {
			t.Errorf("%v %+v", err, o)
		}
	}
}
