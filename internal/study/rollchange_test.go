package study

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/store/storetest"
	"sotay/internal/study/tally"
)

// opened is a drive on one document whose roll has been taken down.
func (w *world) opened(t testing.TB, s *Service) string {
	t.Helper()
	id := w.publish(t, s, readStep())
	if err := s.OpenDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	return id
}

// refused tells whether an error is a certain fault.
func refused(t testing.TB, err error, want *fault.Fault) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

// Who was admitted after the opening is added, and counts with what they have
// done before; who should not have been on the roll is removed.
func TestChangeRoll(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, id := range []string{"m1", "m2", "m3"} {
		w.people.put(member(id, "a", "official", "active"))
	}
	e := openEngine(t)
	s := w.replica(t, e)
	id := w.opened(t, s)
	other := w.replica(t, e) // does not poll: it finds the row by the act
	if n := w.count(t, other, id, "").Unit.Counts; n.Total != 3 {
		t.Fatalf("total %d", n.Total)
	}
	w.people.put(member("moi", "b", "probationary", "active"))
	secretary := staff("bithu", caller.Secretary, "b")
	if _, _, err := s.RecordOnBehalf(t.Context(), secretary, id, OnBehalf{MemberID: "moi", Method: "paper", On: "2026-11-23", Reason: "Học trên giấy."}); err != nil {
		t.Fatal(err)
	}
	leader, leaderOfA := staff("lanhdao", caller.Leader, "root"), staff("lanhdao-a", caller.Leader, "a")
	_, err := s.ChangeRoll(t.Context(), leaderOfA, id, "moi", AddToRoll, "Mới kết nạp.")
	refused(t, err, fault.NotFound)
	_, err = s.ChangeRoll(t.Context(), secretary, id, "moi", AddToRoll, "Mới kết nạp.")
	refused(t, err, fault.NotFound)
	_, err = s.ChangeRoll(t.Context(), leader, id, "moi", RemoveFromRoll, "Nhầm.")
	refused(t, err, notOnRoll)
	_, err = s.ChangeRoll(t.Context(), leader, id, "m1", AddToRoll, "Nhầm.")
	refused(t, err, onRollAlready)
	_, err = s.ChangeRoll(t.Context(), leader, id, "m1", RemoveFromRoll, "   ")
	refused(t, err, fault.BadInput)
	w.clock.advance(time.Hour)
	if _, err = s.ChangeRoll(t.Context(), leader, id, "moi", AddToRoll, "Mới kết nạp."); err != nil {
		t.Fatal(err)
	}
	_, err = other.ChangeRoll(t.Context(), leader, id, "moi", AddToRoll, "Mới kết nạp.")
	refused(t, err, onRollAlready)
	want := tally.Counts{Total: 4, Obliged: 4, CompletedObliged: 1, OnBehalf: 1, Added: 1}
	if n := w.count(t, s, id, "").Unit.Counts; n != want {
		t.Errorf("added: %+v", n)
	}
	w.clock.advance(time.Hour)
	if _, err = s.ChangeRoll(t.Context(), leaderOfA, id, "m1", RemoveFromRoll, "Không thuộc diện."); err != nil {
		t.Fatal(err)
	}
	want.Total, want.Obliged, want.Removed = 3, 3, 1
	if n := w.count(t, s, id, "").Unit.Counts; n != want {
		t.Errorf("removed: %+v", n)
	}
	if mine, err := s.Drive(t.Context(), w.as("m1"), id); err != nil || mine.OnRoll || mine.Obliged {
		t.Errorf("who was removed: %+v, %v", mine, err)
	}
	if mine, err := s.Drive(t.Context(), w.as("moi"), id); err != nil || !mine.OnRoll || !mine.Obliged {
		t.Errorf("who was added: %+v, %v", mine, err)
	}
	if wrong, err := s.Rebuild(t.Context(), id); wrong != 0 || err != nil {
		t.Errorf("rebuild: %d wrong, %v", wrong, err)
	}
	if then := w.count(t, s, id, "2026-11-23").Unit.Counts; then != want {
		t.Errorf("as of that day: %+v", then)
	}
	changes, _, err := s.RollChanges(t.Context(), leaderOfA, id, "", 20)
	if err != nil || len(changes) != 1 || changes[0].MemberID != "m1" || changes[0].Last().Reason != "Không thuộc diện." {
		t.Errorf("changes of a: %+v, %v", changes, err)
	}
	if err := s.Erase(t.Context(), "m1"); err != nil {
		t.Fatal(err)
	}
	if changes, _, err = s.RollChanges(t.Context(), leader, id, "", 20); err != nil || len(changes) != 2 || changes[0].Last().Reason != "" || changes[1].Last().Reason == "" {
		t.Errorf("after the erasure: %+v, %v", changes, err)
	}
}

