package effect

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"sotay/internal/store"
	"sotay/internal/store/sqlite"
)

type thing struct {
	store.Meta `bson:",inline"`
	Pending    `bson:",inline"`
}

type bench struct {
	coll  *store.Collection[thing]
	clock atomic.Int64
}

func (b *bench) now() time.Time { return time.UnixMilli(b.clock.Load()).UTC() }

func newBench(t *testing.T) *bench {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "test.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	s := &store.Schema{Name: "things", Indexes: []store.Index{Index()}}
	if err := e.Prepare(t.Context(), []*store.Schema{s}); err != nil {
		t.Fatal(err)
	}
	b := &bench{}
	b.clock.Store(1_700_000_000_000)
	if b.coll, err = store.NewCollection[thing](e, s); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) insert(t *testing.T, id string, kinds ...string) thing {
	t.Helper()
	row := thing{}
	row.ID = id
	for _, k := range kinds {
		row.Add(b.now(), k, map[string]string{"for": id})
	}
	if err := b.coll.Insert(t.Context(), &row); err != nil {
		t.Fatal(err)
	}
	return row
}

func (b *bench) runner(handlers map[string]Handler[thing]) *Runner[thing] {
	r := NewRunner(b.coll, b.now, slog.New(slog.DiscardHandler))
	for k, h := range handlers {
		r.On(k, h)
	}
	return r
}

func TestPerformDoesAllInOrderAndTakesThemOff(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var did []string
	note := func(_ context.Context, row thing, e Effect) error {
		did = append(did, e.Kind+" "+row.ID+" "+e.Args["for"])
		return nil
	}
	r := b.runner(map[string]Handler[thing]{"a": note, "b": note})
	row, err := r.Perform(t.Context(), "x", b.insert(t, "x", "a", "b"))
	if err != nil || len(row.Fx) != 0 || row.Due != 0 {
		t.Fatalf("left %+v, %v", row, err)
	}
	if len(did) != 2 || did[0] != "a x x" || did[1] != "b x x" {
		t.Fatalf("did %v", did)
	}
	if _, err := r.Perform(t.Context(), "y", b.insert(t, "y", "unknown")); err == nil {
		t.Fatal("an unknown kind was passed over in silence")
	}
}

func TestSweepTakesWhatIsOverdueOnceAndBacksOff(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.insert(t, "x", "a")
	fail, tries := true, 0
	r := b.runner(map[string]Handler[thing]{"a": func(context.Context, thing, Effect) error {
		tries++
		if fail {
			return errors.New("not now")
		}
		return nil
	}})
	if n, err := r.Sweep(t.Context()); n != 0 || err != nil {
		t.Fatalf("took %d in the writer's own time, %v", n, err)
	}
	var waits []time.Duration
	last := b.now()
	for len(waits) < 12 {
		b.clock.Add(time.Second.Milliseconds())
		if n, _ := r.Sweep(t.Context()); n == 1 {
			waits = append(waits, b.now().Sub(last))
			last = b.now()
		}
	}
	if tries != 12 || waits[1] >= waits[4] || waits[11] > maxWait+time.Second {
		t.Fatalf("%d tries after %v", tries, waits)
	}
	fail = false
	b.clock.Add(maxWait.Milliseconds() + 1)
	if n, err := r.Sweep(t.Context()); n != 1 || err != nil {
		t.Fatalf("took %d, %v", n, err)
	}
	b.clock.Add(maxWait.Milliseconds())
	if n, _ := r.Sweep(t.Context()); n != 0 {
		t.Fatal("done, and taken up again")
	}
}

func TestOfTwoSweepersOneTakesARow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.insert(t, "x", "a")
	b.clock.Add(time.Minute.Milliseconds())
	var did atomic.Int64
	second := b.runner(map[string]Handler[thing]{"a": func(context.Context, thing, Effect) error { did.Add(1); return nil }})
	first := b.runner(map[string]Handler[thing]{"a": func(ctx context.Context, _ thing, _ Effect) error {
		if n, err := second.Sweep(ctx); n != 0 || err != nil {
			t.Errorf("the second took %d, %v", n, err)
		}
		did.Add(1)
		return nil
	}})
	if n, err := first.Sweep(t.Context()); n != 1 || err != nil {
		t.Fatalf("took %d, %v", n, err)
	}
	if did.Load() != 1 {
		t.Fatalf("done %d times", did.Load())
	}
}

// A writer whose clock was a year ahead, and who died, leaves effects that are
// not due for a year.
func TestAClockThatWasAheadDelaysNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.clock.Add((365 * 24 * time.Hour).Milliseconds())
	b.insert(t, "x", "a")
	b.clock.Add(-(365 * 24 * time.Hour).Milliseconds())
	r := b.runner(map[string]Handler[thing]{"a": func(context.Context, thing, Effect) error { return nil }})
	if n, err := r.Sweep(t.Context()); n != 1 || err != nil {
		t.Fatalf("took %d, %v", n, err)
	}
}
