package search

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func drawText(t *rapid.T, label string) string {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{"đảng", "đang", "dang", "viên", "vien", "hoà", "hòa", "bình", "57", "NQ/TW,", "x"}), 0, 90)
	out := ""
	for _, w := range words.Draw(t, label) {
		out += w + " "
	}
	return out
}

func drawDoc(t *rapid.T, owner string) Doc {
	d := Doc{OwnerID: owner}
	for i := range rapid.IntRange(0, 3).Draw(t, "entries") {
		d.Entries = append(d.Entries, Entry{
			Kind: rapid.SampledFrom([]Kind{KindSection, KindQA}).Draw(t, "kind"), ID: fmt.Sprintf("%s/%d", owner, i), OwnerID: owner,
			Title: drawText(t, "title"), Text: drawText(t, "text"), TitleOnly: rapid.Bool().Draw(t, "titleOnly"),
		})
	}
	return d
}

func drawQuery(t *rapid.T) string {
	return rapid.SampledFrom([]string{"đảng", "dang vien", `"đảng viên"`, "hòa", "57-NQ/TW", `"dang dang" x`, "x x", "vien đang hoà"}).Draw(t, "query")
}

// TestChangesEqualBuild is the promise of the overlay: however an index came
// about, it answers as one built afresh, page by page too.
func TestChangesEqualBuild(t *testing.T) {
	t.Parallel()
	owners := []string{"a", "b", "c", "d", "e"}
	rapid.Check(t, func(t *rapid.T) {
		docs := map[string]Doc{}
		for _, o := range owners[:2] {
			docs[o] = drawDoc(t, o)
		}
		x := Build(values(docs))
		for range rapid.IntRange(0, 12).Draw(t, "changes") {
			o := rapid.SampledFrom(owners).Draw(t, "owner")
			switch rapid.IntRange(0, 4).Draw(t, "change") {
			case 0:
				x = x.Remove(o)
				delete(docs, o)
			case 1:
				x = x.Compact()
				if x.Overlay() != 0 {
					t.Fatalf("overlay of %d after Compact", x.Overlay())
				}
			default:
				docs[o] = drawDoc(t, o)
				x = x.Replace(Pack(docs[o]))
			}
		}
		hidden := rapid.SampledFrom(owners).Draw(t, "hidden")
		q := Query{Text: drawQuery(t), Limit: 200, Visible: func(o string) bool { return o != hidden }}
		got, _, err := x.Search(q)
		want, _, wantErr := Build(values(docs)).Search(q)
		if err != nil || wantErr != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q:\ngot  %+v\nwant %+v", q.Text, got, want)
		}
		if paged := pages(t, x, q, rapid.IntRange(1, 3).Draw(t, "page")); !slices.Equal(paged, ids(want)) {
			t.Fatalf("pages give %q, the list %q", paged, ids(want))
		}
		for _, h := range got {
			if h.OwnerID == hidden {
				t.Fatalf("hidden %q came out", h.ID)
			}
		}
	})
}

func values(docs map[string]Doc) []Doc {
	var out []Doc
	for _, d := range docs {
		out = append(out, d)
	}
	return out
}

func pages(t *rapid.T, x *Index, q Query, size int) []string {
	out := []string{}
	q.Limit = size
	for {
		hits, next, err := x.Search(q)
		if err != nil || len(hits) > size {
			t.Fatalf("page of %d: %d hits, %v", size, len(hits), err)
		}
		out = append(out, ids(hits)...)
		if next == nil {
			return out
		}
		q.After = next
	}
}

func TestPagesSurviveInserts(t *testing.T) {
	t.Parallel()
	var docs []Doc
	for i := range 30 {
		o := fmt.Sprintf("o%02d", i)
		docs = append(docs, Doc{OwnerID: o, Entries: []Entry{{ID: o, Text: "đảng viên"}}})
	}
	x := Build(docs)
	first, next, err := x.Search(Query{Text: "đảng", Limit: 10, Visible: everyone})
	if err != nil || next == nil {
		t.Fatal(next, err)
	}
	x = x.Replace(Pack(Doc{OwnerID: "new", Entries: []Entry{{ID: "a-new", Text: "đảng đảng đảng"}}})).Remove("o09")
	rest, _, err := x.Search(Query{Text: "đảng", Limit: 100, After: next, Visible: everyone})
	if err != nil || len(first) != 10 || len(rest) != 20 || rest[0].ID != "o10" {
		t.Errorf("rest %q, %v; want o10 to o29", ids(rest), err)
	}
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"đảng", `"a`, `""`, "\xff", "a\u0301\u0338", `"x" "x"`, "57-NQ/TW"} {
		f.Add(s, "đảng 57-NQ/TW "+s)
	}
	f.Fuzz(func(t *testing.T, query, text string) {
		x := Build([]Doc{{OwnerID: "o", Entries: []Entry{{ID: "e", Title: query, Text: text}}}})
		hits, _, err := x.Search(Query{Text: query, Visible: everyone})
		if err == nil && len(hits) > 1 {
			t.Fatalf("%d hits in one entry", len(hits))
		}
	})
}
