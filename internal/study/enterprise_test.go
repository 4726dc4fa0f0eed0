package study

import (
	"testing"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/study/tally"
)

// works makes members who work at an enterprise.
func (w *world) works(enterprise, org string, ids ...string) {
	for _, id := range ids {
		m := member(id, org, "official", "active")
		m.EnterpriseID = enterprise
		w.people.put(m)
	}
}

// over is somebody with a role over an enterprise.
func over(id string, role caller.RoleName, enterprise string) *caller.Caller {
	m := member(id, "a", "official", "active")
	m.Roles = []caller.Role{{Name: role, EnterpriseID: enterprise}}
	return &caller.Caller{Identity: &m, SessionID: "phien-" + id}
}

// An enterprise is counted across branches. Its leader sees it alone, and is not
// told of a branch with few of its members, nor of one by which those could be
// reckoned.
func TestEnterprises(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	w.works("may", "a", "m1", "m2", "m3")
	w.works("may", "b", "m4", "m5", "m6", "m7", "m8", "m9")
	w.works("thep", "b", "t1")
	w.people.put(member("khac", "a", "official", "active"))
	s := w.replica(t, e)
	id := w.opened(t, s)
	w.reads(t, s, "m1", "s1", 1)
	w.reads(t, s, "m1", "s2", 1)
	all, err := s.Enterprises(t.Context(), staff("lanhdao", caller.Leader, "root"), id, "", "")
	if err != nil || len(all.Enterprises) != 2 || all.OrgID != "root" {
		t.Fatalf("%+v, %v", all, err)
	}
	want := tally.Counts{Total: 9, Obliged: 9, CompletedObliged: 1}
	if x := all.Enterprises[0]; x.ID != "may" || x.Counts != want || x.Units[0].Suppressed || x.Units[0].Counts.Total != 3 {
		t.Errorf("of the province: %+v", x)
	}
	below, err := s.Enterprises(t.Context(), staff("bithu", caller.Secretary, "a"), id, "", "")
	if err != nil || len(below.Enterprises) != 1 || below.Enterprises[0].Counts.Total != 3 {
		t.Errorf("of a: %+v, %v", below, err)
	}
	boss := over("chu", caller.Leader, "may")
	own, err := s.Enterprises(t.Context(), boss, id, "", "")
	if err != nil || len(own.Enterprises) != 1 || own.Enterprises[0].Counts != want || own.OrgID != "" {
		t.Errorf("own: %+v, %v", own, err)
	}
	one, err := s.Enterprise(t.Context(), boss, id, "may", "", "")
	if err != nil || len(one.Enterprises[0].Units) != 2 || !one.Enterprises[0].Units[0].Suppressed || !one.Enterprises[0].Units[1].Suppressed {
		t.Errorf("by branch: %+v, %v", one, err)
	}
	_, err = s.Enterprise(t.Context(), boss, id, "may", "", "2026-11-22")
	refused(t, err, notOpen) // on that day
	both := over("chu-bithu", caller.Leader, "may")
	both.Roles = append(both.Roles, caller.Role{Name: caller.Leader, OrgID: "root"})
	if list, err := s.Enterprises(t.Context(), both, id, "", ""); err != nil || len(list.Enterprises) != 2 {
		t.Errorf("over the province too: %+v, %v", list, err)
	}
	if one, err := s.Enterprise(t.Context(), both, id, "may", "", ""); err != nil || one.Enterprises[0].Units[0].Suppressed {
		t.Errorf("who may read all names: %+v, %v", one, err)
	}
	for name, who := range map[string]*caller.Caller{"another's": over("chu-thep", caller.Leader, "thep"), "a member": w.as("m1"), "an editor": staff("bt", caller.Editor, "root")} {
		_, err := s.Enterprise(t.Context(), who, id, "may", "", "")
		if refused(t, err, fault.NotFound); t.Failed() {
			t.Fatal(name)
		}
	}
	_, err = s.Enterprise(t.Context(), boss, id, "may", "root", "")
	refused(t, err, fault.NotFound)
}

