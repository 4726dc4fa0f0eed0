package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sotay/internal/store"
	"sotay/internal/store/sqlite"
)

func now() time.Time { return time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC) }

func openEngine(t *testing.T) store.Engine {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "test.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	if err := e.Prepare(t.Context(), []*store.Schema{EntrySchema(), SealSchema()}); err != nil {
		t.Fatal(err)
	}
	return e
}

func newRecord(t *testing.T, e store.Engine) *Record {
	t.Helper()
	r, err := New(e, now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *Record) write(t *testing.T, id string) {
	t.Helper()
	err := r.Write(t.Context(), id, Entry{ActorID: "a", Act: "document.publish", Target: "document/d", Details: map[string]string{"version": "1"}})
	if err != nil {
		t.Fatal(err)
	}
}

func (r *Record) verified(t *testing.T) Report {
	t.Helper()
	rep, err := r.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func TestTheSameActIsOneEntry(t *testing.T) {
	t.Parallel()
	r := newRecord(t, openEngine(t))
	args := Args(now(), "a", "document.publish", "document/d", map[string]string{"version": "2"})
	for range 3 {
		if err := r.WriteArgs(t.Context(), "fx1", args); err != nil {
			t.Fatal(err)
		}
	}
	if rep := r.verified(t); !slices.Equal(rep.Unsealed, []string{"fx1"}) {
		t.Fatalf("got %+v", rep)
	}
	e, err := r.entries.Get(t.Context(), "fx1")
	if err != nil || e.Act != "document.publish" || e.Details["version"] != "2" || !e.At.Equal(now()) {
		t.Fatalf("got %+v, %v", e, err)
	}
}

func TestSealsCoverEveryEntryOnce(t *testing.T) {
	t.Parallel()
	e := openEngine(t)
	a, b := newRecord(t, e), newRecord(t, e)
	for i := range 30 {
		a.write(t, fmt.Sprintf("e%02d", i))
	}
	var wg sync.WaitGroup
	for _, r := range []*Record{a, b, a, b} { // two sealers, no lease
		wg.Go(func() {
			for range 5 {
				if _, err := r.SealPending(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 30 {
		b.write(t, fmt.Sprintf("f%02d", i))
	}
	wg.Wait()
	for {
		n, err := a.SealPending(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	rep := a.verified(t)
	if rep.Sealed != 60 || len(rep.Unsealed) > 0 || len(rep.Faults) > 0 {
		t.Fatalf("got %+v", rep)
	}
}

// halfMarked is an engine whose process dies between a seal and its marks.
type halfMarked struct{ store.Engine }

var errDead = errors.New("dead")

func (halfMarked) Replace(context.Context, *store.Schema, any, int64, store.Raw, store.Raw) error {
	return errDead
}

func TestACrashBetweenSealAndMarksSealsNothingTwice(t *testing.T) {
	t.Parallel()
	e := openEngine(t)
	r := newRecord(t, e)
	r.write(t, "one")
	if _, err := newRecord(t, halfMarked{e}).SealPending(t.Context()); !errors.Is(err, errDead) {
		t.Fatalf("got %v", err)
	}
	r.write(t, "two")
	if n, err := r.SealPending(t.Context()); err != nil || n != 1 {
		t.Fatalf("sealed %d, %v", n, err)
	}
	if rep := r.verified(t); rep.Seals != 2 || rep.Sealed != 2 || len(rep.Faults) > 0 {
		t.Fatalf("got %+v", rep)
	}
}

func TestVerifyNamesWhatWasTouched(t *testing.T) {
	t.Parallel()
	for name, touch := range map[string]func(t *testing.T, r *Record){
		"changed": func(t *testing.T, r *Record) {
			_, err := r.entries.Update(t.Context(), "two", func(e *Entry) error { e.ActorID = "b"; return nil })
			if err != nil {
				t.Fatal(err)
			}
		},
		"removed": func(t *testing.T, r *Record) {
			e, err := r.entries.Get(t.Context(), "two")
			if err == nil {
				err = r.entries.DeleteIf(t.Context(), "two", e.Rev)
			}
			if err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRecord(t, openEngine(t))
			for _, id := range []string{"one", "two", "three"} {
				r.write(t, id)
				if _, err := r.SealPending(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			touch(t, r)
			rep := r.verified(t)
			if len(rep.Faults) == 0 || !strings.Contains(rep.Faults[0], "seal 2") || strings.Contains(strings.Join(rep.Faults, ""), "seal 3") {
				t.Fatalf("got %v", rep.Faults)
			}
		})
	}
}
