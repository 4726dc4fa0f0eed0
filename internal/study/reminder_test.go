package study

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
)

// A reminder goes to who owes and has not done, and to exempt members who have
// asked; nobody gets two in a day.
func TestRemind(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	for id, status := range map[string]string{"no": "active", "xong": "active", "mien": "exempt", "mien-muon": "exempt", "thoi": "active", "bithu-b": "active"} {
		w.people.put(member(id, "a", "official", status))
	}
	w.people.put(member("khac", "b", "official", "active"))
	w.people.wants["mien-muon"] = true
	s := w.replica(t, e)
	id := w.opened(t, s)
	w.people.put(member("thoi", "a", "official", "suspended")) // since
	w.people.put(member("moi", "a", "official", "active"))     // admitted since: not on the roll
	w.reads(t, s, "xong", "s1", 1)
	w.reads(t, s, "xong", "s2", 1)
	secretary, above := staff("bithu", caller.Secretary, "a"), staff("bithu-tren", caller.Secretary, "root")
	_, err := s.Remind(t.Context(), staff("bithu-b", caller.Secretary, "b"), id, "a")
	refused(t, err, fault.NotFound)
	_, err = s.Remind(t.Context(), staff("lanhdao", caller.Leader, "a"), id, "a")
	refused(t, err, fault.NotFound)
	m, err := s.Remind(t.Context(), secretary, id, "a")
	if err != nil || !slices.Equal(m.Members, []string{"bithu-b", "mien-muon", "no"}) || m.ExemptLeftOut != 1 || m.RecentLeftOut != 0 {
		t.Fatalf("%+v, %v", m, err)
	}
	again, err := s.Remind(t.Context(), secretary, id, "a") // the answer was lost
	if err != nil || again.ID != m.ID {
		t.Errorf("at once: %+v, %v", again, err)
	}
	w.clock.advance(time.Hour)
	_, err = s.Remind(t.Context(), secretary, id, "a")
	refused(t, err, remindedRecently)
	if f := fault.As(err); f.RetryAfter != 23*time.Hour {
		t.Errorf("retry after %v", f.RetryAfter)
	}
	m, err = s.Remind(t.Context(), above, id, "root")
	if err != nil || !slices.Equal(m.Members, []string{"khac"}) || m.RecentLeftOut != 3 {
		t.Errorf("from above: %+v, %v", m, err)
	}
	w.clock.advance(24 * time.Hour)
	if m, err = s.Remind(t.Context(), secretary, id, "a"); err != nil || len(m.Members) != 3 {
		t.Errorf("the next day: %+v, %v", m, err)
	}
	found, next, err := s.Reminders(t.Context(), secretary, id, "", 20)
	if err != nil || next != nil || len(found) != 2 || !found[0].At.After(found[1].At) {
		t.Errorf("%+v, %v, %v", found, next, err)
	}
	held, err := s.RemindersOf(t.Context(), "mien-muon")
	if err != nil || len(held) != 2 {
		t.Errorf("export: %+v, %v", held, err)
	}
	w.clock.advance(24 * time.Hour)
	for _, done := range []string{"no", "bithu-b", "mien-muon"} {
		w.reads(t, s, done, "s1", 1)
		w.reads(t, s, done, "s2", 1)
	}
	_, err = s.Remind(t.Context(), secretary, id, "a")
	refused(t, err, nobodyToRemind)
	w.clock.advance(30 * 24 * time.Hour)
	_, err = s.Remind(t.Context(), secretary, id, "a")
	refused(t, err, driveClosed)
}

// Of many who remind one unit at once through two processes, one does.
func TestRemindOnce(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	w.people.put(member("no", "a", "official", "active"))
	one := w.replica(t, e)
	id := w.opened(t, one)
	both := []*Service{one, w.replica(t, e)}
	secretary := staff("bithu", caller.Secretary, "a")
	var wg sync.WaitGroup
	var mu sync.Mutex
	sent := map[string]bool{}
	for k := range 8 {
		wg.Go(func() {
			m, err := both[k%2].Remind(t.Context(), secretary, id, "a")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				sent[m.ID] = true
			} else if !errors.Is(err, remindedRecently) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if found, _, err := one.Reminders(t.Context(), secretary, id, "", 20); len(sent) != 1 || len(found) != 1 || err != nil {
		t.Errorf("%v sent, %d kept, %v", sent, len(found), err)
	}
}
