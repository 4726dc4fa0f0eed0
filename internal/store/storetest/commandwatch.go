package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"

	"sotay/internal/store"
)

// CommandWatch returns a driver monitor that fails the test on a command that
// the product promises not to use: one outside of the allow list, a find
// without the hint of a declared index, an update that is not a whole
// replacement, a write concern below majority with journal. Indexes count as
// declared when a schema says so or a watched createIndexes made them.
func CommandWatch(t testing.TB, schemas ...*store.Schema) *event.CommandMonitor {
	w := &watch{t: t, indexes: map[string][]string{}}
	for _, s := range schemas {
		for _, ix := range s.Indexes {
			w.indexes[s.Name] = append(w.indexes[s.Name], ix.Name)
		}
	}
	t.Cleanup(w.end)
	return &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) { w.started(e) }}
}

type watch struct {
	mu      sync.Mutex
	t       testing.TB
	ended   bool
	indexes map[string][]string
}

// end keeps late commands from touching a test that is over.
func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
}

func (w *watch) started(e *event.CommandStartedEvent) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return
	}
	if err := w.check(e.CommandName, e.Command); err != nil {
		w.t.Errorf("mongodb command %s: %v", e.CommandName, err)
	}
}

func (w *watch) check(name string, c bson.Raw) error {
	if mode, ok := c.Lookup("$readPreference", "mode").StringValueOK(); ok && mode != "primary" {
		return fmt.Errorf("read preference %s", mode)
	}
	switch name {
	case "find":
		return w.checkFind(c)
	case "insert", "delete":
		return checkConcern(c)
	case "update":
		if err := checkReplacements(c); err != nil {
			return err
		}
		return checkConcern(c)
	case "createIndexes":
		w.learn(c)
		return checkConcern(c)
	case "getMore", "listIndexes", "endSessions", "saslStart", "saslContinue":
		return nil // the last three are the driver's own
	}
	return fmt.Errorf("not on the allow list: %v", c)
}

func (w *watch) checkFind(c bson.Raw) error {
	coll, _ := c.Lookup("find").StringValueOK()
	hint, ok := c.Lookup("hint").StringValueOK()
	if !ok {
		return fmt.Errorf("no hint: %v", c)
	}
	if hint != "_id_" && !slices.Contains(w.indexes[coll], hint) {
		return fmt.Errorf("hint %s is no declared index of %s", hint, coll)
	}
	return nil
}

func (w *watch) learn(c bson.Raw) {
	coll, _ := c.Lookup("createIndexes").StringValueOK()
	for _, v := range elements(c, "indexes") {
		if name, ok := v.Document().Lookup("name").StringValueOK(); ok {
			w.indexes[coll] = append(w.indexes[coll], name)
		}
	}
}

func checkConcern(c bson.Raw) error {
	level, _ := c.Lookup("writeConcern", "w").StringValueOK()
	journal, _ := c.Lookup("writeConcern", "j").BooleanOK()
	if level != "majority" || !journal {
		return fmt.Errorf("write concern below majority with journal: %v", c.Lookup("writeConcern"))
	}
	return nil
}

func checkReplacements(c bson.Raw) error {
	for _, v := range elements(c, "updates") {
		u := v.Document()
		doc, ok := u.Lookup("u").DocumentOK()
		if !ok {
			return fmt.Errorf("an update by pipeline: %v", u)
		}
		if elems, err := doc.Elements(); err != nil || len(elems) == 0 || elems[0].Key()[0] == '$' {
			return fmt.Errorf("an update that is no whole document: %v, %v", u, err)
		}
		for _, option := range []string{"multi", "upsert"} {
			if on, _ := u.Lookup(option).BooleanOK(); on {
				return fmt.Errorf("an update with %s: %v", option, u)
			}
		}
	}
	return nil
}

func elements(c bson.Raw, key string) []bson.RawValue {
	arr, ok := c.Lookup(key).ArrayOK()
	if !ok {
		return nil
	}
	vs, err := arr.Values()
	if err != nil {
		return nil
	}
	return vs
}
