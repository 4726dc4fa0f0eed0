package library

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/page"
	"sotay/internal/publication"
	"sotay/internal/viet"
)

// notYours answers for what is not there and for what is not the caller's to
// know, so that the two can't be told apart.
var notYours = fault.NotFound

// Document returns the body of the published version. It touches no database.
func (s *Service) Document(c *caller.Caller, id string) (*Served, error) {
	d := s.catalogue.Load().documents[id]
	if d == nil || !d.visibility.Admits(c.Identity) {
		return nil, notYours
	}
	return d.served, nil
}

// Material returns the body of the published version.
func (s *Service) Material(c *caller.Caller, id string) (*Served, error) {
	m := s.catalogue.Load().materials[id]
	if m == nil || !m.visibility.Admits(c.Identity) {
		return nil, notYours
	}
	return m.served, nil
}

// DocumentVersion returns the immutable body of one version, to those who may
// see both the document as it is and that version as it was.
func (s *Service) DocumentVersion(ctx context.Context, c *caller.Caller, id string, n int64) (*Served, error) {
	d := s.catalogue.Load().documents[id]
	if d == nil || !d.visibility.Admits(c.Identity) || n > d.Version {
		return nil, notYours
	}
	v, err := s.documents.Version(ctx, id, n)
	if err != nil {
		return nil, err
	}
	if !v.Visibility.Admits(c.Identity) {
		return nil, notYours
	}
	b := publication.NewServed(v.Body)
	b.Immutable = true
	return b, nil
}

// Plain returns a body for a client that takes no encoding.
func (s *Service) Plain(b *Served) ([]byte, error) {
	if b.Immutable {
		return b.Encoded.Plain()
	}
	return s.plain.plain(b)
}

// The orders of the list of documents.
const (
	SortNewest    = "newest"
	SortOldest    = "oldest"
	SortTitle     = "title"
	SortPublished = "published"
)

// DocumentFilter narrows the list of documents; "" and 0 are any.
type DocumentFilter struct {
	Type, Issuer, Topic, Q, Sort string
	Year                         string // YYYY
	// InForce is "true" or "false"; Day is the day that it is asked of.
	InForce, Day string
}

// Documents lists summaries of what the caller may see.
func (s *Service) Documents(c *caller.Caller, f DocumentFilter, cursor string, limit int) ([]DocumentSummary, *string, error) {
	cat := s.catalogue.Load()
	order, list, backwards := orderIssue, cat.byIssue, false
	switch f.Sort {
	case SortOldest:
		backwards = true
	case SortTitle:
		order, list = orderTitle, cat.byTitle
	case SortPublished:
		order, list = orderPublished, cat.byPublished
	}
	if backwards {
		order = func(a, b *document) int { return orderIssue(b, a) }
		list = slices.Clone(list)
		slices.Reverse(list)
	}
	name := listName("documents", f)
	rest, err := after(s.pages, name, cursor, list, order)
	if err != nil {
		return nil, nil, err
	}
	wanted := f.match()
	var out []DocumentSummary
	for _, d := range rest {
		if !d.visibility.Admits(c.Identity) || !wanted(d) {
			continue
		}
		if len(out) == limit {
			next, err := cursorAt(s.pages, name, positionOf(&out[limit-1]))
			return out, next, err
		}
		out = append(out, d.DocumentSummary)
	}
	return out, nil, nil
}

// match returns the filter as a test.
func (f DocumentFilter) match() func(*document) bool {
	issuer := viet.Fold(f.Issuer)
	var words []string
	for _, t := range viet.Tokens(f.Q) {
		words = append(words, " "+t.Fold+" ")
	}
	nothing := f.Q != "" && len(words) == 0
	return func(d *document) bool {
		if nothing || f.Type != "" && d.Type != f.Type || f.Year != "" && !strings.HasPrefix(d.IssuedOn, f.Year) ||
			f.InForce != "" && d.InForce(f.Day) != (f.InForce == "true") ||
			f.Topic != "" && !slices.Contains(d.Topics, f.Topic) || !strings.Contains(d.issuerFold, issuer) {
			return false
		}
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(d.words, w) })
	}
}

