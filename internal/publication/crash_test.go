package publication

import (
	"fmt"
	"strings"
	"testing"

	"sotay/internal/changelog"
	"sotay/internal/store/storetest"
)

// After a crash behind any write, the sweepers of another process bring every
// publication and withdrawal to its end, once.
func TestCrashBehindEveryWrite(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(w *world, id string) error{
		"publish": func(w *world, id string) error {
			_, err := w.m.Publish(t.Context(), writer, id, 0)
			return err
		},
		"publish again": func(w *world, id string) error {
			_, err := w.m.Publish(t.Context(), writer, id, 0)
			return err
		},
		"withdraw": func(w *world, id string) error {
			_, err := w.m.Withdraw(t.Context(), writer, id, 0, "sai")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for k := int64(0); ; k++ {
				if k > 60 {
					t.Fatal("the act never ends")
				}
				if crashAfter(t, name, k, act) {
					return
				}
			}
		})
	}
}

// crashAfter runs the act in a process that dies behind its k-th write, and
// checks what another process makes of it. It tells whether the act came to
// its end without a crash.
func crashAfter(t *testing.T, name string, k int64, act func(*world, string) error) (whole bool) {
	t.Helper()
	e, c := openStore(t), newClock()
	before := newWorld(t, e, c)
	parent := before.out(t, "parent", "")
	var id string
	want := true
	switch name {
	case "publish":
		id = before.draft(t, "child", parent)
		before.approve(t, id)
	case "publish again":
		id = before.out(t, "child", parent)
		if _, err := before.m.Edit(t.Context(), writer, id, 0, func(i *Item[note]) error { i.Payload.Text = "second"; return nil }); err != nil {
			t.Fatal(err)
		}
		before.approve(t, id)
	case "withdraw":
		id, want = before.out(t, "child", parent), false
	}
	d := storetest.NewDying(e, k+1, false)
	err := act(newWorld(t, d, c), id)
	whole = !d.Died()
	if err == nil && k == 0 {
		t.Fatal("done without a write")
	}

	after := newWorld(t, e, c)
	after.settle(t, c)
	i, gerr := after.m.Get(t.Context(), id)
	if gerr != nil {
		t.Fatal(gerr)
	}
	if err != nil { // the first write had not happened, and nothing has
		want = name == "publish again" || name == "withdraw"
		if i.Draft == Publishing || i.Live == Withdrawing {
			t.Fatalf("crash behind write %d: left in between: %s", k, i.Stands())
		}
	}
	at := fmt.Sprintf("%s, crash behind write %d", name, k)
	served := after.served(t, id)
	if (served != "") != want || (i.Live == Published) != want || len(i.Fx) != 0 {
		t.Fatalf("%s: served %q, item %s with %d effects", at, served, i.Stands(), len(i.Fx))
	}
	if err == nil && name == "publish again" && !strings.Contains(served, `"version":2`) {
		t.Fatalf("%s: served %s", at, served)
	}
	if linked := strings.Contains(after.served(t, parent), id); linked != want {
		t.Fatalf("%s: the parent's body has the link: %v", at, linked)
	}
	checkOnce(t, at, after.entries(t))
	rep, verr := after.audit.Verify(t.Context())
	if verr != nil || len(rep.Faults) > 0 {
		t.Fatalf("%s: audit %v %v", at, verr, rep.Faults)
	}
	return whole
}

// checkOnce fails when a key of the log stands twice.
func checkOnce(t *testing.T, at string, entries []changelog.Entry) {
	t.Helper()
	seen := map[string]bool{}
	for _, e := range entries {
		if seen[e.Key] {
			t.Fatalf("%s: %s stands twice", at, e.Key)
		}
		seen[e.Key] = true
	}
}
