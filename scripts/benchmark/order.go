package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// worker is a floor that takes orders.
type worker struct {
	*process
	in  io.WriteCloser
	out *bufio.Reader
}

func (m *measuring) worker(name string, args ...string) (*worker, error) {
	w := &worker{}
	var err error
	w.process, err = m.launch(name, servedCore, nil, func(c *exec.Cmd) error {
		in, err := c.StdinPipe()
		if err != nil {
			return err
		}
		c.Stdout = nil
		out, err := c.StdoutPipe()
		w.in, w.out = in, bufio.NewReader(out)
		return err
	}, append([]string{m.program}, args...)...)
	return w, err
}

// order lets the worker work for a while.
func (w *worker) order(_ context.Context, span time.Duration) (sample, error) {
	var a answer
	before := w.cpu()
	others, err := watched(w.process, func() error {
		if _, err := fmt.Fprintln(w.in, span); err != nil {
			return err
		}
		line, err := w.out.ReadBytes('\n')
		if err != nil {
			return err
		}
		return json.Unmarshal(line, &a)
	})
	if err == nil && a.Err != "" {
		err = errors.New(a.Err)
	}
	return a.sample(w.cpu()-before, others), err
}

func (a *answer) sample(spent time.Duration, others float64) sample {
	return sample{rate: float64(a.Count) / a.Seconds, cost: spent / time.Duration(max(1, a.Count)), p50: a.P50, p99: a.P99, others: others}
}
