package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// defaultSpan is how long one run under load takes.
const defaultSpan = 2500 * time.Millisecond

// measuring takes the figures.
type measuring struct {
	server, dir, only string
	rounds            int
	span              time.Duration

	running []*process
	program string        // our own binary, for the floors
	waited  time.Duration // for others to be quiet
}

// figure is a group of figures that share servers.
type figure struct {
	name string
	take func(*measuring, context.Context) error
}

func figures() []figure {
	return []figure{
		{"read", (*measuring).reads},
		{"write", (*measuring).writes},
		{"publish", (*measuring).publishing},
		{"start", (*measuring).starts},
		{"province", (*measuring).provinces},
		{"login", (*measuring).logins},
		{"kill9", (*measuring).kills},
		{"import", (*measuring).imports},
		{"saves", (*measuring).saves},
		{"rush", (*measuring).rush},
		{"evidence", (*measuring).evidence},
		{"drives", (*measuring).provinceDrives},
	}
}

func (m *measuring) run(ctx context.Context) (err error) {
	if m.program, err = os.Executable(); err != nil {
		return err
	}
	if err := os.MkdirAll(m.dir, 0o700); err != nil {
		return err
	}
	m.machine()
	var failed []error
	for _, f := range figures() {
		if m.only != "" && !slices.Contains(strings.Split(m.only, ","), f.name) {
			continue
		}
		begin := time.Now()
		if err := f.take(m, ctx); err != nil {
			fmt.Printf("%s - - FAILED\n", f.name)
			failed = append(failed, fmt.Errorf("%s: %w", f.name, err))
		}
		m.stopAll()
		fmt.Printf("# %s took %.0f s\n", f.name, time.Since(begin).Seconds())
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}

// stopAll ends what a figure started.
func (m *measuring) stopAll() {
	for _, p := range m.running {
		select {
		case <-p.exited:
		default:
			p.stop()
		}
	}
	m.running = nil
}

// store is the folder of a seeded store.
func (m *measuring) store(name string) string { return filepath.Join(m.dir, name) }

// machine says what the figures were taken on.
func (m *measuring) machine() {
	cpu := "unknown processor"
	b, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.SplitSeq(string(b), "\n") {
		if name, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			cpu = strings.TrimSpace(v)
			break
		}
	}
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	fmt.Printf("# machine: %s, %d cores, linux %s, %s; server on core %s with GOMAXPROCS=2, load on core %s, nice %d; %d rounds of %s in turns\n",
		cpu, cores(), strings.TrimSpace(string(kernel)), runtime.Version(), servedCore, loadCore, niceness(), m.rounds, m.span)
}

// cores counts the machine's cores, not ours.
func cores() int {
	b, _ := os.ReadFile("/proc/stat")
	n := 0
	for line := range strings.SplitSeq(string(b), "\n") {
		if strings.HasPrefix(line, "cpu") && !strings.HasPrefix(line, "cpu ") {
			n++
		}
	}
	return n
}

// sample is what one run under load gave.
type sample struct {
	rate     float64       // per second
	cost     time.Duration // processor time of the measured process per request
	p50, p99 time.Duration
	others   float64 // cores used by processes that are not ours
}

// compared is the outcome of two things measured in turns.
type compared struct {
	product, floor     sample // medians
	ratio              float64
	lowest, highest    float64 // of the ratios of the rounds
	others             float64
	rounds, disregards int
}

// quiet is how much of a core others may use in a run that counts; beyond loud
// a comparison says nothing.
const (
	quiet = 0.06
	loud  = 0.20
)

// patience bounds what is waited in all for others to be quiet.
const patience = 90 * time.Second

// awaitQuiet waits while others use the cores.
func (m *measuring) awaitQuiet(ctx context.Context) {
	const look = 400 * time.Millisecond
	for m.waited < patience && ctx.Err() == nil {
		begin := usage()
		calm(ctx, look)
		m.waited += look
		if (usage()-begin)/100/look.Seconds() <= 2*quiet {
			return
		}
	}
}

