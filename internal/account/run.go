package account

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// sweepEvery is how often rows that are past are removed.
const sweepEvery = time.Minute

// ackEvery is the least time between two writings of sightings, so that they
// coalesce.
const ackEvery = time.Second

// Start loads the keys, making the first of each kind, and the revocations. The
// service answers nothing before.
func (s *Service) Start(ctx context.Context) error {
	if err := s.keys.start(ctx); err != nil {
		return fmt.Errorf("account: %w", err)
	}
	if err := s.credentialKey.start(ctx); err != nil {
		return fmt.Errorf("account: %w", err)
	}
	if err := s.revoked.poll(ctx); err != nil {
		return fmt.Errorf("account: %w", err)
	}
	return nil
}

// CatchUp reads the revocations again: when long work came between Start and
// the first request, they would be too old to serve on.
func (s *Service) CatchUp(ctx context.Context) error { return s.revoked.poll(ctx) }

// Healthy tells whether the revocations were read within the last 30 seconds.
// When not, tokens of ended sessions might be honoured, and only published
// content may be served.
func (s *Service) Healthy() bool { return s.revoked.healthy() }

// Run keeps up with other replicas and cleans up, until ctx ends.
func (s *Service) Run(ctx context.Context) {
	var wg sync.WaitGroup
	loop := func(every time.Duration, name string, fn func(context.Context) error) {
		wg.Go(func() {
			tick := time.NewTicker(every)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
					s.guarded(ctx, name, fn)
				}
			}
		})
	}
	loop(s.config.RevocationPoll, "poll revocations", s.revoked.poll)
	loop(s.config.KeyPoll, "poll signing keys", s.keys.poll)
	loop(sweepEvery, "sweep account rows", s.sweep)
	wg.Go(func() { s.runAcks(ctx) })
	wg.Wait()
}

// runAcks writes sightings when there are some. What waits at the end is
// dropped: it is a hint.
func (s *Service) runAcks(ctx context.Context) {
	tick := time.NewTicker(ackEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.acks.wake:
			s.guarded(ctx, "write sightings", s.flushAcks)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// guarded runs one turn of a loop. A fault of it is logged, and the loop goes
// on: the next turn does what this one did not.
func (s *Service) guarded(ctx context.Context, name string, fn func(context.Context) error) {
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("panic in a background turn", "turn", name, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	if err := fn(ctx); err != nil && ctx.Err() == nil {
		s.log.Warn("background turn failed", "turn", name, "error", err)
	}
}

// sweep removes what nobody will ask for again.
func (s *Service) sweep(ctx context.Context) error {
	settled := func(t *installation) bool { return t.Due != 0 }
	for _, fn := range []func(context.Context) error{
		s.revoked.sweep, s.throttle.sweep, s.keys.sweep, s.sweepTargets,
		func(ctx context.Context) error {
			return sweepRows(ctx, s.installations, "keepUntil", s.now(), settled)
		},
		func(ctx context.Context) error { return sweepRows[usedNonce](ctx, s.nonces, "until", s.now(), nil) },
	} {
		if err := fn(ctx); err != nil {
			return err
		}
	}
	return nil
}
