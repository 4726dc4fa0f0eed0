package publication

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"sotay/internal/fault"
	"sotay/internal/store"
)

func TestLifeOfAnItem(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, openStore(t), newClock()), t.Context()
	id := w.draft(t, "one", "")
	if _, err := w.m.Publish(ctx, writer, id, 0); !errors.Is(err, WrongState) {
		t.Fatalf("publishing a draft: %v", err)
	}
	if _, err := w.m.Approve(ctx, approver, id, 0); !errors.Is(err, WrongState) {
		t.Fatalf("approving a draft: %v", err)
	}
	if _, err := w.m.Submit(ctx, writer, id, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := w.m.Approve(ctx, writer, id, 0); !errors.Is(err, SamePerson) {
		t.Fatalf("approving one's own: %v", err)
	}
	if i, err := w.m.Reject(ctx, approver, id, 0, "sai ngày"); err != nil || i.Stands() != "draft" || i.Steps[len(i.Steps)-1].Reason != "sai ngày" {
		t.Fatalf("reject: %v %s", err, i.Stands())
	}
	w.approve(t, id)
	i, err := w.m.Publish(ctx, writer, id, 0)
	if err != nil || i.Stands() != "published" || i.LiveVersion != 1 || len(i.Fx) != 0 {
		t.Fatalf("publish: %v %+v", err, i)
	}
	if got := w.served(t, id); got != `{"links":null,"text":"one","version":1}` {
		t.Fatalf("served %s", got)
	}
	if _, err := w.m.Edit(ctx, writer, id, i.Revision+1, func(*Item[note]) error { return nil }); !errors.Is(err, StaleRevision) {
		t.Fatalf("editing another revision: %v", err)
	}
	i, err = w.m.Edit(ctx, approver, id, i.Revision, func(i *Item[note]) error { i.Payload.Text = "two"; return nil })
	if err != nil || i.Stands() != "draft" || i.Version != 2 || i.LiveVersion != 1 {
		t.Fatalf("edit: %v %+v", err, i)
	}
	// The first version's approver has edited the second, and may not approve it.
	if _, err := w.m.Submit(ctx, approver, id, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := w.m.Approve(ctx, approver, id, 0); !errors.Is(err, SamePerson) {
		t.Fatalf("approving what one has edited: %v", err)
	}
	if i, err = w.m.Withdraw(ctx, approver, id, 0, "sai"); err != nil || i.Live != Withdrawn || i.Draft != Submitted {
		t.Fatalf("withdrawing beside a draft: %v %+v", err, i)
	}
	if got := w.served(t, id); got != "" {
		t.Fatalf("withdrawn, and still served: %s", got)
	}
	if _, err := w.m.Withdraw(ctx, approver, id, 0, "sai"); !errors.Is(err, WrongState) {
		t.Fatalf("withdrawing twice: %v", err)
	}
	if _, err := w.m.Approve(ctx, writer, id, 0); err != nil {
		t.Fatal(err)
	}
	if i, err = w.m.Publish(ctx, writer, id, 0); err != nil || i.LiveVersion != 2 {
		t.Fatalf("publishing after a withdrawal: %v %+v", err, i)
	}
	if got := w.served(t, id); !strings.Contains(got, `"version":2`) {
		t.Fatalf("served %s", got)
	}
	if v, err := w.m.Version(ctx, id, 1); err != nil || v.Payload.Text != "one" {
		t.Fatalf("version 1 is not what it was: %v %+v", err, v)
	}
	if _, err := w.m.Version(ctx, id, 3); !errors.Is(err, fault.NotFound) {
		t.Fatalf("version 3: %v", err)
	}
}

func TestUniqueKeyIsDecidedByTheStore(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, openStore(t), newClock()), t.Context()
	a, b := w.draft(t, "a", ""), w.draft(t, "b", "")
	if _, err := w.m.Edit(ctx, writer, a, 0, func(i *Item[note]) error { i.UniqueKey = "same"; return nil }); err != nil {
		t.Fatal(err)
	}
	_, err := w.m.Edit(ctx, writer, b, 0, func(i *Item[note]) error { i.UniqueKey = "same"; return nil })
	if !store.IsDuplicate(err, "uniqueKey") {
		t.Fatalf("got %v", err)
	}
}

// A document's body holds what materials say of it, whichever comes first and
// however they race.
func TestLinksReachTheBody(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, openStore(t), newClock()), t.Context()
	target := w.draft(t, "target", "")
	early := w.out(t, "early", target)
	w.approve(t, target)
	if _, err := w.m.Publish(ctx, writer, target, 0); err != nil {
		t.Fatal(err)
	}
	if got := w.served(t, target); !strings.Contains(got, "note/"+early+"=early") {
		t.Fatalf("served %s", got)
	}
	var ids []string
	for range 6 {
		id := w.draft(t, "late", target)
		w.approve(t, id)
		ids = append(ids, id)
	}
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			if _, err := w.m.Publish(ctx, writer, id, 0); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := w.served(t, target)
	for _, id := range ids {
		if !strings.Contains(got, id) {
			t.Errorf("%s is missing in %s", id, got)
		}
	}
	if _, err := w.m.Withdraw(ctx, writer, early, 0, "cũ"); err != nil {
		t.Fatal(err)
	}
	if got := w.served(t, target); strings.Contains(got, early) {
		t.Errorf("withdrawn, and still linked: %s", got)
	}
	// A link that moves elsewhere leaves the place where it was.
	other := w.out(t, "other", "")
	if _, err := w.m.Edit(ctx, writer, ids[0], 0, func(i *Item[note]) error { i.Payload.On = other; return nil }); err != nil {
		t.Fatal(err)
	}
	w.approve(t, ids[0])
	if _, err := w.m.Publish(ctx, writer, ids[0], 0); err != nil {
		t.Fatal(err)
	}
	if got := w.served(t, target); strings.Contains(got, ids[0]) {
		t.Errorf("moved away, and still linked: %s", got)
	}
	if got := w.served(t, other); !strings.Contains(got, ids[0]) {
		t.Errorf("moved here, and not linked: %s", got)
	}
	seen, changed, err := w.desk.Rebuild(ctx, func() {})
	if err != nil || seen != 8 || changed != 0 {
		t.Errorf("rebuild: %d seen, %d changed, %v", seen, changed, err)
	}
}
