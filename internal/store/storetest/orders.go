package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sotay/internal/store"
)

func orders() []testCase {
	return []testCase{
		{"StringsByBytes", testStringsByBytes},
		{"TotalOrder", testTotalOrder},
		{"PagesUnderWrites", testPagesUnderWrites},
		{"Positions", testPositions},
	}
}

func testStringsByBytes(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	owners := []string{"", " ", "10", "9", "A", "B", "a", "b", "ba", "đ", "ê", "Ă", "Đ", "ử", "🇻🇳", "~"}
	for i, o := range owners {
		row := named(fmt.Sprintf("r%02d", i))
		row.Owner = o
		insert(t, c, row)
	}
	slices.Sort(owners)
	var got []string
	err := c.All(t.Context(), store.Query{Index: "byOwner"}, func(r thing) error {
		got = append(got, r.Owner)
		return nil
	})
	if err != nil || !slices.Equal(got, owners) {
		t.Errorf("got  %q\nwant %q, %v", got, owners, err)
	}
}

// testTotalOrder compares every kind of query with a model.
func testTotalOrder(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	ctx := t.Context()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(ctx, rt, c)
		for range rapid.IntRange(1, 6).Draw(rt, "queries") {
			q := drawQuery(rt)
			if got, want := ids(ctx, rt, c, q), w.find(q); !slices.Equal(got, want) {
				rt.Fatalf("%+v\ngot  %v\nwant %v", q, got, want)
			}
		}
	})
}

// testPagesUnderWrites inserts and removes between pages: what was there all
// the time comes exactly once and in order, what never was comes never.
func testPagesUnderWrites(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	ctx := t.Context()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(ctx, rt, c)
		q := drawQuery(rt)
		q.Limit = rapid.IntRange(1, 4).Draw(rt, "page")
		stayed, ever := w.find(q), w.find(q)
		var got []string
		for {
			page, err := c.Find(ctx, q)
			if err != nil {
				rt.Fatal(err)
			}
			for i := range page.Items {
				got = append(got, page.Items[i].ID)
			}
			if !page.More {
				break
			}
			q.After = page.Next
			w.disturb(ctx, rt, c)
			now := w.find(store.Query{Index: q.Index, Eq: q.Eq, From: q.From, To: q.To, Desc: q.Desc})
			stayed = slices.DeleteFunc(stayed, func(id string) bool { return !slices.Contains(now, id) })
			ever = append(ever, now...)
		}
		for i, id := range got {
			if slices.Contains(got[:i], id) || !slices.Contains(ever, id) {
				rt.Fatalf("%s comes twice or never was: %v", id, got)
			}
		}
		kept := slices.DeleteFunc(slices.Clone(got), func(id string) bool { return !slices.Contains(stayed, id) })
		if !slices.Equal(kept, stayed) {
			rt.Fatalf("%+v\ngot  %v\nwant %v at least", q, got, stayed)
		}
	})
}

// world is the model: the rows that are stored.
type world struct {
	rows map[string]*thing
	next int
}

// newWorld empties the collection and fills it with drawn rows.
func newWorld(ctx context.Context, rt *rapid.T, c *store.Collection[thing]) *world {
	w := &world{rows: map[string]*thing{}}
	err := c.Each(ctx, func(r thing) error { return c.DeleteIf(ctx, r.ID, r.Rev) })
	if err != nil {
		rt.Fatal(err)
	}
	w.add(ctx, rt, c, rapid.IntRange(0, 14).Draw(rt, "rows"))
	return w
}

func (w *world) add(ctx context.Context, rt *rapid.T, c *store.Collection[thing], n int) {
	var rows []*thing
	for range n {
		w.next++
		// Ids are in no order of their making.
		row := named(fmt.Sprintf("%c%d", 'a'+rapid.IntRange(0, 25).Draw(rt, "letter"), w.next))
		row.Owner = rapid.SampledFrom(owners()).Draw(rt, "owner")
		row.Draft.State = rapid.SampledFrom([]string{"open", "done"}).Draw(rt, "state")
		row.N = rapid.SampledFrom(numbers()).Draw(rt, "n")
		row.On = rapid.Bool().Draw(rt, "on")
		row.At = rapid.SampledFrom(times()).Draw(rt, "at")
		row.Tags = rapid.SliceOfN(rapid.SampledFrom(tags()), 0, 3).Draw(rt, "tags")
		rows = append(rows, row)
	}
	for i, err := range c.InsertMany(ctx, rows) {
		if err != nil {
			rt.Fatal(err)
		}
		w.rows[rows[i].ID] = rows[i]
	}
}

// disturb inserts some rows and removes some.
func (w *world) disturb(ctx context.Context, rt *rapid.T, c *store.Collection[thing]) {
	w.add(ctx, rt, c, rapid.IntRange(0, 2).Draw(rt, "added"))
	for range min(len(w.rows), rapid.IntRange(0, 2).Draw(rt, "removed")) {
		all := make([]string, 0, len(w.rows))
		for id := range w.rows {
			all = append(all, id)
		}
		slices.Sort(all)
		id := rapid.SampledFrom(all).Draw(rt, "gone")
		if err := c.DeleteIf(ctx, id, 1); err != nil {
			rt.Fatal(err)
		}
		delete(w.rows, id)
	}
}

