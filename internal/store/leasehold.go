package store

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errNotOurs ends a beat or a release when another holds the lease.
var errNotOurs = errors.New("lease was taken over")

// hold is one acquisition of a lease.
type hold struct {
	leases       *Leases
	name, holder string
	// beaten is when the latest beat that went through was begun: whoever
	// takes over has seen it at that time at the earliest.
	beaten time.Duration

	lost    chan struct{}
	stop    chan struct{}
	stopped chan struct{}
	release func()
}

func (l *Leases) hold(ctx context.Context, name, holder string, start time.Duration) *hold {
	h := &hold{
		leases: l, name: name, holder: holder, beaten: start,
		lost: make(chan struct{}), stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	ctx = context.WithoutCancel(ctx) // the lease ends by release, not with its acquirer
	h.release = sync.OnceFunc(func() { h.giveBack(ctx) })
	go h.run(ctx)
	return h
}

// run beats until the lease is released or lost. A holder that could not beat
// gives up well before another may take over.
func (h *hold) run(ctx context.Context) {
	defer close(h.stopped)
	l := h.leases
	for {
		due, stop := l.clock.Timer(l.ttl / 4)
		select {
		case <-h.stop:
			stop()
			return
		case <-due:
		}
		start := l.clock.Elapsed()
		err := h.beat(ctx)
		if err == nil {
			h.beaten = start
			continue
		}
		if errors.Is(err, errNotOurs) || l.clock.Elapsed()-h.beaten >= l.ttl*3/4 {
			l.log.Warn("lease lost", "lease", h.name, "error", err)
			close(h.lost)
			return
		}
	}
}

// beat writes that the holder is alive. It ends when the lease is as good as
// lost, or released.
func (h *hold) beat(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	left := h.beaten + h.leases.ttl*3/4 - h.leases.clock.Elapsed()
	over, stop := h.leases.clock.Timer(left)
	defer stop()
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-over:
		case <-h.stop:
		case <-done:
		}
		cancel()
	}()
	_, err := h.leases.rows.Update(ctx, h.name, func(r *leaseRow) error {
		if r.Holder != h.holder {
			return errNotOurs
		}
		r.Beat++
		return nil
	})
	return err
}

// giveBack frees the lease if it is still ours. When that fails, the next
// holder waits for the TTL.
func (h *hold) giveBack(ctx context.Context) {
	close(h.stop)
	<-h.stopped
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	_, err := h.leases.rows.Update(ctx, h.name, func(r *leaseRow) error {
		if r.Holder != h.holder {
			return ErrUnchanged
		}
		r.Holder = ""
		return nil
	})
	if err != nil {
		h.leases.log.Warn("lease not given back", "lease", h.name, "error", err)
	}
}
