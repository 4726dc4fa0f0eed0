package main

import (
	"context"
	"slices"
	"sync"
	"time"
)

// The closing rush: so many saves and submits come in a second, whatever became
// of those before (an open loop).
const (
	rushSubmits = 400
	rushSaves   = 10 // for each submit
	// rushApart is how many submits come between two saves of one attempt.
	rushApart = 20
	rushLimit = 100 * time.Millisecond
	// warming is how long requests come in before they are timed: nobody starts
	// a server in the last minutes of a round.
	warming = 5 * time.Second
)

// rushed is one request of the rush: a save of a question, or the submit.
type rushed struct {
	due      time.Time
	attempt  int
	question int // rushSaves for the submit
}

// rush holds the last minutes before a close. A request is timed from when it
// was due, so that a stall counts for all that it held up.
func (m *measuring) rush(ctx context.Context) error {
	s, err := m.serve(ctx, "rush", m.store("rush"))
	if err != nil {
		return err
	}
	clients, err := dialMany(s.addr, connections)
	if err != nil {
		return err
	}
	defer closeAll(clients)
	attempts := s.have.Sat.Open
	queue := make(chan rushed, 1<<16)
	took := make([][]time.Duration, len(clients))
	slow := make([][]int, len(clients)) // the seconds in which those came that took longer than they may
	errs := make([]error, len(clients))
	refused := make([]int, len(clients))
	var wg sync.WaitGroup
	var others float64
	before := s.cpu()
	begin := time.Now()
	for k, c := range clients {
		wg.Go(func() {
			for r := range queue {
				err := r.send(c, s)
				if err != nil {
					errs[k], refused[k] = err, refused[k]+1
				}
				d := time.Since(r.due)
				if r.due.Sub(begin) < warming {
					continue
				}
				took[k] = append(took[k], d)
				if d > rushLimit {
					slow[k] = append(slow[k], int(r.due.Sub(begin)/time.Second))
				}
			}
		})
	}
	others, _ = watched(s.process, func() error {
		comeIn(ctx, queue, attempts)
		close(queue)
		wg.Wait()
		return nil
	})
	span := time.Since(begin)
	var all []time.Duration
	bad := 0
	for k := range took {
		all = append(all, took[k]...)
		bad += refused[k]
	}
	atMost("rush_p99_ms", ms(quantile(all, 0.99)), ms(rushLimit))
	atMost("rush_refused", float64(bad), 0)
	total := attempts * (rushSaves + 1)
	note("rush: %d requests in %.0f s, %.0f a second (%s cpu each), p50 %s, p99 %s, p99.9 %s; others used %.0f%% of a core",
		total, span.Seconds(), float64(total)/span.Seconds(), micros((s.cpu()-before)/time.Duration(max(1, total))),
		millis(quantile(all, 0.50)), millis(quantile(all, 0.99)), millis(quantile(all, 0.999)), others*100)
	seconds := slices.Concat(slow...)
	slices.Sort(seconds)
	if n := len(seconds); n > 0 {
		seconds = slices.Compact(seconds)
		note("rush: %d took longer than %v, in the seconds %v", n, rushLimit, seconds[:min(len(seconds), 60)])
	}
	for _, err := range errs {
		if err != nil {
			note("rush: refused: %v", err)
			break
		}
	}
	return ctx.Err()
}

// comeIn puts the requests into the queue as they fall due: with each tick a
// save of each of ten attempts, each at another question, and the submit of an
// eleventh that has had its ten.
func comeIn(ctx context.Context, queue chan<- rushed, attempts int) {
	begin := time.Now()
	for tick := 0; tick < attempts+rushSaves*rushApart && ctx.Err() == nil; tick++ {
		due := begin.Add(time.Duration(tick) * time.Second / rushSubmits)
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		for k := range rushSaves + 1 {
			if i := tick - k*rushApart; i >= 0 && i < attempts {
				queue <- rushed{due, i, k}
			}
		}
	}
}

func (r *rushed) send(c *client, s *server) error {
	if r.question == rushSaves {
		return postSubmit(c, s, openKind, r.attempt)
	}
	return putAnswer(c, s, r.attempt, r.question)
}
