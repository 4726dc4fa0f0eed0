package storetest

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"sotay/internal/store"
)

func leases() []testCase {
	return []testCase{
		{"LeaseOneHolder", testLeaseOneHolder},
		{"LeaseTakeover", testLeaseTakeover},
		{"LeaseBeats", testLeaseBeats},
		{"LeaseUnreachableStore", testLeaseUnreachable},
		{"LeaseRivals", testLeaseRivals},
		{"LeaseCancelled", testLeaseCancelled},
		{"LeaseHoldsNoTime", testLeaseHoldsNoTime},
	}
}

const leaseTTL = 8 * time.Second

// machine is a process with leases and a clock of its own.
type machine struct {
	*store.Leases
	engine store.Engine
	clock  *Manual
}

func newMachine(t *testing.T, e store.Engine) machine {
	t.Helper()
	if err := e.Prepare(t.Context(), []*store.Schema{store.LeaseSchema()}); err != nil {
		t.Fatal(err)
	}
	m := machine{engine: e, clock: &Manual{}}
	var err error
	if m.Leases, err = store.NewLeases(e, store.LeaseOptions{TTL: leaseTTL, Clock: m.clock}); err != nil {
		t.Fatal(err)
	}
	return m
}

// try acquires and says whether it did; the lease is given back with the test.
func (m machine) try(t *testing.T, name string) (release func(), lost <-chan struct{}, ok bool) {
	t.Helper()
	release, lost, err := m.TryAcquire(t.Context(), name)
	if errors.Is(err, store.ErrHeld) {
		return nil, nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return release, lost, true
}

// nextBeat moves the clock to the time of a holder's next beat.
func (m machine) nextBeat(t *testing.T) {
	t.Helper()
	eventually(t, "the holder sleeps", func() bool { return m.clock.Due(leaseTTL / 4) })
	m.clock.Advance(leaseTTL / 4)
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func testLeaseOneHolder(t *testing.T, open Opener) {
	e := open(t)
	a, b := newMachine(t, e), newMachine(t, open(t))
	release, lost, ok := a.try(t, "sweep")
	if !ok {
		t.Fatal("a free lease was not to be had")
	}
	if _, _, ok := b.try(t, "sweep"); ok {
		t.Fatal("two hold the lease")
	}
	if _, _, ok := b.try(t, "other"); !ok {
		t.Fatal("another name is another lease")
	}
	release()
	release() // does nothing
	if _, _, ok := b.try(t, "sweep"); !ok {
		t.Error("a released lease was not to be had")
	}
	if isClosed(lost) {
		t.Error("what was released counts as lost")
	}
}

// A holder that is frozen loses its lease to whoever has watched it for the
// TTL on its own clock, and learns of it when it wakes up.
func testLeaseTakeover(t *testing.T, open Opener) {
	a, b := newMachine(t, open(t)), newMachine(t, open(t))
	_, lost, _ := a.try(t, "sweep")
	b.clock.Advance(1000 * leaseTTL) // before the first look: proves nothing
	if _, _, ok := b.try(t, "sweep"); ok {
		t.Fatal("the first look took the lease")
	}
	b.clock.Advance(leaseTTL - 1)
	if _, _, ok := b.try(t, "sweep"); ok {
		t.Fatal("taken before the TTL")
	}
	b.clock.Advance(1)
	if _, _, ok := b.try(t, "sweep"); !ok {
		t.Fatal("not taken after the TTL")
	}
	a.nextBeat(t)
	eventually(t, "the frozen holder learns of its loss", func() bool { return isClosed(lost) })
	if _, _, ok := a.try(t, "sweep"); ok {
		t.Error("two hold the lease")
	}
}

// A holder that beats keeps its lease, however long another watches.
func testLeaseBeats(t *testing.T, open Opener) {
	e := open(t)
	a, b := newMachine(t, e), newMachine(t, open(t))
	_, lost, _ := a.try(t, "sweep")
	mark := leaseMark(t, e)
	for range 6 {
		if _, _, ok := b.try(t, "sweep"); ok {
			t.Fatal("taken from a holder that beats")
		}
		b.clock.Advance(leaseTTL * 9 / 10)
		a.nextBeat(t)
		eventually(t, "a beat", func() bool { return leaseMark(t, e) != mark })
		mark = leaseMark(t, e)
	}
	if isClosed(lost) {
		t.Error("lost while it beat")
	}
}

func leaseMark(t *testing.T, e store.Engine) string {
	t.Helper()
	doc, err := e.Get(t.Context(), store.LeaseSchema(), "sweep")
	if err != nil {
		t.Fatal(err)
	}
	return doc.Lookup("_w").StringValue()
}

// A holder that cannot reach the store gives up before another may take over.
func testLeaseUnreachable(t *testing.T, open Opener) {
	var cut atomic.Bool
	e := open(t)
	a := newMachine(t, Flaky(e, func(int64) Fate {
		if cut.Load() {
			return Lost
		}
		return Answered
	}))
	_, lost, _ := a.try(t, "sweep")
	cut.Store(true)
	a.nextBeat(t)
	a.clock.Advance(leaseTTL / 2)
	eventually(t, "the holder gives up", func() bool { return isClosed(lost) })
	cut.Store(false) // for the release
}

// Many want the lease and pass it on: never two at once.
func testLeaseRivals(t *testing.T, open Opener) {
	const rivals, each = 4, 3
	var inside, total atomic.Int64
	var wg sync.WaitGroup
	for range rivals {
		e := newMachine(t, open(t)).engine
		l, err := store.NewLeases(e, store.LeaseOptions{TTL: 2 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			for range each {
				release, _, err := l.Acquire(t.Context(), "sweep")
				if err != nil {
					t.Error(err)
					return
				}
				if n := inside.Add(1); n != 1 {
					t.Errorf("%d hold the lease", n)
				}
				total.Add(1)
				inside.Add(-1)
				release()
			}
		})
	}
	wg.Wait()
	if total.Load() != rivals*each {
		t.Errorf("held %d times, want %d", total.Load(), rivals*each)
	}
}

func testLeaseCancelled(t *testing.T, open Opener) {
	m := newMachine(t, open(t))
	m.try(t, "sweep")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for !m.clock.Due(leaseTTL / 20) { // until it waits
			runtime.Gosched()
		}
		cancel()
	}()
	if _, _, err := m.Acquire(ctx, "sweep"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// Wall clocks differ and jump, so no lease holds a time.
func testLeaseHoldsNoTime(t *testing.T, open Opener) {
	e := open(t)
	newMachine(t, e).try(t, "sweep")
	doc, err := e.Get(t.Context(), store.LeaseSchema(), "sweep")
	if err != nil {
		t.Fatal(err)
	}
	elems, err := doc.Elements()
	if err != nil {
		t.Fatal(err)
	}
	for _, el := range elems {
		if el.Value().Type == bson.TypeDateTime {
			t.Errorf("%s is a time", el.Key())
		}
	}
}
