package account

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"sotay/internal/store"
)

// maxAcks bounds the sightings that wait to be written.
const maxAcks = 4096

// seenStep is how exact lastSeenAt is when there is nothing else to write.
const seenStep = 5 * time.Minute

// acks collects which generation of a session was seen in use. It is best
// effort: a sighting that is dropped makes the service more lenient to a late
// refresh, never less.
type acks struct {
	mu   sync.Mutex
	seen map[string]int64
	// wake holds a token while there is something to write.
	wake chan struct{}
}

func newAcks() *acks { return &acks{seen: map[string]int64{}, wake: make(chan struct{}, 1)} }

// put notes a sighting, or drops it when too many wait.
func (a *acks) put(sid string, generation int64) {
	a.mu.Lock()
	old, known := a.seen[sid]
	if known || len(a.seen) < maxAcks {
		a.seen[sid] = max(old, generation)
	}
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// pending is the generation of a session that waits to be written, 0 for
// none.
func (a *acks) pending(sid string) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.seen[sid]
}

// written forgets a sighting that is in the store, unless a later one came.
func (a *acks) written(sid string, generation int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.seen[sid] == generation {
		delete(a.seen, sid)
	}
}

func (a *acks) all() map[string]int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.seen)
}

// flushAcks writes the sightings that wait. One that fails is dropped.
func (s *Service) flushAcks(ctx context.Context) error {
	var errs []error
	for sid, generation := range s.acks.all() {
		if err := s.ack(ctx, sid, generation); err != nil {
			errs = append(errs, err)
		}
		s.acks.written(sid, generation)
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}

func (s *Service) ack(ctx context.Context, sid string, generation int64) error {
	row, ok, err := s.holding(ctx, sid)
	if err != nil || !ok {
		return err
	}
	_, err = s.installations.Update(ctx, row.ID, func(t *installation) error {
		x, now := t.Session, s.now()
		if x == nil || x.ID != sid {
			return store.ErrUnchanged
		}
		acked := min(generation, x.Generation)
		if acked <= x.AckedGeneration && now.Sub(x.LastSeenAt) < seenStep {
			return store.ErrUnchanged
		}
		x.AckedGeneration = max(x.AckedGeneration, acked)
		x.LastSeenAt = now
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
