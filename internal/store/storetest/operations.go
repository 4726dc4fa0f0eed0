package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sotay/internal/store"
)

func operations() []testCase {
	return []testCase{
		{"Name", testName},
		{"InsertGet", testInsertGet},
		{"Absent", testAbsent},
		{"GetMany", testGetMany},
		{"Update", testUpdate},
		{"UpdateRefused", testUpdateRefused},
		{"DeleteIf", testDeleteIf},
		{"Scan", testScan},
		{"ArrayIndex", testArrayIndex},
		{"Dates", testDates},
		{"Largest", testLargest},
		{"CancelledContext", testCancelled},
		{"PrepareAgain", testPrepareAgain},
		{"NewFieldIsFilled", testNewField},
		{"ChangedIndexIsRefused", testChangedIndex},
		{"Majority", testMajority},
	}
}

func testName(t *testing.T, open Opener) {
	e := open(t)
	if n := e.Name(); n != "sqlite" && n != "mongodb" {
		t.Errorf("engine is named %q", n)
	}
	if err := e.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func testInsertGet(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	want := named("quyết-1")
	want.ID = "x1"
	want.Owner, want.N, want.On, want.Tags = "Nguyễn Văn Ân", -7, true, []string{"b", "a", "b"}
	want.Draft = draft{State: "open", Steps: []step{{"đọc"}, {"hiểu"}}}
	insert(t, c, want)
	got, err := c.Get(t.Context(), "x1")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(&got, want) {
		t.Errorf("got  %+v\nwant %+v", &got, want)
	}
	if got.Rev != 1 || got.W == "" {
		t.Errorf("revision %d, mark %q", got.Rev, got.W)
	}
}

func testAbsent(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	if _, err := c.Get(t.Context(), "none"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("get: %v, want %v", err, store.ErrNotFound)
	}
	if _, err := c.Update(t.Context(), "none", func(*thing) error { return nil }); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("update: %v, want %v", err, store.ErrNotFound)
	}
	if err := c.DeleteIf(t.Context(), "none", 1); !errors.Is(err, store.ErrStale) {
		t.Errorf("delete: %v, want %v", err, store.ErrStale)
	}
	if got := ids(t.Context(), t, c, store.Query{Index: "byAt", Limit: 5}); len(got) != 0 {
		t.Errorf("find: %v", got)
	}
}

