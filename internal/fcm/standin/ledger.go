package standin

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"
)

// kept is how many of the newest deliveries are kept whole.
const kept = 256

// Delivery is one message that a phone has been given.
type Delivery struct {
	At             time.Time
	Token          string
	NotificationID string
	Kind           string
	DocumentID     string
	Version        int64
	Title, Body    string
	// Message is the message as it came, without the envelope.
	Message json.RawMessage
}

// Counts is how much there was.
type Counts struct {
	// Requests are all that named a token, whatever became of them.
	Requests int64
	// Delivered are messages, the second ones to a token too.
	Delivered int64
	// Validated are requests that asked for a check alone.
	Validated int64
	// Refused are requests that FCM would not have understood.
	Refused int64
}

// ledger is what is remembered. Its owner holds the lock.
type ledger struct {
	counts    Counts
	requests  map[string]int
	delivered map[string][]string
	recent    []Delivery // a ring: the next one goes to next
	next      int
}

func newLedger() ledger {
	return ledger{requests: map[string]int{}, delivered: map[string][]string{}}
}

func (l *ledger) deliver(m *message, raw json.RawMessage, now time.Time) {
	id := m.Data["notificationId"]
	l.counts.Delivered++
	l.delivered[m.Token] = append(l.delivered[m.Token], id)
	version, _ := strconv.ParseInt(m.Data["version"], 10, 64) // none is 0
	d := Delivery{At: now, Token: m.Token, NotificationID: id, Kind: m.Data["kind"], DocumentID: m.Data["documentId"], Version: version, Message: raw}
	if m.Notification != nil {
		d.Title, d.Body = m.Notification.Title, m.Notification.Body
	}
	if len(l.recent) < kept {
		l.recent = append(l.recent, d)
		return
	}
	l.recent[l.next] = d
	l.next = (l.next + 1) % kept
}

// Counts tells how much there was.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.counts
}

// Requests is how many requests named a token.
func (s *Server) Requests(token string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.requests[token]
}

// Delivered are the notification ids that a token was given, in order, with
// repeats.
func (s *Server) Delivered(token string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ledger.delivered[token])
}

// AllDelivered is Delivered for every token that was given something.
func (s *Server) AllDelivered() map[string][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Lists only grow, so that what is shared of them does not change.
	return maps.Clone(s.ledger.delivered)
}

// Recent are the newest deliveries, the newest first.
func (s *Server) Recent() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &s.ledger
	out := append(slices.Clone(l.recent[l.next:]), l.recent[:l.next]...)
	slices.Reverse(out)
	return out
}
