package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Value is one field of an encoded document, as it lies there: it shares the
// document's memory. A method that asks for another type gives the zero value.
type Value struct {
	kind bson.Type
	data []byte
}

// Text is a string's bytes.
func (v Value) Text() []byte {
	if v.kind != bson.TypeString {
		return nil
	}
	return v.data[4 : len(v.data)-1]
}

// Binary is a binary field's bytes.
func (v Value) Binary() []byte {
	if v.kind != bson.TypeBinary {
		return nil
	}
	return v.data[5:]
}

// Int is an integer, or a date's milliseconds.
func (v Value) Int() int64 {
	switch v.kind {
	case bson.TypeInt64, bson.TypeDateTime:
		return int64(binary.LittleEndian.Uint64(v.data))
	case bson.TypeInt32:
		return int64(int32(binary.LittleEndian.Uint32(v.data)))
	}
	return 0
}

// Bool is a truth value.
func (v Value) Bool() bool { return v.kind == bson.TypeBoolean && v.data[0] != 0 }

// Doc is an embedded document or an array, for Walk.
func (v Value) Doc() Raw {
	if v.kind != bson.TypeEmbeddedDocument && v.kind != bson.TypeArray {
		return nil
	}
	return v.data
}

var errBroken = errors.New("broken document")

// Walk calls fn for the fields of an encoded document, or the elements of an
// array, in their order. It is for readers of very many documents, of which
// they need a few fields: Decode fills in all of them, at ten times the cost.
// Nil has no fields.
func Walk(doc Raw, fn func(name []byte, v Value)) error {
	if doc == nil {
		return nil
	}
	if len(doc) < 5 || int(binary.LittleEndian.Uint32(doc)) != len(doc) || doc[len(doc)-1] != 0 {
		return errBroken
	}
	rest := []byte(doc[4 : len(doc)-1])
	for len(rest) > 0 {
		kind := bson.Type(rest[0])
		end := bytes.IndexByte(rest[1:], 0)
		if end < 0 {
			return errBroken
		}
		name := rest[1 : 1+end]
		rest = rest[end+2:]
		n, ok := sizeOf(kind, rest)
		if !ok || n > len(rest) {
			return fmt.Errorf("%w: field %q", errBroken, name)
		}
		fn(name, Value{kind, rest[:n]})
		rest = rest[n:]
	}
	return nil
}

// sizeOf is how many bytes the value at the start of rest takes.
func sizeOf(kind bson.Type, rest []byte) (n int, ok bool) {
	switch kind {
	case bson.TypeNull:
		return 0, true
	case bson.TypeBoolean:
		return 1, true
	case bson.TypeInt32:
		return 4, true
	case bson.TypeInt64, bson.TypeDateTime, bson.TypeDouble:
		return 8, true
	}
	if len(rest) < 5 {
		return 0, false
	}
	n = int(binary.LittleEndian.Uint32(rest))
	switch kind {
	case bson.TypeString:
		return n + 4, n > 0
	case bson.TypeBinary:
		return n + 5, true
	case bson.TypeEmbeddedDocument, bson.TypeArray:
		return n, n >= 5
	}
	return 0, false // no document of ours holds another type
}

// GetManyRaw is GetMany for those who read documents with Walk; they come in any
// order.
func (c *Collection[T]) GetManyRaw(ctx context.Context, ids []string) ([]Raw, error) {
	var out []Raw
	for len(ids) > 0 {
		n := min(len(ids), MaxPage)
		keys := make([]any, n)
		for i, id := range ids[:n] {
			keys[i] = id
		}
		docs, err := c.engine.GetMany(ctx, c.schema, keys)
		if err != nil {
			return nil, c.wrap("get many", "", err)
		}
		out, ids = append(out, docs...), ids[n:]
	}
	return out, nil
}

// AllRaw is All for those who read documents with Walk.
func (c *Collection[T]) AllRaw(ctx context.Context, q Query, fn func(Raw) error) error {
	q.Limit = MaxPage
	for {
		ix, err := q.check(c.schema)
		if err != nil {
			return err
		}
		docs, err := c.engine.Find(ctx, c.schema, q)
		if err != nil {
			return c.wrap("find", ix.Name, err)
		}
		for _, doc := range docs {
			if err := fn(doc); err != nil {
				return err
			}
		}
		if len(docs) < MaxPage {
			return nil
		}
		last := docs[len(docs)-1]
		q.After = positionOf(last, ix.Fields[len(q.Eq):], last.Lookup("_id").StringValue())
	}
}
