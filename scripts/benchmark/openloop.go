package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// readRate is how many members read in a second while something else goes on,
// whatever became of the reads before: an open loop.
const readRate = 200

// readLimit is what the slowest reads but one in a hundred may take beside work
// of the server itself.
const readLimit = 25 * time.Millisecond

// readsBeside are reads of documents beside something else, each timed from when
// it was due.
type readsBeside struct {
	took   []time.Duration
	failed int
	err    error   // of one that failed
	others float64 // cores used by processes that are not ours
}

// readBeside reads documents at readRate for as long as fn runs.
func readBeside(ctx context.Context, s *server, fn func() error) (*readsBeside, error) {
	clients, err := dialMany(s.addr, connections)
	if err != nil {
		return nil, err
	}
	defer closeAll(clients)
	r := &readsBeside{}
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { r.read(ctx, s, clients, done) })
	r.others, err = watched(s.process, func() error {
		defer wg.Wait()
		defer close(done)
		return fn()
	})
	return r, err
}

func (r *readsBeside) read(ctx context.Context, s *server, clients []*client, done <-chan struct{}) {
	free := make(chan *client, len(clients))
	for _, c := range clients {
		free <- c
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	defer wg.Wait()
	begin := time.Now()
	for i := 0; ctx.Err() == nil; i++ {
		due := begin.Add(time.Duration(i) * time.Second / readRate)
		select {
		case <-done:
			return
		case <-time.After(time.Until(due)):
		}
		wg.Go(func() {
			c := <-free
			err := readOne(c, s, i)
			took := time.Since(due)
			free <- c
			mu.Lock()
			defer mu.Unlock()
			r.took = append(r.took, took)
			if err != nil {
				r.failed, r.err = r.failed+1, err
			}
		})
	}
}

func readOne(c *client, s *server, i int) error {
	who, document := s.have.Members[i%len(s.have.Members)], s.have.Documents[i%len(s.have.Documents)]
	status, _, err := c.do(http.MethodGet, "/v1/documents/"+document, who.Token, "Accept-Encoding: gzip\r\n", "")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("read: %d", status)
	}
	return err
}

// report prints the reads beside something; a goal of 0 is none.
func (r *readsBeside) report(name string, goal time.Duration) {
	if p99 := ms(quantile(r.took, 0.99)); goal > 0 {
		atMost(name+"_p99_ms", p99, ms(goal))
	} else {
		seen(name+"_p99_ms", p99)
	}
	atMost(name+"_failed", float64(r.failed), 0)
	note("%s: %d reads at %d a second, p50 %s, p99.9 %s, longest %s; others used %.0f%% of a core", name, len(r.took), readRate,
		millis(quantile(r.took, 0.5)), millis(quantile(r.took, 0.999)), millis(quantile(r.took, 1)), r.others*100)
	if r.err != nil {
		note("%s: failed: %v", name, r.err)
	}
}
