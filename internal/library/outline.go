package library

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/richtext"
	"sotay/internal/viet"
)

// LiveVersion returns the version of a document or material that is out, 0 for
// none.
func (s *Service) LiveVersion(kind, id string) int64 {
	c := s.catalogue.Load()
	switch kind {
	case KindDocument:
		if d := c.documents[id]; d != nil {
			return d.Version
		}
	case KindMaterial:
		if m := c.materials[id]; m != nil {
			return m.Version
		}
	}
	return 0
}

// Title returns the title of a document or material that is out; false for none.
func (s *Service) Title(kind, id string) (string, bool) {
	c := s.catalogue.Load()
	switch kind {
	case KindDocument:
		if d := c.documents[id]; d != nil {
			return d.Title, true
		}
	case KindMaterial:
		if m := c.materials[id]; m != nil {
			return m.Title, true
		}
	}
	return "", false
}

// Sees tells whether a member may read a document or material that is out.
func (s *Service) Sees(m *caller.Identity, kind, id string) bool {
	c := s.catalogue.Load()
	switch kind {
	case KindDocument:
		d := c.documents[id]
		return d != nil && d.visibility.Admits(m)
	case KindMaterial:
		x := c.materials[id]
		return x != nil && x.visibility.Admits(m)
	}
	return false
}

// Outline calls fn for each section of a version of a document or material, and
// returns its title and, of a recording, its length in seconds. A section's hash
// is alike in two versions when it says the same. Questions with their answers
// are sections too.
func (s *Service) Outline(ctx context.Context, kind, id string, version int64, fn func(sectionID string, syllables int64, hash string)) (title string, seconds int64, err error) {
	switch kind {
	case KindDocument:
		v, err := s.documents.Version(ctx, id, version)
		if err != nil {
			return "", 0, err
		}
		outline(v.Payload.Sections, fn)
		return v.Payload.Title, 0, nil
	case KindMaterial:
		v, err := s.materials.Version(ctx, id, version)
		if err != nil {
			return "", 0, err
		}
		m := &v.Payload
		outline(m.Sections, fn)
		for i := range m.Items {
			q := &m.Items[i]
			fn(q.ID, int64(viet.Syllables(q.Question)+viet.Syllables(richtext.PlainText(q.AnswerHTML))), hashOf(q.Question, q.AnswerHTML))
		}
		if f := m.FormatOf(); f == FormatAudio || f == FormatVideo {
			seconds = m.DurationSeconds
		}
		return m.Title, seconds, nil
	}
	return "", 0, fault.NotFound
}

func outline(sections []Section, fn func(sectionID string, syllables int64, hash string)) {
	for i := range sections {
		x := &sections[i]
		fn(x.ID, x.Words, hashOf(x.Label, x.Heading, x.HTML))
	}
}

func hashOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
