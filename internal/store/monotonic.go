package store

import "time"

// Monotonic is a clock that only runs forward: leases are measured with it,
// since the wall clocks of two machines differ and jump.
type Monotonic interface {
	// Elapsed is the time since some fixed moment.
	Elapsed() time.Duration
	// Timer sends once d has passed, unless it is stopped before. The channel
	// has room for that.
	Timer(d time.Duration) (c <-chan time.Time, stop func())
}

// runtimeClock is Go's monotonic reading, which no change of the wall clock
// moves.
type runtimeClock struct{ start time.Time }

func newRuntimeClock() Monotonic { return runtimeClock{time.Now()} }

// Elapsed returns the time since the clock was made.
func (c runtimeClock) Elapsed() time.Duration { return time.Since(c.start) }

// Timer is a time.Timer.
func (c runtimeClock) Timer(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}
