package changelog

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sotay/internal/store"
)

// Apply takes a batch of entries in order. An error stops the reader at the
// entries before the batch; the batch comes again.
type Apply func(ctx context.Context, entries []Entry) error

// Reader follows the log from its start and keeps this process's view of what
// is published in step.
type Reader struct {
	log   *Log
	apply Apply
	slog  *slog.Logger
	mu    sync.Mutex // one catch-up at a time
	at    atomic.Int64
}

// NewReader returns a reader at the start of the log.
func NewReader(l *Log, apply Apply, log *slog.Logger) *Reader {
	return &Reader{log: l, apply: apply, slog: log}
}

// Position is the number up to which entries were applied.
func (r *Reader) Position() int64 { return r.at.Load() }

// Load reads the log from its start and applies it as one batch.
func (r *Reader) Load(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []Entry
	for {
		entries, err := r.log.After(ctx, r.at.Load()+int64(len(all)), store.MaxPage)
		if err != nil {
			return err
		}
		all = append(all, entries...)
		if len(entries) < store.MaxPage {
			break
		}
	}
	return r.take(ctx, all)
}

// take applies a batch, which follows without a gap on what was applied.
func (r *Reader) take(ctx context.Context, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	for i := range entries {
		if want := r.at.Load() + int64(i) + 1; entries[i].Seq != want {
			return fmt.Errorf("change log: entry %d found where %d was expected", entries[i].Seq, want)
		}
	}
	if err := r.apply(ctx, entries); err != nil {
		return fmt.Errorf("apply change log after %d: %w", r.at.Load(), err)
	}
	r.at.Store(entries[len(entries)-1].Seq)
	return nil
}

// CatchUp applies what is new. A publisher calls it before it answers, so that
// its own process shows the change at once.
func (r *Reader) CatchUp(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		entries, err := r.log.After(ctx, r.at.Load(), store.MaxPage)
		if err != nil || len(entries) == 0 {
			return err
		}
		if err := r.take(ctx, entries); err != nil {
			return err
		}
		if len(entries) < store.MaxPage {
			return nil
		}
	}
}

// Hold runs fn while nothing is applied.
func (r *Reader) Hold(fn func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fn()
}

// Run catches up every interval until ctx ends.
func (r *Reader) Run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := r.CatchUp(ctx); err != nil && ctx.Err() == nil {
			r.slog.Warn("change log not read", "error", err)
		}
	}
}
