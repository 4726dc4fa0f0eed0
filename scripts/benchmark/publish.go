package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// reader looks with the eyes of a member for a document that comes out.
type reader struct {
	*client
	token, cursor string
}

// newReader signs on at the sync's newest position.
func newReader(s *server) (*reader, error) {
	c, err := dial(s.addr)
	if err != nil {
		return nil, err
	}
	r := &reader{client: c, token: s.have.Members[0].Token}
	for more := true; more; {
		var page syncPage
		if page, err = r.sync(); err != nil {
			return nil, err
		}
		more = page.HasMore
	}
	return r, nil
}

type syncPage struct {
	Changes []struct {
		ID string `json:"id"`
	} `json:"changes"`
	NextCursor string `json:"nextCursor"`
	HasMore    bool   `json:"hasMore"`
}

func (r *reader) sync() (syncPage, error) {
	var page syncPage
	path := "/v1/sync?limit=500"
	if r.cursor != "" {
		path += "&cursor=" + url.QueryEscape(r.cursor)
	}
	err := r.get(path, r.token, &page)
	if err == nil {
		r.cursor = page.NextCursor
	}
	return page, err
}

// await asks until read, search and sync all show the document.
func (r *reader) await(ctx context.Context, id, word string) error {
	var read, found, synced bool
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until) && ctx.Err() == nil; {
		if !read {
			status, _, err := r.do(http.MethodGet, "/v1/documents/"+id, r.token, "Accept-Encoding: gzip\r\n", "")
			if err != nil {
				return err
			}
			read = status == http.StatusOK
		}
		if read && !found {
			status, body, err := r.do(http.MethodGet, "/v1/search?q="+word, r.token, "", "")
			if err != nil {
				return err
			}
			found = status == http.StatusOK && strings.Contains(string(body), id)
		}
		if read && found && !synced {
			page, err := r.sync()
			if err != nil {
				return err
			}
			for _, c := range page.Changes {
				synced = synced || c.ID == id
			}
		}
		if read && found && synced {
			return nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	return errors.Join(fmt.Errorf("document %s was not seen in time", id), ctx.Err())
}

// publisher publishes the drafts of a store one by one.
type publisher struct {
	*client
	s    *server
	next int
}

func newPublisher(s *server) (*publisher, error) {
	c, err := dial(s.addr)
	return &publisher{client: c, s: s}, err
}

// draft returns the next approved draft and its unique word.
func (p *publisher) draft() (id, word string, err error) {
	for p.next < len(p.s.have.Drafts) {
		id = p.s.have.Drafts[p.next]
		p.next++
		var item struct {
			State string `json:"state"`
		}
		status, body, err := p.do(http.MethodGet, "/v1/editor/documents/"+id, p.s.have.Approver.Token, "", "")
		if err != nil {
			return "", "", err
		}
		if status != http.StatusOK {
			return "", "", fmt.Errorf("draft: %d %s", status, body)
		}
		if err := json.Unmarshal(body, &item); err != nil {
			return "", "", err
		}
		if item.State != "approved" {
			continue
		}
		at := strings.Index(string(body), "zq")
		if at < 0 {
			return "", "", fmt.Errorf("draft %s has no word of its own", id)
		}
		text := string(body)[at:]
		return id, text[:strings.IndexByte(text, 'x')+1], nil
	}
	return "", "", errors.New("no drafts are left")
}

// publish publishes a draft and returns how long the call took.
func (p *publisher) publish(id string) (time.Duration, error) {
	begin := time.Now()
	status, body, err := p.do(http.MethodPost, "/v1/editor/documents/"+id+"/publish", p.s.have.Approver.Token, "", "")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("publish: %d %s", status, body)
	}
	return time.Since(begin), err
}

// publications is how many are measured.
const publications = 12

// publishing measures how soon a publication is seen, here and on another
// process of the same store, and then what it costs beside fewer documents.
func (m *measuring) publishing(ctx context.Context) error {
	large, err := m.serve(ctx, "publish", m.store("large"))
	if err != nil {
		return err
	}
	other, err := m.serve(ctx, "publish-other", m.store("large"))
	if err != nil {
		return err
	}
	if err := m.visibility(ctx, large, other); err != nil {
		return err
	}
	other.stop()
	mid, err := m.serve(ctx, "publish-mid", m.store("mid"))
	if err != nil {
		return err
	}
	return m.publishCost(ctx, large, mid)
}

func (m *measuring) visibility(ctx context.Context, here, there *server) error {
	pub, err := newPublisher(here)
	if err != nil {
		return err
	}
	var at [2]*reader
	for i, s := range []*server{here, there} {
		if at[i], err = newReader(s); err != nil {
			return err
		}
	}
	var took [2][]time.Duration
	for n := range publications + 1 {
		id, word, err := pub.draft()
		if err != nil {
			return err
		}
		calm(ctx, 300*time.Millisecond)
		errs := make(chan error, 2)
		var one [2]time.Duration
		begin := time.Now()
		for i, r := range at {
			go func() {
				err := r.await(ctx, id, word)
				one[i] = time.Since(begin)
				errs <- err
			}()
		}
		_, err = pub.publish(id)
		if err := errors.Join(err, <-errs, <-errs); err != nil {
			return err
		}
		for i := range took {
			if n > 0 { // the first warms up
				took[i] = append(took[i], one[i])
			}
		}
	}
	for i, name := range []string{"publish_visible", "publish_visible_other"} {
		goal := []float64{100, 2000}[i]
		atMost(name+"_ms", ms(median(took[i])), goal)
		atMost(name+"_worst_ms", ms(slices.Max(took[i])), goal)
	}
	return nil
}

// publishCost compares publishing beside many documents and beside few, in
// turns.
func (m *measuring) publishCost(ctx context.Context, many, few *server) error {
	var took [2][]time.Duration
	var pubs [2]*publisher
	for i, s := range []*server{many, few} {
		var err error
		if pubs[i], err = newPublisher(s); err != nil {
			return err
		}
	}
	for n := range publications + 1 {
		for i, p := range pubs {
			pubs[1-i].s.pause()
			id, _, err := p.draft()
			if err != nil {
				return err
			}
			calm(ctx, 100*time.Millisecond)
			d, err := p.publish(id)
			pubs[1-i].s.resume()
			if err != nil {
				return err
			}
			if n > 0 {
				took[i] = append(took[i], d)
			}
		}
	}
	a, b := median(took[0]), median(took[1])
	atMost("publish_cost_2000_vs_200", ms(a)/ms(b), 1.5)
	note("publish_cost: beside %d documents median %s, %s to %s; beside %d median %s, %s to %s",
		len(many.have.Documents), millis(a), millis(slices.Min(took[0])), millis(slices.Max(took[0])),
		len(few.have.Documents), millis(b), millis(slices.Min(took[1])), millis(slices.Max(took[1])))
	return nil
}
