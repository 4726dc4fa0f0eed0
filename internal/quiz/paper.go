package quiz

import (
	"context"
	"fmt"

	"sotay/internal/publication"
	"sotay/internal/quiz/question"
	"sotay/internal/store"
)

// Paper is what attempts at one version of a sitting are made of: the faces of
// its questions. It is written once, when the version goes out.
type Paper struct {
	store.Meta `bson:",inline"`
	// SittingID is what it is a paper of; see Sitting.
	SittingID string      `bson:"sittingId"`
	Version   int64       `bson:"version"`
	Parts     []PaperPart `bson:"parts"`
	Items     []PaperItem `bson:"items"`
}

// PaperPart is a stretch of a paper: Count of the items at these places.
type PaperPart struct {
	Count int64   `bson:"count"`
	Items []int64 `bson:"items"`
}

// PaperItem is a question of a paper. Its id is good within the paper.
type PaperItem struct {
	ID         string              `bson:"id"`
	QuestionID string              `bson:"questionId"`
	Version    int64               `bson:"version"`
	Topic      string              `bson:"topic"`
	Difficulty question.Difficulty `bson:"difficulty"`
	Face       question.Face       `bson:"face"`
}

// PaperKeys are the keys of a paper's items, in their order. They lie apart, and
// are read when an attempt is graded or reviewed and at no other time.
type PaperKeys struct {
	store.Meta `bson:",inline"`
	Keys       []question.Key `bson:"keys"`
}

func paperSchema() *store.Schema     { return &store.Schema{Name: "papers"} }
func paperKeysSchema() *store.Schema { return &store.Schema{Name: "paperkeys"} }

// PaperID is the id of a sitting's paper of one version.
func PaperID(sittingID string, version int64) string { return fmt.Sprintf("%s/%d", sittingID, version) }

// Index returns the place of an item, or -1.
func (p *Paper) Index(itemID string) int {
	for i := range p.Items {
		if p.Items[i].ID == itemID {
			return i
		}
	}
	return -1
}

// Draw returns the places of the questions that one attempt gets, in its order.
func (p *Paper) Draw(seed []byte, shuffle bool) []int64 {
	var out []int64
	for i := range p.Parts {
		part := &p.Parts[i]
		if part.Count < int64(len(part.Items)) {
			out = append(out, question.Sample(question.NewOrder(seed, "draw", fmt.Sprint(i)), part.Items, int(part.Count))...)
			continue
		}
		out = append(out, part.Items...)
	}
	if shuffle {
		question.Shuffle(question.NewOrder(seed, "questions"), out)
	}
	return out
}

// Shown returns the face of the item at a place as an attempt of this seed
// shows it.
func (p *Paper) Shown(place int64, seed []byte, shuffle bool) question.Face {
	item := &p.Items[place]
	return item.Face.Shown(question.NewOrder(seed, "choices", item.ID), shuffle)
}

// writePaper writes paper and keys of a version from its pinned questions. It
// may run twice: the ids and what is pinned decide what is written.
func (s *Service) writePaper(ctx context.Context, sittingID string, version int64, parts []Part) error {
	paper := Paper{SittingID: sittingID, Version: version}
	keys := PaperKeys{}
	paper.ID = PaperID(sittingID, version)
	keys.ID = paper.ID
	for i := range parts {
		part := PaperPart{Count: parts[i].Count}
		found, err := s.pinned(ctx, parts[i].Pinned)
		if err != nil {
			return err
		}
		for k, pin := range parts[i].Pinned {
			q, place := &found[k].Payload, int64(len(paper.Items))
			paper.Items = append(paper.Items, PaperItem{ID: fmt.Sprintf("q%d", place+1), QuestionID: pin.QuestionID, Version: pin.Version,
				Topic: q.Topic, Difficulty: q.Difficulty, Face: q.Face()})
			keys.Keys = append(keys.Keys, q.Key())
			part.Items = append(part.Items, place)
		}
		if part.Count == 0 {
			part.Count = int64(len(part.Items))
		}
		paper.Parts = append(paper.Parts, part)
	}
	if err := s.paperRows.Insert(ctx, &paper); err != nil && !store.IsDuplicate(err, "_id") {
		return err
	}
	if err := s.keyRows.Insert(ctx, &keys); err != nil && !store.IsDuplicate(err, "_id") {
		return err
	}
	return nil
}

// pinned reads the versions that are pinned, in their order.
func (s *Service) pinned(ctx context.Context, pins []Pin) ([]QuestionVersion, error) {
	ids := make([]string, len(pins))
	for i, p := range pins {
		ids[i] = publication.VersionID(p.QuestionID, p.Version)
	}
	found, err := s.questions.Versions(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]QuestionVersion, len(pins))
	for i, id := range ids {
		v, ok := found[id]
		if !ok {
			return nil, fmt.Errorf("pinned question %s is not in the bank", id)
		}
		out[i] = v
	}
	return out, nil
}

// paper returns a paper; it never changes.
func (s *Service) paper(ctx context.Context, id string) (*Paper, error) {
	return s.papers.get(id, func() (Paper, error) { return s.paperRows.Get(ctx, id) })
}

// keys returns the keys of a paper, for grading and for a review that the rules
// allow.
func (s *Service) keys(ctx context.Context, id string) (*PaperKeys, error) {
	return s.paperKeys.get(id, func() (PaperKeys, error) { return s.keyRows.Get(ctx, id) })
}