// Whatever is added, removed and recorded in whatever order by two processes at
// once, the rows say what the acts and completions say.
func TestRollUnderWay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld()
		for k := range 3 {
			w.people.put(member(fmt.Sprintf("m%d", k), "a", "official", "active"))
		}
		e := openEngine(t)
		one := w.replica(t, e)
		id := w.opened(t, one)
		both := []*Service{one, w.replica(t, e)}
		for k := 3; k < 6; k++ {
			w.people.put(member(fmt.Sprintf("m%d", k), "b", "official", "exempt"))
		}
		type act struct {
			by, member int
			what       string
		}
		acts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) act {
			return act{rapid.IntRange(0, 1).Draw(t, "by"), rapid.IntRange(0, 5).Draw(t, "member"), rapid.SampledFrom([]string{"add", "remove", "record"}).Draw(t, "what")}
		}), 1, 12).Draw(rt, "acts")
		leader := staff("lanhdao", caller.Leader, "root")
		secretary := staff("bithu", caller.Secretary, "root")
		var wg sync.WaitGroup
		for _, a := range acts {
			wg.Go(func() {
				s, who := both[a.by], fmt.Sprintf("m%d", a.member)
				var err error
				if a.what == "record" {
					_, _, err = s.RecordOnBehalf(t.Context(), secretary, id, OnBehalf{MemberID: who, Method: "paper", On: "2026-11-23", Reason: "Giấy."})
				} else {
					_, err = s.ChangeRoll(t.Context(), leader, id, who, RollActKind(a.what), "Sửa danh sách.")
				}
				if err != nil && fault.As(err).Kind != fault.Conflict {
					t.Errorf("%+v: %v", a, err)
				}
			})
		}
		wg.Wait()
		want := tally.Counts{}
		for k := range 6 {
			on, done := k < 3, false
			x, err := both[0].changes.Get(t.Context(), rollChangeID(id, fmt.Sprintf("m%d", k)))
			if err == nil {
				on = x.holds()
			}
			if c, _ := both[0].completionOf(t.Context(), id, fmt.Sprintf("m%d", k)); c != nil {
				done = true
			}
			if on {
				want.Total++
			}
			if on && done {
				want.OnBehalf++
			}
		}
		for k, s := range both {
			if err := s.refresh(t.Context(), everything); err != nil {
				t.Fatal(err)
			}
			if n := w.count(t, s, id, "").Unit.Counts; n.Total != want.Total || n.OnBehalf != want.OnBehalf {
				rt.Fatalf("process %d counts %+v, want %+v after %+v", k, n, want, acts)
			}
			if wrong, err := s.Rebuild(t.Context(), id); wrong != 0 || err != nil {
				rt.Fatalf("rebuild: %d wrong, %v", wrong, err)
			}
		}
	})
}

// Who was added in a unit that was formed after the opening counts in what was
// above it then; who was removed and is added again counts as before, and is the
// business of the unit where they count; nobody is added whom the drive does not
// ask.
func TestAddedElsewhere(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	w.people.put(member("m1", "a", "official", "active"))
	s := w.replica(t, e)
	id := w.opened(t, s)
	leader, leaderOfB := staff("lanhdao", caller.Leader, "root"), staff("lanhdao-b", caller.Leader, "b")
	change := func(who *caller.Caller, member string, kind RollActKind) error {
		_, err := s.ChangeRoll(t.Context(), who, id, member, kind, "Sửa danh sách.")
		return err
	}
	w.people.put(member("moi", young, "official", "active"))
	if err := change(leader, "moi", AddToRoll); err != nil {
		t.Fatal(err)
	}
	if n := w.count(t, s, id, "").Unit.Counts; n.Total != 2 || n.Added != 1 {
		t.Errorf("of the whole: %+v", n)
	}
	w.people.put(member("m1", "b", "official", "exempt")) // moved, and exempted
	if err := change(leader, "m1", RemoveFromRoll); err != nil {
		t.Fatal(err)
	}
	refused(t, change(leaderOfB, "m1", AddToRoll), fault.NotFound)
	if err := change(leader, "m1", AddToRoll); err != nil {
		t.Fatal(err)
	}
	if u := w.count(t, s, id, "").Unit; u.Counts.Total != 2 || u.Counts.Exempt != 0 || u.Counts.Removed != 0 || u.Units[0].Counts.Total != 1 {
		t.Errorf("added again: %+v", u)
	}
	boss := over("chu", caller.Leader, "may")
	w.works("may", "a", "tho")
	refused(t, change(boss, "tho", AddToRoll), fault.NotFound)
	v, err := s.drive(id)
	if err != nil {
		t.Fatal(err)
	}
	v.Payload.Audience.Kinds = []string{"official"}
	w.people.put(member("dubi", "a", "probationary", "active"))
	refused(t, change(leader, "dubi", AddToRoll), notAddressed)
}

// What was acknowledged before a freeze is in it, also when its process has died.
func TestFreezeWaitsForTheRoll(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	w.people.put(member("m1", "a", "official", "active"))
	w.people.put(member("m2", "a", "official", "active"))
	s := w.replica(t, e)
	id := w.opened(t, s)
	leader := staff("lanhdao", caller.Leader, "root")
	dead := w.replica(t, storetest.NewDying(e, 1, true))
	_, _ = dead.ChangeRoll(t.Context(), leader, id, "m1", RemoveFromRoll, "Nhầm.")
	f, err := s.Freeze(t.Context(), leader, id, "Sơ kết")
	if err != nil || len(f.Units) != 1 || f.Units[0].Counts.Total != 1 || f.Units[0].Counts.Removed != 1 {
		t.Errorf("frozen: %+v, %v", f, err)
	}
}

// What somebody had completed is counted when they are erased, also when nothing
// had counted it yet.
func TestEraseCountsFirst(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	w.people.put(member("doc", "a", "official", "active"))
	s := w.replica(t, e)
	id := w.opened(t, s)
	dead := w.replica(t, storetest.NewDying(e, 1, true))
	_ = readsAll(w, dead, id)
	if err := s.Erase(t.Context(), "doc"); err != nil {
		t.Fatal(err)
	}
	sweep(t, w, s)
	if n := w.count(t, s, id, "").Unit.Counts; n.CompletedObliged != 1 {
		t.Errorf("%+v", n)
	}
}
