package store

import "time"

// Monotonic is a clock that only runs forward: leases are measured with it,
// since the wall clocks of two machines differ and jump.
type Monotonic interface {
	// Elapsed is the time since some fixed moment.
	Elapsed() time.Duration
	// After sends once d has passed. The channel has room for that.
	After(d time.Duration) <-chan time.Time
}

// runtimeClock is Go's monotonic reading, which no change of the wall clock
// moves.
type runtimeClock struct{ start time.Time }

func newRuntimeClock() Monotonic { return runtimeClock{time.Now()} }

// Elapsed returns the time since the clock was made.
func (c runtimeClock) Elapsed() time.Duration { return time.Since(c.start) }

// After is time.After.
func (c runtimeClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
