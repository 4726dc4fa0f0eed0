package httpapi

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sotay/internal/fault"
	"sotay/internal/library"
)

func newTestPapers(t *testing.T) *papers {
	t.Helper()
	p, err := newPapers()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPapersAreMadeOnce asks for one paper many times at once. Where one is made
// at a time, it is made once.
func TestPapersAreMadeOnce(t *testing.T) {
	t.Parallel()
	p := newTestPapers(t)
	p.slots = make(chan struct{}, 1)
	var made, at atomic.Int32
	key := paperKey{"a", 1, false}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			got, err := p.get(context.Background(), key, func() (*finishedPaper, error) {
				if at.Add(1) > 1 {
					t.Error("two at once")
				}
				defer at.Add(-1)
				made.Add(1)
				return &finishedPaper{key: key, body: []byte("x")}, nil
			})
			if err != nil || string(got.body) != "x" {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 {
		t.Errorf("made %d times", made.Load())
	}
}

// TestPapersRefuse holds that no more wait than may, that nobody waits for ever,
// and that what failed or is large is not kept.
func TestPapersRefuse(t *testing.T) {
	t.Parallel()
	p := newTestPapers(t)
	key := paperKey{"a", 1, true}
	fails := errors.New("no ink")
	if _, err := p.get(t.Context(), key, func() (*finishedPaper, error) { return nil, fails }); !errors.Is(err, fails) {
		t.Errorf("failed: %v", err)
	}
	large := func() (*finishedPaper, error) {
		return &finishedPaper{key: key, body: make([]byte, largestPaper+1)}, nil
	}
	if _, err := p.get(t.Context(), key, large); err != nil || p.kept.Len() != 0 {
		t.Errorf("%d kept, %v", p.kept.Len(), err)
	}
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.get(gone, key, large); !errors.Is(err, context.Canceled) {
		t.Errorf("who has gone waits: %v", err)
	}
	for range cap(p.waiting) {
		p.waiting <- struct{}{}
	}
	if _, err := p.get(t.Context(), key, large); fault.As(err) == nil || fault.As(err).Code != "busy" {
		t.Errorf("beyond those who may wait: %v", err)
	}
}

func TestPaperName(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		number, title string
		large         bool
		want          string
	}{
		{"57-NQ/TW", "x", false, "57-nq-tw.pdf"}, {"01-QĐ/TU", "x", true, "01-qd-tu-chu-lon.pdf"},
		{"", "Về đột phá \"phát triển\"\r\n", false, "ve-dot-pha-phat-trien.pdf"}, {"", "漢字", false, "van-ban.pdf"},
		{"", strings.Repeat("đẩy mạnh ", 20), false, "day-manh-day-manh-day-manh-day-manh-day-manh-day-manh-day-ma.pdf"},
	} {
		if got := paperName(&library.Document{Number: row.number, Title: row.title}, row.large); got != row.want {
			t.Errorf("%q, %q: %s, want %s", row.number, row.title, got, row.want)
		}
	}
}
