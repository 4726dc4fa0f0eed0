package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"sotay/internal/store"
)

// A group ends at this many documents or bytes, so that the first caller of a
// long queue doesn't wait for the last.
const (
	maxGroup = 256
	maxBytes = 8 << 20
)

// When many write at once a group waits a little for more of them: a commit
// costs much the same for few as for many. One who writes alone never waits.
const (
	manyAtOnce = 4  // ops in the group before
	fullGroup  = 32 // ops that are waited for
	gathering  = time.Millisecond
)

// stmt is what the driver's statements are.
type stmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// session is the writer on one connection.
type session struct {
	w     *writer
	conn  driver.ConnPrepareContext
	stmts map[string]stmt
	group []*op // taken up, not yet answered
	// before is how many ops the group before had.
	before int
	// committing tells that COMMIT was sent: until it answers, the group's
	// outcome is unknown.
	committing bool
}

func newSession(w *writer, conn driver.ConnPrepareContext) *session {
	return &session{w: w, conn: conn, stmts: map[string]stmt{}}
}

func (s *session) serve(ctx context.Context) error {
	// The engine's own pauses are shorter than SQLite's, which grow to 100 ms:
	// beside a busy process these would hardly ever meet a free moment.
	if err := s.exec("PRAGMA busy_timeout = 0"); err != nil {
		return err
	}
	for s.w.queue.wait(ctx) {
		if s.before >= manyAtOnce && s.w.queue.len() < fullGroup {
			time.Sleep(gathering)
		}
		if err := s.writeGroup(ctx); err != nil {
			return err
		}
	}
	return nil
}

// writeGroup performs what waits in one transaction. Ops that come in
// meanwhile still join it.
func (s *session) writeGroup(ctx context.Context) error {
	s.w.gate.Lock()
	defer s.w.gate.Unlock()
	err := retryBusy(ctx, func() error { return s.exec("BEGIN IMMEDIATE") })
	if err != nil {
		return err
	}
	s.w.broken.Store(nil)
	cat, err := s.catalog(ctx)
	if err != nil {
		return err
	}
	changes, bytes := 0, 0
	for changes < maxGroup && bytes < maxBytes {
		o := s.w.queue.next()
		if o == nil {
			break
		}
		s.group = append(s.group, o)
		changes += len(o.changes)
		bytes += o.bytes
		if err := s.perform(o, cat); err != nil {
			return err
		}
	}
	s.committing = true
	if err := s.exec("COMMIT"); err != nil {
		return err
	}
	s.committing = false
	s.before = len(s.group)
	s.end(nil)
	s.w.count(changes, bytes)
	return nil
}

// catalog returns the tables as they are for the length of the transaction,
// reading them again when another process has changed them.
func (s *session) catalog(ctx context.Context) (*catalog, error) {
	version, err := s.number("PRAGMA schema_version")
	if err != nil {
		return nil, err
	}
	if cat := s.w.engine.catalog(); cat.version == version {
		return cat, nil
	}
	if err := s.w.engine.refresh(ctx); err != nil {
		return nil, err
	}
	return s.w.engine.catalog(), nil
}

// end answers the group. An error that came before COMMIT was sent means that
// nothing of it was written: the connection is closed without.
func (s *session) end(err error) {
	if err != nil && s.committing {
		err = fmt.Errorf("%w: %w", store.ErrUncertain, err)
	}
	for i, o := range s.group {
		if err != nil {
			o.void(err)
		}
		close(o.done)
		s.group[i] = nil
	}
	s.group = s.group[:0]
}

// perform writes the changes of an op. It returns an error only when the
// transaction is lost; each change has its own otherwise.
func (s *session) perform(o *op, cat *catalog) error {
	for i := range o.changes {
		c := &o.changes[i]
		if c.version != cat.version {
			c.build(cat)
		}
		if c.err != nil {
			continue
		}
		err, lost := s.change(c)
		switch {
		case lost != nil:
			return lost
		case err == nil || err == store.ErrStale:
			c.err = err
		case isClash(err):
			c.err = fmt.Errorf("sqlite: %w: %w", store.ErrClash, err)
		case undoneAlone(err):
			c.err = fmt.Errorf("sqlite: %w", err)
		default:
			return err
		}
	}
	return nil
}

// change performs statements that stand or fall together. One statement does
// so by itself: SQLite's ABORT undoes what it did and keeps the transaction.
// Several need a savepoint; lost is the failure of that.
func (s *session) change(c *change) (err, lost error) {
	if len(c.steps) == 1 {
		return s.step(&c.steps[0]), nil
	}
	if lost := s.exec("SAVEPOINT change"); lost != nil {
		return nil, lost
	}
	for i := 0; i < len(c.steps) && err == nil; i++ {
		err = s.step(&c.steps[i])
	}
	if err != nil {
		if err != store.ErrStale && !undoneAlone(err) {
			return nil, err
		}
		if lost := s.exec("ROLLBACK TO change"); lost != nil {
			return nil, lost
		}
	}
	return err, s.exec("RELEASE change")
}

func (s *session) step(st *step) error {
	p, err := s.prepare(st.query)
	if err != nil {
		return err
	}
	// A context that can end would cost a goroutine for each statement, and a
	// statement of the writer is not to be broken off.
	res, err := p.ExecContext(context.Background(), st.args)
	if err != nil || !st.must {
		return err
	}
	n, err := res.RowsAffected()
	if err != nil || n > 0 {
		return err
	}
	return store.ErrStale
}

func (s *session) exec(query string) error { return s.step(&step{query: query}) }

// number reads one number.
func (s *session) number(query string) (int64, error) {
	p, err := s.prepare(query)
	if err != nil {
		return 0, err
	}
	rows, err := p.QueryContext(context.Background(), nil)
	if err != nil {
		return 0, err
	}
	v := make([]driver.Value, 1)
	err = errors.Join(rows.Next(v), rows.Close())
	n, ok := v[0].(int64)
	if err == nil && !ok {
		err = fmt.Errorf("sqlite: %s: %T is no number", query, v[0])
	}
	return n, err
}

func (s *session) prepare(query string) (stmt, error) {
	if p, ok := s.stmts[query]; ok {
		return p, nil
	}
	p, err := s.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	st, ok := p.(stmt)
	if !ok {
		return nil, fmt.Errorf("sqlite: the driver's statement is a %T", p)
	}
	s.stmts[query] = st
	return st, nil
}

// release gives the statements back. A connection that is closed with some
// left stays open behind the scenes, with its locks.
func (s *session) release() {
	for _, st := range s.stmts {
		_ = st.Close() // the connection is closed next
	}
}

// abandon ends an open transaction as far as the connection still can.
func (s *session) abandon() {
	defer func() { _ = recover() }() // the first panic has been reported
	_ = s.exec("ROLLBACK")           // there may be none
	s.release()
}
