package push

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBackoff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		try    int
		after  time.Duration
		jitter float64
		want   time.Duration
	}{
		{1, 0, 0, 10 * time.Second},
		{2, 0, 0, 20 * time.Second},
		{3, 0, 0.5, 50 * time.Second},
		{8, 0, 0, 1280 * time.Second},
		{9, 0, 0, 40 * time.Minute},
		{9, 0, 1, time.Hour},
		{1 << 40, 0, 1, time.Hour},
		{0, 0, 0, 10 * time.Second},
		{5, time.Second, 0, time.Second},
		{1, 2 * time.Hour, 0.5, 2*time.Hour + 6*time.Minute},
		{1, -time.Second, 0, 10 * time.Second},
	} {
		if got := Backoff(c.try, c.after, c.jitter); got != c.want {
			t.Errorf("try %d, after %s, jitter %v: %s, want %s", c.try, c.after, c.jitter, got, c.want)
		}
	}
}

// FCM's rules: ten seconds at least, an hour at most, never shorter than the
// last time, and never before what it asked for.
func TestBackoffKeepsTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		try, jitter := rapid.IntRange(-1, 100).Draw(t, "try"), rapid.Float64Range(-1, 2).Draw(t, "jitter")
		wait := Backoff(try, 0, jitter)
		if wait < 10*time.Second || wait > time.Hour || Backoff(try+1, 0, jitter) < wait {
			t.Fatalf("try %d: %s", try, wait)
		}
		after := time.Duration(rapid.Int64Range(1, int64(24*time.Hour)).Draw(t, "after"))
		if wait := Backoff(try, after, jitter); wait < after || wait > after+after/10 {
			t.Fatalf("%s after %s was asked for", wait, after)
		}
	})
}

func TestWhatClassesMean(t *testing.T) {
	t.Parallel()
	var removed []Class
	for _, c := range append(Classes(), "one that is not known") {
		m := c.Means()
		if m.Remove {
			removed = append(removed, c)
		}
		if m.Remove && (m.Again || m.Alarm || m.Reached) || m.Halt && !m.Again || m.Alarm && m.Again {
			t.Errorf("%s contradicts itself: %+v", c, m)
		}
	}
	if !slices.Equal(removed, []Class{Unregistered}) {
		t.Errorf("%v remove the target", removed)
	}
	if m := Class("one that is not known").Means(); m != (Meaning{}) {
		t.Errorf("an unknown class means %+v", m)
	}
}

func good() Message {
	return Message{NotificationID: "n/1", Kind: "documentPublished", DocumentID: "35-qd-tw", Version: 2, TTL: time.Hour, Collapse: "document/35-qd-tw"}
}

func TestMessagesThatCantBeSent(t *testing.T) {
	t.Parallel()
	m := good()
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	m.DocumentID = ""
	if err := m.Check(); err != nil {
		t.Errorf("about no document: %v", err)
	}
	if (*Message)(nil).Check() == nil {
		t.Error("no message is taken")
	}
	const title = "Nghị quyết số 35"
	for name, spoil := range map[string]func(*Message){
		"no id":                    func(m *Message) { m.NotificationID = "" },
		"a name for an id":         func(m *Message) { m.NotificationID = title },
		"a title for a document":   func(m *Message) { m.DocumentID = title },
		"a title for a kind":       func(m *Message) { m.Kind = title },
		"a title to collapse":      func(m *Message) { m.Collapse = title },
		"a line end":               func(m *Message) { m.Kind += "\n" },
		"no collapse key":          func(m *Message) { m.Collapse = "" },
		"too long a key for Apple": func(m *Message) { m.Collapse = strings.Repeat("k", 65) },
		"too long an id":           func(m *Message) { m.NotificationID = strings.Repeat("n", 201) },
		"a life that is over":      func(m *Message) { m.TTL = 0 },
		"a life of more":           func(m *Message) { m.TTL = MaxTTL + 1 },
	} {
		m := good()
		spoil(&m)
		if err := m.Check(); err == nil || strings.Contains(err.Error(), title) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
