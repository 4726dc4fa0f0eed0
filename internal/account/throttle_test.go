package account

import (
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sotay/internal/fault"
	"sotay/internal/store"
)

func from(addr, user, password string) LoginInput {
	in := input(user, password, "p1")
	in.Addr = netip.MustParseAddr(addr)
	return in
}

func TestThrottlePair(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	other := b.replica()
	hashes := countHashes(s)
	for i := range freePair {
		_, err := []*Service{s, other}[i%2].Login(t.Context(), input("lan", "wrong", "p1"))
		wantFault(t, err, InvalidCredentials)
	}
	before := hashes.Load()
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300} {
		want *= time.Second
		for range 3 { // asking again doesn't make it longer
			_, err := s.Login(t.Context(), input("lan", goodPassword, "p1"))
			if f := wantFault(t, err, TooManyAttempts); f.RetryAfter != want || f.Kind != fault.TooMany {
				t.Fatalf("delay %d is %v, want %v", i, f.RetryAfter, want)
			}
		}
		b.clock.step(want - time.Millisecond)
		_, err := other.Login(t.Context(), input("lan", goodPassword, "p1"))
		wantFault(t, err, TooManyAttempts)
		b.clock.step(time.Millisecond)
		_, err = s.Login(t.Context(), input("lan", "wrong", "p1"))
		wantFault(t, err, InvalidCredentials)
	}
	if n := hashes.Load() - before; n != 11 {
		t.Errorf("%d hashes, want one for each attempt that was heard", n)
	}
	_, err := s.Login(t.Context(), from("198.51.100.1", "lan", goodPassword))
	must(t, err) // the account is not locked: elsewhere she signs in
	b.clock.step(maxDelay)
	b.signIn(s, "lan", "p1")
	for range freePair {
		_, err := s.Login(t.Context(), input("lan", "wrong", "p1"))
		wantFault(t, err, InvalidCredentials)
	}
	b.clock.step(time.Second)
	b.signIn(s, "lan", "p1")
}

func TestThrottleForgets(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	for range freePair {
		_, _ = s.Login(t.Context(), input("lan", "wrong", "p1"))
	}
	b.clock.step(forgetAfter + time.Millisecond)
	must(t, s.sweep(t.Context()))
	if rows, err := s.throttle.rows.Scan(t.Context(), "", 10); err != nil || len(rows) != 0 {
		t.Errorf("%d counters are left, %v", len(rows), err)
	}
	for range freePair {
		_, err := s.Login(t.Context(), input("lan", "wrong", "p1"))
		wantFault(t, err, InvalidCredentials)
	}
	b.clock.step(forgetAfter) // without a sweep
	for range freePair {
		_, err := s.Login(t.Context(), input("lan", "wrong", "p1"))
		wantFault(t, err, InvalidCredentials)
	}
}

// A flood of made-up names leaves nothing behind, however many they were.
func TestThrottleSweepsFloods(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	rows := make([]*counter, 1200)
	for i := range rows {
		rows[i] = &counter{Meta: store.Meta{ID: s.throttle.id(fmt.Sprint(i))}}
		rows[i].add(b.clock.now())
	}
	for _, err := range s.throttle.rows.InsertMany(t.Context(), rows) {
		must(t, err)
	}
	b.clock.step(forgetAfter + time.Millisecond)
	must(t, s.sweep(t.Context()))
	if left, err := s.throttle.rows.Scan(t.Context(), "", 10); err != nil || len(left) != 0 {
		t.Errorf("%d counters are left, %v", len(left), err)
	}
}

// Guesses from many networks at one account are slowed as well, known and
// unknown names alike.
func TestThrottleAccount(t *testing.T) {
	t.Parallel()
	_, s := one(t)
	for _, user := range []string{"lan", "nobody"} {
		for i := range freeAccount {
			_, err := s.Login(t.Context(), from(fmt.Sprintf("198.51.%d.1", i), user, "wrong"))
			wantFault(t, err, InvalidCredentials)
		}
		_, err := s.Login(t.Context(), from("192.0.2.1", user, "wrong"))
		wantFault(t, err, TooManyAttempts)
	}
}