// Three branches of which one is small: another one is hidden with it, and the
// third is told.
func TestEnterpriseUnitsAreHiddenTogether(t *testing.T) {
	t.Parallel()
	x := Enterprise{Units: []EnterpriseUnit{{OrgID: "a", Counts: tally.Counts{Total: 2}}, {OrgID: "b", Counts: tally.Counts{Total: 6}}, {OrgID: "c", Counts: tally.Counts{Total: 30}}}}
	x.sum()
	x.hide(nil, func(string) bool { return false })
	if !x.Units[0].Suppressed || !x.Units[1].Suppressed || x.Units[2].Suppressed || x.Counts.Total != 38 {
		t.Errorf("%+v", x)
	}
}

// A unit whose one member was taken off the roll is hidden as it was before, and
// what is hidden today was hidden yesterday.
func TestEnterpriseUnitsStayHidden(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	w.works("may", "a", "m1")
	w.works("may", "b", "m2", "m3", "m4", "m5", "m6", "m7")
	s := w.replica(t, e)
	id := w.opened(t, s)
	boss, leader := over("chu", caller.Leader, "may"), staff("lanhdao", caller.Leader, "root")
	if _, err := s.ChangeRoll(t.Context(), leader, id, "m1", RemoveFromRoll, "Nhầm."); err != nil {
		t.Fatal(err)
	}
	w.people.put(member("m1", "a", "official", "suspended"))
	if err := s.NoteChanges(t.Context()); err != nil {
		t.Fatal(err)
	}
	for k := range 5 { // a is no longer small
		m := member(string(rune('p'+k)), "a", "official", "active")
		m.EnterpriseID = "may"
		w.people.put(m)
		if _, err := s.ChangeRoll(t.Context(), leader, id, m.MemberID, AddToRoll, "Mới vào."); err != nil {
			t.Fatal(err)
		}
	}
	rep, err := s.Enterprise(t.Context(), boss, id, "may", "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range rep.Enterprises[0].Units {
		if !u.Suppressed {
			t.Errorf("told: %+v", u)
		}
	}
	if n := rep.Enterprises[0].Counts; n.Total != 11 || n.Added != 5 || n.Removed != 1 || n.SuspendedSince != 0 {
		t.Errorf("the whole: %+v", n)
	}
}

// Whatever day is asked about, the same units are hidden: also one that has got
// all of its people since the opening, and with the units of somebody who may read
// the names of one of them.
func TestHiddenOnEveryDay(t *testing.T) {
	t.Parallel()
	units := func(a, b, c tally.Counts) *Enterprise {
		x := &Enterprise{Units: []EnterpriseUnit{{OrgID: "a", Counts: a}, {OrgID: "b", Counts: b}, {OrgID: "c", Counts: c}}}
		x.sum()
		return x
	}
	nobody := func(string) bool { return false }
	live := map[string]*tally.Counts{"a": {Total: 7, Added: 7}, "b": {Total: 6}, "c": {Total: 30}}
	for name, a := range map[string]tally.Counts{"three": {Total: 3, Added: 3}, "five": {Total: 5, Added: 5}, "seven": *live["a"]} {
		x := units(a, *live["b"], *live["c"])
		if x.hide(live, nobody); !x.Units[0].Suppressed || !x.Units[1].Suppressed || x.Units[2].Suppressed {
			t.Errorf("%s: %+v", name, x.Units)
		}
	}
	x := units(tally.Counts{Total: 4}, tally.Counts{Total: 3}, tally.Counts{Total: 30})
	if x.hide(nil, func(id string) bool { return id == "a" }); x.Units[0].Suppressed || !x.Units[1].Suppressed || !x.Units[2].Suppressed {
		t.Errorf("who may read the names of a: %+v", x.Units)
	}
}
