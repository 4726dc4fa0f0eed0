package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"sotay/internal/store"
)

func races() []testCase {
	return []testCase{
		{"ConcurrentUpdates", func(t *testing.T, open Opener) {
			_, c := prepared(t, open)
			testConcurrentUpdates(t, c, c)
		}},
		{"ConcurrentUpdatesOfTwoEngines", func(t *testing.T, open Opener) {
			_, a := prepared(t, open)
			_, b := prepared(t, open)
			testConcurrentUpdates(t, a, b)
		}},
		{"OneCreateWins", testOneCreateWins},
		{"PrepareTogether", testPrepareTogether},
		{"ReadersBesideWriters", testReaders},
	}
}

// testConcurrentUpdates adds by stating the sum of what was read: a lost or a
// doubled update shows.
func testConcurrentUpdates(t *testing.T, cs ...*store.Collection[thing]) {
	t.Helper()
	const writers, each = 50, 3
	insert(t, cs[0], named("sum"))
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for k := range each {
				_, err := cs[i%len(cs)].Update(t.Context(), "sum", func(r *thing) error {
					r.N++
					r.Tags = append(r.Tags, fmt.Sprint(i, "-", k))
					return nil
				})
				if err != nil {
					t.Errorf("writer %d: %v", i, err)
				}
			}
		})
	}
	wg.Wait()
	got, err := cs[0].Get(t.Context(), "sum")
	if err != nil || got.N != writers*each || got.Rev != got.N+1 {
		t.Errorf("sum %d, revision %d, want %d, %v", got.N, got.Rev, writers*each, err)
	}
	slices.Sort(got.Tags)
	if n := len(slices.Compact(got.Tags)); n != writers*each {
		t.Errorf("%d different updates, want %d", n, writers*each)
	}
}

func testOneCreateWins(t *testing.T, open Opener) {
	_, a := prepared(t, open)
	_, b := prepared(t, open)
	const rivals = 20
	errs := make([]error, 2*rivals)
	var wg sync.WaitGroup
	for i := range rivals {
		c := a
		if i%2 == 1 {
			c = b
		}
		wg.Go(func() { // one id
			row := named("id")
			row.Key = fmt.Sprint("id-", i)
			errs[i] = c.Insert(t.Context(), row)
		})
		wg.Go(func() { // one unique key
			row := named(fmt.Sprint("key-", i))
			row.Key = "key"
			errs[rivals+i] = c.Insert(t.Context(), row)
		})
	}
	wg.Wait()
	for name, part := range map[string][]error{"_id": errs[:rivals], "byKey": errs[rivals:]} {
		won := 0
		for _, err := range part {
			if err == nil {
				won++
			} else if !store.IsDuplicate(err, name) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if won != 1 {
			t.Errorf("%s: %d creates won, want 1", name, won)
		}
	}
}

func testPrepareTogether(t *testing.T, open Opener) {
	var wg sync.WaitGroup
	for range 4 {
		e := open(t)
		wg.Go(func() {
			if err := e.Prepare(t.Context(), []*store.Schema{thingSchema(), rowSchema()}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	_, c := prepared(t, open)
	insert(t, c, named("a"))
}

// testReaders lists while others write: a reader never fails and never sees
// half a document.
func testReaders(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	insert(t, c, named("a"))
	var writers, readers sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				got, err := c.Get(t.Context(), "a")
				if err != nil || got.N != int64(len(got.Draft.Steps)) {
					t.Errorf("n %d, %d steps, %v", got.N, len(got.Draft.Steps), err)
					return
				}
			}
		})
	}
	for range 4 {
		writers.Go(func() {
			for range 10 {
				_, err := c.Update(t.Context(), "a", func(r *thing) error {
					r.N++
					r.Draft.Steps = append(r.Draft.Steps, step{"x"})
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
}
