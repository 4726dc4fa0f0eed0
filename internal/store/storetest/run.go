package storetest

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"sotay/internal/store"
)

// Opener opens one more engine on the same store and closes it with the test.
type Opener func(t *testing.T) store.Engine

// Run tests an engine against the contract. fresh makes an empty store.
func Run(t *testing.T, fresh func(t *testing.T) Opener) {
	t.Helper()
	for _, group := range [][]testCase{
		operations(), rules(), keys(), orders(), races(), recents(), sequences(), uncertain(), leases(), migrations(), copies(),
	} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, fresh(t))
			})
		}
	}
}

// testCase is one promise of the contract.
type testCase struct {
	name string
	run  func(t *testing.T, open Opener)
}

// prepared opens an engine and prepares it for things.
func prepared(t *testing.T, open Opener) (store.Engine, *store.Collection[thing]) {
	t.Helper()
	e := open(t)
	s := thingSchema()
	if err := e.Prepare(t.Context(), []*store.Schema{s}); err != nil {
		t.Fatal(err)
	}
	return e, things(t, e, s)
}

func things(t *testing.T, e store.Engine, s *store.Schema) *store.Collection[thing] {
	t.Helper()
	c, err := store.NewCollection[thing](e, s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// insert fails the test when a row cannot be inserted.
func insert(t *testing.T, c *store.Collection[thing], rows ...*thing) {
	t.Helper()
	for i, err := range c.InsertMany(t.Context(), rows) {
		if err != nil {
			t.Fatalf("insert %s: %v", rows[i].ID, err)
		}
	}
}

// ids lists every id that a query finds, page by page.
func ids(ctx context.Context, t rapid.TB, c *store.Collection[thing], q store.Query) []string {
	t.Helper()
	out := []string{}
	for {
		page, err := c.Find(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page.Items {
			out = append(out, page.Items[i].ID)
		}
		if !page.More {
			return out
		}
		q.After = page.Next
	}
}
