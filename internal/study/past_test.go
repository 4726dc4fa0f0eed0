package study

import (
	"testing"
	"time"

	"sotay/internal/caller"
)

// A report of a past day says the same however often it is asked for and
// whatever has come since, and the same as a process that counts it anew.
func TestPastDays(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	for _, id := range []string{"m1", "m2", "m3"} {
		w.people.put(member(id, "a", "official", "active"))
	}
	w.works("may", "b", "m4")
	s := w.replica(t, e)
	id := w.opened(t, s)
	secretary, leader := staff("bithu", caller.Secretary, "a"), staff("lanhdao", caller.Leader, "root")
	days := []struct {
		act  func() error
		want int64
	}{
		{func() error { return nil }, 0},
		{func() error { w.reads(t, s, "m1", "s1", 1); w.reads(t, s, "m1", "s2", 1); return nil }, 1},
		{func() error {
			_, _, err := s.RecordOnBehalf(t.Context(), secretary, id, OnBehalf{MemberID: "m2", Method: "paper", On: "2026-11-23", Reason: "r"})
			return err
		}, 2},
		{func() error {
			_, err := s.Correct(t.Context(), secretary, CompletionID(id, "m1"), Revoke, "r")
			return err
		}, 1},
		{func() error {
			_, err := s.ChangeRoll(t.Context(), leader, id, "m2", RemoveFromRoll, "r")
			return err
		}, 0},
		{func() error { return nil }, 0},
	}
	for last, today := range days {
		if err := today.act(); err != nil {
			t.Fatal(err)
		}
		fresh := w.replica(t, e)
		for k := range last {
			day := time.Date(2026, 11, 23+k, 12, 0, 0, 0, time.UTC).Format(time.DateOnly)
			for range 2 {
				got, anew := w.count(t, s, id, day).Unit.Counts, w.count(t, fresh, id, day).Unit.Counts
				if got != anew || got.CompletedObliged != days[k].want {
					t.Errorf("on day %d, of day %d: %+v, counted anew %+v", last, k, got, anew)
				}
			}
		}
		w.clock.advance(24 * time.Hour)
	}
}
