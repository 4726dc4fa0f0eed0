package library

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sotay/internal/audience"
	"sotay/internal/caller"
	"sotay/internal/changelog"
	"sotay/internal/library/search"
	"sotay/internal/publication"
	"sotay/internal/richtext"
	"sotay/internal/viet"
)

// Apply takes new entries of the change log into the catalogue: all of them,
// or none. It implements changelog.Apply.
func (s *Service) Apply(ctx context.Context, entries []changelog.Entry) error {
	next := s.catalogue.Load().clone()
	changed := map[string]bool{}
	for i := range entries {
		e := &entries[i]
		next.entries = append(next.entries, *e)
		key := e.Kind + "/" + e.ID
		if now, ok := next.standing[key]; ok && e.Order < now.entry.Order {
			continue // an older state that was appended late
		}
		next.standing[key] = standing{entry: e, live: e.Op == changelog.Upsert}
		changed[key] = true
	}
	if err := s.load(ctx, next, changed); err != nil {
		return err
	}
	next.markEnds()
	s.publish(next)
	return nil
}

// loadBatch is how many things are read from the store at once.
const loadBatch = 100

// load brings the catalogue's texts and bodies in step with the standings.
func (s *Service) load(ctx context.Context, c *catalogue, changed map[string]bool) error {
	var live []string
	for key := range changed {
		if c.standing[key].live {
			live = append(live, key)
		} else {
			c.drop(key)
		}
	}
	slices.Sort(live)
	index := func(t *search.Packed) { c.reindex(func(x *search.Index) *search.Index { return x.Replace(t) }) }
	var first *search.Builder
	if len(live) > compactAt && len(c.documents)+len(c.materials) == 0 {
		first = search.NewBuilder() // the first loading: these are all there are
		index = first.Add
	}
	for batch := range slices.Chunk(live, loadBatch) {
		if err := s.loadLive(ctx, c, batch, index); err != nil {
			return err
		}
	}
	if first != nil {
		c.index = first.Index()
	}
	return nil
}

// loadLive reads what is out of some things and hands their texts to index.
func (s *Service) loadLive(ctx context.Context, c *catalogue, keys []string, index func(*search.Packed)) error {
	var bodyIDs, documents, materials []string
	for _, key := range keys {
		e := c.standing[key].entry
		version := publication.VersionID(e.ID, e.Version)
		switch e.Kind {
		case KindDocument:
			documents = append(documents, version)
		case KindMaterial:
			materials = append(materials, version)
		default:
			continue
		}
		bodyIDs = append(bodyIDs, publication.BodyID(e.Kind, e.ID, e.Order))
	}
	bodies, err := s.desk.Bodies(ctx, bodyIDs)
	if err != nil {
		return err
	}
	docs, err := s.documentCards.read(ctx, documents, s.documents.Versions)
	if err != nil {
		return err
	}
	mats, err := s.materialCards.read(ctx, materials, s.materials.Versions)
	if err != nil {
		return err
	}
	for i := range docs {
		v := &docs[i].Version
		b, err := bodyOf(c, bodies, KindDocument, v.ItemID)
		if err != nil {
			return err
		}
		c.putDocument(newDocument(v, docs[i].Words, b))
		index(docs[i].packed)
	}
	for i := range mats {
		v := &mats[i].Version
		b, err := bodyOf(c, bodies, KindMaterial, v.ItemID)
		if err != nil {
			return err
		}
		c.putMaterial(newMaterial(v, mats[i].Words, b))
		index(mats[i].packed)
	}
	if got := len(docs) + len(mats); got != len(documents)+len(materials) {
		return fmt.Errorf("change log names %d versions, found %d", len(documents)+len(materials), got)
	}
	return nil
}

func (c *catalogue) drop(key string) {
	kind, id, _ := strings.Cut(key, "/")
	switch kind {
	case KindDocument:
		c.dropDocument(id)
	case KindMaterial:
		c.dropMaterial(id)
	}
	c.reindex(func(x *search.Index) *search.Index { return x.Remove(key) })
}

func bodyOf(c *catalogue, bodies map[string]publication.Body, kind, id string) (*Served, error) {
	st := c.standing[kind+"/"+id]
	b, ok := bodies[publication.BodyID(kind, id, st.entry.Order)]
	if !ok {
		return nil, fmt.Errorf("change log entry %d has no body", st.entry.Seq)
	}
	return publication.NewServed(b.Encoded), nil
}

