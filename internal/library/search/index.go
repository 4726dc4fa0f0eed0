package search

import (
	"maps"
	"slices"
)

// Kind is what a hit is.
type Kind string

// The kinds of entries.
const (
	KindDocument Kind = "document"
	KindSection  Kind = "section"
	KindQA       Kind = "qa"
)

// Entry is one thing that can be found.
type Entry struct {
	Kind Kind
	// ID is unique among all entries of the index; it breaks ties in ranking.
	ID string
	// DocumentID and SectionID say where the entry belongs, for the caller.
	DocumentID, SectionID string
	// OwnerID is the document or material the entry came with. The index sets
	// it from Doc.OwnerID.
	OwnerID string
	Title   string
	// Text is plain text. It is kept, compressed, for snippets; hits have none.
	Text string
	// TitleOnly leaves Text out of the search: it is only shown.
	TitleOnly bool
}

// Doc is all the entries of one document or material, replaced as a whole.
type Doc struct {
	OwnerID string
	Entries []Entry
}

// Index is a set of documents that can be searched. It never changes: Replace
// and Remove return a new one that shares almost everything with the old, so
// readers need no lock.
type Index struct {
	base    *segment
	inBase  map[string]uint32   // owner -> its number in base
	overlay map[string]*segment // owner -> its newer index; nil when removed
}

// Build returns an index of the documents. When an owner comes twice, the
// later document counts.
func Build(docs []Doc) *Index {
	latest := make(map[string]int, len(docs))
	for i, d := range docs {
		latest[d.OwnerID] = i
	}
	b := newBuilder()
	for i, d := range docs {
		if latest[d.OwnerID] == i {
			b.addDoc(Pack(d))
		}
	}
	return fromBase(b.finish())
}

// Builder gathers documents of different owners for an index, so that they need
// not all be in memory beside it.
type Builder struct{ b *builder }

// NewBuilder returns an empty builder.
func NewBuilder() *Builder { return &Builder{newBuilder()} }

// Add takes a document, whose owner no other has.
func (b *Builder) Add(doc *Packed) { b.b.addDoc(doc) }

// Index returns the index of all documents. The builder is used up.
func (b *Builder) Index() *Index { return fromBase(b.b.finish()) }

func fromBase(base *segment) *Index {
	x := &Index{base: base, inBase: make(map[string]uint32, len(base.owners)), overlay: map[string]*segment{}}
	for i, owner := range base.owners {
		x.inBase[owner] = uint32(i)
	}
	return x
}

// Replace returns an index in which doc stands instead of what its owner had.
// It costs the size of doc and a copy of the overlay's list, whatever else
// the index holds.
func (x *Index) Replace(doc *Packed) *Index {
	b := newBuilder()
	b.addDoc(doc)
	return x.with(doc.ownerID, b.finish())
}

// Remove returns an index without the owner's entries.
func (x *Index) Remove(ownerID string) *Index {
	if _, ok := x.inBase[ownerID]; ok {
		return x.with(ownerID, nil)
	}
	if _, ok := x.overlay[ownerID]; !ok {
		return x
	}
	next := x.with(ownerID, nil)
	delete(next.overlay, ownerID)
	return next
}

func (x *Index) with(ownerID string, seg *segment) *Index {
	next := &Index{base: x.base, inBase: x.inBase, overlay: maps.Clone(x.overlay)}
	next.overlay[ownerID] = seg
	return next
}

// Overlay returns how many owners were replaced or removed since the last
// Build or Compact. Each costs a search some microseconds.
func (x *Index) Overlay() int { return len(x.overlay) }

// Compact returns the same documents with nothing in the overlay. It reads
// every posting once but splits no text again.
func (x *Index) Compact() *Index {
	if len(x.overlay) == 0 {
		return x
	}
	m := newMerger()
	m.add(x.base, func(owner uint32) bool {
		_, masked := x.overlay[x.base.owners[owner]]
		return !masked
	})
	for _, owner := range slices.Sorted(maps.Keys(x.overlay)) {
		if seg := x.overlay[owner]; seg != nil {
			m.add(seg, func(uint32) bool { return true })
		}
	}
	return fromBase(m.finish())
}
