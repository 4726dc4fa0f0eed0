package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// The storm: so many reads come in a second, whatever became of those before
// (an open loop), while so many people sign in at one time, each again and
// again.
const (
	stormReads   = 200
	stormSeconds = 10
	stormClients = 16
)

// storm measures how long readers wait while people sign in as fast as they
// can. A read is timed from when it was due, so that a stall counts for all
// that it held up.
func (m *measuring) storm(ctx context.Context, s *server) error {
	calm, err := m.steadyReads(ctx, s)
	if err != nil {
		return err
	}
	done := make(chan struct{})
	var signed atomic.Int64
	var wg sync.WaitGroup
	var failed error
	var once sync.Once
	for range stormClients {
		wg.Go(func() {
			c, err := dial(s.addr)
			for ; err == nil; err = signInSome(c, s, &signed) {
				select {
				case <-done:
					c.close()
					return
				default:
				}
			}
			once.Do(func() { failed = err })
		})
	}
	var storm []time.Duration
	others, err := watched(s.process, func() (err error) {
		storm, err = m.steadyReads(ctx, s)
		return err
	})
	close(done)
	wg.Wait()
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	atMost("reads_p99_in_storm_ms", ms(quantile(storm, 0.99)), 25)
	note("storm: %d reads a second beside %.0f sign-ins a second; p50 %s, p99 %s; without sign-ins p50 %s, p99 %s; others used %.0f%% of a core",
		stormReads, float64(signed.Load())/stormSeconds, millis(quantile(storm, 0.50)), millis(quantile(storm, 0.99)),
		millis(quantile(calm, 0.50)), millis(quantile(calm, 0.99)), others*100)
	return nil
}

// stormTurn is whose turn it is to sign in.
var stormTurn atomic.Int64

func signInSome(c *client, s *server, signed *atomic.Int64) error {
	who := s.have.Members[int(stormTurn.Add(1))%len(s.have.Members)]
	err := signIn(c, &who)
	if err == nil {
		signed.Add(1)
	}
	return err
}

// steadyReads reads documents at the steady rate and returns how long each
// read took from when it was due.
func (m *measuring) steadyReads(ctx context.Context, s *server) ([]time.Duration, error) {
	clients, err := dialMany(s.addr, stormClients)
	if err != nil {
		return nil, err
	}
	defer closeAll(clients)
	free := make(chan *client, len(clients))
	for _, c := range clients {
		free <- c
	}
	type result struct {
		took time.Duration
		err  error
	}
	const total = stormReads * stormSeconds
	results := make(chan result, total)
	begin := time.Now()
	for i := range total {
		due := begin.Add(time.Duration(i) * time.Second / stormReads)
		calm(ctx, time.Until(due))
		go func() {
			c := <-free
			path := "/v1/documents/" + s.have.Documents[i%len(s.have.Documents)]
			status, _, err := c.do(http.MethodGet, path, s.have.Members[i%len(s.have.Members)].Token, "Accept-Encoding: gzip\r\n", "")
			free <- c
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("GET %s: %d", path, status)
			}
			results <- result{time.Since(due), err}
		}()
	}
	var all []time.Duration
	for range total {
		r := <-results
		if r.err != nil {
			return nil, r.err
		}
		all = append(all, r.took)
	}
	return all, ctx.Err()
}
