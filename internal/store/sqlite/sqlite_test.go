package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"

	"sotay/internal/store"
)

func openTest(t *testing.T, path string) *Engine {
	t.Helper()
	if path == "" {
		path = filepath.Join(t.TempDir(), "test.db")
	}
	e, err := Open(t.Context(), Options{Path: path, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return e
}

// pragma reads a pragma of the connection that c stands for.
func pragma(t *testing.T, c interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}, name string) string {
	t.Helper()
	var v string
	if err := c.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// A commit is durable only if every connection syncs: the pragma belongs to
// the connection, not to the file.
func TestConnectionsSync(t *testing.T) {
	t.Parallel()
	e := openTest(t, "")
	for name, db := range map[string]*sql.DB{"write": e.writing, "read": e.read} {
		var conns []*sql.Conn
		free := db.Stats().MaxOpenConnections
		if name == "write" {
			free-- // the writer keeps one
		}
		for i := range free {
			c, err := db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, c)
			if got := pragma(t, c, "synchronous") + pragma(t, c, "journal_mode"); got != "2wal" {
				t.Errorf("%s connection %d: %s, want 2wal", name, i, got)
			}
			if got := pragma(t, c, "query_only"); (got == "1") != (name == "read") {
				t.Errorf("%s connection %d: query_only %s", name, i, got)
			}
		}
		for _, c := range conns {
			_ = c.Close()
		}
	}
}

// The writer's own connection is asked through the writer.
func TestWriterSyncs(t *testing.T) {
	t.Parallel()
	e := openTest(t, "")
	if _, err := e.writing.ExecContext(t.Context(), "CREATE TABLE seen (sync INTEGER, mode TEXT)"); err != nil {
		t.Fatal(err)
	}
	if err := e.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	o := &op{changes: []change{{version: e.catalog().version, steps: []step{{
		query: "INSERT INTO seen SELECT synchronous, journal_mode FROM pragma_synchronous, pragma_journal_mode",
	}}}}}
	if e.writer.do(t.Context(), o); o.changes[0].err != nil {
		t.Fatal(o.changes[0].err)
	}
	var got string
	if err := e.read.QueryRowContext(t.Context(), "SELECT sync || mode FROM seen").Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != "2wal" {
		t.Errorf("writer: %s, want 2wal", got)
	}
}

type note struct {
	store.Meta `bson:",inline"`
	Owner      string   `bson:"owner"`
	Key        string   `bson:"key"`
	Tags       []string `bson:"tags"`
}

func noteSchema() *store.Schema {
	return &store.Schema{Name: "notes", Indexes: []store.Index{
		{Name: "byOwner", Fields: []store.Field{{Path: "owner", Type: store.String}}},
		{Name: "byKey", Fields: []store.Field{{Path: "key", Type: store.String}}, Unique: true},
		{Name: "byTag", Fields: []store.Field{{Path: "tags", Type: store.String, Array: true}}},
	}}
}

func notes(t *testing.T, e *Engine) *store.Collection[note] {
	t.Helper()
	s := noteSchema()
	if err := e.Prepare(t.Context(), []*store.Schema{s}); err != nil {
		t.Fatal(err)
	}
	c, err := store.NewCollection[note](e, s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := notes(t, openTest(t, ""))
	for i := range 10 {
		n := &note{Meta: store.Meta{ID: fmt.Sprintf("n%d", i)}, Owner: "an", Key: fmt.Sprint(i), Tags: []string{"x", "x", fmt.Sprint("t", i%2)}}
		if err := c.Insert(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	err := c.Insert(ctx, &note{Meta: store.Meta{ID: "other"}, Owner: "an", Key: "3"})
	if !store.IsDuplicate(err, "byKey") {
		t.Fatalf("got %v, want a clash on byKey", err)
	}
	page, err := c.Find(ctx, store.Query{Index: "byTag", Eq: []any{"t1"}, Limit: 3})
	if err != nil || len(page.Items) != 3 || !page.More {
		t.Fatalf("page %+v, %v", page, err)
	}
	page, err = c.Find(ctx, store.Query{Index: "byTag", Eq: []any{"t1"}, Limit: 3, After: page.Next})
	if err != nil || len(page.Items) != 2 || page.More {
		t.Fatalf("page %+v, %v", page, err)
	}
}

func TestConcurrentUpdates(t *testing.T) {
	t.Parallel()
	c := notes(t, openTest(t, ""))
	if err := c.Insert(t.Context(), &note{Meta: store.Meta{ID: "a"}, Key: "a"}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			_, err := c.Update(t.Context(), "a", func(n *note) error { n.Owner += "."; return nil })
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got, err := c.Get(t.Context(), "a")
	if err != nil || len(got.Owner) != 50 || got.Rev != 51 {
		t.Fatalf("%d updates, revision %d, %v", len(got.Owner), got.Rev, err)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	e := openTest(t, "")
	c := notes(t, e)
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Insert(t.Context(), &note{Meta: store.Meta{ID: "a"}, Key: "a"}); !errors.Is(err, errClosed) {
		t.Fatalf("got %v, want %v", err, errClosed)
	}
}
