package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"sotay/internal/store"
)

func migrations() []testCase {
	return []testCase{
		{"MigrateNewStore", testMigrateNew},
		{"MigrateForward", testMigrateForward},
		{"MigrateCurrent", testMigrateCurrent},
		{"MigrateNewerStore", testMigrateNewer},
		{"MigrateFailedStep", testMigrateFailedStep},
		{"MigrateTogether", testMigrateTogether},
		{"MigrateNewSchema", testMigrateNewSchema},
		{"MigrateUnsoundSteps", testMigrateUnsound},
	}
}

// release returns a migration whose steps note that they ran.
func release(steps int, ran *[]int64) store.Migration {
	m := store.Migration{Schemas: []*store.Schema{thingSchema(), rowSchema()}, Lease: store.LeaseOptions{TTL: leaseTTL}}
	var mu sync.Mutex
	for i := range int64(steps) {
		m.Steps = append(m.Steps, store.Step{Version: i + 1, Name: "test", Run: func(context.Context, store.Engine) error {
			mu.Lock()
			defer mu.Unlock()
			*ran = append(*ran, i+1)
			return nil
		}})
	}
	return m
}

func testMigrateNew(t *testing.T, open Opener) {
	e := open(t)
	var ran []int64
	if err := release(2, &ran).Run(t.Context(), e); err != nil || !slices.Equal(ran, []int64{1, 2}) {
		t.Fatalf("ran %v, %v", ran, err)
	}
	insert(t, things(t, e, thingSchema()), named("a"))
	if err := release(3, &ran).Run(t.Context(), open(t)); err != nil || !slices.Equal(ran, []int64{1, 2, 3}) {
		t.Errorf("ran %v, %v", ran, err)
	}
}

// plain is a thing of an earlier release, without the key.
type plain struct {
	store.Meta `bson:",inline"`
	Owner      string `bson:"owner"`
}

func plainSchema() *store.Schema {
	return &store.Schema{Name: "plain", Indexes: []store.Index{
		{Name: "byOwner", Fields: []store.Field{{Path: "owner", Type: store.String}}},
	}}
}

type keyed struct {
	store.Meta `bson:",inline"`
	Owner      string `bson:"owner"`
	Key        string `bson:"key"`
}

func keyedSchema() *store.Schema {
	s := plainSchema()
	s.Indexes = append(s.Indexes, store.Index{Name: "byKey", Unique: true, Fields: []store.Field{{Path: "key", Type: store.String}}})
	return s
}

// The step gives every document the unique key that the new release declares.
func testMigrateForward(t *testing.T, open Opener) {
	e := open(t)
	if err := store.Migrate(t.Context(), e, []*store.Schema{plainSchema()}, nil); err != nil {
		t.Fatal(err)
	}
	before, err := store.NewCollection[plain](e, plainSchema())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if err := before.Insert(t.Context(), &plain{Meta: store.Meta{ID: fmt.Sprint("p", i)}, Owner: "an"}); err != nil {
			t.Fatal(err)
		}
	}
	steps := []store.Step{{Version: 1, Name: "keys", Run: addKeys}}
	if err := store.Migrate(t.Context(), e, []*store.Schema{keyedSchema()}, steps); err != nil {
		t.Fatal(err)
	}
	after, err := store.NewCollection[keyed](e, keyedSchema())
	if err != nil {
		t.Fatal(err)
	}
	page, err := after.Find(t.Context(), store.Query{Index: "byKey", Eq: []any{"p3"}, Limit: 2})
	if err != nil || len(page.Items) != 1 || page.Items[0].Owner != "an" {
		t.Errorf("found %+v, %v", page.Items, err)
	}
	err = after.Insert(t.Context(), &keyed{Meta: store.Meta{ID: "new"}, Owner: "an", Key: "p3"})
	if !store.IsDuplicate(err, "byKey") {
		t.Errorf("got %v, want a clash on byKey", err)
	}
}

func addKeys(ctx context.Context, e store.Engine) error {
	c, err := store.NewCollection[keyed](e, keyedSchema())
	if err != nil {
		return err
	}
	return c.Each(ctx, func(k keyed) error {
		_, err := c.Update(ctx, k.ID, func(k *keyed) error {
			if k.Key == k.ID {
				return store.ErrUnchanged
			}
			k.Key = k.ID
			return nil
		})
		return err
	})
}

