package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"time"
)

// submitSpan is how long one run of submits takes: each uses up an attempt.
const submitSpan = time.Second

// taking hands out the attempts of a store that nobody has touched.
type taking struct{ open, answered atomic.Int64 }

var errNoAttempts = errors.New("all attempts of the store are used up")

// saver is one client's place: the attempt it is at, and the next question.
type saver struct{ attempt, question int }

// saves measures answer saves, each durable when it is acknowledged, beside the
// bare updates of such rows by the same driver, and submits beside saves.
func (m *measuring) saves(ctx context.Context) error {
	s, err := m.serve(ctx, "saves", m.store("sat"))
	if err != nil {
		return err
	}
	w, err := m.worker("replace", "replace", "-file", filepath.Join(m.dir, "replace.db"))
	if err != nil {
		return err
	}
	t := &taking{}
	save := func(context.Context) (sample, error) {
		w.pause()
		defer w.resume()
		return m.saving(s, t)
	}
	submit := func(context.Context) (sample, error) {
		w.pause()
		defer w.resume()
		return m.submitting(s, t)
	}
	raw := func(ctx context.Context) (sample, error) {
		s.pause()
		defer s.resume()
		return w.order(ctx, m.span)
	}
	for _, warm := range []func(context.Context) (sample, error){save, submit, raw} {
		if _, err := warm(ctx); err != nil {
			return err
		}
	}
	got, err := m.compare(ctx, save, raw)
	if err != nil {
		return err
	}
	atLeast("saves_per_second", got.product.rate, 5000)
	got.report("saves_to_raw", "saves", 0.40)
	if got, err = m.compare(ctx, submit, save); err != nil {
		return err
	}
	got.report("submits_to_saves", "submits", 0.75)
	return nil
}

// saving saves answers from all clients for a while, each client at an attempt
// of its own until that is full.
func (m *measuring) saving(s *server, t *taking) (sample, error) {
	at := make([]saver, connections)
	for k := range at {
		at[k].question = paperLength
	}
	return m.loaded(s, m.span, func(c *client, k int) error {
		p := &at[k]
		if p.question == paperLength {
			*p = saver{attempt: int(t.open.Add(1)) - 1}
		}
		if p.attempt >= s.have.Sat.Open {
			return errNoAttempts
		}
		p.question++
		return putAnswer(c, s, p.attempt, p.question-1)
	})
}

func (m *measuring) submitting(s *server, t *taking) (sample, error) {
	return m.loaded(s, submitSpan, func(c *client, _ int) error {
		i := int(t.answered.Add(1)) - 1
		if i >= s.have.Sat.Answered {
			return errNoAttempts
		}
		return postSubmit(c, s, answeredKind, i)
	})
}

// loaded calls fn from all clients, each on a connection of its own.
func (m *measuring) loaded(s *server, span time.Duration, fn func(c *client, k int) error) (sample, error) {
	clients, err := dialMany(s.addr, connections)
	if err != nil {
		return sample{}, err
	}
	defer closeAll(clients)
	var a answer
	before := s.cpu()
	others, err := watched(s.process, func() (err error) {
		a, err = fromMany(span, func(k int) error { return fn(clients[k], k) })
		return err
	})
	return a.sample(s.cpu()-before, others), err
}

// putAnswer saves the answer to question k of an open attempt.
func putAnswer(c *client, s *server, i, k int) error {
	choices := s.have.Sat.Choices[k]
	path := "/v1/attempts/" + attemptOf(openKind, i) + "/answers/" + itemOf(k)
	body := `{"choiceIds":["` + choices[(i+k)%len(choices)] + `"],"seq":1}`
	status, got, err := c.do(http.MethodPut, path, s.have.Members[i%len(s.have.Members)].Token, "", body)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("save: %d %s", status, got)
	}
	return err
}

func postSubmit(c *client, s *server, kind string, i int) error {
	path := "/v1/attempts/" + attemptOf(kind, i) + "/submit"
	status, got, err := c.do(http.MethodPost, path, s.have.Members[i%len(s.have.Members)].Token, "", "")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("submit: %d %s", status, got)
	}
	return err
}

func atLeast(name string, value, goal float64) {
	fmt.Printf("%s %.0f >=%g %s\n", name, value, goal, verdict(value >= goal))
}
