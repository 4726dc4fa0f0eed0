package logs

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"sync"
	"testing"
	"time"
)

// safeBuffer is what the log is written to.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func TestAccessLinesAreLikeSlogs(t *testing.T) {
	t.Parallel()
	out := &safeBuffer{}
	buf := NewBuffer(out)
	at := time.Date(2026, 11, 23, 1, 2, 3, 4_000_000, time.UTC)
	NewAccess(buf).Log(&Request{At: at, ID: "abc", Method: "GET", Route: "/v1/documents/{id}", Status: 404, Bytes: 12, Took: 1500 * time.Microsecond, ErrorCode: "not_found"})
	New(buf, slog.LevelInfo).Info("request", "status", 404)
	buf.Close()
	lines := bytes.Split(bytes.TrimSpace(out.b.Bytes()), []byte("\n"))
	if len(lines) != 2 {
		t.Fatalf("%d lines: %s", len(lines), out.b.Bytes())
	}
	var ours, theirs map[string]any
	if err := json.Unmarshal(lines[0], &ours); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(lines[1], &theirs); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"level", "msg", "status"} {
		if ours[k] != theirs[k] {
			t.Errorf("%s: %v and %v", k, ours[k], theirs[k])
		}
	}
	if ours["time"] != "2026-11-23T01:02:03.004Z" || ours["took_us"] != 1500.0 || ours["code"] != "not_found" || ours["route"] != "/v1/documents/{id}" {
		t.Errorf("got %v", ours)
	}
	NewAccess(nil).Log(&Request{})
}

func TestCloseWritesEverything(t *testing.T) {
	t.Parallel()
	out := &safeBuffer{}
	buf := NewBuffer(out)
	access := NewAccess(buf)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				access.Log(&Request{ID: "abcdefgh", Method: "GET", Route: "/x", Status: 200})
			}
		})
	}
	wg.Wait()
	buf.Close()
	if n := bytes.Count(out.b.Bytes(), []byte("\n")); n != 8000 {
		t.Errorf("%d lines", n)
	}
}
