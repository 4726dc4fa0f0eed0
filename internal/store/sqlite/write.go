package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"sotay/internal/store"
)

// kind is what a change does.
type kind int

const (
	inserting kind = iota
	replacing
	deleting
)

// change is the write of one document: statements that stand or fall together.
// They are made by the caller's goroutine, and again by the writer when the
// tables have changed meanwhile.
type change struct {
	kind   kind
	schema *store.Schema
	id     any
	rev    int64
	doc    store.Raw
	old    store.Raw // what is replaced, nil when it is not known

	version int64 // of the catalog that the steps were made for
	steps   []step
	err     error
}

// step is one statement. must says that no row touched means ErrStale.
type step struct {
	query string
	args  []driver.NamedValue
	must  bool
}

// Insert writes new documents, each on its own.
func (e *Engine) Insert(ctx context.Context, s *store.Schema, docs []store.Raw) []error {
	o := &op{changes: make([]change, len(docs))}
	for i, doc := range docs {
		o.bytes += len(doc)
		o.changes[i] = change{kind: inserting, schema: s, id: idOf(doc), doc: doc}
	}
	e.write(ctx, o)
	errs := make([]error, len(docs))
	for i := range o.changes {
		errs[i] = o.changes[i].err
	}
	return errs
}

// Replace writes doc over the document with this id and revision.
func (e *Engine) Replace(ctx context.Context, s *store.Schema, id any, rev int64, old, doc store.Raw) error {
	return e.one(ctx, change{kind: replacing, schema: s, id: id, rev: rev, old: old, doc: doc})
}

// Delete removes the document with this id and revision.
func (e *Engine) Delete(ctx context.Context, s *store.Schema, id any, rev int64) error {
	return e.one(ctx, change{kind: deleting, schema: s, id: id, rev: rev})
}

func (e *Engine) one(ctx context.Context, c change) error {
	o := &op{changes: []change{c}, bytes: len(c.doc)}
	e.write(ctx, o)
	return o.changes[0].err
}

func (e *Engine) write(ctx context.Context, o *op) {
	cat := e.catalog()
	for i := range o.changes {
		o.changes[i].build(cat)
	}
	e.writer.do(ctx, o)
}

// build makes the steps. A table that is missing makes it fail for now: the
// writer looks again.
func (c *change) build(cat *catalog) {
	c.version, c.err, c.steps = cat.version, nil, c.steps[:0]
	t := cat.tables[c.schema.Name]
	if t == nil {
		c.err = fmt.Errorf("sqlite: %s was not prepared", c.schema.Name)
		return
	}
	switch c.kind {
	case inserting:
		c.steps = append(c.steps, step{query: t.insert, args: named(append(t.values(c.doc, c.id), []byte(c.doc)))})
	case replacing:
		query, args := t.replace(c.old, c.doc)
		c.steps = append(c.steps, step{query: query, args: named(append(args, []byte(c.doc), c.id, c.rev)), must: true})
	case deleting:
		c.steps = append(c.steps, step{query: t.remove, args: named([]any{c.id, c.rev}), must: true})
	}
	for i := range t.sides {
		if err := c.elements(&t.sides[i]); err != nil {
			c.err = err
			return
		}
	}
}

// elements adds what a side table needs.
func (c *change) elements(s *side) error {
	var list string
	var err error
	if c.kind != deleting {
		if list, err = s.elements(c.doc); err != nil {
			return err
		}
	}
	if c.kind == replacing && c.old != nil {
		if before, err := s.elements(c.old); err == nil && before == list {
			return nil
		}
	}
	if c.kind != inserting {
		c.steps = append(c.steps, step{query: s.clear, args: named([]any{c.id})})
	}
	if c.kind != deleting {
		c.steps = append(c.steps, step{query: s.fill, args: named([]any{c.id, list})})
	}
	return nil
}

// values reads id, revision and columns of a document, with room for more. A
// field that an older release doesn't write yet is NULL.
func (t *table) values(doc store.Raw, id any) []any {
	args := make([]any, 2, len(t.columns)+5)
	args[0] = id
	rev, _ := doc.Lookup("_rev").Int64OK()
	args[1] = rev
	for _, c := range t.columns {
		v, _ := c.field.Value(doc)
		args = append(args, bindable(v))
	}
	return args
}

// replace is the statement that writes doc over old. It names only the columns
// that change: an UPDATE that names one writes its indexes anew, changed or not.
// Document, id and revision follow the arguments.
func (t *table) replace(old, doc store.Raw) (query string, args []any) {
	values := t.values(doc, nil)[1:] // revision and columns
	var before []any
	if old != nil {
		before = t.values(old, nil)[1:]
	}
	args = append(make([]any, 0, len(values)+3), values[0])
	sets := make([]byte, 0, 128)
	for i, c := range t.columns {
		if before == nil || values[i+1] != before[i+1] {
			sets = append(append(sets, ", "...), c.set...)
			args = append(args, values[i+1])
		}
	}
	return t.update + string(sets) + t.tail, args
}

// elements returns the values of the array as JSON, for json_each.
func (s *side) elements(doc store.Raw) (string, error) {
	vs, _ := s.field.Values(doc)
	vals := make([]any, len(vs)) // never nil: json_each makes a row of null
	for i, v := range vs {
		vals[i] = bindable(v)
	}
	list, err := json.Marshal(vals)
	if err != nil {
		return "", fmt.Errorf("sqlite: elements of %s: %w", s.field.Path, err)
	}
	return string(list), nil
}

func idOf(doc store.Raw) any {
	rv := doc.Lookup("_id")
	if v, ok := rv.StringValueOK(); ok {
		return v
	}
	if v, ok := rv.Int64OK(); ok {
		return v
	}
	return nil
}

func named(vs []any) []driver.NamedValue {
	out := make([]driver.NamedValue, len(vs))
	for i, v := range vs {
		out[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return out
}
