package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"sotay/internal/store"
	"sotay/internal/store/storetest"
)

// migration inserts in its first step and updates in its second; both may run
// again.
func migration() store.Migration {
	collection := func(e store.Engine) (*store.Collection[note], error) {
		return store.NewCollection[note](e, noteSchema())
	}
	return store.Migration{
		Schemas: []*store.Schema{noteSchema()},
		Lease:   store.LeaseOptions{TTL: 2 * time.Second}, // a killed holder is waited for
		Steps: []store.Step{
			{Version: 1, Name: "fill", Run: func(ctx context.Context, e store.Engine) error {
				c, err := collection(e)
				for i := 0; i < 3 && err == nil; i++ {
					id := fmt.Sprint("n", i)
					if err = c.Insert(ctx, &note{Meta: store.Meta{ID: id}, Key: id}); store.IsDuplicate(err, "_id") {
						err = nil
					}
				}
				return err
			}},
			{Version: 2, Name: "own", Run: func(ctx context.Context, e store.Engine) error {
				c, err := collection(e)
				if err != nil {
					return err
				}
				return c.Each(ctx, func(n note) error {
					_, err := c.Update(ctx, n.ID, func(n *note) error { n.Owner = "an"; return nil })
					return err
				})
			}},
		},
	}
}

func childMigrates(args []string) error {
	ctx := context.Background()
	e, err := openChild(args[0])
	if err != nil {
		return err
	}
	k, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	return migration().Run(ctx, storetest.Crash(e, k))
}

// Wherever a migration is killed, the next start completes it.
func TestMigrationCrashPoints(t *testing.T) {
	t.Parallel()
	for k := 1; ; k++ {
		path := filepath.Join(t.TempDir(), "migrate.db")
		err := storetest.Child(t, "migrate", path, strconv.Itoa(k)).Run()
		if err != nil && !storetest.Killed(err) {
			t.Fatalf("crash after write %d: child ended with %v", k, err)
		}
		done := err == nil
		e := openTest(t, path)
		if err := migration().Run(t.Context(), e); err != nil {
			t.Fatalf("after a crash at write %d: %v", k, err)
		}
		n := 0
		c, err := store.NewCollection[note](e, noteSchema())
		if err != nil {
			t.Fatal(err)
		}
		err = c.Each(t.Context(), func(r note) error {
			n++
			if r.Owner != "an" {
				t.Errorf("crash after write %d: %s was left out", k, r.ID)
			}
			return nil
		})
		if err != nil || n != 3 {
			t.Errorf("crash after write %d: %d documents, want 3, %v", k, n, err)
		}
		if done {
			if k < 10 {
				t.Errorf("the migration ended after %d writes", k-1)
			}
			return
		}
	}
}