// MaterialFilter narrows the list of materials; "" is any.
type MaterialFilter struct {
	DocumentID, Kind, Audience, Format, Language string
	// Languages are those that the reader asks for, best first: they order and
	// leave nothing out.
	Languages []string
}

// Materials lists summaries of what the caller may see: what suits them best
// first, then newest first.
func (s *Service) Materials(c *caller.Caller, f MaterialFilter, cursor string, limit int) ([]MaterialSummary, *string, error) {
	var visible []*material
	for _, m := range s.catalogue.Load().materialOrder {
		if m.visibility.Admits(c.Identity) && f.match(m) {
			visible = append(visible, m)
		}
	}
	// A reader whose tags change has another list; a cursor belongs to one.
	name := listName("materials", struct {
		MaterialFilter
		Tags []string
	}{f, c.Tags})
	rest, err := after(s.pages, name, cursor, byFit(visible, c.Tags, f.Languages), orderRanked)
	if err != nil {
		return nil, nil, err
	}
	var out []MaterialSummary
	for i, m := range rest {
		if i == limit {
			next, err := cursorAt(s.pages, name, rest[i-1])
			return out, next, err
		}
		out = append(out, m.MaterialSummary)
	}
	return out, nil, nil
}

// match tells whether a material is asked for.
func (f *MaterialFilter) match(m *material) bool {
	return (f.DocumentID == "" || m.DocumentID == f.DocumentID) && (f.Kind == "" || m.Kind == f.Kind) &&
		(f.Format == "" || m.Format == f.Format) && (f.Language == "" || m.Language == f.Language) &&
		(f.Audience == "" || slices.Contains(m.Audience, f.Audience))
}

// listName binds a cursor to its list and filters.
func listName(list string, filter any) string {
	b, _ := json.Marshal(filter) // plain strings
	return list + string(b)
}

// positionOf makes of a summary the keys that the orders compare.
func positionOf(d *DocumentSummary) *document {
	return &document{DocumentSummary: *d, titleKey: viet.Fold(d.Title)}
}

// keys is what a cursor of an in-memory list holds: all that orders compare.
type keys struct {
	ID, IssuedOn, TitleKey string
	PublishedAt            int64 // Unix milliseconds
	Fit                    int
}

type keyed interface{ keys() keys }

func (d *document) keys() keys {
	return keys{ID: d.ID, IssuedOn: d.IssuedOn, TitleKey: d.titleKey, PublishedAt: d.PublishedAt.UnixMilli()}
}
func (m *material) keys() keys { return keys{ID: m.ID, PublishedAt: m.PublishedAt.UnixMilli()} }

func (d *document) at(k keys) {
	d.ID, d.IssuedOn, d.titleKey, d.PublishedAt = k.ID, k.IssuedOn, k.TitleKey, unixMilli(k.PublishedAt)
}

func (m *material) at(k keys) { m.ID, m.PublishedAt = k.ID, unixMilli(k.PublishedAt) }

// cursorAt seals the position of an entry.
func cursorAt(p *page.Sealer, list string, last keyed) (*string, error) {
	b, err := json.Marshal(last.keys())
	if err != nil {
		return nil, err
	}
	c := p.Seal(list, b)
	return &c, nil
}

// after returns the part of a sorted list behind a cursor.
func after[T any, P interface {
	*T
	at(keys)
}](p *page.Sealer, list, cursor string, all []*T, order func(a, b *T) int) ([]*T, error) {
	if cursor == "" {
		return all, nil
	}
	b, err := p.Open(list, cursor)
	if err != nil {
		return nil, err
	}
	var k keys
	if err := json.Unmarshal(b, &k); err != nil {
		return nil, fault.BadCursor
	}
	var probe T
	P(&probe).at(k)
	i, found := slices.BinarySearchFunc(all, &probe, order)
	if found {
		i++
	}
	return all[i:], nil
}

// HasSection tells whether a document has been made whose newest version has
// the section, "" for the document alone. Drafts count: what refers to them
// waits for nobody.
func (s *Service) HasSection(ctx context.Context, documentID, sectionID string) (bool, error) {
	item, err := s.documents.Get(ctx, documentID)
	if errors.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil || sectionID == "" {
		return err == nil, err
	}
	return slices.ContainsFunc(item.Payload.Sections, func(x Section) bool { return x.ID == sectionID }), nil
}
