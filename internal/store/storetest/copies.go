package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sotay/internal/store"
)

func copies() []testCase {
	return []testCase{
		{"DumpAndLoad", testDumpAndLoad},
		{"LoadRefused", testLoadRefused},
		{"Restore", testRestore},
		{"RestoreBrokenOff", testRestoreBrokenOff},
		{"RestoreIntoAStore", testRestoreIntoAStore},
	}
}

// dumped is all of a collection.
func dumped(t *testing.T, e store.Engine, s *store.Schema) []store.Raw {
	t.Helper()
	var all []store.Raw
	err := store.Dump(t.Context(), e, s, func(docs []store.Raw) error {
		all = append(all, docs...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// testDumpAndLoad moves documents to a second collection, of which they are
// found through every index.
func testDumpAndLoad(t *testing.T, open Opener) {
	e, c := prepared(t, open)
	for i := range 120 {
		row := named(fmt.Sprintf("id-%03d", i))
		row.Owner, row.N, row.Tags = fmt.Sprint("o", i%3), int64(i), []string{"x", fmt.Sprint(i % 2)}
		row.Body = strings.Repeat("thân bài ", 1+(i%7)*(i%7)*500)
		insert(t, c, row)
	}
	if _, err := c.Update(t.Context(), "id-007", func(r *thing) error { r.N = -7; return nil }); err != nil {
		t.Fatal(err)
	}
	all := dumped(t, e, thingSchema())
	if len(all) != 120 {
		t.Fatalf("dumped %d documents", len(all))
	}
	other := thingSchema()
	other.Name = "otherthings"
	if err := e.Prepare(t.Context(), []*store.Schema{other}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds all of it there
		if err := store.Load(t.Context(), e, other, all); err != nil {
			t.Fatal(err)
		}
	}
	again := dumped(t, e, other)
	if !slices.EqualFunc(all, again, func(a, b store.Raw) bool { return bytes.Equal(a, b) }) {
		t.Error("the documents are not the same as before")
	}
	copied := things(t, e, other)
	got, err := copied.Get(t.Context(), "id-007")
	if err != nil || got.Rev != 2 || got.N != -7 {
		t.Errorf("got %+v, %v", got.Meta, err)
	}
	for index, want := range map[string]int{"byOwner": 40, "byTag": 60} {
		q := store.Query{Index: index, Eq: []any{map[string]string{"byOwner": "o1", "byTag": "1"}[index]}, Limit: 50}
		if found := ids(t.Context(), t, copied, q); len(found) != want {
			t.Errorf("%s finds %d, want %d", index, len(found), want)
		}
	}
}

func testLoadRefused(t *testing.T, open Opener) {
	e, c := prepared(t, open)
	insert(t, c, named("a"), named("b"))
	all := dumped(t, e, thingSchema())
	if _, err := c.Update(t.Context(), "a", func(r *thing) error { r.N = 1; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := store.Load(t.Context(), e, thingSchema(), all); !errors.Is(err, store.ErrClash) {
		t.Errorf("over another state: %v, want %v", err, store.ErrClash)
	}
	if got, err := c.Get(t.Context(), "a"); err != nil || got.N != 1 {
		t.Errorf("written over: %+v, %v", got, err)
	}
	taken, err := store.Encode(&thing{Meta: store.Meta{ID: "z", Rev: 1, W: "w"}, Key: "b", At: day})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Load(t.Context(), e, thingSchema(), []store.Raw{taken}); !errors.Is(err, store.ErrClash) {
		t.Errorf("a unique key twice: %v, want %v", err, store.ErrClash)
	}
}

// one is a document to restore.
func one(t *testing.T) []store.Raw {
	t.Helper()
	doc, err := store.Encode(&thing{Meta: store.Meta{ID: "a", Rev: 3, W: "w"}, Key: "a", At: day})
	if err != nil {
		t.Fatal(err)
	}
	return []store.Raw{doc}
}

func testRestore(t *testing.T, open Opener) {
	var ran []int64
	e, m, docs := open(t), release(2, &ran), one(t)
	if _, err := m.Version(t.Context(), e); err == nil {
		t.Error("a new store has a version")
	}
	err := m.Restore(t.Context(), e, "x", 1, func(ctx context.Context) error { return store.Load(ctx, e, thingSchema(), docs) })
	if err != nil {
		t.Fatal(err)
	}
	if v, err := m.Version(t.Context(), e); v != 1 || err != nil {
		t.Errorf("version %d, %v", v, err)
	}
	// What came from an older release is brought forward like any store.
	if err := m.Run(t.Context(), e); err != nil || !slices.Equal(ran, []int64{2}) {
		t.Errorf("ran %v, %v", ran, err)
	}
	if got, err := things(t, e, thingSchema()).Get(t.Context(), "a"); err != nil || got.Rev != 3 {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := m.Restore(t.Context(), open(t), "x", 3, nil); !errors.Is(err, store.ErrNewerStore) {
		t.Errorf("from a newer release: %v", err)
	}
}

func testRestoreBrokenOff(t *testing.T, open Opener) {
	var ran []int64
	e, m, docs := open(t), release(1, &ran), one(t)
	off := errors.New("broken off")
	if err := m.Restore(t.Context(), e, "x", 1, func(context.Context) error { return off }); !errors.Is(err, off) {
		t.Fatal(err)
	}
	never := func(context.Context) error { t.Error("filled"); return nil }
	if err := m.Run(t.Context(), open(t)); !errors.Is(err, store.ErrRestoring) || len(ran) > 0 {
		t.Errorf("a part of a store is taken up: %v, ran %v", err, ran)
	}
	if _, err := m.Version(t.Context(), e); !errors.Is(err, store.ErrRestoring) {
		t.Errorf("version: %v", err)
	}
	if err := m.Restore(t.Context(), e, "y", 1, never); !errors.Is(err, store.ErrRestoring) {
		t.Errorf("another source: %v", err)
	}
	err := m.Restore(t.Context(), e, "x", 1, func(ctx context.Context) error { return store.Load(ctx, e, thingSchema(), docs) })
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Run(t.Context(), e); err != nil {
		t.Error(err)
	}
	if err := m.Restore(t.Context(), e, "x", 1, never); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("a second time: %v", err)
	}
}

func testRestoreIntoAStore(t *testing.T, open Opener) {
	var ran []int64
	e, m := open(t), release(1, &ran)
	never := func(context.Context) error { t.Error("filled"); return nil }
	if err := e.Prepare(t.Context(), []*store.Schema{thingSchema()}); err != nil {
		t.Fatal(err)
	}
	insert(t, things(t, e, thingSchema()), named("a"))
	if err := m.Restore(t.Context(), e, "x", 1, never); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("documents without a version: %v", err)
	}
	if err := m.Run(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if err := m.Restore(t.Context(), e, "x", 1, never); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("a store: %v", err)
	}
}
