package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"sotay/internal/ident"
)

// ErrHeld means that another holds the lease.
var ErrHeld = errors.New("lease is held by another")

// defaultTTL is how long a holder may be silent.
const defaultTTL = 10 * time.Second

// Leases hands out named rights, each to one holder at a time over all
// processes on a store.
//
// A lease saves work from being done twice; it cannot prove that nobody else
// is at it: a process that was frozen wakes up believing that it holds what
// another has taken over. Whatever is done under a lease must be right when it
// is done twice.
type Leases struct {
	rows  *Collection[leaseRow]
	ttl   time.Duration
	log   *slog.Logger
	clock Monotonic

	mu   sync.Mutex
	seen map[string]sighting
}

// LeaseOptions tune leases; all processes on a store use the same TTL.
type LeaseOptions struct {
	// TTL is how long a holder may be silent before another takes over; the
	// zero value is 10 s. A holder beats four times within it.
	TTL time.Duration
	// Clock is the machine's when nil.
	Clock Monotonic
	// Logger may be nil.
	Logger *slog.Logger
}

// leaseRow is a lease: its id is the name. It holds no time: a candidate
// watches whether the mark of the latest write changes.
type leaseRow struct {
	Meta `bson:",inline"`
	// Holder is a random mark of the one acquisition, "" when it is free.
	Holder string `bson:"holder"`
	Beat   int64  `bson:"beat"`
}

// sighting is when a candidate first saw a lease in the state it is in.
type sighting struct {
	mark string
	at   time.Duration
}

// LeaseSchema declares the collection of leases. Migrate prepares it.
func LeaseSchema() *Schema { return &Schema{Name: "leases"} }

// NewLeases returns the leases of a store.
func NewLeases(e Engine, o LeaseOptions) (*Leases, error) {
	rows, err := NewCollection[leaseRow](e, LeaseSchema())
	if err != nil {
		return nil, err
	}
	if o.TTL < 0 {
		return nil, fmt.Errorf("leases: TTL %v is negative", o.TTL)
	}
	l := &Leases{rows: rows, ttl: o.TTL, log: o.Logger, clock: o.Clock, seen: map[string]sighting{}}
	if l.ttl == 0 {
		l.ttl = defaultTTL
	}
	if l.clock == nil {
		l.clock = newRuntimeClock()
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	return l, nil
}

// Acquire waits for a lease until ctx ends. See TryAcquire for what it returns.
func (l *Leases) Acquire(ctx context.Context, name string) (release func(), lost <-chan struct{}, err error) {
	for {
		release, lost, err = l.TryAcquire(ctx, name)
		if !errors.Is(err, ErrHeld) {
			return release, lost, err
		}
		look, stop := l.clock.Timer(l.ttl / 20)
		select {
		case <-ctx.Done():
			stop()
			return nil, nil, fmt.Errorf("acquire lease %s: %w", name, ctx.Err())
		case <-look:
		}
	}
}

// TryAcquire takes a lease that is free, or whose holder did not beat for the
// TTL while this process was looking: the first look at a held lease never
// takes it. ErrHeld means that it was not to be had.
//
// The holder calls release when done and stops when lost is closed; the lease
// outlives ctx.
func (l *Leases) TryAcquire(ctx context.Context, name string) (release func(), lost <-chan struct{}, err error) {
	row, err := l.rows.Get(ctx, name)
	if errors.Is(err, ErrNotFound) {
		row = leaseRow{Meta: Meta{ID: name}}
		err = l.rows.Insert(ctx, &row)
		if IsDuplicate(err, "_id") {
			return nil, nil, ErrHeld // another created it a moment ago: look again
		}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("acquire lease %s: %w", name, err)
	}
	if row.Holder != "" && !l.silent(name, row.W) {
		return nil, nil, ErrHeld
	}
	from, holder, start := row.W, ident.Token(), l.clock.Elapsed()
	_, err = l.rows.Update(ctx, name, func(r *leaseRow) error {
		if r.W != from {
			return ErrHeld // it changed since we looked
		}
		r.Holder, r.Beat = holder, r.Beat+1
		return nil
	})
	if errors.Is(err, ErrHeld) {
		return nil, nil, ErrHeld
	}
	if err != nil {
		return nil, nil, fmt.Errorf("acquire lease %s: %w", name, err)
	}
	h := l.hold(ctx, name, holder, start)
	return h.release, h.lost, nil
}

// silent tells whether a held lease has stood unchanged for the TTL since it
// was first seen so.
func (l *Leases) silent(name, mark string) bool {
	now := l.clock.Elapsed()
	l.mu.Lock()
	defer l.mu.Unlock()
	if s, ok := l.seen[name]; ok && s.mark == mark {
		return now-s.at >= l.ttl
	}
	l.seen[name] = sighting{mark, now}
	return false
}
