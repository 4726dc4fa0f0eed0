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

// pairs hands out (member, document) pairs that were never bookmarked.
type pairs struct {
	have manifest
	next atomic.Int64
}

var errNoPairs = errors.New("all pairs of members and documents are bookmarked")

func (p *pairs) take() (member *member, document string, err error) {
	i := int(p.next.Add(1)) - 1
	n := len(p.have.Members)
	if i >= n*len(p.have.Documents) {
		return nil, "", errNoPairs
	}
	return &p.have.Members[i%n], p.have.Documents[i/n], nil
}

// writes compares durable single writes through the front door with the bare
// inserts of the same rows by the same driver.
func (m *measuring) writes(ctx context.Context) error {
	s, err := m.serve(ctx, "write", m.store("small"))
	if err != nil {
		return err
	}
	w, err := m.worker("insert", "insert", "-file", filepath.Join(m.dir, "insert.db"))
	if err != nil {
		return err
	}
	fresh := &pairs{have: s.have}
	product := func(context.Context) (sample, error) {
		w.pause()
		defer w.resume()
		return m.bookmark(s, fresh)
	}
	floor := func(ctx context.Context) (sample, error) {
		s.pause()
		defer s.resume()
		return w.order(ctx, m.span)
	}
	for _, warm := range []func(context.Context) (sample, error){product, floor} {
		if _, err := warm(ctx); err != nil {
			return err
		}
	}
	got, err := m.compare(ctx, product, floor)
	if err != nil {
		return err
	}
	got.report("write_bookmark", "writes", 0.50)
	return nil
}

// bookmark makes new bookmarks from all clients for a while. Anything but 204
// is a failure of the run. The connections are new: between runs they would
// lie idle for longer than the server keeps them.
func (m *measuring) bookmark(s *server, fresh *pairs) (sample, error) {
	clients, err := dialMany(s.addr, connections)
	if err != nil {
		return sample{}, err
	}
	defer closeAll(clients)
	var a answer
	before := s.cpu()
	others, err := watched(s.process, func() (err error) {
		a, err = fromMany(m.span, func(k int) error {
			who, document, err := fresh.take()
			if err != nil {
				return err
			}
			return putBookmark(clients[k], who, document)
		})
		return err
	})
	return a.sample(s.cpu()-before, others), err
}

func putBookmark(c *client, who *member, document string) error {
	status, body, err := c.do(http.MethodPut, "/v1/me/bookmarks/"+document, who.Token, "", "")
	if err == nil && status != http.StatusNoContent {
		err = fmt.Errorf("bookmark: %d %s", status, body)
	}
	return err
}

// calm waits until what was started has come to rest.
func calm(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