func newDocument(v *DocumentVersion, words int64, b *Served) *document {
	p := &v.Payload
	d := &document{visibility: v.Visibility, served: b, titleKey: viet.Fold(p.Title), issuerFold: viet.Fold(p.Issuer),
		DocumentSummary: DocumentSummary{ID: v.ItemID, Type: p.Type, Number: p.Number, Title: p.Title,
			Abstract: p.Abstract, Issuer: p.Issuer, IssuedOn: p.IssuedOn, Topics: p.Topics,
			Version: v.Number, PublishedAt: v.PublishedAt, Words: words, From: p.From()}}
	for _, r := range p.Relations {
		if r.Kind.ends() && r.DocumentID != "" {
			d.ends = append(d.ends, r.DocumentID)
		}
	}
	d.files = fileIDs(p.Attachments)
	d.words = foldedWords(p.Title + " " + p.Abstract + " " + p.Number)
	return d
}

// foldedWords writes the folded words of a text between blanks, so that a word
// can be found by strings.Contains.
func foldedWords(text string) string {
	var b strings.Builder
	b.WriteByte(' ')
	for start, end := range viet.Spans(text) {
		b.WriteString(viet.Fold(text[start:end]))
		b.WriteByte(' ')
	}
	return b.String()
}

func newMaterial(v *MaterialVersion, words int64, b *Served) *material {
	p := &v.Payload
	return &material{visibility: v.Visibility, served: b, files: fileIDs(p.Attachments), MaterialSummary: MaterialSummary{
		Format: p.FormatOf(), DurationSeconds: p.DurationSeconds, ID: v.ItemID, Kind: p.Kind, Title: p.Title, DocumentID: p.DocumentID, Language: p.Language,
		Audience: p.Audience, Topics: p.Topics, Version: v.Number, PublishedAt: v.PublishedAt, Words: words}}
}

// documentText is what search finds of a document.
func documentText(v *DocumentVersion) search.Doc {
	p := &v.Payload
	owner := KindDocument + "/" + v.ItemID
	doc := search.Doc{OwnerID: owner, Entries: []search.Entry{{
		Kind: search.KindDocument, ID: v.ItemID, OwnerID: owner, DocumentID: v.ItemID,
		Title: strings.TrimSpace(p.Number + " " + p.Title), Text: p.Abstract}}}
	for i := range p.Sections {
		doc.Entries = append(doc.Entries, sectionEntry(&p.Sections[i], owner, v.ItemID, p.Title))
	}
	return doc
}

// materialText is what search finds of a material.
func materialText(v *MaterialVersion) search.Doc {
	p := &v.Payload
	owner := KindMaterial + "/" + v.ItemID
	doc := search.Doc{OwnerID: owner}
	for i := range p.Sections {
		e := sectionEntry(&p.Sections[i], owner, v.ItemID, p.Title)
		e.DocumentID = p.DocumentID
		doc.Entries = append(doc.Entries, e)
	}
	for i := range p.Items {
		q := &p.Items[i]
		doc.Entries = append(doc.Entries, search.Entry{Kind: search.KindQA, ID: v.ItemID + "/" + q.ID, OwnerID: owner,
			DocumentID: p.DocumentID, SectionID: first(q.SectionIDs), Title: q.Question, Text: richtext.PlainText(q.AnswerHTML)})
	}
	return doc
}

func sectionEntry(s *Section, owner, itemID, title string) search.Entry {
	heading := strings.TrimSpace(s.Label + " " + s.Heading)
	if heading == "" {
		heading = title
	}
	return search.Entry{Kind: search.KindSection, ID: itemID + "/" + s.ID, OwnerID: owner, DocumentID: itemID,
		SectionID: s.ID, Title: heading, Text: richtext.PlainText(s.HTML)}
}

func first(list []string) string {
	if len(list) > 0 {
		return list[0]
	}
	return ""
}

// encodeDocument joins a version with what others say of it: only what
// everyone who sees the document may see.
func (s *Service) encodeDocument(v *DocumentVersion, links []publication.Link) ([]byte, error) {
	return s.encoder.Document(v.ItemID, v, s.standing(v, links))
}

// linksOf is the word of a material to its document.
func linksOf(v *MaterialVersion) ([]string, map[string]string) {
	p := &v.Payload
	if p.DocumentID == "" {
		return nil, nil
	}
	return []string{KindDocument + "/" + p.DocumentID}, map[string]string{
		"kind": p.Kind, "title": p.Title, "language": p.Language,
		"audience": strings.Join(p.Audience, ","), "version": fmt.Sprint(v.Number)}
}

func refOf(l *publication.Link) MaterialRef {
	_, id, _ := strings.Cut(l.From, "/")
	r := MaterialRef{ID: id, Kind: l.Data["kind"], Title: l.Data["title"], Language: l.Data["language"]}
	if a := l.Data["audience"]; a != "" {
		r.Audience = strings.Split(a, ",")
	}
	_, _ = fmt.Sscan(l.Data["version"], &r.Version)
	return r
}

// admits tells whether the caller may see a thing that is out.
func admits(v *audience.Visibility, c *caller.Caller) bool { return v != nil && v.Admits(c.Identity) }
