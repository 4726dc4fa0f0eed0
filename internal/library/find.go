package library

import (
	"encoding/json"
	"errors"
	"strings"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/library/search"
)

// Hit is something that search found.
type Hit struct {
	Kind, ID, DocumentID, MaterialID, SectionID string
	Title, Snippet                              string
}

// Search finds documents, sections and Q&A that the caller may see; kinds
// empty means all.
func (s *Service) Search(c *caller.Caller, text string, kinds []string, cursor string, limit int) ([]Hit, *string, error) {
	cat := s.catalogue.Load()
	q := search.Query{Text: text, Limit: limit, Visible: func(owner string) bool {
		kind, id, _ := strings.Cut(owner, "/")
		return admits(cat.visibility(kind, id), c)
	}}
	for _, k := range kinds {
		q.Kinds = append(q.Kinds, search.Kind(k))
	}
	name := listName("search", []any{text, kinds})
	if cursor != "" {
		b, err := s.pages.Open(name, cursor)
		if err != nil {
			return nil, nil, err
		}
		q.After = new(search.Position)
		if err := json.Unmarshal(b, q.After); err != nil {
			return nil, nil, fault.BadCursor
		}
	}
	found, next, err := cat.index.Search(q)
	if err != nil {
		return nil, nil, searchFault(err)
	}
	hits := make([]Hit, len(found))
	for i := range found {
		hits[i] = hitOf(&found[i])
	}
	if next == nil {
		return hits, nil, nil
	}
	b, err := json.Marshal(next)
	if err != nil {
		return nil, nil, err
	}
	sealed := s.pages.Seal(name, b)
	return hits, &sealed, nil
}

func searchFault(err error) error {
	switch {
	case errors.Is(err, search.ErrEmptyQuery):
		return fault.BadInput.At("/query/q", "no_words", "Cần ít nhất một từ để tìm.", "There must be a word to search for.")
	case errors.Is(err, search.ErrQueryTooLong):
		return fault.BadInput.At("/query/q", "too_long", "Tối đa 16 từ và 200 ký tự.", "At most 16 words and 200 characters.")
	}
	return err
}

func hitOf(h *search.Hit) Hit {
	kind, id, _ := strings.Cut(h.OwnerID, "/")
	out := Hit{Kind: string(h.Kind), ID: h.ID, DocumentID: h.DocumentID, SectionID: h.SectionID, Title: h.Title, Snippet: h.Snippet}
	if kind == KindMaterial {
		out.MaterialID = id
	}
	return out
}
