package archive

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"sotay/internal/store"
)

// Rules are what the documents of an archive must keep.
type Rules struct {
	// Schemas are the collections of this release.
	Schemas []*store.Schema
}

func (r Rules) schema(name string) *store.Schema {
	for _, s := range r.Schemas {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// checker goes through the entries of documents in their order.
type checker struct {
	rules Rules
	// last is the last id of each collection, next the number of its next
	// entry.
	last map[string]any
	next map[string]int
}

func (r Rules) checker() *checker {
	return &checker{rules: r, last: map[string]any{}, next: map[string]int{}}
}

// chunk reads an entry of documents and counts them.
func (c *checker) chunk(name string, content io.Reader) (int64, error) {
	s, docs, err := c.rules.documents(name, content)
	if err != nil {
		return 0, err
	}
	c.next[s.Name]++
	if want := fmt.Sprintf("collections/%s/%06d.bson", s.Name, c.next[s.Name]); name != want {
		return 0, broken("%s stands where %s belongs", name, want)
	}
	for _, doc := range docs {
		if err := c.document(s, doc); err != nil {
			return 0, broken("%s: %v", name, err)
		}
	}
	return int64(len(docs)), nil
}

// document tests one document, and that its id follows on the one before: none
// is there twice.
func (c *checker) document(s *store.Schema, doc store.Raw) error {
	if err := doc.Validate(); err != nil {
		return fmt.Errorf("a document is not well formed")
	}
	if err := store.CheckShape(s, doc); err != nil {
		return err
	}
	id, err := store.DocumentID(s, doc)
	if err != nil {
		return err
	}
	if last, ok := c.last[s.Name]; ok && !follows(last, id) {
		return fmt.Errorf("documents are not in their order")
	}
	c.last[s.Name] = id
	return nil
}

func follows(last, id any) bool {
	switch x := id.(type) {
	case string:
		before, ok := last.(string)
		return ok && strings.Compare(before, x) < 0
	case int64:
		before, ok := last.(int64)
		return ok && before < x
	}
	return false
}

// documents splits an entry.
func (r Rules) documents(name string, content io.Reader) (*store.Schema, []store.Raw, error) {
	s := r.schema(collectionName.FindStringSubmatch(name)[1])
	if s == nil {
		return nil, nil, broken("%s: this release has no such collection", name)
	}
	all, err := io.ReadAll(content) // limit has bounded it
	if err != nil {
		return nil, nil, err
	}
	var docs []store.Raw
	for len(all) > 0 {
		if len(all) < 5 {
			return nil, nil, broken("%s ends within a document", name)
		}
		n := int64(binary.LittleEndian.Uint32(all))
		if n < 5 || n > int64(len(all)) {
			return nil, nil, broken("%s ends within a document", name)
		}
		docs = append(docs, store.Raw(all[:n:n]))
		all = all[n:]
	}
	return s, docs, nil
}
