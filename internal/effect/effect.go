package effect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"sotay/internal/clock"
	"sotay/internal/ident"
	"sotay/internal/store"
)

// grace is how long the writer has to perform its effects before a sweeper may
// take them up; also the first wait after a failed try.
const grace = 3 * time.Second

// maxWait bounds the wait between tries of an effect that keeps failing.
const maxWait = 5 * time.Minute

// Effect is one consequence of a write.
type Effect struct {
	ID    string            `bson:"id"`
	Kind  string            `bson:"kind"`
	Args  map[string]string `bson:"args"`
	Tries int64             `bson:"tries"`
}

// Pending is embedded (bson:",inline") by rows that carry effects. Due is when
// a sweeper may take them up, in Unix milliseconds; 0 when there are none.
type Pending struct {
	Fx  []Effect `bson:"fx"`
	Due int64    `bson:"fxDue"`
}

func (p *Pending) pending() *Pending { return p }

type carrier interface{ pending() *Pending }

// Index is the declared index over Due that every carrying collection needs.
func Index() store.Index {
	return store.Index{Name: "fxDue", Fields: []store.Field{{Path: "fxDue", Type: store.Int64}}}
}

// Add puts an effect on the row that an update function is about to write.
func (p *Pending) Add(now time.Time, kind string, args map[string]string) string {
	id := ident.New()
	p.Fx = append(p.Fx, Effect{ID: id, Kind: kind, Args: args})
	p.Due = now.Add(grace).UnixMilli()
	return id
}

// Handler performs one effect of a row. It may run twice, and beside itself.
type Handler[T any] func(ctx context.Context, row T, e Effect) error

// Runner performs the effects of one collection.
type Runner[T any] struct {
	coll     *store.Collection[T]
	handlers map[string]Handler[T]
	now      clock.Now
	log      *slog.Logger
}

// NewRunner returns the runner of a collection. *T embeds Pending.
func NewRunner[T any](coll *store.Collection[T], now clock.Now, log *slog.Logger) *Runner[T] {
	if _, ok := any(new(T)).(carrier); !ok {
		panic(fmt.Sprintf("%T does not embed effect.Pending", *new(T)))
	}
	return &Runner[T]{coll: coll, handlers: map[string]Handler[T]{}, now: now, log: log}
}

// On sets the handler of a kind, before the runner is used.
func (r *Runner[T]) On(kind string, h Handler[T]) { r.handlers[kind] = h }

func pendingOf[T any](t *T) *Pending { return any(t).(carrier).pending() }

// Perform performs the effects of a row that was just written, in order, and
// returns the row without them. Effects that failed stay for the sweeper: the
// first error is returned, and what it belongs to is not lost.
func (r *Runner[T]) Perform(ctx context.Context, id string, row T) (T, error) {
	for {
		p := pendingOf(&row)
		if len(p.Fx) == 0 {
			return row, nil
		}
		e := p.Fx[0]
		h := r.handlers[e.Kind]
		if h == nil {
			return row, fmt.Errorf("effect of unknown kind %q", e.Kind)
		}
		if err := h(ctx, row, e); err != nil {
			return row, fmt.Errorf("effect %s: %w", e.Kind, err)
		}
		next, err := r.done(ctx, id, e.ID)
		if err != nil {
			return row, err
		}
		row = next
	}
}

// Settle is Perform for a writer whose write has succeeded whatever becomes of
// its effects: what fails is logged with the kind of the row and left to a
// sweeper, and the row is returned as it was given.
func (r *Runner[T]) Settle(ctx context.Context, kind, id string, row T) T {
	done, err := r.Perform(ctx, id, row)
	if err != nil {
		r.log.Warn("effects left for a later try", "kind", kind, "id", id, "error", err)
		return row
	}
	return done
}

// done takes a performed effect off its row.
func (r *Runner[T]) done(ctx context.Context, id, effectID string) (T, error) {
	return r.coll.Update(ctx, id, func(t *T) error {
		p := pendingOf(t)
		n := len(p.Fx)
		p.Fx = slices.DeleteFunc(p.Fx, func(e Effect) bool { return e.ID == effectID })
		if len(p.Fx) == n {
			return store.ErrUnchanged
		}
		if len(p.Fx) == 0 {
			p.Due = 0
		}
		return nil
	})
}

// Sweep performs what is overdue in the collection and returns how many rows
// it took up.
func (r *Runner[T]) Sweep(ctx context.Context) (int, error) {
	now := r.now()
	page, err := r.coll.Find(ctx, store.Query{
		Index: "fxDue", From: int64(1), To: now.UnixMilli() + 1, Limit: 100})
	if err != nil {
		return 0, err
	}
	// Nothing is due later than this, unless the clock that wrote it was ahead.
	far, err := r.coll.Find(ctx, store.Query{Index: "fxDue", From: now.Add(maxWait + grace).UnixMilli(), Limit: 100})
	if err != nil {
		return 0, err
	}
	taken := 0
	var errs []error
	for _, row := range append(page.Items, far.Items...) {
		id := idOf(&row)
		claimed, ok, err := r.claim(ctx, id, pendingOf(&row).Due, now)
		if err != nil {
			errs = append(errs, err)
		}
		if !ok {
			continue
		}
		taken++
		if _, err := r.Perform(ctx, id, claimed); err != nil {
			errs = append(errs, err)
		}
	}
	return taken, errors.Join(errs...)
}

// claim leases a row's effects by moving Due, so that of several sweepers one
// performs them; a sweeper that dies leaves them due again after the lease.
func (r *Runner[T]) claim(ctx context.Context, id string, due int64, now time.Time) (T, bool, error) {
	ok := false
	row, err := r.coll.Update(ctx, id, func(t *T) error {
		p := pendingOf(t)
		ok = p.Due == due && len(p.Fx) > 0
		if !ok {
			return store.ErrUnchanged
		}
		p.Fx[0].Tries++
		wait := min(grace<<min(p.Fx[0].Tries-1, 10), maxWait)
		p.Due = now.Add(wait).UnixMilli()
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return row, false, nil
	}
	return row, ok && err == nil, err
}

type idCarrier interface{ StoreID() string }

func idOf[T any](t *T) string { return any(t).(idCarrier).StoreID() }

// Sweeper is what a background loop needs of a runner.
type Sweeper interface {
	Sweep(ctx context.Context) (int, error)
}

// Loop sweeps every interval until ctx ends. Errors are logged: the effects
// stay and are tried again.
func Loop(ctx context.Context, log *slog.Logger, every time.Duration, sweepers ...Sweeper) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, s := range sweepers {
			if _, err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
				log.Warn("effects left for a later try", "error", err)
			}
		}
	}
}
