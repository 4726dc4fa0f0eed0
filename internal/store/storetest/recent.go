package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"sotay/internal/store"
)

func recents() []testCase {
	return []testCase{
		{"ConcurrentUpdatesRemembered", func(t *testing.T, open Opener) {
			testConcurrentUpdates(t, remembering(t, open), remembering(t, open))
		}},
		{"Remembered", testRemembered},
		{"RememberedUpdatesInTurns", testRememberedInTurns},
	}
}

// remembering is prepared with a memory of two documents.
func remembering(t *testing.T, open Opener) *store.Collection[thing] {
	t.Helper()
	e, _ := prepared(t, open)
	s := thingSchema()
	s.Recent = 2
	return things(t, e, s)
}

// testRemembered holds that nothing is decided by what a process remembers.
func testRemembered(t *testing.T, open Opener) {
	a, b := remembering(t, open), remembering(t, open)
	insert(t, a, named("a"))
	set := func(c *store.Collection[thing], state string) {
		t.Helper()
		if _, err := c.Update(t.Context(), "a", func(r *thing) error { r.Draft.State = state; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	set(a, "open")
	set(b, "closed")
	no := errors.New("closed")
	refuse := func(r *thing) error {
		if r.Draft.State == "open" {
			return store.ErrUnchanged
		}
		return no
	}
	if _, err := a.Update(t.Context(), "a", refuse); !errors.Is(err, no) {
		t.Errorf("decided by what was remembered: %v", err)
	}
	set(a, "open")
	set(b, "closed")
	got, err := a.Update(t.Context(), "a", func(r *thing) error { r.Owner = r.Draft.State; return nil })
	if err != nil || got.Owner != "closed" || got.Rev != 6 {
		t.Errorf("written over another's: %+v, %v", got, err)
	}
	now, err := b.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.DeleteIf(t.Context(), "a", now.Rev); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Update(t.Context(), "a", func(r *thing) error { r.N++; return nil }); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an update of what another deleted: %v", err)
	}
}

// testRememberedInTurns has two processes change fields of documents in a random
// order: each finds what the other wrote, and so do the indexes.
func testRememberedInTurns(t *testing.T, open Opener) {
	cs := []*store.Collection[thing]{remembering(t, open), remembering(t, open)}
	rng := rand.New(rand.NewPCG(1, 2))
	want := map[string]*thing{}
	for _, id := range []string{"a", "b", "c"} {
		want[id] = named(id)
		insert(t, cs[0], named(id))
	}
	keys := []string{"a", "b", "c"}
	for range 60 {
		id, kind, n := keys[rng.IntN(3)], rng.IntN(4), rng.IntN(3)
		change := func(r *thing) error {
			switch kind {
			case 0:
				r.Owner = fmt.Sprint("owner ", n)
			case 1:
				r.Draft.State = fmt.Sprint("state ", n)
			case 2:
				r.Tags = []string{fmt.Sprint("tag ", n)}
			default:
				r.N++
			}
			return nil
		}
		got, err := cs[rng.IntN(2)].Update(t.Context(), id, change)
		if err != nil {
			t.Fatal(err)
		}
		w := want[id]
		_ = change(w) // never fails
		if got.Owner != w.Owner || got.Draft.State != w.Draft.State || got.N != w.N || !slices.Equal(got.Tags, w.Tags) {
			t.Fatalf("got %+v, want %+v", got, w)
		}
	}
	for n := range 3 {
		var owner, tag []string
		for _, id := range keys {
			if want[id].Owner == fmt.Sprint("owner ", n) {
				owner = append(owner, id)
			}
			if slices.Contains(want[id].Tags, fmt.Sprint("tag ", n)) {
				tag = append(tag, id)
			}
		}
		for index, list := range map[string][]string{"byOwner": owner, "byTag": tag} {
			value := map[string]string{"byOwner": fmt.Sprint("owner ", n), "byTag": fmt.Sprint("tag ", n)}[index]
			got := ids(t.Context(), t, cs[0], store.Query{Index: index, Eq: []any{value}, Limit: 5})
			slices.Sort(got)
			if !slices.Equal(got, list) {
				t.Errorf("%s finds %v for %s, want %v", index, got, value, list)
			}
		}
	}
}
