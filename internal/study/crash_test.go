package study

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"sotay/internal/caller"
	"sotay/internal/store"
	"sotay/internal/study/tally"
)

// dying is an engine whose process dies at a write: before it, or behind it
// with the answer unsent. Nothing is written from then on.
type dying struct {
	store.Engine
	left   atomic.Int64
	behind bool
}

var errGone = errors.New("the process is dead")

func (d *dying) write(do func() error) error {
	n := d.left.Add(-1)
	if n > 0 {
		return do()
	}
	if n == 0 && d.behind {
		if err := do(); err != nil {
			return err
		}
	}
	return errGone
}

func (d *dying) Insert(ctx context.Context, s *store.Schema, docs []store.Raw) []error {
	out := make([]error, len(docs))
	if err := d.write(func() error { out = d.Engine.Insert(ctx, s, docs); return nil }); err != nil {
		for i := range out {
			out[i] = err
		}
	}
	return out
}

func (d *dying) Replace(ctx context.Context, s *store.Schema, id any, rev int64, old, doc store.Raw) error {
	return d.write(func() error { return d.Engine.Replace(ctx, s, id, rev, old, doc) })
}

func (d *dying) Delete(ctx context.Context, s *store.Schema, id any, rev int64) error {
	return d.write(func() error { return d.Engine.Delete(ctx, s, id, rev) })
}

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

// Wherever a process dies while it takes evidence, records on behalf, corrects
// or opens, another brings it to its end: a completion is there once, and the
// counters are those of the completions.
func TestCrashAtEveryWrite(t *testing.T) {
	t.Parallel()
	secretary := staff("bithu", caller.Secretary, "a")
	acts := map[string]func(w *world, s *Service, drive string) error{
		"evidence": func(w *world, s *Service, _ string) error {
			now := w.clock.now()
			var events []Event
			for _, section := range []string{"s1", "s2"} {
				e := Event{ID: section, Kind: ProgressEvent, TextKind: textDocument, TextID: "nq", Version: 1, SectionID: section, SessionID: "phien", At: now.Add(-30 * time.Second)}
				later := e
				later.At, later.ForegroundMillis, later.ReachedEnd = now, 10_000, true
				events = append(events, e, later)
			}
			_, err := s.TakeEvents(t.Context(), w.as("doc"), nil, events)
			return err
		},
		"on behalf": func(_ *world, s *Service, drive string) error {
			_, _, err := s.RecordOnBehalf(t.Context(), secretary, drive, OnBehalf{MemberID: "doc", Method: "paper", On: "2026-11-23", Reason: "r"})
			return err
		},
		"open": func(_ *world, s *Service, _ string) error { return s.OpenDue(t.Context()) },
	}
	for name, act := range acts {
		for _, behind := range []bool{false, true} {
			died := 0
			for k := int64(1); k < 40; k++ {
				if !crashAt(t, name, k, behind, act) {
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

func crashAt(t *testing.T, name string, k int64, behind bool, act func(*world, *Service, string) error) (died bool) {
	t.Helper()
	w, e := newWorld(), openEngine(t)
	s := w.replica(t, e)
	w.people.put(member("doc", "a", "official", "active"))
	drive := w.publish(t, s, readStep())
	if name != "open" {
		if err := s.OpenDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	d := &dying{Engine: e, behind: behind}
	d.left.Store(k)
	_ = act(w, w.replica(t, d), drive)
	died = d.left.Load() <= 0
	w.clock.advance(time.Minute)
	after := w.replica(t, e)
	v, err := after.drive(drive)
	if err == nil && name == "open" {
		err = after.open(t.Context(), v) // the dead one's lease would have to run out
	}
	if err != nil {
		t.Fatal(err)
	}
	sweep(t, w, after)
	if name != "open" { // the phone, or the secretary, tries again
		if err := act(w, after, drive); err != nil {
			t.Fatal(err)
		}
	}
	at := fmt.Sprintf("%s, write %d, behind it: %v", name, k, behind)
	c := w.count(t, after, drive, "").Unit.Counts
	want := tally.Counts{Total: 1, Obliged: 1}
	if name != "open" {
		want.CompletedObliged = 1
	}
	if name == "on behalf" {
		want.OnBehalf = 1
	}
	if c != want {
		t.Errorf("%s: %+v", at, c)
	}
	if wrong, err := after.Rebuild(t.Context(), drive); wrong != 0 || err != nil {
		t.Errorf("%s: rebuilding finds %d rows wrong, %v", at, wrong, err)
	}
	pages := 0
	if err := after.pages.All(t.Context(), store.Query{Index: "drive", Eq: []any{drive}}, func(Page) error { pages++; return nil }); err != nil || pages != 1 {
		t.Errorf("%s: %d pages, %v", at, pages, err)
	}
	return died
}
