package quiz

import (
	"slices"
	"strings"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/publication"
)

// QuizSummary is a quiz in a list.
type QuizSummary struct {
	ID, Title, DocumentID string
	Topics                []string
	Version               int64
	PublishedAt           time.Time
	Questions             int64
	Window                Window
}

// QuizBody returns what GET of a quiz sends.
func (s *Service) QuizBody(c *caller.Caller, id string) (*publication.Served, error) {
	p := s.catalogue.Load().quizzes[id]
	if p == nil || !p.Visibility.Admits(c.Identity) {
		return nil, fault.NotFound
	}
	return p.served, nil
}

// Quizzes lists those that the caller may sit, newest first; documentID "" is
// any.
func (s *Service) Quizzes(c *caller.Caller, documentID, cursor string, limit int) ([]QuizSummary, *string, error) {
	found, next, err := listOut(s, c, "quizzes/"+documentID, s.catalogue.Load().quizOrder, cursor, limit, func(p *published[Quiz]) bool {
		return documentID == "" || p.Payload.DocumentID == documentID
	})
	if err != nil {
		return nil, nil, err
	}
	out := make([]QuizSummary, len(found))
	for i, p := range found {
		q := &p.Payload
		out[i] = QuizSummary{ID: p.ItemID, Title: q.Title, DocumentID: q.DocumentID, Topics: q.Topics, Version: p.Number,
			PublishedAt: p.PublishedAt, Questions: Questions(q.Parts), Window: q.Window}
	}
	return out, next, nil
}

// listOut is a page of what is out, in its order: what the caller may know of
// and is wanted. list names the listing, for its cursor.
func listOut[P any](s *Service, c *caller.Caller, list string, order []*published[P], cursor string, limit int, wanted func(*published[P]) bool) (out []*published[P], next *string, err error) {
	after := ""
	if cursor != "" {
		b, err := s.Pages.Open(list, cursor)
		if err != nil {
			return nil, nil, err
		}
		after = string(b)
	}
	for _, p := range order {
		if after != "" && place(p) <= after || !p.Visibility.Admits(c.Identity) || !wanted(p) {
			continue
		}
		if len(out) == limit {
			next := s.Pages.Seal(list, []byte(place(out[limit-1])))
			return out, &next, nil
		}
		out = append(out, p)
	}
	return out, nil, nil
}

// place is where a thing stands among those that are newest first.
func place[P any](p *published[P]) string {
	at := p.PublishedAt.UnixMilli()
	b := make([]byte, 0, 64)
	for shift := 56; shift >= 0; shift -= 8 {
		b = append(b, ^byte(at>>shift)) // the later, the smaller
	}
	// Ids are descending too; their complement ascends.
	id := []byte(p.ItemID)
	for i := range id {
		id[i] = ^id[i]
	}
	return string(append(b, id...))
}

// newestFirst orders by publication, the id at the end, so that it is total.
func newestFirst[P any](a, b *published[P]) int { return strings.Compare(place(a), place(b)) }

// sorted lists things newest first.
func sorted[P any](m map[string]*published[P]) []*published[P] {
	out := make([]*published[P], 0, len(m))
	for _, p := range m {
		out = append(out, p)
	}
	slices.SortFunc(out, newestFirst[P])
	return out
}
