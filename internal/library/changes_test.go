package library

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// apply makes the new sections of the old ones, as a phone does.
func (c *Changes) apply(old []Section) []Section {
	have := map[string]Section{}
	for _, s := range old {
		have[s.ID] = s
	}
	for _, ch := range c.Sections {
		switch ch.Op {
		case SectionAdded, SectionChanged:
			have[ch.Section.ID] = ch.Section
		case SectionRemoved:
			delete(have, ch.Section.ID)
		}
	}
	var out []Section
	for _, id := range c.SectionIDs {
		out = append(out, have[id])
	}
	return out
}

func drawSections(r *rapid.T, name string) []Section {
	ids := rapid.SliceOfNDistinct(rapid.IntRange(0, 12), 0, 8, rapid.ID[int]).Draw(r, name)
	var out []Section
	for _, id := range ids {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"một", "hai", "ba", "bốn"}), 0, 6).Draw(r, name)
		out = append(out, Section{ID: fmt.Sprint("s", id), Level: 1, Heading: rapid.SampledFrom([]string{"A", "B"}).Draw(r, name), HTML: "<p>" + strings.Join(words, " ") + "</p>"})
	}
	return out
}

// Applying the changes to the old version gives the new one, and every change
// is one: what is named differs, what is not does not.
func TestChangesMakeTheNewVersion(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		before, after := drawSections(r, "before"), drawSections(r, "after")
		var c Changes
		c.compare(before, after)
		if got := c.apply(before); !slices.Equal(got, after) {
			r.Fatalf("got %v, want %v by %+v", got, after, c)
		}
		moved := map[string]bool{}
		for _, ch := range c.Sections {
			moved[ch.Section.ID] = moved[ch.Section.ID] || ch.Op != SectionChanged || ch.Moved
			k := slices.IndexFunc(before, func(s Section) bool { return s.ID == ch.Section.ID })
			if ch.Op == SectionChanged && same(&before[k], &ch.Section) || ch.Op == SectionMoved && !same(&before[k], &ch.Section) {
				r.Fatalf("%s is no change of that kind", ch.Section.ID)
			}
		}
		// What neither moved, came nor went stands in its old order.
		left := func(list []Section) (out []string) {
			for _, s := range list {
				if !moved[s.ID] {
					out = append(out, s.ID)
				}
			}
			return out
		}
		if a, b := left(before), left(after); !slices.Equal(a, b) {
			r.Fatalf("%v and %v without a move", a, b)
		}
	})
}

// The runs hold both texts, whatever they are.
func TestRunsHoldBothTexts(t *testing.T) {
	t.Parallel()
	word := rapid.SampledFrom([]string{"a", "b", "c", " ", "\n", "ệ", "  "})
	rapid.Check(t, func(r *rapid.T) {
		before := strings.Join(rapid.SliceOfN(word, 0, 40).Draw(r, "before"), "")
		after := strings.Join(rapid.SliceOfN(word, 0, 40).Draw(r, "after"), "")
		holdRuns(r, before, after, diffText(before, after))
	})
	far := strings.Repeat("một hai ", 3000)
	holdRuns(t, far, strings.ReplaceAll(far, "hai", "ba"), diffText(far, strings.ReplaceAll(far, "hai", "ba")))
}

type failer interface{ Fatalf(string, ...any) }

func holdRuns(t failer, before, after string, runs []Run) {
	var a, b strings.Builder
	last := RunOp("")
	for _, r := range runs {
		if r.Op == last || r.Text == "" {
			t.Fatalf("two runs of one kind, or an empty one, in %q", runs)
		}
		last = r.Op
		if r.Op != Insert {
			a.WriteString(r.Text)
		}
		if r.Op != Remove {
			b.WriteString(r.Text)
		}
	}
	if a.String() != before || b.String() != after {
		t.Fatalf("%q and %q by %q", before, after, runs)
	}
}

// A small edit is told as a small edit.
func TestSmallEditsAreSmall(t *testing.T) {
	t.Parallel()
	got := diffText("Đảng viên học bốn chuyên đề trong năm", "Đảng viên học năm chuyên đề trong một năm")
	want := []Run{{Equal, "Đảng viên học "}, {Remove, "bốn "}, {Insert, "năm "}, {Equal, "chuyên đề trong "}, {Insert, "một "}, {Equal, "năm"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := diffText("như nhau", "như nhau"); len(got) != 1 || got[0].Op != Equal {
		t.Errorf("got %q", got)
	}
}