// A carrier's network is slowed only after many failures; successes don't
// count, and its neighbour is not touched.
func TestThrottlePrefix(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	for i := range freePrefix {
		_, err := s.Login(t.Context(), from(fmt.Sprintf("203.0.113.%d", i), fmt.Sprintf("user-%d", i), "wrong"))
		wantFault(t, err, InvalidCredentials)
		if i%20 == 0 {
			b.signIn(s, "lan", "p1")
		}
	}
	_, err := s.Login(t.Context(), from("203.0.113.250", "lan", goodPassword))
	if f := wantFault(t, err, TooManyAttempts); f.RetryAfter != time.Second {
		t.Errorf("retry after %v", f.RetryAfter)
	}
	_, err = s.Login(t.Context(), from("203.0.114.1", "lan", goodPassword))
	must(t, err)
}

// Guesses made side by side are counted before they are looked at.
func TestThrottleParallel(t *testing.T) {
	t.Parallel()
	b, s := one(t, func(c *Config) { c.HashQueue = 100 })
	replicas := []*Service{s, b.replica(func(c *Config) { c.HashQueue = 100 })}
	var heard atomic.Int64
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			_, err := replicas[i%2].Login(t.Context(), input("lan", "wrong", "p1"))
			if f := fault.As(err); f != nil && f.Code == InvalidCredentials.Code {
				heard.Add(1)
			}
		})
	}
	wg.Wait()
	if heard.Load() != freePair {
		t.Errorf("%d guesses were heard, want %d", heard.Load(), freePair)
	}
}

// A clock that was ahead for a while and was put right leaves nobody waiting
// for longer than the longest delay.
func TestThrottleClockJump(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{time.Second, time.Minute, 6 * time.Minute, time.Hour, 365 * 24 * time.Hour} {
		b, s := one(t)
		b.clock.step(ahead)
		for range freePair + 1 {
			_, _ = s.Login(t.Context(), input("lan", "wrong", "p1"))
		}
		b.clock.step(-ahead)
		_, err := s.Login(t.Context(), input("lan", goodPassword, "p1"))
		if err != nil {
			f := wantFault(t, err, TooManyAttempts)
			if f.RetryAfter > maxDelay {
				t.Fatalf("ahead by %v: retry after %v", ahead, f.RetryAfter)
			}
			b.clock.step(f.RetryAfter)
			_, err = s.Login(t.Context(), input("lan", goodPassword, "p1"))
		}
		if err != nil {
			t.Fatalf("ahead by %v: %v", ahead, err)
		}
	}
}

func TestCounterWaitIsBounded(t *testing.T) {
	t.Parallel()
	now := newTestClock().now()
	rapid.Check(t, func(t *rapid.T) {
		c := counter{Count: rapid.Int64Range(0, 1<<40).Draw(t, "count"),
			LastAt: now.Add(time.Duration(rapid.Int64Range(-1<<50, 1<<50).Draw(t, "last")))}
		free := rapid.Int64Range(1, 200).Draw(t, "free")
		w := c.wait(now, free)
		if w < 0 || w > maxDelay {
			t.Fatalf("wait %v", w)
		}
		if w > 0 && c.wait(now.Add(w), free) > 0 {
			t.Fatal("the wait is not enough")
		}
	})
}

func TestPrefixOf(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"203.0.113.77":        "203.0.113.0/24",
		"::ffff:203.0.113.77": "203.0.113.0/24",
		"2001:db8:1:2:3::4":   "2001:db8:1::/48",
		"fe80::1%eth0":        "fe80::/48",
	} {
		if got := prefixOf(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
	if got := prefixOf(netip.Addr{}); got != "" {
		t.Errorf("no address: %q", got)
	}
}
