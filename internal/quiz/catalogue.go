package quiz

import (
	"context"
	"fmt"
	"maps"

	"sotay/internal/changelog"
	"sotay/internal/publication"
)

// published is one thing that is out, as the catalogue holds it.
type published[P any] struct {
	publication.Version[P]
	served *publication.Served
}

// catalogue is what is out. It is replaced, never changed.
type catalogue struct {
	quizzes  map[string]*published[Quiz]
	contests map[string]*published[Contest]
	sittings map[string]*Sitting
	// What is listed, newest first.
	quizOrder    []*published[Quiz]
	contestOrder []*published[Contest]
	// newest is the order of the newest entry of each thing.
	newest map[string]int64
}

func newCatalogue() *catalogue {
	return &catalogue{quizzes: map[string]*published[Quiz]{}, contests: map[string]*published[Contest]{}, sittings: map[string]*Sitting{},
		newest: map[string]int64{}}
}

func (c *catalogue) clone() *catalogue {
	return &catalogue{quizzes: maps.Clone(c.quizzes), contests: maps.Clone(c.contests), sittings: maps.Clone(c.sittings),
		newest: maps.Clone(c.newest)}
}

// finish sorts what is listed.
func (c *catalogue) finish() {
	c.quizOrder, c.contestOrder = sorted(c.quizzes), sorted(c.contests)
}

// Apply takes new entries of the change log into the catalogue: all of them, or
// none. It implements changelog.Apply.
func (s *Service) Apply(ctx context.Context, entries []changelog.Entry) error {
	next := s.catalogue.Load().clone()
	changed := map[string]*changelog.Entry{}
	for i := range entries {
		e := &entries[i]
		key := e.Kind + "/" + e.ID
		if e.Kind != KindQuiz && e.Kind != KindContest || e.Order < next.newest[key] {
			continue
		}
		next.newest[key] = e.Order
		changed[key] = e
	}
	if len(changed) == 0 {
		return nil
	}
	for _, e := range changed {
		take := s.takeQuiz
		if e.Kind == KindContest {
			take = s.takeContest
		}
		if err := take(ctx, next, e); err != nil {
			return err
		}
	}
	next.finish()
	s.catalogue.Store(next)
	return nil
}

// takeQuiz puts a quiz in step with the newest entry about it.
func (s *Service) takeQuiz(ctx context.Context, c *catalogue, e *changelog.Entry) error {
	delete(c.quizzes, e.ID)
	delete(c.sittings, KindQuiz+"/"+e.ID)
	if e.Op == changelog.Delete {
		return nil
	}
	p, err := live(ctx, s, s.quizzes, e)
	if err != nil {
		return err
	}
	c.quizzes[e.ID] = p
	t := quizSitting(&p.Version)
	c.sittings[t.ID] = t
	return nil
}

// takeContest puts a contest and its rounds in step with the newest entry about
// it.
func (s *Service) takeContest(ctx context.Context, c *catalogue, e *changelog.Entry) error {
	if old := c.contests[e.ID]; old != nil {
		for k := range old.Payload.Rounds {
			delete(c.sittings, RoundID(e.ID, int64(k+1)))
		}
	}
	delete(c.contests, e.ID)
	if e.Op == changelog.Delete {
		return nil
	}
	p, err := live(ctx, s, s.contests, e)
	if err != nil {
		return err
	}
	c.contests[e.ID] = p
	for k := range p.Payload.Rounds {
		t := roundSitting(&p.Version, int64(k+1))
		c.sittings[t.ID] = t
	}
	return nil
}

// live reads the version and the body that an entry names.
func live[P any](ctx context.Context, s *Service, m *publication.Machine[P], e *changelog.Entry) (*published[P], error) {
	v, err := m.Version(ctx, e.ID, e.Version)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", e.Kind, e.ID, err)
	}
	id := publication.BodyID(e.Kind, e.ID, e.Order)
	bodies, err := s.desk.Bodies(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	b, ok := bodies[id]
	if !ok {
		return nil, fmt.Errorf("change log entry %d has no body", e.Seq)
	}
	return &published[P]{Version: v, served: publication.NewServed(b.Encoded)}, nil
}

// sitting returns a published sitting, nil when none is out under the id.
func (s *Service) sitting(id string) *Sitting { return s.catalogue.Load().sittings[id] }
