package jobs

import (
	"context"
	"errors"
	"time"

	"sotay/internal/store"
)

// lease names the right to work on imports: one at a time over all replicas,
// so that two files can't tread on each other and memory is that of one.
const lease = "imports"

const (
	lookEvery  = 500 * time.Millisecond
	retryAfter = 5 * time.Second
	// patience is how long a file may take to arrive.
	patience = time.Hour
)

// Loop works on jobs until ctx ends.
func (s *Service) Loop(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.Log.Warn("import interrupted, to be taken up again", "error", err)
			tick.Reset(retryAfter)
		} else {
			tick.Reset(lookEvery)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.wake:
		}
	}
}

// Sweep works on what is open, the oldest first, unless another process is at
// it.
func (s *Service) Sweep(ctx context.Context) error {
	if err := s.sweepAbandoned(ctx); err != nil {
		return err
	}
	first, err := s.nextOpen(ctx)
	if err != nil || first == "" {
		return err
	}
	release, lost, err := s.Leases.TryAcquire(ctx, lease)
	if errors.Is(err, store.ErrHeld) {
		return nil
	}
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-lost:
			cancel()
		case <-ctx.Done():
		}
	}()
	for {
		id, err := s.nextOpen(ctx)
		if err != nil || id == "" {
			return err
		}
		if err := s.Work(ctx, id); err != nil {
			return err
		}
	}
}

func (s *Service) nextOpen(ctx context.Context) (string, error) {
	found, err := s.rows.Find(ctx, store.Query{Index: "open", Eq: []any{int64(openRun)}, Limit: 1})
	if err != nil || len(found.Items) == 0 {
		return "", err
	}
	return found.Items[0].ID, nil
}

func (s *Service) sweepAbandoned(ctx context.Context) error {
	found, err := s.rows.Find(ctx, store.Query{Index: "open", Eq: []any{int64(openFile)}, To: s.Now().Add(-patience), Limit: 10})
	if err != nil {
		return err
	}
	for _, j := range found.Items {
		if err := s.abandoned(ctx, j); err != nil {
			return err
		}
	}
	return nil
}
