package store

import (
	"fmt"
	"slices"
)

// FieldType is the one type that an indexed field has in every document.
type FieldType int

// The types that an index may hold. Floats and decimals are left out because
// engines order them differently.
const (
	String FieldType = iota + 1
	Int64
	Bool
	Date
)

// Field is one column of an index. Path is a dotted path into the document.
type Field struct {
	Path string
	Type FieldType
	// Array marks a field that holds an array of Type, matched by any one of
	// its elements. Such a field is the only one of its index.
	Array bool
}

// Index is a declared order over a collection. Entries equal in all fields
// are ordered by _id, so that every listing has a total order.
type Index struct {
	Name   string
	Fields []Field
	Unique bool
}

// Schema declares a collection: its name, the type of its ids and its
// indexes.
type Schema struct {
	Name string
	// IntID says that ids are int64 (the change log and the seals); all other
	// collections have string ids.
	IntID bool
	// Majority asks for majority read concern, for readers that must not see
	// what a fail-over could take back.
	Majority bool
	// Recent is how many documents a process remembers as it last wrote them,
	// so that its next update of one need not read it: for documents that one
	// client writes again and again through one process. Their ids are never
	// used anew.
	Recent  int
	Indexes []Index
}

// Index returns the declared index of that name, or nil.
func (s *Schema) Index(name string) *Index {
	for i := range s.Indexes {
		if s.Indexes[i].Name == name {
			return &s.Indexes[i]
		}
	}
	return nil
}

// Check reports a declaration that no engine could honour.
func (s *Schema) Check() error {
	if s.Name == "" {
		return fmt.Errorf("schema without a name")
	}
	seen := map[string]bool{"_id": true}
	types := map[string]Field{}
	for i, ix := range s.Indexes {
		if ix.Name == "" || seen[ix.Name] {
			return fmt.Errorf("schema %s: index name %q is empty or taken", s.Name, ix.Name)
		}
		seen[ix.Name] = true
		if len(ix.Fields) == 0 {
			return fmt.Errorf("schema %s: index %s has no field", s.Name, ix.Name)
		}
		for k, f := range ix.Fields {
			if slices.ContainsFunc(ix.Fields[:k], func(o Field) bool { return o.Path == f.Path }) {
				return fmt.Errorf("schema %s: index %s: field %s twice", s.Name, ix.Name, f.Path)
			}
			if f.Array && (len(ix.Fields) > 1 || ix.Unique) {
				return fmt.Errorf("schema %s: index %s: an array is indexed alone and not uniquely", s.Name, ix.Name)
			}
			if old, ok := types[f.Path]; ok && old != f {
				return fmt.Errorf("schema %s: field %s is declared with two types", s.Name, f.Path)
			}
			types[f.Path] = f
		}
		for _, other := range s.Indexes[:i] {
			if other.Unique == ix.Unique && slices.Equal(other.Fields, ix.Fields) {
				return fmt.Errorf("schema %s: indexes %s and %s are one", s.Name, other.Name, ix.Name)
			}
		}
	}
	return nil
}

// fields returns each declared field once.
func (s *Schema) fields() []Field {
	var out []Field
	seen := map[string]bool{}
	for _, ix := range s.Indexes {
		for _, f := range ix.Fields {
			if !seen[f.Path] {
				seen[f.Path] = true
				out = append(out, f)
			}
		}
	}
	return out
}

// Fields returns each declared field once, in declaration order.
func (s *Schema) Fields() []Field { return s.fields() }
