package library

import (
	"reflect"
	"testing"

	"sotay/internal/audience"
	"sotay/internal/publication"
)

// TestCardsStandForVersions: a start from cards, from none, from broken ones
// and from those of another release shows the same, and leaves good ones.
func TestCardsStandForVersions(t *testing.T) {
	t.Parallel()
	e := openEngine(t)
	f := newFixture(t, e)
	id := f.out(t, "", "chuyển đổi số", audience.Everyone())
	f.out(t, id, "chuyển đổi xanh", audience.Everyone())
	second := publication.VersionID(id, 2)
	reader := who("m", "a")
	seen := func(f *fixture) any {
		hits, _, err := f.Search(reader, "xanh", nil, "", 10)
		if err != nil || len(hits) == 0 {
			t.Fatal(hits, err)
		}
		list, _, err := f.Documents(reader, DocumentFilter{}, "", 10)
		if err != nil || len(list) != 1 || list[0].Words == 0 {
			t.Fatal(list, err)
		}
		return []any{hits, list}
	}
	want := seen(f)
	good := func(f *fixture) {
		t.Helper()
		if err := f.documentCards.keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		x, err := f.documentCards.rows.Get(t.Context(), second)
		if err != nil || x.Format != cardFormat || len(x.Version.Payload.Sections) != 0 || len(x.Text) < 10 {
			t.Fatalf("card %+v, %v", x, err)
		}
		all, err := f.documentCards.rows.Scan(t.Context(), "", 10)
		if err != nil || len(all) != 1 {
			t.Fatalf("%d cards, %v", len(all), err)
		}
	}
	good(f)
	for name, spoil := range map[string]func(*card[Document]) error{
		"whole":         func(*card[Document]) error { return nil },
		"broken":        func(x *card[Document]) error { x.Text = x.Text[:5]; return nil },
		"of old format": func(x *card[Document]) error { x.Format = cardFormat - 1; return nil },
	} {
		if _, err := f.documentCards.rows.Update(t.Context(), second, spoil); err != nil {
			t.Fatal(err)
		}
		again := newFixture(t, e)
		if made := len(again.documentCards.made); (made == 0) != (name == "whole") {
			t.Errorf("%s: %d cards made", name, made)
		}
		if got := seen(again); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
		good(again)
	}
	// A newer release's card is left alone.
	if _, err := f.documentCards.rows.Update(t.Context(), second, func(x *card[Document]) error { x.Format = cardFormat + 1; return nil }); err != nil {
		t.Fatal(err)
	}
	again := newFixture(t, e)
	if got := seen(again); !reflect.DeepEqual(got, want) {
		t.Errorf("newer: got %+v, want %+v", got, want)
	}
	if err := again.documentCards.keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if x, err := f.documentCards.rows.Get(t.Context(), second); err != nil || x.Format != cardFormat+1 {
		t.Errorf("a newer card was replaced: %+v, %v", x, err)
	}
}
