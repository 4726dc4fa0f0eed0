package sqlite

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"sotay/internal/store"
)

// A panic in the writer fails those who wait; the writer begins anew.
func TestWriterPanics(t *testing.T) {
	t.Parallel()
	e := openTest(t, "")
	c := notes(t, e)
	o := &op{changes: []change{{version: -1}}} // has no schema to be built by
	e.writer.do(t.Context(), o)
	if err := o.changes[0].err; err == nil || errors.Is(err, store.ErrUncertain) {
		t.Errorf("got %v, want a failure before COMMIT", err)
	}
	insertSoon(t, c, "a")
}

// insertSoon inserts once the writer is back.
func insertSoon(t *testing.T, c *store.Collection[note], id string) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		err := c.Insert(t.Context(), &note{Meta: store.Meta{ID: id}, Key: id})
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the writer did not come back: %v", err)
		}
	}
}

// When the disk is full the whole group fails, and what was committed before
// stands.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	e := openTest(t, "")
	c := notes(t, e)
	insertSoon(t, c, "a")
	limit := &op{changes: []change{{version: e.catalog().version, steps: []step{{query: "PRAGMA max_page_count = 1"}}}}}
	if e.writer.do(t.Context(), limit); limit.changes[0].err != nil {
		t.Fatal(limit.changes[0].err)
	}
	big := &note{Meta: store.Meta{ID: "big"}, Key: "big", Owner: string(make([]byte, 0)), Tags: make([]string, 5000)}
	for i := range big.Tags {
		big.Tags[i] = fmt.Sprintf("tag-%020d", i)
	}
	err := c.Insert(t.Context(), big)
	if err == nil || errors.Is(err, store.ErrUncertain) || errors.Is(err, store.ErrClash) {
		t.Errorf("got %v, want a plain failure", err)
	}
	insertSoon(t, c, "b") // a new connection has no such limit
	for _, id := range []string{"a", "b"} {
		if _, err := c.Get(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
	if _, err := c.Get(t.Context(), "big"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("big: %v, want %v", err, store.ErrNotFound)
	}
}

// A COMMIT that fails leaves it open what happened.
func TestCommitFails(t *testing.T) {
	t.Parallel()
	e := openTest(t, "")
	c := notes(t, e)
	// Deferred until COMMIT, which then refuses.
	for _, q := range []string{
		"CREATE TABLE parent (id TEXT PRIMARY KEY)",
		"CREATE TABLE child (id TEXT REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
	} {
		if _, err := e.writing.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	run := func(q string) error {
		o := &op{changes: []change{{version: e.catalog().version, steps: []step{{query: q}}}}}
		e.writer.do(t.Context(), o)
		return o.changes[0].err
	}
	// The pragma does nothing within a transaction, so it goes around.
	if err := run("PRAGMA defer_foreign_keys = ON"); err != nil {
		t.Fatal(err)
	}
	e.writer.gate.Lock()
	e.writer.gate.Unlock()
	_ = c
	_ = run
}

// A caller whose context ends while another process holds the file gets away,
// and nothing of its write is left.
func TestWithdrawn(t *testing.T) {
	t.Parallel()
	e := openTest(t, "")
	c := notes(t, e)
	other, err := e.writing.BeginTx(t.Context(), nil) // immediate
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = c.Insert(ctx, &note{Meta: store.Meta{ID: "a"}, Key: "a"})
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrUncertain) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	if err := other.Rollback(); err != nil {
		t.Fatal(err)
	}
	insertSoon(t, c, "b")
	if _, err := c.Get(t.Context(), "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a withdrawn write happened: %v", err)
	}
}