// writes counts the write calls of an engine.
type writes struct {
	store.Engine
	n atomic.Int64
}

func (w *writes) Insert(ctx context.Context, s *store.Schema, docs []store.Raw) []error {
	w.n.Add(1)
	return w.Engine.Insert(ctx, s, docs)
}

func (w *writes) Replace(ctx context.Context, s *store.Schema, id any, rev int64, old, doc store.Raw) error {
	w.n.Add(1)
	return w.Engine.Replace(ctx, s, id, rev, old, doc)
}

func testMigrateCurrent(t *testing.T, open Opener) {
	var ran []int64
	if err := release(2, &ran).Run(t.Context(), open(t)); err != nil {
		t.Fatal(err)
	}
	w := &writes{Engine: open(t)}
	again := release(2, &ran)
	slices.Reverse(again.Schemas) // in any order
	if err := again.Run(t.Context(), w); err != nil || len(ran) != 2 || w.n.Load() != 0 {
		t.Errorf("ran %v with %d writes, %v", ran, w.n.Load(), err)
	}
}

func testMigrateNewer(t *testing.T, open Opener) {
	var ran []int64
	if err := release(2, &ran).Run(t.Context(), open(t)); err != nil {
		t.Fatal(err)
	}
	if err := release(1, &ran).Run(t.Context(), open(t)); !errors.Is(err, store.ErrNewerStore) {
		t.Errorf("got %v, want %v", err, store.ErrNewerStore)
	}
}

// What was done before a step failed stays done; the failed step runs again.
func testMigrateFailedStep(t *testing.T, open Opener) {
	e := open(t)
	var ran []int64
	no := errors.New("no")
	m := release(3, &ran)
	good := m.Steps[1].Run
	m.Steps[1].Run = func(context.Context, store.Engine) error { return no }
	if err := m.Run(t.Context(), e); !errors.Is(err, no) {
		t.Fatalf("got %v, want %v", err, no)
	}
	m.Steps[1].Run = good
	if err := m.Run(t.Context(), e); err != nil || !slices.Equal(ran, []int64{1, 2, 3}) {
		t.Errorf("ran %v, %v", ran, err)
	}
}

// Several processes start at once: one migrates, the others wait for it.
func testMigrateTogether(t *testing.T, open Opener) {
	var ran []int64
	m := release(3, &ran)
	var wg sync.WaitGroup
	for range 4 {
		e := open(t)
		wg.Go(func() {
			if err := m.Run(t.Context(), e); err != nil {
				t.Error(err)
			}
			if err := things(t, e, thingSchema()).DeleteIf(t.Context(), "none", 1); !errors.Is(err, store.ErrStale) {
				t.Errorf("the store was not ready: %v", err)
			}
		})
	}
	wg.Wait()
	if !slices.Equal(ran, []int64{1, 2, 3}) {
		t.Errorf("ran %v", ran)
	}
}

// Without a new step, a new schema is prepared all the same.
func testMigrateNewSchema(t *testing.T, open Opener) {
	e := open(t)
	if err := store.Migrate(t.Context(), e, []*store.Schema{plainSchema()}, nil); err != nil {
		t.Fatal(err)
	}
	if err := store.Migrate(t.Context(), e, []*store.Schema{plainSchema(), thingSchema()}, nil); err != nil {
		t.Fatal(err)
	}
	row := named("a")
	insert(t, things(t, e, thingSchema()), row)
	got, err := things(t, e, thingSchema()).Find(t.Context(), store.Query{Index: "byAt", Limit: 1})
	if err != nil || len(got.Items) != 1 || reflect.DeepEqual(got.Items[0], thing{}) {
		t.Errorf("found %+v, %v", got, err)
	}
}

func testMigrateUnsound(t *testing.T, open Opener) {
	e := open(t)
	nothing := func(context.Context, store.Engine) error { return nil }
	for name, steps := range map[string][]store.Step{
		"gap":        {{Version: 2, Run: nothing}},
		"order":      {{Version: 2, Run: nothing}, {Version: 1, Run: nothing}},
		"no content": {{Version: 1}},
	} {
		if err := store.Migrate(t.Context(), e, nil, steps); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	twice := []*store.Schema{plainSchema(), plainSchema()}
	if err := store.Migrate(t.Context(), e, twice, nil); err == nil {
		t.Error("a schema twice: accepted")
	}
}
