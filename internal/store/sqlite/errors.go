package sqlite

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// errClosed is returned for a write that comes after Close.
var errClosed = errors.New("sqlite: store is closed")

// code returns SQLite's extended result code, 0 when err is none of SQLite's.
func code(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

func isBusy(err error) bool {
	c := code(err) & 0xff
	return c == lib.SQLITE_BUSY || c == lib.SQLITE_LOCKED
}

// isClash tells a taken key from other constraints.
func isClash(err error) bool {
	switch code(err) {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID:
		return true
	}
	return false
}

// undoneAlone tells whether SQLite undid only the statement that failed. After
// any other error (disk full, I/O, memory) the whole transaction may be gone.
func undoneAlone(err error) bool {
	switch code(err) & 0xff {
	case lib.SQLITE_CONSTRAINT, lib.SQLITE_TOOBIG, lib.SQLITE_MISMATCH, lib.SQLITE_RANGE, lib.SQLITE_ERROR:
		return true
	}
	return false
}

// retryBusy runs f until it meets no lock or ctx ends.
func retryBusy(ctx context.Context, f func() error) error {
	for {
		err := f()
		if !isBusy(err) {
			return err
		}
		timer := time.NewTimer(200*time.Microsecond + rand.N(2*time.Millisecond))
		select {
		case <-ctx.Done():
			timer.Stop()
			return errors.Join(ctx.Err(), err)
		case <-timer.C:
		}
	}
}
