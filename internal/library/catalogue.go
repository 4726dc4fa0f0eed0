package library

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"sotay/internal/audience"
	"sotay/internal/changelog"
	"sotay/internal/library/search"
	"sotay/internal/publication"
)

// Served is a body as it is sent, the same for all its readers.
type Served = publication.Served

// document is a published document as the catalogue holds it.
type document struct {
	DocumentSummary
	visibility audience.Visibility
	served     *Served
	titleKey   string
	issuerFold string
	words      string // folded words of title, abstract, number: " a b c "
	// ends are the documents that this one replaces or repeals.
	ends  []string
	files []string // ids of its attachments
}

// material is a published material.
type material struct {
	MaterialSummary
	visibility audience.Visibility
	served     *Served
	files      []string
}

// standing is the newest state of a thing in the log.
type standing struct {
	entry *changelog.Entry // the entry that made it
	live  bool
}

// catalogue is what is out. It is replaced, never changed.
type catalogue struct {
	documents map[string]*document
	materials map[string]*material
	// byIssue is newest first; byTitle and byPublished are the other orders.
	byIssue, byTitle, byPublished []*document
	materialOrder                 []*material
	standing                      map[string]standing // by "<kind>/<id>"
	entries                       []changelog.Entry   // the log from its start
	index                         *search.Index
	// edits are the changes of the index that this catalogue made to the one
	// before, for a compaction that began meanwhile.
	edits []edit
}

func newCatalogue() *catalogue {
	return &catalogue{documents: map[string]*document{}, materials: map[string]*material{},
		standing: map[string]standing{}, index: search.Build(nil)}
}

// clone copies what a change will touch; the bodies themselves are shared.
func (c *catalogue) clone() *catalogue {
	n := *c
	n.edits = nil
	n.documents, n.materials, n.standing = maps.Clone(c.documents), maps.Clone(c.materials), maps.Clone(c.standing)
	n.byIssue, n.byTitle, n.byPublished = slices.Clone(c.byIssue), slices.Clone(c.byTitle), slices.Clone(c.byPublished)
	n.materialOrder = slices.Clone(c.materialOrder)
	return &n
}

// The orders of lists; each ends with the id, so that it is total.
func orderIssue(a, b *document) int {
	return cmp.Or(strings.Compare(b.IssuedOn, a.IssuedOn), strings.Compare(b.ID, a.ID))
}

func orderTitle(a, b *document) int {
	return cmp.Or(strings.Compare(a.titleKey, b.titleKey), strings.Compare(a.ID, b.ID))
}

func orderPublished(a, b *document) int {
	return cmp.Or(b.PublishedAt.Compare(a.PublishedAt), strings.Compare(b.ID, a.ID))
}

func orderMaterial(a, b *material) int {
	return cmp.Or(b.PublishedAt.Compare(a.PublishedAt), strings.Compare(b.ID, a.ID))
}

// insertSorted puts x at its place.
func insertSorted[T any](list []*T, x *T, order func(a, b *T) int) []*T {
	at, _ := slices.BinarySearchFunc(list, x, order)
	return slices.Insert(list, at, x)
}

// removeSorted takes x out, which is at its place.
func removeSorted[T any](list []*T, x *T, order func(a, b *T) int) []*T {
	at, found := slices.BinarySearchFunc(list, x, order)
	if !found {
		return list
	}
	return slices.Delete(list, at, at+1)
}

func (c *catalogue) putDocument(d *document) {
	c.dropDocument(d.ID)
	c.documents[d.ID] = d
	c.byIssue = insertSorted(c.byIssue, d, orderIssue)
	c.byTitle = insertSorted(c.byTitle, d, orderTitle)
	c.byPublished = insertSorted(c.byPublished, d, orderPublished)
}

func (c *catalogue) dropDocument(id string) {
	old := c.documents[id]
	if old == nil {
		return
	}
	delete(c.documents, id)
	c.byIssue = removeSorted(c.byIssue, old, orderIssue)
	c.byTitle = removeSorted(c.byTitle, old, orderTitle)
	c.byPublished = removeSorted(c.byPublished, old, orderPublished)
}

func (c *catalogue) putMaterial(m *material) {
	c.dropMaterial(m.ID)
	c.materials[m.ID] = m
	c.materialOrder = insertSorted(c.materialOrder, m, orderMaterial)
}

func (c *catalogue) dropMaterial(id string) {
	if old := c.materials[id]; old != nil {
		delete(c.materials, id)
		c.materialOrder = removeSorted(c.materialOrder, old, orderMaterial)
	}
}

// visibility returns who may see a live thing, nil when it is not out.
func (c *catalogue) visibility(kind, id string) *audience.Visibility {
	switch kind {
	case KindDocument:
		if d := c.documents[id]; d != nil {
			return &d.visibility
		}
	case KindMaterial:
		if m := c.materials[id]; m != nil {
			return &m.visibility
		}
	default: // kept by another room; phones are told of it all the same
		if st := c.standing[kind+"/"+id]; st.live {
			return &st.entry.After
		}
	}
	return nil
}

// plainBodies keeps a few decoded bodies for clients that take no encoding.
type plainBodies struct {
	mu     sync.Mutex
	bodies map[*Served][]byte
}

// maxPlain bounds the decoded bodies that are kept.
const maxPlain = 64

// Plain returns the plain body, decoding it at most once while it is kept.
func (p *plainBodies) plain(s *Served) ([]byte, error) {
	p.mu.Lock()
	b := p.bodies[s]
	p.mu.Unlock()
	if b != nil {
		return b, nil
	}
	b, err := s.Encoded.Plain()
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.bodies) >= maxPlain || p.bodies == nil {
		p.bodies = map[*Served][]byte{}
	}
	p.bodies[s] = b
	return b, nil
}
