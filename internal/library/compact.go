package library

import (
	"context"
	"sync"
	"time"

	"sotay/internal/library/search"
)

// compactAt is how many replaced texts the search index may carry beside its
// base; folding them in takes a second for thousands of documents, so that it
// happens beside the requests.
const compactAt = 64

// edit is one change of the search index.
type edit func(*search.Index) *search.Index

// reindex changes the catalogue's index and remembers how.
func (c *catalogue) reindex(e edit) {
	c.index = e(c.index)
	c.edits = append(c.edits, e)
}

// compacter lets publications go on while the index is folded: what they
// change meanwhile is done again on the folded index.
type compacter struct {
	mu      sync.Mutex // held while a catalogue is put in place
	running bool
	since   []edit
}

// publish puts a new catalogue in place.
func (s *Service) publish(next *catalogue) {
	s.compacter.mu.Lock()
	defer s.compacter.mu.Unlock()
	if s.compacter.running {
		// The index in place may have been folded since next was begun.
		s.compacter.since = append(s.compacter.since, next.edits...)
	}
	next.edits = nil
	s.catalogue.Store(next)
}

// compact folds the index when it carries much beside its base.
func (s *Service) compact() {
	s.compacter.mu.Lock()
	index := s.catalogue.Load().index
	if index.Overlay() <= compactAt {
		s.compacter.mu.Unlock()
		return
	}
	s.compacter.running = true
	s.compacter.mu.Unlock()

	folded := index.Compact()

	s.reader.Hold(func() { // no publication may be half way between two indexes
		s.compacter.mu.Lock()
		defer s.compacter.mu.Unlock()
		for _, e := range s.compacter.since {
			folded = e(folded)
		}
		s.compacter.running, s.compacter.since = false, nil
		next := *s.catalogue.Load()
		next.index = folded
		s.catalogue.Store(&next)
	})
}

// compactLoop folds the index now and then until ctx ends.
func (s *Service) compactLoop(ctx context.Context) {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.compact()
		}
	}
}
