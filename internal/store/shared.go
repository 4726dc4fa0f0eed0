package store

import (
	"context"
	"errors"
	"fmt"
)

// encodeChecked encodes a row and tests it against the document rules.
func encodeChecked(s *Schema, row any) (Raw, error) {
	doc, err := Encode(row)
	if err != nil {
		return nil, err
	}
	return doc, CheckDocument(s, doc)
}

// wrapError says what was being done. Ids stay in: they are opaque.
func wrapError(s *Schema, op, id string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %s %s: %w", s.Name, op, id, err)
}

func decodeAll[T any](docs []Raw) ([]T, error) {
	out := make([]T, len(docs))
	for i, doc := range docs {
		if err := Decode(doc, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func positionOf(doc Raw, rest []Field, id any) Position {
	p := Position{ID: id}
	for _, f := range rest {
		v, _ := f.Value(doc) // present: the document passed the rules
		p.Values = append(p.Values, v)
	}
	return p
}

// settle finds out what became of a write of doc: done when the stored
// document carries our mark; a DuplicateError when the id or a unique key
// belongs to another; neither when no clash is to be seen.
func settle(ctx context.Context, e Engine, s *Schema, id any, mark string, doc Raw) (bool, error) {
	stored, err := e.Get(ctx, s, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return false, wrapError(s, "re-read", fmt.Sprint(id), err)
	}
	if err == nil {
		if w, _ := stored.Lookup("_w").StringValueOK(); w == mark {
			return true, nil
		}
		if rev, _ := doc.Lookup("_rev").Int64OK(); rev == 1 {
			return false, &DuplicateError{s.Name, "_id"}
		}
	}
	for i := range s.Indexes {
		ix := &s.Indexes[i]
		if !ix.Unique {
			continue
		}
		taken, err := takenByAnother(ctx, e, s, ix, id, doc)
		if err != nil {
			return false, err
		}
		if taken {
			return false, &DuplicateError{s.Name, ix.Name}
		}
	}
	return false, nil
}

func takenByAnother(ctx context.Context, e Engine, s *Schema, ix *Index, id any, doc Raw) (bool, error) {
	q := Query{Index: ix.Name, Limit: 1}
	for _, f := range ix.Fields {
		v, _ := f.Value(doc)
		q.Eq = append(q.Eq, v)
	}
	found, err := e.Find(ctx, s, q)
	if err != nil {
		return false, wrapError(s, "re-read", ix.Name, err)
	}
	if len(found) == 0 {
		return false, nil
	}
	return !sameID(found[0], id), nil
}

func sameID(doc Raw, id any) bool {
	rv := doc.Lookup("_id")
	if v, ok := rv.StringValueOK(); ok {
		return v == id
	}
	v, ok := rv.Int64OK()
	return ok && v == id
}