func testGetMany(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	insert(t, c, named("a"), named("b"), named(`c"'<\`))
	got, err := c.GetMany(t.Context(), []string{"a", "nobody", `c"'<\`, "a"})
	if err != nil || len(got) != 2 || got["a"].ID != "a" || got[`c"'<\`].Key != `c"'<\` {
		t.Errorf("got %+v, %v", got, err)
	}
}

func testUpdate(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	insert(t, c, named("a"))
	got, err := c.Update(t.Context(), "a", func(r *thing) error {
		r.Owner, r.Tags, r.Draft.State = "an", []string{"x"}, "done"
		return nil
	})
	if err != nil || got.Rev != 2 || got.Owner != "an" {
		t.Fatalf("got %+v, %v", got, err)
	}
	stored, err := c.Get(t.Context(), "a")
	if err != nil || !reflect.DeepEqual(stored, got) {
		t.Errorf("stored %+v\nreturned %+v, %v", stored, got, err)
	}
	for _, q := range []store.Query{
		{Index: "byOwner", Eq: []any{"an"}, Limit: 5}, {Index: "byTag", Eq: []any{"x"}, Limit: 5},
		{Index: "byState", Eq: []any{"done", int64(0)}, Limit: 5},
	} {
		if got := ids(t.Context(), t, c, q); !slices.Equal(got, []string{"a"}) {
			t.Errorf("%s finds %v after the update", q.Index, got)
		}
	}
	if got := ids(t.Context(), t, c, store.Query{Index: "byOwner", Eq: []any{""}, Limit: 5}); len(got) != 0 {
		t.Errorf("the old value still finds %v", got)
	}
}

func testUpdateRefused(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	insert(t, c, named("a"))
	no := errors.New("no")
	if _, err := c.Update(t.Context(), "a", func(*thing) error { return no }); !errors.Is(err, no) {
		t.Errorf("got %v, want %v", err, no)
	}
	got, err := c.Update(t.Context(), "a", func(*thing) error { return store.ErrUnchanged })
	if err != nil || got.Rev != 1 {
		t.Errorf("unchanged: revision %d, %v", got.Rev, err)
	}
	if _, err := c.Update(t.Context(), "a", func(r *thing) error { r.ID = "b"; return nil }); err == nil {
		t.Error("an update may change the id")
	}
}

func testDeleteIf(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	row := named("a")
	row.Tags = []string{"x"}
	insert(t, c, row)
	if err := c.DeleteIf(t.Context(), "a", 2); !errors.Is(err, store.ErrStale) {
		t.Errorf("another revision: %v, want %v", err, store.ErrStale)
	}
	if err := c.DeleteIf(t.Context(), "a", 1); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(t.Context(), "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("get: %v, want %v", err, store.ErrNotFound)
	}
	if got := ids(t.Context(), t, c, store.Query{Index: "byTag", Eq: []any{"x"}, Limit: 5}); len(got) != 0 {
		t.Errorf("the array index still finds %v", got)
	}
	insert(t, c, row) // its keys are free again
}

func testScan(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	var want []string
	var rows []*thing
	for i := range 23 {
		rows = append(rows, named(fmt.Sprintf("id-%02d", (i*7)%23)))
		want = append(want, fmt.Sprintf("id-%02d", i))
	}
	insert(t, c, rows...)
	var got []string
	for after := ""; ; {
		page, err := c.Scan(t.Context(), after, 5)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page {
			got = append(got, page[i].ID)
			after = page[i].ID
		}
		if len(page) < 5 {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	got = nil
	err := c.Each(t.Context(), func(r thing) error { got = append(got, r.ID); return nil })
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("each: %v, %v", got, err)
	}
}

func testArrayIndex(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	for i := range 9 {
		row := named(fmt.Sprintf("r%d", i))
		row.Tags = []string{"all", fmt.Sprint("mod", i%3), "all"}
		insert(t, c, row)
	}
	q := store.Query{Index: "byTag", Eq: []any{"all"}, Limit: 4}
	want := []string{"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"}
	if got := ids(t.Context(), t, c, q); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	q.Desc = true
	slices.Reverse(want)
	if got := ids(t.Context(), t, c, q); !slices.Equal(got, want) {
		t.Errorf("descending: got %v", got)
	}
	if got := ids(t.Context(), t, c, store.Query{Index: "byTag", Eq: []any{"mod1"}, Limit: 2}); !slices.Equal(got, []string{"r1", "r4", "r7"}) {
		t.Errorf("mod1: got %v", got)
	}
}

func testDates(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	hanoi := time.FixedZone("+07", 7*3600)
	row := named("a")
	row.At = time.Date(2026, 1, 1, 6, 30, 0, 123_999_999, hanoi)
	insert(t, c, row)
	got, err := c.Get(t.Context(), "a")
	want := time.Date(2025, 12, 31, 23, 30, 0, 123_000_000, time.UTC)
	if err != nil || got.At != want {
		t.Fatalf("got %v, want %v, %v", got.At, want, err)
	}
	for name, q := range map[string]store.Query{
		"equal":    {Index: "byAt", Eq: []any{row.At}, Limit: 1},
		"from":     {Index: "byAt", From: want, Limit: 1},
		"to above": {Index: "byAt", To: want.Add(time.Millisecond), Limit: 1},
	} {
		if got := ids(t.Context(), t, c, q); len(got) != 1 {
			t.Errorf("%s: nothing found", name)
		}
	}
	if got := ids(t.Context(), t, c, store.Query{Index: "byAt", To: want, Limit: 1}); len(got) != 0 {
		t.Error("the end of a range is not in it")
	}
}

func testLargest(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	row := named("a")
	row.Body = strings.Repeat("x", store.MaxDocument)
	if err := c.Insert(t.Context(), row); !errors.Is(err, store.ErrTooLarge) {
		t.Fatalf("got %v, want %v", err, store.ErrTooLarge)
	}
	row.Body = row.Body[:store.MaxDocument-600]
	insert(t, c, row)
	got, err := c.Get(t.Context(), "a")
	if err != nil || got.Body != row.Body {
		t.Fatalf("%d bytes, %v", len(got.Body), err)
	}
}

func testCancelled(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	insert(t, c, named("a"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := map[string]func() error{
		"insert":     func() error { return c.Insert(ctx, named("b")) },
		"insertMany": func() error { return c.InsertMany(ctx, []*thing{named("c")})[0] },
		"get":        func() error { _, err := c.Get(ctx, "a"); return err },
		"find":       func() error { _, err := c.Find(ctx, store.Query{Index: "byAt", Limit: 1}); return err },
		"scan":       func() error { _, err := c.Scan(ctx, "", 1); return err },
		"delete":     func() error { return c.DeleteIf(ctx, "a", 1) },
		"update": func() error {
			_, err := c.Update(ctx, "a", func(r *thing) error { r.N = 1; return nil })
			return err
		},
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUncertain) {
			t.Errorf("%s: %v, want %v", name, err, context.Canceled)
		}
	}
	left, err := c.Scan(t.Context(), "", 10)
	if err != nil || len(left) != 1 || left[0].Rev != 1 {
		t.Errorf("after the end of its context a call wrote: %+v, %v", left, err)
	}
}

func testPrepareAgain(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	insert(t, c, named("a"))
	_, other := prepared(t, open)
	if _, err := other.Get(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}

func testNewField(t *testing.T, open Opener) {
	e := open(t)
	old := &store.Schema{Name: "things", Indexes: thingSchema().Indexes[:1]}
	if err := e.Prepare(t.Context(), []*store.Schema{old}); err != nil {
		t.Fatal(err)
	}
	before := things(t, e, old)
	for i := range 7 {
		row := named(fmt.Sprintf("r%d", i))
		row.N, row.Draft.State, row.Tags = int64(-i), "open", []string{"x"}
		insert(t, before, row)
	}
	_, after := prepared(t, open)
	want := []string{"r6", "r5", "r4", "r3", "r2", "r1", "r0"}
	if got := ids(t.Context(), t, after, store.Query{Index: "byState", Eq: []any{"open"}, Limit: 3}); !slices.Equal(got, want) {
		t.Errorf("new index finds %v", got)
	}
	if got := ids(t.Context(), t, after, store.Query{Index: "byTag", Eq: []any{"x"}, Limit: 3}); len(got) != 7 {
		t.Errorf("new array index finds %v", got)
	}
	if err := after.Insert(t.Context(), &thing{Meta: store.Meta{ID: "z"}, Key: "r3"}); !store.IsDuplicate(err, "byKey") {
		t.Errorf("new unique key: %v", err)
	}
	// A process of the release before is still at work on the new store.
	row := named("late")
	row.Draft.State, row.N, row.Tags = "open", 9, []string{"x"}
	insert(t, before, row)
	if _, err := before.Update(t.Context(), "r0", func(r *thing) error { r.Draft.State, r.Tags = "done", nil; return nil }); err != nil {
		t.Fatal(err)
	}
	want = append(want[:6:6], "late")
	if got := ids(t.Context(), t, after, store.Query{Index: "byState", Eq: []any{"open"}, Limit: 3}); !slices.Equal(got, want) {
		t.Errorf("after writes of an older process the new index finds %v, want %v", got, want)
	}
	if got := ids(t.Context(), t, after, store.Query{Index: "byTag", Eq: []any{"x"}, Limit: 9}); len(got) != 7 || slices.Contains(got, "r0") {
		t.Errorf("after writes of an older process the new array index finds %v", got)
	}
}

func testChangedIndex(t *testing.T, open Opener) {
	e, _ := prepared(t, open)
	s := thingSchema()
	s.Indexes[0].Fields = s.Indexes[0].Fields[:1]
	if err := e.Prepare(t.Context(), []*store.Schema{s}); err == nil {
		t.Error("an index may change its fields under the same name")
	}
}

func testMajority(t *testing.T, open Opener) {
	e := open(t)
	s := thingSchema()
	s.Majority = true
	if err := e.Prepare(t.Context(), []*store.Schema{s}); err != nil {
		t.Fatal(err)
	}
	c := things(t, e, s)
	insert(t, c, named("a"))
	if _, err := c.Get(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}
