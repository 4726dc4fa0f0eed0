package push

import (
	"errors"
	"math"
	"sync"
	"time"
)

// Pace is how fast messages may leave.
type Pace struct {
	// PerSecond is the full rate.
	PerSecond float64
	// Burst is the most that may leave at once.
	Burst int
	// Start is the share of the full rate, and of Burst, that there is at first
	// and after a pause.
	Start float64
	// Ramp is how long it takes from there to the full rate.
	Ramp time.Duration
	// Pause is how long nobody must have asked for the rate to start anew. Even
	// at first it is time enough for two bursts: whoever waits for one would
	// otherwise begin a new ramp with each question.
	Pause time.Duration
}

// Usual is the pace for a project with FCM's usual quota of 600,000 a minute, of
// which it leaves a fifth to others: 2,000 a second at first, 8,000 after a
// minute.
func Usual() Pace {
	return Pace{PerSecond: 8000, Burst: MaxTargets, Start: 0.25, Ramp: time.Minute, Pause: time.Minute}
}

// Share is the pace of one of n senders that share the project's quota.
func (p Pace) Share(n int) Pace {
	p.PerSecond /= float64(max(n, 1))
	return p
}

var errPace = errors.New("a pace that nothing can keep")

// Bucket decides when messages may leave: a token bucket whose rate grows after
// a pause, and that can be stopped. Time and chance are inputs. It may be used
// by many at once.
type Bucket struct {
	pace Pace

	mu     sync.Mutex
	tokens float64
	at     time.Time // when somebody last asked: tokens are counted up to it
	since  time.Time // when the ramp began
	until  time.Time // nothing leaves before
	anew   bool      // the ramp begins when something is next asked for
}

// NewBucket returns a bucket that begins at the start of its ramp.
func NewBucket(p Pace) (*Bucket, error) {
	if p.Burst < 1 || p.Start <= 0 || p.Start > 1 || p.Ramp < 0 || !(p.PerSecond*p.Start*p.Pause.Seconds() >= 2*float64(p.Burst)) {
		return nil, errPace
	}
	return &Bucket{pace: p, tokens: float64(p.Burst), anew: true}, nil
}

// Take lets up to n messages leave now, and tells how many may. For the rest,
// it tells when to ask again: then as much as fits in a burst is there, unless
// somebody else takes it. Jitter, from 0 to 1, delays that by up to a tenth.
func (b *Bucket) Take(now time.Time, n int, jitter float64) (granted int, again time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if wait := b.until.Sub(now); wait > 0 {
		return 0, now.Add(spread(wait, jitter))
	}
	b.advance(now)
	granted = max(min(n, int(b.tokens)), 0)
	b.tokens -= float64(granted)
	rest := min(n-granted, b.pace.Burst)
	if rest <= 0 {
		return granted, now
	}
	// The rate only grows, so that at today's nothing is missing by then; the
	// microsecond covers what rounding takes.
	seconds := max(float64(rest)-b.tokens, 0) / b.rate(b.at)
	wait := time.Duration(math.Ceil(seconds*float64(time.Second))) + time.Microsecond
	return granted, b.at.Add(spread(wait, jitter))
}

// Stop lets nothing leave before a time; the rate then starts anew. An earlier
// time than one given before changes nothing.
func (b *Bucket) Stop(until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until.After(b.until) {
		b.until, b.anew = until, true
	}
}

// advance counts the tokens up to now. A clock that goes back adds none.
func (b *Bucket) advance(now time.Time) {
	if b.at.After(now) {
		now = b.at
	}
	if b.anew || now.Sub(b.at) >= b.pace.Pause {
		b.begin(now)
		return
	}
	b.tokens = min(b.tokens+b.earned(b.at, now), float64(b.pace.Burst))
	b.at = now
}

// begin starts the ramp. It takes tokens away and never gives any, so that no
// number of stops lets more through.
func (b *Bucket) begin(now time.Time) {
	b.tokens = min(b.tokens, b.pace.Start*float64(b.pace.Burst))
	b.since, b.at, b.anew = now, now, false
}

// rate is the rate at a time, in tokens a second.
func (b *Bucket) rate(at time.Time) float64 {
	share := 1.0
	if gone := at.Sub(b.since); gone < b.pace.Ramp {
		share = b.pace.Start + (1-b.pace.Start)*float64(gone)/float64(b.pace.Ramp)
	}
	return b.pace.PerSecond * share
}

// earned is the area under the rate: a slope, and a plain after it.
func (b *Bucket) earned(from, to time.Time) float64 {
	top := b.since.Add(b.pace.Ramp)
	if top.Before(from) {
		top = from
	}
	if top.After(to) {
		top = to
	}
	slope := (b.rate(from) + b.rate(top)) / 2 * top.Sub(from).Seconds()
	return slope + b.pace.PerSecond*to.Sub(top).Seconds()
}
