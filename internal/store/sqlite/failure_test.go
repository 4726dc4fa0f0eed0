package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
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
	big := &note{Meta: store.Meta{ID: "big"}, Key: "big", Tags: make([]string, 5000)}
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

// refusing is a connection whose COMMIT fails.
type refusing struct{ driver.ConnPrepareContext }

type refusedStmt struct{ stmt }

var errRefused = errors.New("refused")

func (r refusing) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	st, err := r.ConnPrepareContext.PrepareContext(ctx, query)
	if err == nil && query == "COMMIT" {
		return refusedStmt{st.(stmt)}, nil
	}
	return st, err
}

func (refusedStmt) ExecContext(context.Context, []driver.NamedValue) (driver.Result, error) {
	return nil, errRefused
}

// A COMMIT that fails leaves it open what happened, for the whole group.
func TestCommitFails(t *testing.T) {
	t.Parallel()
	e := openTest(t, "")
	c := notes(t, e)
	broken := newWriter(e)
	var ops [3]*op
	var wg sync.WaitGroup
	for i := range ops {
		id := fmt.Sprint("n", i)
		doc, err := store.Encode(&note{Meta: store.Meta{ID: id, Rev: 1}, Key: id})
		if err != nil {
			t.Fatal(err)
		}
		ops[i] = &op{changes: []change{{schema: noteSchema(), id: id, doc: doc}}}
		wg.Go(func() { broken.do(t.Context(), ops[i]) })
	}
	conn, err := e.writing.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = conn.Raw(func(dc any) error {
		for done := 0; done < len(ops); { // one group or several
			s := newSession(broken, refusing{dc.(driver.ConnPrepareContext)})
			err := s.serve(t.Context())
			done += len(s.group)
			s.end(err)
			s.abandon()
			if !errors.Is(err, errRefused) {
				return err
			}
		}
		return nil
	})
	wg.Wait()
	if err := errors.Join(err, conn.Close()); err != nil {
		t.Fatal(err)
	}
	for i, o := range ops {
		if err := o.changes[0].err; !errors.Is(err, store.ErrUncertain) || !errors.Is(err, errRefused) {
			t.Errorf("%d: got %v, want %v", i, err, store.ErrUncertain)
		}
	}
	insertSoon(t, c, "after")
	if _, err := c.Get(t.Context(), "n0"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("n0: %v, want %v", err, store.ErrNotFound)
	}
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
