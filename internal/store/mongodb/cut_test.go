package mongodb_test

import (
	"errors"
	"fmt"
	"testing"

	"sotay/internal/store"
	"sotay/internal/store/storetest"
)

type note struct {
	store.Meta `bson:",inline"`
	Key        string `bson:"key"`
	N          int64  `bson:"n"`
}

type entry struct {
	store.SeqMeta `bson:",inline"`
	Key           string `bson:"key"`
}

func noteSchema(name string, intID bool) *store.Schema {
	return &store.Schema{Name: name, IntID: intID, Indexes: []store.Index{
		{Name: "byKey", Fields: []store.Field{{Path: "key", Type: store.String}}, Unique: true},
	}}
}

// cutting opens an engine on a database of its own.
func cutting(t *testing.T) (e store.Engine, database string) {
	t.Helper()
	uri := storetest.MongoDB(t)
	database = storetest.Database()
	e = opener(t, uri, database)(t)
	if err := e.Prepare(t.Context(), []*store.Schema{noteSchema("notes", false), noteSchema("entries", true)}); err != nil {
		t.Fatal(err)
	}
	return e, database
}

// The connection is cut before a write is executed and after it, before its
// answer: either way it happens once.
func TestCutConnection(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]bool{"before": true, "after": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, db := cutting(t)
			c, err := store.NewCollection[note](e, noteSchema("notes", false))
			if err != nil {
				t.Fatal(err)
			}
			storetest.Cut(t, db, "insert", 1, before)
			if err := c.Insert(t.Context(), &note{Meta: store.Meta{ID: "a"}, Key: "a"}); err != nil {
				t.Errorf("insert: %v", err)
			}
			storetest.Cut(t, db, "update", 1, before)
			got, err := c.Update(t.Context(), "a", func(n *note) error { n.N++; return nil })
			if err != nil || got.N != 1 || got.Rev != 2 {
				t.Errorf("update: %+v, %v", got, err)
			}
			storetest.Cut(t, db, "delete", 1, before)
			if err := c.DeleteIf(t.Context(), "a", 2); !before && err != nil || before && !errors.Is(err, store.ErrUncertain) {
				t.Errorf("delete: %v", err)
			}
		})
	}
}

func TestCutAppends(t *testing.T) {
	t.Parallel()
	e, db := cutting(t)
	s, err := store.NewSequence[entry](e, noteSchema("entries", true))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		storetest.Cut(t, db, "insert", 1+i/2, i%2 == 0)
		got, err := s.Append(t.Context(), func(int64, *entry) (entry, error) { return entry{Key: fmt.Sprint(i)}, nil })
		if err != nil || got.Seq != int64(i+1) {
			t.Fatalf("append %d: %+v, %v", i, got, err)
		}
	}
	got, err := s.After(t.Context(), 0, 20)
	if err != nil || len(got) != 6 {
		t.Errorf("%d entries, want 6, %v", len(got), err)
	}
}

// An engine says that it does not know, and reads go on.
func TestCutIsUncertain(t *testing.T) {
	t.Parallel()
	e, db := cutting(t)
	s := noteSchema("notes", false)
	doc, err := store.Encode(&note{Meta: store.Meta{ID: "a", Rev: 1}, Key: "a"})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Cut(t, db, "insert", 1, false)
	if err := e.Insert(t.Context(), s, []store.Raw{doc})[0]; !errors.Is(err, store.ErrUncertain) {
		t.Errorf("insert: got %v, want %v", err, store.ErrUncertain)
	}
	if _, err := e.Get(t.Context(), s, "a"); err != nil {
		t.Errorf("the write that was cut is not there: %v", err)
	}
	if err := e.Insert(t.Context(), s, []store.Raw{doc})[0]; !errors.Is(err, store.ErrClash) {
		t.Errorf("again: got %v, want %v", err, store.ErrClash)
	}
	storetest.Cut(t, db, "find", 1, true)
	if _, err := e.Get(t.Context(), s, "a"); err != nil {
		t.Errorf("the driver reads again: %v", err)
	}
}
