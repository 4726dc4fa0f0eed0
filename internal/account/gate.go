package account

import (
	"context"
	"time"

	"sotay/internal/fault"
)

// Busy answers when more people sign in at once than can wait. Each hash takes
// 19 MiB and a core, so that without a bound a morning rush would take down
// those who only read.
var Busy = fault.New(fault.TooMany, "busy",
	"Máy chủ đang có nhiều người đăng nhập. Bạn vui lòng thử lại sau ít giây.",
	"Many people are signing in right now. Please try again in a few seconds.").After(2 * time.Second)

// gate bounds the hashes that run and those that wait. A ticket is taken before
// anything is counted against the caller: somebody turned away for lack of room
// has not used up an attempt.
type gate struct {
	tickets chan struct{}
	slots   chan struct{}
}

func newGate(concurrency, queue int) *gate {
	return &gate{tickets: make(chan struct{}, concurrency+queue), slots: make(chan struct{}, concurrency)}
}

// enter takes a ticket or answers Busy. leave gives it back.
func (g *gate) enter() (leave func(), err error) {
	select {
	case g.tickets <- struct{}{}:
		return func() { <-g.tickets }, nil
	default:
		return nil, Busy
	}
}

// do runs fn in a slot, after waiting for one.
func (g *gate) do(ctx context.Context, fn func()) error {
	select {
	case g.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-g.slots }()
	if err := ctx.Err(); err != nil { // both were ready: the caller has gone
		return err
	}
	fn()
	return nil
}
