package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"sotay/internal/store"
)

func uncertain() []testCase {
	return []testCase{
		{"UncertainInsert", testUncertainInsert},
		{"UncertainInsertMany", testUncertainInsertMany},
		{"UncertainUpdate", testUncertainUpdate},
		{"UncertainDelete", testUncertainDelete},
		{"UncertainAppend", testUncertainAppend},
		{"UncertainAndGone", testUncertainAndGone},
	}
}

// first gives the first n writes a fate and lets the others pass.
func first(n int64, fate Fate) func(int64) Fate {
	return func(i int64) Fate {
		if i <= n {
			return fate
		}
		return Answered
	}
}

func fates() map[string]func(int64) Fate {
	return map[string]func(int64) Fate{
		"unanswered": first(1, Unanswered),
		"lost":       first(1, Lost),
		"lost twice": first(2, Lost),
		"lost, then unanswered": func(n int64) Fate {
			return map[int64]Fate{1: Lost, 2: Unanswered}[n]
		},
	}
}

func testUncertainInsert(t *testing.T, open Opener) {
	e, c := prepared(t, open)
	n := 0
	for name, plan := range fates() {
		n++
		row := named(fmt.Sprint("r", n))
		f := things(t, Flaky(e, plan), thingSchema())
		if err := f.Insert(t.Context(), row); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := c.Get(t.Context(), row.ID); err != nil || got.W != row.W {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
		f = things(t, Flaky(e, plan), thingSchema())
		if err := f.Insert(t.Context(), named(row.ID)); !store.IsDuplicate(err, "_id") {
			t.Errorf("%s, again: got %v, want a clash on _id", name, err)
		}
		other := named("other")
		other.Key = row.Key
		f = things(t, Flaky(e, plan), thingSchema())
		if err := f.Insert(t.Context(), other); !store.IsDuplicate(err, "byKey") {
			t.Errorf("%s, another's key: got %v, want a clash on byKey", name, err)
		}
	}
	f := things(t, Flaky(e, func(int64) Fate { return Lost }), thingSchema())
	if err := f.Insert(t.Context(), named("never")); !errors.Is(err, store.ErrUncertain) {
		t.Errorf("lost for ever: got %v, want %v", err, store.ErrUncertain)
	}
}

func testUncertainInsertMany(t *testing.T, open Opener) {
	e, c := prepared(t, open)
	insert(t, c, named("taken"))
	f := things(t, Flaky(e, first(1, Unanswered)), thingSchema())
	errs := f.InsertMany(t.Context(), []*thing{named("a"), named("taken"), named("b")})
	if errs[0] != nil || errs[2] != nil || !store.IsDuplicate(errs[1], "_id") {
		t.Errorf("unanswered: %v", errs)
	}
	f = things(t, Flaky(e, first(1, Lost)), thingSchema())
	for i, err := range f.InsertMany(t.Context(), []*thing{named("c"), named("d")}) {
		if !errors.Is(err, store.ErrUncertain) {
			t.Errorf("lost, %d: got %v, want %v", i, err, store.ErrUncertain)
		}
	}
}

func testUncertainUpdate(t *testing.T, open Opener) {
	e, c := prepared(t, open)
	insert(t, c, named("a"), named("b"))
	n := int64(0)
	for name, plan := range fates() {
		n++
		f := things(t, Flaky(e, plan), thingSchema())
		got, err := f.Update(t.Context(), "a", func(r *thing) error { r.N++; return nil })
		if err != nil || got.N != n {
			t.Errorf("%s: got %d, want %d, %v", name, got.N, n, err)
		}
		stored, err := c.Get(t.Context(), "a")
		if err != nil || stored.N != n || stored.W != got.W {
			t.Errorf("%s: stored %d, want %d, %v", name, stored.N, n, err)
		}
		f = things(t, Flaky(e, plan), thingSchema())
		if _, err = f.Update(t.Context(), "b", func(r *thing) error { r.Key = "a"; return nil }); !store.IsDuplicate(err, "byKey") {
			t.Errorf("%s, another's key: got %v, want a clash on byKey", name, err)
		}
	}
}

func testUncertainDelete(t *testing.T, open Opener) {
	e, c := prepared(t, open)
	insert(t, c, named("a"), named("b"))
	if err := things(t, Flaky(e, first(1, Unanswered)), thingSchema()).DeleteIf(t.Context(), "a", 1); err != nil {
		t.Errorf("unanswered: %v", err)
	}
	if err := things(t, Flaky(e, first(1, Lost)), thingSchema()).DeleteIf(t.Context(), "b", 1); !errors.Is(err, store.ErrUncertain) {
		t.Errorf("lost: got %v, want %v", err, store.ErrUncertain)
	}
}

func testUncertainAppend(t *testing.T, open Opener) {
	e := open(t)
	s := sequence(t, e)
	n := 0
	for name, plan := range fates() {
		n++
		f, err := store.NewSequence[row](Flaky(e, plan), rowSchema())
		if err != nil {
			t.Fatal(err)
		}
		got, err := appendKey(t.Context(), f, fmt.Sprint("k", n))
		if err != nil || got.Seq != int64(n) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
		f, err = store.NewSequence[row](Flaky(e, plan), rowSchema())
		if err != nil {
			t.Fatal(err)
		}
		if _, err = appendKey(t.Context(), f, fmt.Sprint("k", n)); !store.IsDuplicate(err, "byKey") {
			t.Errorf("%s, again: got %v, want a clash on byKey", name, err)
		}
	}
	checkChain(t, s, n)
}

// testUncertainAndGone has the caller leave while its write is on the way: the
// outcome is found out all the same.
func testUncertainAndGone(t *testing.T, open Opener) {
	e, c := prepared(t, open)
	ctx, cancel := context.WithCancel(t.Context())
	gone := Flaky(e, func(int64) Fate { return Unanswered })
	f := things(t, &leaving{gone, cancel}, thingSchema())
	if err := f.Insert(ctx, named("a")); err != nil {
		t.Errorf("insert: %v", err)
	}
	if _, err := c.Get(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}

// leaving ends the caller's context as soon as a write was made.
type leaving struct {
	store.Engine
	leave context.CancelFunc
}

func (l *leaving) Insert(ctx context.Context, s *store.Schema, docs []store.Raw) []error {
	defer l.leave()
	return l.Engine.Insert(ctx, s, docs)
}
