package e2e

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"sotay/internal/store/storetest"
)

// wire is a way to a server that a test can cut and mend.
type wire struct {
	addr, to string

	mu       sync.Mutex
	listener net.Listener
	open     []net.Conn
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	w := &wire{addr: "127.0.0.1:0", to: to}
	w.mend(t)
	t.Cleanup(w.cut)
	return w
}

// mend lets connections through, on the same address as before.
func (w *wire) mend(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", w.addr)
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listener, w.addr = l, l.Addr().String()
	go w.serve(l)
}

func (w *wire) serve(l net.Listener) {
	for {
		here, err := l.Accept()
		if err != nil {
			return
		}
		there, err := net.Dial("tcp", w.to)
		if err != nil {
			_ = here.Close()
			continue
		}
		w.mu.Lock()
		w.open = append(w.open, here, there)
		w.mu.Unlock()
		go func() { _, _ = io.Copy(there, here); _ = there.Close() }()
		go func() { _, _ = io.Copy(here, there); _ = here.Close() }()
	}
}

// cut ends all connections and lets none through.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.listener.Close()
	for _, c := range w.open {
		_ = c.Close()
	}
	w.open = nil
}

// TestLosingMongoDB cuts a server off from its store: it says so, goes on with
// what is published, refuses the rest in time, and is itself again afterwards.
func TestLosingMongoDB(t *testing.T) {
	t.Parallel()
	if os.Getenv(storetest.EnvMongoDB) != "" {
		t.Skip("a replica set is reached by more than one way")
	}
	e := newEnv(t, "mongodb")
	u, err := url.Parse(e.uri)
	if err != nil {
		t.Fatal(err)
	}
	w := newWire(t, u.Host)
	clock := later(t, 0)
	s := e.serve(t, "HANDBOOK_MONGODB_URI="+strings.Replace(e.uri, u.Host, w.addr, 1), "HANDBOOK_REQUEST_TIMEOUT=2s", clock)
	s.mayErr = true
	id := s.as(t, member).documents(t)[0].Id
	status := func(method, path string) int {
		t.Helper()
		return ask(t, s, method, path, "Authorization", "Bearer "+e.signed[member].AccessToken).StatusCode
	}
	published := []string{"/v1/documents", "/v1/documents/" + id, "/v1/search?q=a", "/v1/sync", "/.well-known/jwks.json", "/healthz"}
	holds := func(when string, want int, paths ...string) {
		t.Helper()
		for _, path := range paths {
			begin := time.Now()
			if got := status("GET", path); got != want || time.Since(begin) > patience/2 {
				t.Errorf("%s: GET %s: %d after %s, want %d", when, path, got, time.Since(begin), want)
			}
		}
	}
	holds("at first", 200, append(published, "/readyz", "/v1/me/bookmarks")...)
	w.cut()
	holds("cut off", 200, published...)
	holds("cut off", 503, "/readyz", "/v1/me/bookmarks", "/v1/auth/sessions")
	if got := status("PUT", "/v1/me/bookmarks/"+id); got != 503 {
		t.Errorf("cut off: a bookmark: %d", got)
	}
	// Whoever can't read which sessions have ended answers nothing of anyone's.
	setFile(t, strings.TrimPrefix(clock, "HANDBOOK_TEST_CLOCK="), "40s")
	holds("cut off for long", 200, published...)
	holds("cut off for long", 503, "/readyz", "/v1/me", "/v1/me/bookmarks")
	w.mend(t)
	eventually(t, patience, "the server is itself again", func() (bool, string) {
		a, b := status("GET", "/readyz"), status("GET", "/v1/me")
		return a == 200 && b == 200, fmt.Sprint(a, " ", b)
	})
	if got := status("PUT", "/v1/me/bookmarks/"+id); got != 204 {
		t.Errorf("afterwards: a bookmark: %d", got)
	}
}
