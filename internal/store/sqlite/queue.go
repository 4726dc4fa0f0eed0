package sqlite

import (
	"context"
	"sync"
	"sync/atomic"
)

// op is what one caller hands to the writer and waits for.
type op struct {
	changes []change
	bytes   int
	state   atomic.Int32
	done    chan struct{}
}

// An op begins waiting; the writer takes it up or its caller withdraws it,
// whichever comes first.
const (
	waiting int32 = iota
	taken
	withdrawn
)

func (o *op) take() bool     { return o.state.CompareAndSwap(waiting, taken) }
func (o *op) withdraw() bool { return o.state.CompareAndSwap(waiting, withdrawn) }

// fail gives every change that has no error of its own this one.
func (o *op) fail(err error) {
	for i := range o.changes {
		if o.changes[i].err == nil {
			o.changes[i].err = err
		}
	}
}

// void replaces the result of every change: the transaction is lost.
func (o *op) void(err error) {
	for i := range o.changes {
		o.changes[i].err = err
	}
}

// queue holds what waits for the writer. It has no bound of its own: each
// caller waits for its one op.
type queue struct {
	mu     sync.Mutex
	ops    []*op
	head   int
	closed bool
	filled chan struct{} // has room for one signal
}

func newQueue() *queue { return &queue{filled: make(chan struct{}, 1)} }

// put reports false when the queue is closed.
func (q *queue) put(o *op) bool {
	q.mu.Lock()
	ok := !q.closed
	if ok {
		q.ops = append(q.ops, o)
	}
	q.mu.Unlock()
	q.signal()
	return ok
}

func (q *queue) signal() {
	select {
	case q.filled <- struct{}{}:
	default:
	}
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.ops) - q.head
}

// wait returns when something waits, and false when nothing ever will.
func (q *queue) wait(ctx context.Context) bool {
	for {
		q.mu.Lock()
		n, closed := len(q.ops)-q.head, q.closed
		q.mu.Unlock()
		if n > 0 {
			return true
		}
		if closed {
			return false
		}
		select {
		case <-q.filled:
		case <-ctx.Done():
			return false
		}
	}
}

// next takes up the oldest op that was not withdrawn, nil when there is none.
func (q *queue) next() *op {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.head < len(q.ops) {
		o := q.ops[q.head]
		q.ops[q.head] = nil
		q.head++
		if o.take() {
			return o
		}
	}
	q.ops, q.head = q.ops[:0], 0
	return nil
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.signal()
}
