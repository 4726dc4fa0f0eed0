package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"sotay/internal/store"
)

// numbered is a row of the copy's test.
type numbered struct {
	store.Meta `bson:",inline"`
	N          int64 `bson:"n"`
}

// TestCopyWhileWriting copies under a writer who keeps two rows equal by writing
// one and then the other: in a copy of one instant they differ by one at most.
func TestCopyWhileWriting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := openTest(t, filepath.Join(dir, "store.db"))
	s := &store.Schema{Name: "numbered"}
	if err := e.Prepare(t.Context(), []*store.Schema{s}); err != nil {
		t.Fatal(err)
	}
	rows, err := store.NewCollection[numbered](e, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a", "b"} {
		if err := rows.Insert(t.Context(), &numbered{Meta: store.Meta{ID: id}}); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	writing.Go(func() {
		for ctx.Err() == nil {
			for _, id := range []string{"a", "b"} {
				if _, err := rows.Update(context.Background(), id, func(r *numbered) error { r.N++; return nil }); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for k := range 5 {
		path := filepath.Join(dir, fmt.Sprint("copy", k))
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := e.CopyTo(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		copied := openTest(t, path)
		there, err := store.NewCollection[numbered](copied, s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := there.GetMany(t.Context(), []string{"a", "b"})
		if err != nil {
			t.Fatal(err)
		}
		if d := got["a"].N - got["b"].N; len(got) != 2 || d < 0 || d > 1 {
			t.Errorf("copy %d is of no one instant: %+v", k, got)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the copy may be read by others: %v, %v", info.Mode(), err)
		}
	}
	stop()
	writing.Wait()
	if err := e.CopyTo(t.Context(), filepath.Join(dir, "copy0")); err == nil {
		t.Error("a file was written over")
	}
}
