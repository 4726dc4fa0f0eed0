package account

import (
	"context"
	"sync"
	"testing"
	"time"
)

func TestHealthy(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s, err := New(b.deps(b.clock.now))
	must(t, err)
	if s.Healthy() {
		t.Error("healthy before it was started")
	}
	must(t, s.Start(t.Context()))
	b.clock.step(30*time.Second - time.Millisecond)
	if !s.Healthy() {
		t.Error("not healthy within the time")
	}
	b.clock.step(time.Millisecond)
	if s.Healthy() {
		t.Error("healthy with an old set")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if s.revoked.poll(gone) == nil || s.Healthy() {
		t.Error("a failed poll counts")
	}
	must(t, s.CatchUp(t.Context()))
	if !s.Healthy() {
		t.Error("not healthy after a poll")
	}
}

// A poll that read before our own write must not take it back.
func TestPollKeepsOwnWrites(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	tk := b.signIn(s, "lan", "p1")
	c := b.as(s, tk)
	b.engine.setInsert(func(coll string) error {
		if coll == "revocations" {
			return errInjected
		}
		return nil
	})
	must(t, s.Logout(t.Context(), c))
	b.engine.setInsert(nil)
	for range 3 {
		must(t, s.revoked.poll(t.Context())) // the row is not there
		if !s.Revoked(c.SessionID, c.MemberID, b.clock.now()) {
			t.Fatal("own write was forgotten")
		}
	}
	b.clock.step(20 * time.Minute)
	must(t, s.revoked.poll(t.Context()))
	if s.Revoked(c.SessionID, c.MemberID, b.clock.now()) {
		t.Error("kept for longer than a token lives")
	}
}

func TestRevocationsAreSwept(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	must(t, s.Logout(t.Context(), b.as(s, b.signIn(s, "lan", "p1"))))
	must(t, s.EndAll(t.Context(), "lan", ""))
	for _, left := range []int{2, 0} {
		must(t, s.sweep(t.Context()))
		rows, err := s.revoked.rows.Scan(t.Context(), "", 10)
		must(t, err)
		if len(rows) != left {
			t.Errorf("%d revocations, want %d", len(rows), left)
		}
		b.clock.step(20*time.Minute + time.Millisecond)
	}
}

// Run reads what others wrote and ends with its context, whatever a turn does.
func TestRun(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	b.member(s, "lan")
	tk := b.signIn(s, "lan", "p1")
	c := b.as(s, tk)
	must(t, s.Logout(t.Context(), c))
	running, err := New(b.deps(b.clock.now, func(c *Config) { c.RevocationPoll, c.KeyPoll = time.Millisecond, time.Millisecond }))
	must(t, err)
	var once sync.Once
	polls := make(chan struct{}, 1)
	b.engine.onFind = func(coll string) {
		if coll == "revocations" {
			once.Do(func() { panic("a turn that panics") })
			select {
			case polls <- struct{}{}:
			default:
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { running.Run(ctx); close(done) }()
	for range 3 { // the third begins after the first was taken over
		<-polls
	}
	if !running.Revoked(c.SessionID, c.MemberID, b.clock.now()) || !running.Healthy() {
		t.Error("the running replica does not know")
	}
	cancel()
	<-done
}

// What a phone shows is written by the loop.
func TestRunWritesAcks(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	tk := b.signIn(s, "lan", "p1")
	found := make(chan struct{}, 100)
	b.engine.onFind = func(coll string) {
		if coll == "installations" {
			found <- struct{}{}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { s.Run(ctx); close(done) }()
	b.as(s, tk)
	<-found
	cancel()
	<-done
}
