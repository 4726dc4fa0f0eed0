package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"sotay/internal/store"
	"sotay/internal/store/storetest"
)

func TestMain(m *testing.M) {
	os.Exit(storetest.Main(m, map[string]storetest.Role{
		"add":     childAdds,
		"insert":  childInserts,
		"crash":   childCrashes,
		"migrate": childMigrates,
	}))
}

func openChild(path string) (*Engine, error) {
	return Open(context.Background(), Options{Path: path, Logger: slog.New(slog.DiscardHandler)})
}

// childStore opens the store that a child was given.
func childStore(path string) (*Engine, *store.Collection[note], error) {
	e, err := openChild(path)
	if err != nil {
		return nil, nil, err
	}
	if err := e.Prepare(context.Background(), []*store.Schema{noteSchema()}); err != nil {
		return nil, nil, err
	}
	c, err := store.NewCollection[note](e, noteSchema())
	return e, c, err
}

const (
	adders  = 4
	addEach = 20
)

// add makes updates of one document and creates that rival.
func add(c *store.Collection[note], who string) error {
	var wg sync.WaitGroup
	errs := make(chan error, adders*addEach*2)
	for i := range adders {
		wg.Go(func() {
			for k := range addEach {
				errs <- persist(func() error {
					_, err := c.Update(context.Background(), "sum", func(n *note) error {
						n.Owner += "."
						n.Tags = append(n.Tags, fmt.Sprint(who, i, "-", k))
						return nil
					})
					return err
				})
				err := c.Insert(context.Background(), &note{Meta: store.Meta{ID: fmt.Sprint("rival-", i, "-", k)}, Owner: who, Key: fmt.Sprint(i, "-", k)})
				if !store.IsDuplicate(err) {
					errs <- err
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// persist tries again where another process was always faster: fairness is not
// what is tested.
func persist(f func() error) error {
	for {
		if err := f(); !errors.Is(err, store.ErrContention) {
			return err
		}
	}
}

func childAdds(args []string) error {
	e, c, err := childStore(args[0])
	if err != nil {
		return err
	}
	if err := add(c, "child"); err != nil {
		return err
	}
	return e.Close(context.Background())
}

// Three processes write to one file.
func TestProcesses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "shared.db")
	_, c, err := childStore(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Insert(t.Context(), &note{Meta: store.Meta{ID: "sum"}, Key: "sum"}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 2 {
		cmd := storetest.Child(t, "add", path)
		wg.Go(func() {
			if err := cmd.Run(); err != nil {
				t.Error(err)
			}
		})
	}
	if err := add(c, "parent"); err != nil {
		t.Error(err)
	}
	wg.Wait()
	got, err := c.Get(t.Context(), "sum")
	if want := 3 * adders * addEach; err != nil || len(got.Owner) != want || len(got.Tags) != want || got.Rev != int64(want+1) {
		t.Errorf("%d updates, %d tags, revision %d, want %d, %v", len(got.Owner), len(got.Tags), got.Rev, want, err)
	}
	page, err := c.Find(t.Context(), store.Query{Index: "byKey", Limit: store.MaxPage})
	if want := 1 + adders*addEach; err != nil || len(page.Items) != want {
		t.Errorf("%d documents, want %d, %v", len(page.Items), want, err)
	}
}

// childInserts prints each id once it is acknowledged, until it is killed.
func childInserts(args []string) error {
	_, c, err := childStore(args[0])
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for k := 0; ; k++ {
				id := fmt.Sprint("w", i, "-", k)
				if err := c.Insert(context.Background(), &note{Meta: store.Meta{ID: id}, Key: id, Tags: []string{"x"}}); err != nil {
					panic(err)
				}
				fmt.Println(id) // one write call: never half a line
			}
		})
	}
	wg.Wait()
	return nil
}

// A process that is killed while it writes has lost nothing that it
// acknowledged, and whoever opens the file next finds it sound.
func TestKilledWriter(t *testing.T) {
	t.Parallel()
	for _, acknowledged := range []int{1, 200, 3000} {
		path := filepath.Join(t.TempDir(), "killed.db")
		cmd := storetest.Child(t, "insert", path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var ids []string
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if ids = append(ids, lines.Text()); len(ids) == acknowledged {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); !storetest.Killed(err) {
			t.Fatalf("child ended with %v", err)
		}
		e := openTest(t, path)
		found, err := notes(t, e).GetMany(t.Context(), ids)
		if err != nil || len(found) != len(ids) {
			t.Errorf("%d of %d acknowledged writes are there, %v", len(found), len(ids), err)
		}
		if got := pragma(t, e.writing, "integrity_check"); got != "ok" {
			t.Errorf("integrity check: %s", got)
		}
	}
}

// crashWrites is what the crashing child writes, one after the other.
func crashWrites(c *store.Collection[note]) []func() error {
	ctx := context.Background()
	return []func() error{
		func() error { return c.Insert(ctx, &note{Meta: store.Meta{ID: "a"}, Key: "a"}) },
		func() error {
			return c.InsertMany(ctx, []*note{{Meta: store.Meta{ID: "b"}, Key: "b"}, {Meta: store.Meta{ID: "c"}, Key: "c"}})[1]
		},
		func() error {
			_, err := c.Update(ctx, "b", func(n *note) error { n.Owner = "an"; return nil })
			return err
		},
		func() error { return c.DeleteIf(ctx, "a", 1) },
	}
}

func childCrashes(args []string) error {
	e, _, err := childStore(args[0])
	if err != nil {
		return err
	}
	k, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	c, err := store.NewCollection[note](storetest.Crash(e, k), noteSchema())
	if err != nil {
		return err
	}
	for _, w := range crashWrites(c) {
		if err := w(); err != nil {
			return err
		}
	}
	return nil
}

func TestCrashPoints(t *testing.T) {
	t.Parallel()
	left := []string{"", "a:", "a: b: c:", "a: b:an c:", "b:an c:"}
	for k := 1; k <= len(left); k++ {
		path := filepath.Join(t.TempDir(), "crash.db")
		err := storetest.Child(t, "crash", path, strconv.Itoa(k)).Run()
		if k < len(left) && !storetest.Killed(err) || k == len(left) && err != nil {
			t.Fatalf("crash after write %d: child ended with %v", k, err)
		}
		got := ""
		err = notes(t, openTest(t, path)).Each(t.Context(), func(n note) error {
			got += " " + n.ID + ":" + n.Owner
			return nil
		})
		if want := left[min(k, len(left)-1)]; err != nil || got != " "+want {
			t.Errorf("after write %d the store holds%s, want %s, %v", k, got, want, err)
		}
	}
}
