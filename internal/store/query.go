package store

import (
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Query asks for documents in the order of one index: equality on a prefix of
// its fields, then at most one range on the next field.
type Query struct {
	Index string
	// Eq holds the values of the first len(Eq) fields: string, int64, bool or
	// time.Time, as declared.
	Eq []any
	// From (inclusive) and To (exclusive) bound the field after Eq; nil is
	// open.
	From, To any
	// Desc lists from the end.
	Desc bool
	// Limit is 1 to MaxPage.
	Limit int
	// After continues behind a position of the same query.
	After Position
}

// Position is a place in the order of a query: the values of the index's
// fields after the equality prefix, then the id. It stays valid when documents
// are inserted or removed, its own included.
type Position struct {
	Values []any
	ID     any
}

// IsZero tells whether the position is the start.
func (p Position) IsZero() bool { return p.ID == nil }

type positionDoc struct {
	Values bson.A `bson:"v"`
	ID     any    `bson:"i"`
}

// Encode returns the position as bytes, for a sealed cursor.
func (p Position) Encode() ([]byte, error) {
	vals := make(bson.A, len(p.Values))
	copy(vals, p.Values)
	b, err := bson.Marshal(positionDoc{Values: vals, ID: p.ID})
	if err != nil {
		return nil, fmt.Errorf("encode position: %w", err)
	}
	return b, nil
}

// DecodePosition reads what Encode wrote.
func DecodePosition(b []byte) (Position, error) {
	var d positionDoc
	if err := bson.Unmarshal(b, &d); err != nil {
		return Position{}, fmt.Errorf("decode position: %w", err)
	}
	p := Position{ID: d.ID}
	for _, v := range d.Values {
		if dt, ok := v.(bson.DateTime); ok {
			v = dt.Time().UTC()
		}
		p.Values = append(p.Values, v)
	}
	return p, nil
}

// check reports a query that the schema does not allow.
func (q *Query) check(s *Schema) (*Index, error) {
	ix := s.Index(q.Index)
	if ix == nil {
		return nil, fmt.Errorf("%s: no index %q", s.Name, q.Index)
	}
	if q.Limit < 1 || q.Limit > MaxPage {
		return nil, fmt.Errorf("%s: limit %d is not in 1..%d", s.Name, q.Limit, MaxPage)
	}
	if len(q.Eq) > len(ix.Fields) {
		return nil, fmt.Errorf("%s: %d values for the %d fields of %s", s.Name, len(q.Eq), len(ix.Fields), ix.Name)
	}
	for i, v := range q.Eq {
		if !ix.Fields[i].Type.holds(v) {
			return nil, fmt.Errorf("%s: %s: %T does not fit field %s", s.Name, ix.Name, v, ix.Fields[i].Path)
		}
	}
	rest := ix.Fields[len(q.Eq):]
	if (q.From != nil || q.To != nil) && len(rest) == 0 {
		return nil, fmt.Errorf("%s: %s: no field left for a range", s.Name, ix.Name)
	}
	for _, v := range []any{q.From, q.To} {
		if v != nil && !rest[0].Type.holds(v) {
			return nil, fmt.Errorf("%s: %s: %T does not fit range field %s", s.Name, ix.Name, v, rest[0].Path)
		}
	}
	if ix.Fields[0].Array && len(q.Eq) != 1 {
		return nil, fmt.Errorf("%s: %s: an array index is queried by one equal value", s.Name, ix.Name)
	}
	return ix, q.checkAfter(s, rest)
}

func (q *Query) checkAfter(s *Schema, rest []Field) error {
	if q.After.IsZero() {
		return nil
	}
	if len(q.After.Values) != len(rest) {
		return fmt.Errorf("%s: position has %d values, want %d", s.Name, len(q.After.Values), len(rest))
	}
	for i, v := range q.After.Values {
		if !rest[i].Type.holds(v) {
			return fmt.Errorf("%s: position: %T does not fit field %s", s.Name, v, rest[i].Path)
		}
	}
	return nil
}

// holds tells whether a query value has the type.
func (t FieldType) holds(v any) bool {
	switch v.(type) {
	case string:
		return t == String
	case int64:
		return t == Int64
	case bool:
		return t == Bool
	case time.Time:
		return t == Date
	}
	return false
}

// Value reads a field of an encoded document as a query value. ok is false
// when it is absent or of another type.
func (f Field) Value(doc Raw) (v any, ok bool) {
	rv, err := doc.LookupErr(splitPath(f.Path)...)
	if err != nil {
		return nil, false
	}
	return f.Type.read(rv)
}

// Values reads the elements of an array field.
func (f Field) Values(doc Raw) (vs []any, ok bool) {
	rv, err := doc.LookupErr(splitPath(f.Path)...)
	if err != nil {
		return nil, false
	}
	arr, ok := rv.ArrayOK()
	if !ok {
		return nil, false
	}
	elems, err := arr.Values()
	if err != nil {
		return nil, false
	}
	for _, e := range elems {
		v, ok := f.Type.read(e)
		if !ok {
			return nil, false
		}
		vs = append(vs, v)
	}
	return vs, true
}

func (t FieldType) read(rv bson.RawValue) (any, bool) {
	switch t {
	case String:
		return wrap(rv.StringValueOK())
	case Int64:
		return wrap(rv.Int64OK())
	case Bool:
		return wrap(rv.BooleanOK())
	case Date:
		ms, ok := rv.DateTimeOK()
		if !ok {
			return nil, false
		}
		return time.UnixMilli(ms).UTC(), true
	}
	return nil, false
}

func wrap[T any](v T, ok bool) (any, bool) { return v, ok }
