package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// writer owns the one connection that writes.
type writer struct {
	log      *slog.Logger
	db       *sql.DB
	engine   *Engine
	queue    *queue
	finished chan struct{}
	broken   atomic.Pointer[error]

	// gate is held while a group is written, so that a checkpoint can have
	// the log to itself for a moment.
	gate    sync.Mutex
	written int           // changes since the checkpointer was last told
	volume  int           // their bytes
	tell    chan struct{} // has room for one signal
}

// restartPause is how long the writer waits before it connects again.
const restartPause = 100 * time.Millisecond

func newWriter(e *Engine) *writer {
	return &writer{
		log: e.log, db: e.writing, engine: e, queue: newQueue(),
		finished: make(chan struct{}), tell: make(chan struct{}, 1),
	}
}

// do hands an op to the writer and waits until it is durable or failed. A
// caller whose context ends gets away as long as the op is not taken up; from
// then on it waits, since its write happens.
func (w *writer) do(ctx context.Context, o *op) {
	if err := ctx.Err(); err != nil {
		o.fail(fmt.Errorf("sqlite: %w", err))
		return
	}
	o.done = make(chan struct{})
	if !w.queue.put(o) {
		o.fail(errClosed)
		return
	}
	select {
	case <-o.done:
	case <-ctx.Done():
		if o.withdraw() {
			o.fail(fmt.Errorf("sqlite: %w", ctx.Err()))
			return
		}
		<-o.done
	}
}

// run serves until the queue is closed and empty, or ctx ends. When the
// connection fails it fails those who wait and connects again.
func (w *writer) run(ctx context.Context) {
	defer close(w.finished)
	for {
		err := w.session(ctx)
		if err == nil || ctx.Err() != nil {
			w.queue.close()
			w.failAll(errClosed)
			return
		}
		w.broken.Store(&err)
		w.log.Error("store writer failed", "error", err)
		w.failAll(err)
		select {
		case <-ctx.Done():
		case <-time.After(restartPause):
		}
	}
}

// failAll fails what waits: none of it was begun.
func (w *writer) failAll(err error) {
	for o := w.queue.next(); o != nil; o = w.queue.next() {
		o.fail(err)
		close(o.done)
	}
}

func (w *writer) health() error {
	if p := w.broken.Load(); p != nil {
		return *p
	}
	return nil
}

// session serves on one connection until that fails. Statements go to the
// driver directly: database/sql would cost a third of the throughput.
func (w *writer) session(ctx context.Context) error {
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // after Raw's error it is closed already
	return conn.Raw(func(c any) (err error) {
		s := newSession(w, c.(driver.ConnPrepareContext))
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
			s.end(err)
			if err != nil {
				s.abandon()
				// The mark makes the pool drop the connection.
				err = fmt.Errorf("%w: %w", driver.ErrBadConn, err)
			} else {
				s.release()
			}
		}()
		return s.serve(ctx)
	})
}
