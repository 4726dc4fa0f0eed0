package tree

import (
	"errors"
	"slices"
	"testing"
)

func open(id, name, parent string) Change {
	return Change{OrgID: id, Op: Open, Name: name, Kind: "unit", ParentID: parent}
}

func act(seq int64, on string, changes ...Change) Act { return Act{Seq: seq, On: on, Changes: changes} }

func build(t *testing.T, acts ...Act) *History {
	t.Helper()
	h, err := Build(acts)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// province is a root with two communes, one of which has two branches.
func province() []Act {
	return []Act{act(1, "2025-01-01", open("r", "Tỉnh", "")), act(2, "2025-01-01", open("a", "Xã A", "r"), open("b", "Xã B", "r")),
		act(3, "2025-02-01", open("a1", "Chi bộ 1", "a"), open("a10", "Chi bộ 10", "a"), open("a2", "Chi bộ 2", "a"))}
}

func TestMergerKeepsHistory(t *testing.T) {
	t.Parallel()
	h := build(t, append(province(),
		act(4, "2026-07-01", open("c", "Xã C", "r"), Change{OrgID: "a", Op: Close, Heirs: []string{"c"}}, Change{OrgID: "b", Op: Close, Heirs: []string{"c"}}))...)
	before, after := h.At("2026-06-30"), h.At("2026-07-01")
	if !slices.Equal(before.Path("a1"), []string{"r", "a", "a1"}) || before.Org("c") != nil {
		t.Errorf("before: %v", before.Path("a1"))
	}
	if !slices.Equal(after.Path("a1"), []string{"r", "c", "a1"}) || after.Org("a") != nil || after.Resolve("b") != "c" {
		t.Errorf("after: %v", after.Path("a1"))
	}
	if units := after.Org("a1").Units; !slices.Equal(units, []string{"r", "c", "a", "b", "a1"}) {
		t.Errorf("units %v", units)
	}
	if !slices.Equal(after.Org("c").Children, []string{"a1", "a2", "a10"}) {
		t.Errorf("children %v are not in the order of people", after.Org("c").Children)
	}
	if !slices.Equal(after.Path("a"), []string{"r", "c", "a"}) || after.Closed("a").Name != "Xã A" {
		t.Errorf("the closed one lies at %v", after.Path("a"))
	}
	if h.Same("2026-06-30", "2026-07-01") || !h.Same("2026-07-01", "2027-01-01") {
		t.Error("days of change are not known")
	}
}

func TestSplitAndDissolution(t *testing.T) {
	t.Parallel()
	h := build(t, append(province(),
		act(4, "2026-01-01", open("x", "Xã X", "r"), open("y", "Xã Y", "r"), Change{OrgID: "a", Op: Close, Heirs: []string{"x", "y"}},
			Change{OrgID: "a2", Op: Set, ParentID: "y"}),
		act(5, "2026-03-01", Change{OrgID: "a1", Op: Close}))...)
	s := h.At("2026-02-01")
	if !slices.Equal(s.Path("a1"), []string{"r", "x", "a1"}) || !slices.Equal(s.Path("a2"), []string{"r", "y", "a2"}) {
		t.Errorf("paths %v, %v", s.Path("a1"), s.Path("a2"))
	}
	if !slices.Contains(s.Org("y").Units, "a") || !slices.Contains(s.Org("x").Units, "a") {
		t.Error("a part of a split does not inherit")
	}
	if !slices.Equal(s.Path("a"), []string{"r", "a"}) {
		t.Errorf("what was split lies at %v", s.Path("a"))
	}
	if got := h.At("2026-03-01").Resolve("a1"); got != "x" {
		t.Errorf("a dissolved branch resolves to %q", got)
	}
}

// An act may be entered later for an earlier day, and does not undo what came
// after.
func TestActsEnteredLate(t *testing.T) {
	t.Parallel()
	h := build(t, append(province(), act(4, "2026-05-01", Change{OrgID: "a1", Op: Set, ParentID: "b"}),
		act(5, "2026-03-01", Change{OrgID: "a1", Op: Set, Name: "Chi bộ Một"}))...)
	s := h.At("2026-06-01")
	if o := s.Org("a1"); o.Name != "Chi bộ Một" || o.ParentID != "a" && o.ParentID != "b" {
		t.Errorf("got %+v", o)
	}
	if s.Org("a1").ParentID != "b" || h.At("2026-04-01").Org("a1").ParentID != "a" {
		t.Error("the move was undone")
	}
}

func TestContradictionsAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code string
		act  Act
	}{
		"twice":             {Exists, act(9, "2026-01-01", open("a", "A", "r"))},
		"no parent":         {NoParent, act(9, "2026-01-01", open("z", "Z", "nobody"))},
		"before its parent": {NoParent, act(9, "2024-01-01", open("z", "Z", "a"))},
		"second root":       {SecondRoot, act(9, "2026-01-01", open("z", "Z", ""))},
		"below itself":      {Cycle, act(9, "2026-01-01", Change{OrgID: "a", Op: Set, ParentID: "a1"})},
		"root moves":        {Cycle, act(9, "2026-01-01", Change{OrgID: "r", Op: Set, ParentID: "a"})},
		"into its child":    {Cycle, act(9, "2026-01-01", Change{OrgID: "a", Op: Close, Heirs: []string{"a1"}})},
		"heir is not there": {HeirNotOpen, act(9, "2026-01-01", Change{OrgID: "a", Op: Close, Heirs: []string{"z"}})},
		"has children":      {HasChildren, act(9, "2026-01-01", Change{OrgID: "a", Op: Close})},
		"root closes":       {RootCloses, act(9, "2026-01-01", Change{OrgID: "r", Op: Close})},
		"not open yet":      {NotOpen, act(9, "2024-01-01", Change{OrgID: "a", Op: Set, Name: "N"})},
		"undoes a later":    {NotOpen, act(9, "2025-01-15", Change{OrgID: "b", Op: Close, Heirs: []string{"a"}})},
		"nothing":           {NothingGiven, act(9, "2026-01-01", Change{OrgID: "a", Op: Set})},
		"nameless":          {NameMissing, act(9, "2026-01-01", Change{OrgID: "z", Op: Open, ParentID: "r"})},
		"code":              {CodeTaken, act(9, "2026-01-01", Change{OrgID: "a", Op: Set, Code: "7"}, Change{OrgID: "b", Op: Set, Code: "7"})},
		"unknown":           {UnknownOp, act(9, "2026-01-01", Change{OrgID: "a", Op: "burn"})},
	} {
		later := act(10, "2025-03-01", Change{OrgID: "b", Op: Set, Name: "Xã B mới"})
		_, err := Build(append(province(), later, c.act))
		var f *Fault
		if !errors.As(err, &f) || f.Code != c.code {
			t.Errorf("%s: got %v, want %s", name, err, c.code)
		}
	}
	deep := []Act{act(1, "2025-01-01", open("0", "0", ""))}
	for i := range MaxDepth {
		deep = append(deep, act(int64(i+2), "2025-01-01", open(string(rune('1'+i)), "x", string(rune('0'+i)))))
	}
	var f *Fault
	if _, err := Build(deep); !errors.As(err, &f) || f.Code != TooDeep {
		t.Errorf("too deep: %v", err)
	}
}
