package tally

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func countsOf(rows []Row, rules Rules, at time.Time) Counts {
	var c Counts
	for i := range rows {
		c.Count(&rows[i], &rules, at)
	}
	return c
}

func hour(n int) time.Time { return time.Date(2026, 11, 25, n, 0, 0, 0, time.UTC) }

func row(k Kind, s Status, entries ...Entry) Row { return Row{Kind: k, Status: s, Entries: entries} }

func done(at int, b Basis) Entry { return Entry{Kind: Completed, At: hour(at), Basis: b} }

func told(k EntryKind, at int) Entry { return Entry{Kind: k, At: hour(at)} }

// The three rates of one small branch, worked out by hand.
func TestThreeRates(t *testing.T) {
	t.Parallel()
	rows := []Row{
		row(Official, Active, done(1, ByApp)),
		row(Official, Active, done(1, BySession)),
		row(Probationary, Active, told(Began, 1)),
		row(Official, TemporaryAttachment, done(1, OnBehalf), told(PassedIt, 1)),
		row(Official, Exempt, done(1, Voluntary)),
		row(Official, Exempt),
		row(Official, TemporarilyExempt),
	}
	c := countsOf(rows, Usual(), hour(2))
	want := Counts{Total: 7, Exempt: 3, TemporarilyExempt: 1, Obliged: 4, CompletedObliged: 3, CompletedExempt: 1, OnBehalf: 1, Session: 1, Voluntary: 1, InProgress: 1, QuizPassed: 1}
	if c != want {
		t.Errorf("got %+v\nwant %+v", c, want)
	}
	r := c.Rates()
	if *r.All != 4.0/7 || *r.Obliged != 3.0/4 || *r.Present != 4.0/5 {
		t.Errorf("rates %v %v %v", *r.All, *r.Obliged, *r.Present)
	}
	c = countsOf(rows, Rules{Exempt: []Status{Exempt, TemporarilyExempt}, Excused: []Kind{Probationary}}, hour(2))
	if c.Total != 7 || c.Obliged != 3 || c.Exempt != 3 {
		t.Errorf("probationary members excused: %+v", c)
	}
}

// A rate without anybody below the line is none, never 0.
func TestRatesOfNobody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows []Row
		want [3]bool // which of the rates are there
	}{
		"nobody":                    {nil, [3]bool{}},
		"exempt members alone":      {[]Row{row(Official, Exempt)}, [3]bool{true, false, false}},
		"one of them has completed": {[]Row{row(Official, Exempt, done(1, Voluntary))}, [3]bool{true, false, true}},
		"one obliged":               {[]Row{row(Official, Active)}, [3]bool{true, true, true}},
	} {
		counts := countsOf(c.rows, Usual(), hour(2))
		r := counts.Rates()
		if got := [3]bool{r.All != nil, r.Obliged != nil, r.Present != nil}; got != c.want {
			t.Errorf("%s: rates %v, want %v", name, got, c.want)
		}
	}
}

// What is recorded later is not in a report of before.
func TestAsOf(t *testing.T) {
	t.Parallel()
	rows := []Row{
		row(Official, Active, done(3, ByApp), told(Revoked, 5), done(7, OnBehalf)),
		row(Official, Active, told(Exempted, 4), told(Moved, 6)),
		row(Official, Active, told(Added, 5)),
		row(Official, Active, done(1, ByApp), told(Removed, 6)),
	}
	for at, want := range map[int]Counts{
		0: {Total: 3, Obliged: 3},
		3: {Total: 3, Obliged: 3, CompletedObliged: 2},
		5: {Total: 4, Obliged: 4, CompletedObliged: 1, Added: 1, ExemptedSince: 1},
		7: {Total: 3, Obliged: 3, CompletedObliged: 1, OnBehalf: 1, Added: 1, Removed: 1, ExemptedSince: 1, MovedSince: 1},
	} {
		if got := countsOf(rows, Usual(), hour(at)); got != want {
			t.Errorf("at %d: %+v\nwant %+v", at, got, want)
		}
	}
}

func rows() *rapid.Generator[[]Row] {
	kinds := []EntryKind{Added, Removed, Began, PassedIt, Completed, Revoked, Exempted, Moved, Suspended, Left, Died}
	entry := rapid.Custom(func(t *rapid.T) Entry {
		return Entry{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), At: hour(rapid.IntRange(0, 9).Draw(t, "at")),
			Basis: rapid.SampledFrom([]Basis{ByApp, BySession, OnBehalf, Voluntary}).Draw(t, "basis")}
	})
	one := rapid.Custom(func(t *rapid.T) Row {
		r := row(rapid.SampledFrom([]Kind{Official, Probationary}).Draw(t, "kind"),
			rapid.SampledFrom([]Status{Active, Exempt, TemporarilyExempt, TemporaryAttachment}).Draw(t, "status"), rapid.SliceOfN(entry, 0, 6).Draw(t, "entries")...)
		slices.SortStableFunc(r.Entries, func(a, b Entry) int { return a.At.Compare(b.At) })
		return r
	})
	return rapid.SliceOfN(one, 0, 20)
}

// However members are cut into units, the units add up to the whole, and no
// part is larger than what it is part of.
func TestUnitsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all, at := rows().Draw(t, "rows"), hour(rapid.IntRange(0, 9).Draw(t, "at"))
		cut := rapid.IntRange(0, len(all)).Draw(t, "cut")
		sum, rest := countsOf(all[:cut], Usual(), at), countsOf(all[cut:], Usual(), at)
		sum.Add(&rest)
		whole := countsOf(all, Usual(), at)
		if sum != whole {
			t.Fatalf("parts %+v\nwhole %+v", sum, whole)
		}
		if whole.Obliged+whole.Exempt != whole.Total || whole.CompletedObliged > whole.Obliged || whole.CompletedExempt > whole.Exempt ||
			whole.TemporarilyExempt > whole.Exempt || whole.OnBehalf+whole.Session+whole.Voluntary > whole.CompletedObliged+whole.CompletedExempt ||
			whole.InProgress+whole.CompletedObliged+whole.CompletedExempt > whole.Total {
			t.Fatalf("parts larger than the whole: %+v", whole)
		}
		r := whole.Rates()
		for _, x := range []*float64{r.All, r.Obliged, r.Present} {
			if x != nil && (*x < 0 || *x > 1) {
				t.Fatalf("a rate of %v", *x)
			}
		}
	})
}

// Every count is added: a new one that is forgotten shows.
func TestAddHasAll(t *testing.T) {
	t.Parallel()
	var c Counts
	if n := reflect.TypeOf(c).NumField(); n != len(c.all()) {
		t.Errorf("%d of %d counts are added", len(c.all()), n)
	}
}
