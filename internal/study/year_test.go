package study

import (
	"testing"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/study/tally"
)

// Two drives of a year: what was owed and done, exempt members apart, and what
// was completed by somebody on no roll.
func TestYear(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	w.people.put(member("an", "a", "official", "active"))
	w.people.put(member("binh", "a", "official", "exempt"))
	w.people.put(member("chi", "b", "official", "active"))
	s := w.replica(t, e)
	first := w.opened(t, s)
	w.reads(t, s, "an", "s1", 1)
	w.reads(t, s, "an", "s2", 1)
	w.reads(t, s, "binh", "s1", 1)
	w.reads(t, s, "binh", "s2", 1)
	w.clock.advance(24 * time.Hour)
	second := w.opened(t, s)
	w.people.put(member("moi", "a", "probationary", "active")) // admitted since
	w.clock.advance(6 * 24 * time.Hour)                        // past the deadline
	w.reads(t, s, "chi", "s1", 1)
	secretary := staff("bithu", caller.Secretary, "a")
	for id, day := range map[string]string{"moi": "2026-11-24", "an": "2026-11-30"} {
		if _, _, err := s.RecordOnBehalf(t.Context(), secretary, second, OnBehalf{MemberID: id, Method: "paper", On: day, Reason: "r"}); err != nil {
			t.Fatal(err)
		}
	}
	rep, err := s.Year(t.Context(), staff("lanhdao", caller.Leader, "root"), 2026, "", 1)
	if err != nil || len(rep.Drives) != 2 || rep.Drives[0].Version.ItemID != first {
		t.Fatalf("%+v, %v", rep, err)
	}
	want := tally.Counts{Total: 6, Exempt: 2, Obliged: 4, CompletedObliged: 2, CompletedExempt: 1, OnBehalf: 1, Voluntary: 1, InProgress: 2}
	if rep.Unit.Counts != want || len(rep.Unit.Units) != 3 {
		t.Errorf("%+v", rep.Unit)
	}
	if none, err := s.Year(t.Context(), staff("lanhdao", caller.Leader, "root"), 2025, "", 1); err != nil || len(none.Drives) != 0 || none.Unit.Counts.Total != 0 {
		t.Errorf("the year before: %+v, %v", none, err)
	}
	_, err = s.Year(t.Context(), secretary, 2026, "b", 1)
	refused(t, err, fault.NotFound)
	list, err := s.YearMembers(t.Context(), secretary, 2026, "", "", 20)
	if err != nil || list.OrgID != "a" || len(list.Members) != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	late, early := false, true
	for _, want := range []YearMember{
		{MemberID: "an", Obliged: 2, CompletedObliged: 2, Drives: []YearMemberDrive{
			{DriveID: first, OnRoll: true, State: StateCompleted, Basis: tally.ByApp, On: "2026-11-23", OnTime: &early},
			{DriveID: second, OnRoll: true, State: StateCompleted, Basis: tally.OnBehalf, On: "2026-11-30", OnTime: &late}}},
		{MemberID: "binh", CompletedExempt: 1, Drives: []YearMemberDrive{
			{DriveID: first, OnRoll: true, Exempt: true, State: StateCompleted, Basis: tally.Voluntary, On: "2026-11-23"},
			{DriveID: second, OnRoll: true, Exempt: true, State: StateNotStarted}}},
		{MemberID: "moi", CompletedExempt: 1, Drives: []YearMemberDrive{
			{DriveID: second, Exempt: true, State: StateCompleted, Basis: tally.OnBehalf, On: "2026-11-24"}}},
	} {
		list.check(t, &want)
	}
}

// check compares what was done by a member.
func (l *YearMemberList) check(t *testing.T, want *YearMember) {
	t.Helper()
	for i := range l.Members {
		m := &l.Members[i]
		if m.MemberID != want.MemberID {
			continue
		}
		if m.Obliged != want.Obliged || m.CompletedObliged != want.CompletedObliged || m.CompletedExempt != want.CompletedExempt || len(m.Drives) != len(want.Drives) {
			t.Errorf("%+v", m)
			return
		}
		for k := range m.Drives {
			got, x := m.Drives[k], want.Drives[k]
			if (got.OnTime == nil) != (x.OnTime == nil) || got.OnTime != nil && *got.OnTime != *x.OnTime {
				t.Errorf("%s: on time %v", m.MemberID, got.OnTime)
			}
			if got.OnTime, x.OnTime = nil, nil; got != x {
				t.Errorf("%s: %+v, want %+v", m.MemberID, got, x)
			}
		}
		return
	}
	t.Errorf("%s is not there", want.MemberID)
}