func owners() []string { return []string{"", "an", "An", "ân", "anh", "b"} }
func numbers() []int64 { return []int64{-1 << 63, -1, 0, 1, 2, 1 << 53, 1<<53 + 1, 1<<63 - 1} }
func tags() []string   { return []string{"a", "b", "ă"} }
func times() []time.Time {
	return []time.Time{day, day.Add(time.Millisecond), day.Add(-time.Millisecond), time.UnixMilli(-5).UTC()}
}

func drawQuery(rt *rapid.T) store.Query {
	s := thingSchema()
	ix := rapid.SampledFrom(s.Indexes).Draw(rt, "index")
	q := store.Query{Index: ix.Name, Desc: rapid.Bool().Draw(rt, "desc"), Limit: rapid.IntRange(1, 20).Draw(rt, "limit")}
	if ix.Fields[0].Array {
		q.Eq = []any{rapid.SampledFrom(tags()).Draw(rt, "tag")}
		return q
	}
	n := rapid.IntRange(0, len(ix.Fields)).Draw(rt, "equal")
	for _, f := range ix.Fields[:n] {
		q.Eq = append(q.Eq, drawValue(rt, f))
	}
	if n < len(ix.Fields) {
		if rapid.Bool().Draw(rt, "hasFrom") {
			q.From = drawValue(rt, ix.Fields[n])
		}
		if rapid.Bool().Draw(rt, "hasTo") {
			q.To = drawValue(rt, ix.Fields[n])
		}
	}
	return q
}

func drawValue(rt *rapid.T, f store.Field) any {
	switch f.Type {
	case store.Int64:
		return rapid.SampledFrom(numbers()).Draw(rt, f.Path)
	case store.Bool:
		return rapid.Bool().Draw(rt, f.Path)
	case store.Date:
		return rapid.SampledFrom(times()).Draw(rt, f.Path)
	}
	switch f.Path {
	case "draft.state":
		return rapid.SampledFrom([]string{"open", "done", "none"}).Draw(rt, f.Path)
	case "key":
		return fmt.Sprintf("%c%d", 'a'+rapid.IntRange(0, 25).Draw(rt, "letter"), rapid.IntRange(1, 5).Draw(rt, "number"))
	}
	return rapid.SampledFrom(owners()).Draw(rt, f.Path)
}

// find answers a query from the model.
func (w *world) find(q store.Query) []string {
	ix := thingSchema().Index(q.Index)
	out := []string{}
	for id, r := range w.rows {
		if matches(r, ix, q) {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		for _, f := range ix.Fields {
			if f.Array {
				continue
			}
			if d := store.Compare(valueOf(w.rows[a], f), valueOf(w.rows[b], f)); d != 0 {
				return d
			}
		}
		return strings.Compare(a, b)
	})
	if q.Desc {
		slices.Reverse(out)
	}
	return out
}

func matches(r *thing, ix *store.Index, q store.Query) bool {
	if ix.Fields[0].Array {
		return slices.Contains(r.Tags, q.Eq[0].(string))
	}
	for i, v := range q.Eq {
		if store.Compare(valueOf(r, ix.Fields[i]), v) != 0 {
			return false
		}
	}
	if len(q.Eq) == len(ix.Fields) {
		return true
	}
	v := valueOf(r, ix.Fields[len(q.Eq)])
	return (q.From == nil || store.Compare(v, q.From) >= 0) && (q.To == nil || store.Compare(v, q.To) < 0)
}

func valueOf(r *thing, f store.Field) any {
	switch f.Path {
	case "owner":
		return r.Owner
	case "key":
		return r.Key
	case "draft.state":
		return r.Draft.State
	case "n":
		return r.N
	case "on":
		return r.On
	}
	return r.At
}

// testPositions carries a position over its encoded form, beyond the removal of
// its own document, and outside of the query's range.
func testPositions(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	for i := range 6 {
		row := named(fmt.Sprintf("r%d", i))
		row.On, row.N, row.At = true, int64(i/2), day.Add(time.Duration(i%2)*time.Millisecond)
		insert(t, c, row)
	}
	q := store.Query{Index: "byOn", Eq: []any{true}, Limit: 3}
	page, err := c.Find(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	b, err := page.Next.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if q.After, err = store.DecodePosition(b); err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteIf(t.Context(), "r2", 1); err != nil {
		t.Fatal(err)
	}
	if got := ids(t.Context(), t, c, q); !slices.Equal(got, []string{"r3", "r4", "r5"}) {
		t.Errorf("got %v", got)
	}
	q.From = int64(2)
	if got := ids(t.Context(), t, c, q); !slices.Equal(got, []string{"r4", "r5"}) {
		t.Errorf("range behind the position: got %v", got)
	}
	q.Desc, q.From, q.To = true, nil, int64(1)
	if got := ids(t.Context(), t, c, q); !slices.Equal(got, []string{"r1", "r0"}) {
		t.Errorf("range before the position, descending: got %v", got)
	}
}
