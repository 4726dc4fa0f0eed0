package storetest

import (
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// Manual is a store.Monotonic that a test moves by hand: the clock of one
// machine.
type Manual struct {
	mu     sync.Mutex
	now    time.Duration
	alarms []alarm
}

type alarm struct {
	at time.Duration
	ch chan time.Time
}

// Elapsed returns the time since the clock was made.
func (m *Manual) Elapsed() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Timer sends once the clock has been moved that far.
func (m *Manual) Timer(d time.Duration) (c <-chan time.Time, stop func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := alarm{m.now + d, make(chan time.Time, 1)}
	if d <= 0 {
		a.ch <- time.Time{}
		return a.ch, func() {}
	}
	m.alarms = append(m.alarms, a)
	return a.ch, func() { m.drop(a.ch) }
}

func (m *Manual) drop(ch chan time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.alarms = slices.DeleteFunc(m.alarms, func(a alarm) bool { return a.ch == ch })
}

// Due tells whether someone waits for at most d.
func (m *Manual) Due(d time.Duration) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.ContainsFunc(m.alarms, func(a alarm) bool { return a.at-m.now <= d })
}

// Advance moves the clock.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now += d
	left := m.alarms[:0]
	for _, a := range m.alarms {
		if a.at <= m.now {
			a.ch <- time.Time{}
		} else {
			left = append(left, a)
		}
	}
	m.alarms = left
}

// patience is how long a test waits for what other goroutines do.
const patience = 20 * time.Second

// eventually calls f until it is true.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for start := time.Now(); !f(); runtime.Gosched() {
		if time.Since(start) > patience {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