// compare measures product and floor in turns. When others disturb, it takes
// up to twice the rounds and keeps the quietest; it selects on what others
// used and never on the outcome.
func (m *measuring) compare(ctx context.Context, product, floor func(context.Context) (sample, error)) (compared, error) {
	type round struct{ product, floor sample }
	var all []round
	calm := 0
	for len(all) < 2*m.rounds && calm < m.rounds {
		m.awaitQuiet(ctx)
		var r round
		var err error
		if r.product, err = product(ctx); err != nil {
			return compared{}, fmt.Errorf("product: %w", err)
		}
		if r.floor, err = floor(ctx); err != nil {
			return compared{}, fmt.Errorf("floor: %w", err)
		}
		all = append(all, r)
		if max(r.product.others, r.floor.others) <= quiet {
			calm++
		}
	}
	loudness := func(r round) float64 { return max(r.product.others, r.floor.others) }
	slices.SortStableFunc(all, func(a, b round) int { return cmpFloat(loudness(a), loudness(b)) })
	kept := all[:m.rounds]
	c := compared{rounds: len(kept), disregards: len(all) - len(kept), others: loudness(kept[len(kept)-1])}
	var ratios []float64
	var ps, fs []sample
	for _, r := range kept {
		ratios = append(ratios, r.product.rate/r.floor.rate)
		ps, fs = append(ps, r.product), append(fs, r.floor)
	}
	c.product, c.floor = middle(ps), middle(fs)
	c.ratio, c.lowest, c.highest = c.product.rate/c.floor.rate, slices.Min(ratios), slices.Max(ratios)
	return c, nil
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// middle is the median of each field.
func middle(all []sample) sample {
	var rates []float64
	var costs, p50s, p99s []time.Duration
	for _, s := range all {
		rates, costs = append(rates, s.rate), append(costs, s.cost)
		p50s, p99s = append(p50s, s.p50), append(p99s, s.p99)
	}
	return sample{rate: median(rates), cost: median(costs), p50: median(p50s), p99: median(p99s)}
}

func median[T float64 | time.Duration](list []T) T {
	if len(list) == 0 {
		return 0
	}
	s := slices.Clone(list)
	slices.Sort(s)
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}

// quantile is by nearest rank.
func quantile[T float64 | time.Duration](list []T, q float64) T {
	if len(list) == 0 {
		return 0
	}
	s := slices.Clone(list)
	slices.Sort(s)
	return s[min(len(s)-1, int(q*float64(len(s))))]
}

// report prints a comparison. The ratio of the processor time per request is
// steadier than that of the rates where neighbours disturb.
func (c *compared) report(name, unit string, goal float64) {
	judged := verdict(c.ratio >= goal)
	if c.others > loud {
		judged = "NOISY"
	}
	fmt.Printf("%s %.2f >=%.2f %s\n", name, c.ratio, goal, judged)
	note("%s: by processor time %.2f; product %.0f %s/s (%s cpu, p50 %s, p99 %s), floor %.0f %s/s (%s cpu, p50 %s, p99 %s); rounds %.2f..%.2f; others used up to %.0f%% of a core, %d louder rounds left out",
		name, float64(c.floor.cost)/float64(max(1, c.product.cost)), c.product.rate, unit, micros(c.product.cost), millis(c.product.p50), millis(c.product.p99),
		c.floor.rate, unit, micros(c.floor.cost), millis(c.floor.p50), millis(c.floor.p99), c.lowest, c.highest, c.others*100, c.disregards)
}

func micros(d time.Duration) string { return fmt.Sprintf("%.1f us", float64(d)/1e3) }
func millis(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/1e6) }

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

// The kinds of line beside a comparison's.
func atMost(name string, value, goal float64) {
	fmt.Printf("%s %.2f <=%g %s\n", name, value, goal, verdict(value <= goal))
}

func seen(name string, value float64) { fmt.Printf("%s %.2f - INFO\n", name, value) }

func note(format string, args ...any) { fmt.Printf("# "+format+"\n", args...) }

func verdict(ok bool) string {
	if ok {
		return "OK"
	}
	return "MISS"
}
