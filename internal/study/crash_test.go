package study

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/store"
	"sotay/internal/store/storetest"
	"sotay/internal/study/tally"
)

// sweep has a process finish what dead ones left, until nothing is left.
func sweep(t *testing.T, w *world, s *Service) {
	t.Helper()
	for taken := 1; taken > 0; {
		w.clock.advance(10 * time.Minute)
		taken = 0
		for _, sw := range s.Sweepers() {
			n, err := sw.Sweep(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			taken += n
		}
	}
}

// crashing is an act that a process dies in.
type crashing struct {
	// unopened has the drive opened by the act itself; before is done by a
	// process that lives.
	unopened bool
	before   func(w *world, s *Service, drive string) error
	act      func(w *world, s *Service, drive string) error
	want     tally.Counts
	pages    int
}

func crashes() map[string]crashing {
	secretary, leader := staff("bithu", caller.Secretary, "a"), staff("lanhdao", caller.Leader, "root")
	ctx := context.Background()
	record := func(_ *world, s *Service, drive string) error {
		_, _, err := s.RecordOnBehalf(ctx, secretary, drive, OnBehalf{MemberID: "doc", Method: "paper", On: "2026-11-23", Reason: "r"})
		return err
	}
	roll := func(member string, kind RollActKind) func(*world, *Service, string) error {
		return func(_ *world, s *Service, drive string) error {
			_, err := s.ChangeRoll(ctx, leader, drive, member, kind, "r")
			return err
		}
	}
	return map[string]crashing{
		"evidence":  {act: readsAll, want: tally.Counts{Total: 1, Obliged: 1, CompletedObliged: 1}},
		"on behalf": {act: record, want: tally.Counts{Total: 1, Obliged: 1, CompletedObliged: 1, OnBehalf: 1}},
		"open":      {unopened: true, act: func(_ *world, s *Service, _ string) error { return s.OpenDue(ctx) }, want: tally.Counts{Total: 1, Obliged: 1}},
		"correct": {before: record, act: func(_ *world, s *Service, drive string) error {
			_, err := s.Correct(ctx, secretary, CompletionID(drive, "doc"), Revoke, "r")
			return err
		}, want: tally.Counts{Total: 1, Obliged: 1}},
		"freeze": {before: record, act: func(_ *world, s *Service, drive string) error {
			_, err := s.Freeze(ctx, leader, drive, "Sơ kết")
			return err
		}, want: tally.Counts{Total: 1, Obliged: 1, CompletedObliged: 1, OnBehalf: 1}},
		"add": {before: func(w *world, s *Service, drive string) error {
			w.people.put(member("moi", "b", "official", "active"))
			_, _, err := s.RecordOnBehalf(ctx, staff("bithu-b", caller.Secretary, "b"), drive, OnBehalf{MemberID: "moi", Method: "paper", On: "2026-11-23", Reason: "r"})
			return err
		}, act: roll("moi", AddToRoll), want: tally.Counts{Total: 2, Obliged: 2, CompletedObliged: 1, OnBehalf: 1, Added: 1}, pages: 2},
		"remove": {act: roll("doc", RemoveFromRoll), want: tally.Counts{Removed: 1}},
	}
}

// readsAll sends what a phone has seen of both sections.
func readsAll(w *world, s *Service, _ string) error {
	now := w.clock.now()
	var events []Event
	for _, section := range []string{"s1", "s2"} {
		e := Event{ID: section, Kind: ProgressEvent, TextKind: textDocument, TextID: "nq", Version: 1, SectionID: section, SessionID: "phien", At: now.Add(-30 * time.Second)}
		later := e
		later.At, later.ForegroundMillis, later.ReachedEnd = now, 10_000, true
		events = append(events, e, later)
	}
	_, err := s.TakeEvents(context.Background(), w.as("doc"), nil, events)
	return err
}

// Wherever a process dies while it takes evidence, records on behalf, corrects,
// freezes, changes the roll or opens, another brings it to its end: it is done
// once, and the counters are those of the completions.
func TestCrashAtEveryWrite(t *testing.T) {
	t.Parallel()
	for name, act := range crashes() {
		for _, behind := range []bool{false, true} {
			died := 0
			for k := int64(1); k < 40; k++ {
				if !act.crashAt(t, name, k, behind) {
					break
				}
				died++
			}
			if died < 2 || died > 30 {
				t.Errorf("%s: died at %d writes", name, died)
			}
		}
	}
}

func (a *crashing) crashAt(t *testing.T, name string, k int64, behind bool) (died bool) {
	t.Helper()
	w, e := newWorld(), openEngine(t)
	s := w.replica(t, e)
	w.people.put(member("doc", "a", "official", "active"))
	drive := w.publish(t, s, readStep())
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s, write %d: %v", name, k, err)
		}
	}
	if !a.unopened {
		must(s.OpenDue(t.Context()))
	}
	if a.before != nil {
		must(a.before(w, s, drive))
	}
	d := storetest.NewDying(e, k, behind)
	_ = a.act(w, w.replica(t, d), drive)
	died = d.Died()
	w.clock.advance(time.Minute)
	after := w.replica(t, e)
	v, err := after.drive(drive)
	if err == nil && a.unopened {
		err = after.open(t.Context(), v) // the dead one's lease would have to run out
	}
	must(err)
	sweep(t, w, after)
	if !a.unopened { // the phone, or who asked for it, tries again: it may have been done
		if err := a.act(w, after, drive); err != nil && fault.As(err).Kind != fault.Conflict {
			t.Fatal(err)
		}
	}
	a.settled(t, w, after, drive, fmt.Sprintf("%s, write %d, behind it: %v", name, k, behind))
	return died
}

// settled holds that all is done, once.
func (a *crashing) settled(t *testing.T, w *world, s *Service, drive, at string) {
	t.Helper()
	if c := w.count(t, s, drive, "").Unit.Counts; c != a.want {
		t.Errorf("%s: %+v", at, c)
	}
	if wrong, err := s.Rebuild(t.Context(), drive); wrong != 0 || err != nil {
		t.Errorf("%s: rebuilding finds %d rows wrong, %v", at, wrong, err)
	}
	pages := 0
	if err := s.pages.All(t.Context(), store.Query{Index: "drive", Eq: []any{drive}}, func(Page) error { pages++; return nil }); err != nil || pages != max(a.pages, 1) {
		t.Errorf("%s: %d pages, %v", at, pages, err)
	}
	frozen, err := s.Freezes(t.Context(), staff("lanhdao", caller.Leader, "root"), drive)
	if err != nil || len(frozen) > 1 || strings.Contains(at, "freeze") && len(frozen) != 1 {
		t.Errorf("%s: %d freezes, %v", at, len(frozen), err)
	}
}
