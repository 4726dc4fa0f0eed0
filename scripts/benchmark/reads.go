package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// readDocument is which of the documents is read.
const readDocument = 100

// reads compares the reading of a document with a bare Fiber handler that
// sends the same bytes.
func (m *measuring) reads(ctx context.Context) error {
	s, err := m.serve(ctx, "read", m.store("large"))
	if err != nil {
		return err
	}
	path := "/v1/documents/" + s.have.Documents[readDocument]
	auth := "Authorization: Bearer " + s.have.Members[0].Token
	body, tag, err := fetchGzip(ctx, s.url(path), s.have.Members[0].Token)
	if err != nil {
		return err
	}
	bodyFile := filepath.Join(m.dir, "body.gz")
	if err := os.WriteFile(bodyFile, body, 0o600); err != nil {
		return err
	}
	note("read: gzip body %d bytes, tag %s, %d documents out", len(body), tag, len(s.have.Documents))
	for _, c := range []struct {
		name, body string
		goal       float64
		headers    []string
	}{
		{"read_gzip", bodyFile, 0.72, []string{auth, "Accept-Encoding: gzip"}},
		{"read_304", "", 0.60, []string{auth, "Accept-Encoding: gzip", "If-None-Match: " + tag}},
	} {
		fl, addr, err := m.floor(ctx, c.name, c.body, tag, path)
		if err != nil {
			return err
		}
		run := func(p, idle *process, addr, path string) func(context.Context) (sample, error) {
			return func(ctx context.Context) (sample, error) {
				idle.pause()
				defer idle.resume()
				return load(ctx, p, m.span, addr, path, c.headers...)
			}
		}
		product, floor := run(s.process, fl, s.addr, path), run(fl, s.process, addr, path)
		for _, warm := range []func(context.Context) (sample, error){product, floor} {
			if _, err := warm(ctx); err != nil {
				return err
			}
		}
		got, err := m.compare(ctx, product, floor)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		got.report(c.name, "reads", c.goal)
		fl.kill()
	}
	return nil
}

// floor starts the bare handler for one of the answers.
func (m *measuring) floor(ctx context.Context, name, body, tag, path string) (*process, string, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, "", err
	}
	p, err := m.launch("floor-"+name, servedCore, nil, nil, m.program, "floor", "-addr", addr, "-body", body, "-tag", tag)
	if err != nil {
		return nil, "", err
	}
	return p, addr, awaitHTTP(ctx, p, "http://"+addr+path)
}

// fetchGzip reads a document as wrk will, and checks that the server answers
// the same with 304 when it is named.
func fetchGzip(ctx context.Context, url, token string) (body []byte, tag string, err error) {
	get := func(known string) (*http.Response, []byte, error) {
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return nil, nil, err
		}
		q.Header.Set("Authorization", "Bearer "+token)
		q.Header.Set("Accept-Encoding", "gzip")
		if known != "" {
			q.Header.Set("If-None-Match", known)
		}
		client := http.Client{Timeout: 10 * time.Second}
		r, err := client.Do(q)
		if err != nil {
			return nil, nil, err
		}
		b, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		return r, b, err
	}
	r, body, err := get("")
	if err != nil {
		return nil, "", err
	}
	tag = r.Header.Get("ETag")
	if r.StatusCode != http.StatusOK || r.Header.Get("Content-Encoding") != "gzip" || tag == "" {
		return nil, "", fmt.Errorf("%s answered %s, %s", url, r.Status, body)
	}
	if r, _, err = get(tag); err == nil && r.StatusCode != http.StatusNotModified {
		err = fmt.Errorf("%s answered %s to its own tag", url, r.Status)
	}
	return body, tag, err
}
