package library

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sotay/internal/fault"
	"sotay/internal/publication"
	"sotay/internal/viet"
)

// RelationKind is what a document is to another.
type RelationKind string

// The relations that an editor states. To the other document each is the word
// with "By" behind it. What replaces or repeals another ends it, whole: what
// ends a part of it amends it.
const (
	Replaces   RelationKind = "replaces"
	Amends     RelationKind = "amends"
	Repeals    RelationKind = "repeals"
	Implements RelationKind = "implements"
)

// back is the relation seen from the other document.
func (k RelationKind) back() string {
	return map[RelationKind]string{Replaces: "replacedBy", Amends: "amendedBy", Repeals: "repealedBy", Implements: "implementedBy"}[k]
}

func (k RelationKind) ends() bool { return k == Replaces || k == Repeals }

// Relation is a document's word of another: one that is kept here, one that is
// not, by what it is called, or both.
type Relation struct {
	Kind       RelationKind `bson:"kind"`
	DocumentID string       `bson:"documentId"`
	Number     string       `bson:"number"`
}

// RelationRef is a relation as readers see it. DocumentID is "" when not all
// readers of the document may see the other.
type RelationRef struct {
	Kind, DocumentID, Number, Title string
}

func normalRelations(list []Relation) []Relation {
	out := slices.Clone(list)
	for k := range out {
		out[k].Number = viet.NFC(strings.Join(strings.Fields(out[k].Number), " "))
	}
	return out
}

func relationTexts(list []Relation) []string {
	var out []string
	for k := range list {
		out = append(out, list[k].Number)
	}
	return out
}

// checkRelations holds that relations name other documents, once each.
func (s *Service) checkRelations(ctx context.Context, f *fault.Fault, i *DocumentItem) (*fault.Fault, error) {
	seen := map[Relation]bool{}
	for k, r := range i.Payload.Relations {
		at := fmt.Sprintf("/relations/%d", k)
		switch {
		case r.Kind.back() == "":
			f = f.At(at+"/kind", "unknown", "Không có quan hệ này.", "There is no such relation.")
		case r.DocumentID == "" && r.Number == "":
			f = f.At(at, "required", "Cần mã văn bản hoặc tên gọi của văn bản kia.", "The other document's id or what it is called is required.")
		case r.DocumentID == i.ID:
			f = f.At(at+"/documentId", "not_allowed", "Văn bản không có quan hệ với chính nó.", "A document has no relation to itself.")
		case seen[r]:
			f = f.At(at, "duplicate", "Quan hệ này đã nêu.", "This relation stands twice.")
		}
		seen[r] = true
		if r.DocumentID == "" || r.DocumentID == i.ID {
			continue
		}
		other, err := s.documents.Get(ctx, r.DocumentID)
		switch {
		case errors.Is(err, fault.NotFound):
			f = f.At(at+"/documentId", "not_found", "Không có văn bản này.", "There is no such document.")
		case err != nil:
			return f, err
		case r.Kind != Implements && !slices.Contains(s.orgs.OrgPath(other.OrgID), i.OrgID):
			// What the level above has issued, the level above ends or amends.
			f = f.At(at+"/documentId", "out_of_scope", "Văn bản này không do tổ chức của bạn hoặc cấp dưới phát hành.", "This document was not published by your organisation or one below it.")
		}
	}
	return f, nil
}

// From is the first day on which a document is in force.
func (d *Document) From() string {
	if d.EffectiveOn != "" {
		return d.EffectiveOn
	}
	return d.IssuedOn
}

// documentLinks is the word of a document to those that it names, and what
// they may show of it.
func documentLinks(v *DocumentVersion) ([]string, map[string]string) {
	p := &v.Payload
	var targets []string
	var kinds []string
	for _, r := range p.Relations {
		if r.DocumentID == "" {
			continue
		}
		if to := KindDocument + "/" + r.DocumentID; !slices.Contains(targets, to) {
			targets = append(targets, to)
		}
		kinds = append(kinds, string(r.Kind)+"="+r.DocumentID)
	}
	return targets, map[string]string{"title": p.Title, "number": p.Number, "from": p.From(), "relations": strings.Join(kinds, ",")}
}

// ownRelations resolves what a version says of others. What is not known to be
// visible to all its readers is shown by the editor's words alone, or not.
func ownRelations(v *DocumentVersion, known func(id string) (number, title string, ok bool)) []RelationRef {
	var out []RelationRef
	for _, r := range v.Payload.Relations {
		ref := RelationRef{Kind: string(r.Kind), Number: r.Number}
		if r.DocumentID != "" {
			if number, title, ok := known(r.DocumentID); ok {
				ref.DocumentID, ref.Title = r.DocumentID, title
				if ref.Number == "" {
					ref.Number = number
				}
			}
		}
		if ref.DocumentID == "" && ref.Number == "" {
			continue
		}
		if ref.Title == "" {
			ref.Title = ref.Number
		}
		out = append(out, ref)
	}
	return out
}

// versionRelations resolves a version's own relations by what is out now.
func (s *Service) versionRelations(v *DocumentVersion) []RelationRef {
	cat := s.catalogue.Load()
	return ownRelations(v, func(id string) (string, string, bool) {
		d := cat.documents[id]
		if d == nil || !d.visibility.Includes(&v.Visibility, s.orgs.OrgPath) {
			return "", "", false
		}
		return d.Number, d.Title, true
	})
}

// standing gathers what a document's links say.
func (s *Service) standing(v *DocumentVersion, links []publication.Link) *Standing {
	st := &Standing{}
	for k := range links {
		l := &links[k]
		if !l.Live {
			continue
		}
		visible := l.Visibility.Includes(&v.Visibility, s.orgs.OrgPath)
		kind, id, _ := strings.Cut(l.From, "/")
		switch {
		case kind == KindDocument:
			st.hear(v.ItemID, id, l, visible)
		case visible:
			st.Materials = append(st.Materials, refOf(l))
		}
	}
	own := ownRelations(v, func(id string) (string, string, bool) {
		k := slices.IndexFunc(links, func(l publication.Link) bool { return l.From == KindDocument+"/"+id })
		if k < 0 || !links[k].Live || !links[k].Visibility.Includes(&v.Visibility, s.orgs.OrgPath) {
			return "", "", false
		}
		return links[k].Data["number"], links[k].Data["title"], true
	})
	st.Relations = append(own, st.Relations...)
	return st
}

// hear takes up what another document says of this one. That it ends it is
// true for all readers, whoever may see the other.
func (st *Standing) hear(me, other string, l *publication.Link, visible bool) {
	for word := range strings.SplitSeq(l.Data["relations"], ",") {
		kind, to, _ := strings.Cut(word, "=")
		if to != me {
			continue
		}
		if from := l.Data["from"]; RelationKind(kind).ends() && (st.Until == "" || from < st.Until) {
			st.Until = from
		}
		if visible {
			st.Relations = append(st.Relations, RelationRef{Kind: RelationKind(kind).back(), DocumentID: other,
				Number: l.Data["number"], Title: l.Data["title"]})
		}
	}
}

// markEnds tells each document when another one ends it.
func (c *catalogue) markEnds() {
	until := map[string]string{}
	for _, d := range c.documents {
		for _, id := range d.ends {
			if u, ok := until[id]; !ok || d.From < u {
				until[id] = d.From
			}
		}
	}
	for id, d := range c.documents {
		if d.Until == until[id] {
			continue
		}
		changed := *d // documents are shared with the catalogue before
		changed.Until = until[id]
		c.putDocument(&changed)
	}
}
