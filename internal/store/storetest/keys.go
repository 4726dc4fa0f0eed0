package storetest

import (
	"fmt"
	"sync"
	"testing"

	"sotay/internal/store"
)

func keys() []testCase {
	return []testCase{
		{"TakenID", testTakenID},
		{"TakenKey", testTakenKey},
		{"InsertManyClash", testInsertManyClash},
		{"NeighboursOfAClash", testNeighbours},
	}
}

func testTakenID(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	insert(t, c, named("a"))
	row := named("a")
	row.Key = "other"
	if err := c.Insert(t.Context(), row); !store.IsDuplicate(err, "_id") {
		t.Errorf("got %v, want a clash on _id", err)
	}
}

func testTakenKey(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	insert(t, c, named("a"), named("b"))
	row := named("c")
	row.Key = "a"
	if err := c.Insert(t.Context(), row); !store.IsDuplicate(err, "byKey") {
		t.Errorf("insert: got %v, want a clash on byKey", err)
	}
	_, err := c.Update(t.Context(), "b", func(r *thing) error { r.Key = "a"; return nil })
	if !store.IsDuplicate(err, "byKey") {
		t.Errorf("update: got %v, want a clash on byKey", err)
	}
	got, err := c.Get(t.Context(), "b")
	if err != nil || got.Key != "b" || got.Rev != 1 {
		t.Errorf("the refused update left %+v, %v", got, err)
	}
	// Keys may be exchanged once they are free, and kept.
	if _, err := c.Update(t.Context(), "a", func(r *thing) error { r.Key = "c"; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Update(t.Context(), "b", func(r *thing) error { r.Key = "a"; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Update(t.Context(), "b", func(r *thing) error { r.N = 1; return nil }); err != nil {
		t.Fatal(err)
	}
}

func testInsertManyClash(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	insert(t, c, named("r03"), named("r07"))
	rows := make([]*thing, 12)
	for i := range rows {
		rows[i] = named(fmt.Sprintf("r%02d", i))
		rows[i].Tags = []string{"x"}
	}
	rows[5].Key = "r04"       // taken by a neighbour of the same call
	rows[9].Extra = int32(1)  // breaks a rule
	rows[10].ID = rows[11].ID // the same id twice
	for i, err := range c.InsertMany(t.Context(), rows) {
		switch i {
		case 3, 7, 11:
			if !store.IsDuplicate(err, "_id") {
				t.Errorf("%d: got %v, want a clash on _id", i, err)
			}
		case 5:
			if !store.IsDuplicate(err, "byKey") {
				t.Errorf("%d: got %v, want a clash on byKey", i, err)
			}
		case 9:
			if err == nil {
				t.Errorf("%d: a broken rule was let through", i)
			}
		default:
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
	}
	got := ids(t.Context(), t, c, store.Query{Index: "byTag", Eq: []any{"x"}, Limit: 5})
	if fmt.Sprint(got) != "[r00 r01 r02 r04 r06 r08 r11]" {
		t.Errorf("stored: %v", got)
	}
}

// Writes that are committed together fail and succeed each for itself.
func testNeighbours(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	insert(t, c, named("taken"))
	const writers = 40
	errs := make([]error, writers)
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			row := named(fmt.Sprintf("r%02d", i))
			row.Tags = []string{"x"}
			if i%2 == 1 {
				row.Key = "taken"
			}
			errs[i] = c.Insert(t.Context(), row)
		})
	}
	wg.Wait()
	for i, err := range errs {
		if i%2 == 0 && err != nil || i%2 == 1 && !store.IsDuplicate(err, "byKey") {
			t.Errorf("%d: %v", i, err)
		}
	}
	if got := ids(t.Context(), t, c, store.Query{Index: "byTag", Eq: []any{"x"}, Limit: 50}); len(got) != writers/2 {
		t.Errorf("%d of %d are found by their tag: %v", len(got), writers/2, got)
	}
}
