package push

import (
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)

func bucket(t testing.TB, p Pace) *Bucket {
	t.Helper()
	b, err := NewBucket(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// drain asks for as much as there is, each time when told to, and returns what
// left between two times after the start.
func drain(b *Bucket, from, to time.Duration) (left int) {
	for now := start.Add(from); now.Before(start.Add(to)); {
		granted, again := b.Take(now, 1, 0)
		left += granted
		if granted == 0 {
			now = again
		}
	}
	return left
}

func TestTheRateGrowsToTheFullOne(t *testing.T) {
	t.Parallel()
	b := bucket(t, Pace{PerSecond: 100, Burst: 10, Start: 0.2, Ramp: time.Minute, Pause: 30 * time.Second})
	for _, c := range []struct {
		from, to  time.Duration
		low, high int
	}{
		{0, time.Second, 21, 24},                             // a fifth of a burst, and of the rate
		{time.Second, time.Minute, 3500, 3600},               // on the slope: 0.6 of the rate
		{time.Minute, 2 * time.Minute, 5980, 6001},           // the full one
		{149 * time.Second, 150 * time.Second, 100, 111},     // half a pause later: still, with a burst
		{180 * time.Second, 181 * time.Second, 20, 24},       // a pause later: from the start
		{181 * time.Second, 240 * time.Second, 3500, 3600},   // and again
		{240 * time.Second, 240*time.Second + 1, 0, 1},       // nothing is left over
		{241 * time.Second, 242 * time.Second, 100 + 9, 111}, // what a second earned, up to a burst
	} {
		if got := drain(b, c.from, c.to); got < c.low || got > c.high {
			t.Errorf("from %s to %s: %d, want %d to %d", c.from, c.to, got, c.low, c.high)
		}
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	b := bucket(t, Pace{PerSecond: 100, Burst: 10, Start: 0.2, Ramp: time.Minute, Pause: 30 * time.Second})
	drain(b, 0, 2*time.Minute)
	at := start.Add(2 * time.Minute)
	b.Stop(at.Add(10 * time.Second))
	b.Stop(at.Add(5 * time.Second)) // an earlier one changes nothing
	granted, again := b.Take(at, 5, 0)
	if granted != 0 || !again.Equal(at.Add(10*time.Second)) {
		t.Errorf("while stopped: %d, again at %s", granted, again)
	}
	if _, later := b.Take(at, 5, 1); !later.Equal(at.Add(11 * time.Second)) {
		t.Errorf("with jitter: again at %s", later)
	}
	if got := drain(b, 130*time.Second, 131*time.Second); got < 19 || got > 24 {
		t.Errorf("%d left in the first second after a stop", got)
	}
}

func TestPacesThatNothingCanKeep(t *testing.T) {
	t.Parallel()
	good := Usual()
	for name, spoil := range map[string]func(*Pace){
		"no rate":          func(p *Pace) { p.PerSecond = 0 },
		"too slow":         func(p *Pace) { *p = p.Share(1000) },
		"not a number":     func(p *Pace) { p.PerSecond = math.NaN() },
		"no burst":         func(p *Pace) { p.Burst = 0 },
		"from nothing":     func(p *Pace) { p.Start = 0 },
		"from more":        func(p *Pace) { p.Start = 1.1 },
		"a ramp backwards": func(p *Pace) { p.Ramp = -1 },
		"no pause":         func(p *Pace) { p.Pause = 0 },
	} {
		p := good
		if spoil(&p); p == good {
			t.Fatal(name)
		}
		if _, err := NewBucket(p); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	bucket(t, good.Share(2))
	bucket(t, good.Share(0))
}

func drawPace(t *rapid.T) Pace {
	return Pace{
		PerSecond: rapid.Float64Range(50, 10000).Draw(t, "rate"),
		Burst:     rapid.IntRange(1, 500).Draw(t, "burst"),
		Start:     rapid.Float64Range(0.2, 1).Draw(t, "start"),
		Ramp:      time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "ramp")),
		Pause:     2 * time.Minute,
	}
}

// Between any two moments no more leaves than a burst and what the full rate
// gives in that time, whoever asks, stops, or turns the clock back; and nothing
// leaves before the end of a stop.
func TestNoMoreThanTheRate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPace(t)
		b, err := NewBucket(p)
		if err != nil {
			t.Fatal(err)
		}
		type taking struct {
			at   time.Time
			left int
		}
		var takings []taking
		now, latest, until := start, time.Time{}, time.Time{} // the bucket knows no time before it is asked
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(int64(-time.Second), int64(5*time.Second)).Draw(t, "later")))
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				if stop := now.Add(time.Duration(rapid.Int64Range(0, int64(10*time.Second)).Draw(t, "stop"))); stop.After(until) {
					until = stop
				}
				b.Stop(until)
			case 1:
				now = now.Add(p.Pause) // long enough for a new ramp
			default:
				if now.After(latest) {
					latest = now
				}
				granted, _ := b.Take(now, rapid.IntRange(0, 1000).Draw(t, "n"), 0)
				if granted > 0 && now.Before(until) {
					t.Fatalf("%d left %s before the end of a stop", granted, until.Sub(now))
				}
				takings = append(takings, taking{latest, granted})
			}
		}
		for i := range takings {
			sum := 0
			for _, g := range takings[i:] {
				sum += g.left
				if most := float64(p.Burst) + p.PerSecond*g.at.Sub(takings[i].at).Seconds(); float64(sum) > most+1e-6 {
					t.Fatalf("%d left in %s, at most %.3f may", sum, g.at.Sub(takings[i].at), most)
				}
			}
		}
	})
}

// Whoever comes again when told to gets what is missing, or a full burst.
func TestAgainIsWhenThereIsEnough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPace(t)
		b, err := NewBucket(p)
		if err != nil {
			t.Fatal(err)
		}
		now, until := start, time.Time{}
		for range 20 {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(3*time.Minute)).Draw(t, "later")))
			if rapid.IntRange(0, 5).Draw(t, "whether") == 0 {
				until = now.Add(time.Duration(rapid.Int64Range(1, int64(time.Minute)).Draw(t, "stop")))
				b.Stop(until)
			}
			n, jitter := rapid.IntRange(1, 1000).Draw(t, "n"), rapid.Float64Range(0, 1).Draw(t, "jitter")
			granted, again := b.Take(now, n, jitter)
			if now.Before(until) {
				if granted != 0 || again.Before(until) {
					t.Fatalf("%d left during a stop, and again %s before its end", granted, until.Sub(again))
				}
				now = again
				granted, again = b.Take(now, n, jitter)
			}
			if granted == n {
				continue
			}
			rest := min(n-granted, p.Burst)
			now = again
			if got, _ := b.Take(now, rest, 0); got != rest {
				t.Fatalf("%d of %d after the wait", got, rest)
			}
		}
	})
}

func TestManyAskAtOnce(t *testing.T) {
	t.Parallel()
	p := Usual()
	b := bucket(t, p)
	var left atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 1000 {
				granted, _ := b.Take(start.Add(time.Duration(i)*time.Millisecond), 100, 0)
				left.Add(int64(granted))
			}
		})
	}
	all.Wait()
	if got, most := left.Load(), int64(p.PerSecond)+int64(p.Burst); got < 2000 || got > most {
		t.Errorf("%d left, want 2000 to %d", got, most)
	}
}
