package standin

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Answer is what becomes of one request.
type Answer struct {
	status int
	// code is FCM's error code; "" for an error in which FCM does not speak.
	code    string
	body    string // in place of what belongs to status and code
	header  http.Header
	deliver bool
	wait    time.Duration
	gate    *Gate
	cut     cut
}

type cut int

const (
	whole  cut = iota
	atOnce     // without an answer
	midway     // within the answer's body
)

// OK delivers and answers with a message's name.
func OK() Answer { return Answer{status: http.StatusOK, deliver: true} }

// Unregistered is for an app that is no more.
func Unregistered() Answer { return Failure(http.StatusNotFound, "UNREGISTERED") }

// InvalidArgument is for a malformed token or message.
func InvalidArgument() Answer { return Failure(http.StatusBadRequest, "INVALID_ARGUMENT") }

// SenderMismatch is for a token of another project.
func SenderMismatch() Answer { return Failure(http.StatusForbidden, "SENDER_ID_MISMATCH") }

// ThirdPartyAuth is for Apple's credentials, which FCM finds refused.
func ThirdPartyAuth() Answer { return Failure(http.StatusUnauthorized, "THIRD_PARTY_AUTH_ERROR") }

// Quota is for too many messages, with a Retry-After in seconds unless it is 0.
func Quota(seconds int) Answer {
	return Failure(http.StatusTooManyRequests, "QUOTA_EXCEEDED").After(seconds)
}

// Internal is FCM's own failure.
func Internal() Answer { return Failure(http.StatusInternalServerError, "INTERNAL") }

// Unavailable is FCM overloaded, with a Retry-After in seconds unless it is 0.
func Unavailable(seconds int) Answer {
	return Failure(http.StatusServiceUnavailable, "UNAVAILABLE").After(seconds)
}

// Failure is an error with FCM's code, or with "" a bare one, such as a proxy's.
func Failure(status int, code string) Answer { return Answer{status: status, code: code} }

// Cut ends the connection without an answer.
func Cut() Answer { return Answer{cut: atOnce} }

// CutMidway delivers and ends the connection within the answer.
func CutMidway() Answer { return Answer{status: http.StatusOK, deliver: true, cut: midway} }

// Raw answers with a body of one's own, and delivers nothing.
func Raw(status int, body string) Answer { return Answer{status: status, body: body} }

// Delivered delivers first, and then answers as before.
func (a Answer) Delivered() Answer {
	a.deliver = true
	return a
}

// After adds a Retry-After in seconds, unless it is 0.
func (a Answer) After(seconds int) Answer {
	if seconds == 0 {
		return a
	}
	return a.With("Retry-After", strconv.Itoa(seconds))
}

// With adds a header.
func (a Answer) With(name, value string) Answer {
	if a.header = a.header.Clone(); a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(name, value)
	return a
}

// Slow waits before it answers. What it delivers is delivered before.
func (a Answer) Slow(wait time.Duration) Answer {
	a.wait = wait
	return a
}

// Held waits at a gate before it answers. What it delivers is delivered before.
func (a Answer) Held(g *Gate) Answer {
	a.gate = g
	return a
}

// Gate holds answers back.
type Gate struct {
	entered, open    chan struct{}
	onceIn, onceOpen sync.Once
}

// NewGate returns a closed gate.
func NewGate() *Gate { return &Gate{entered: make(chan struct{}), open: make(chan struct{})} }

// Entered is closed when the first request stands at the gate.
func (g *Gate) Entered() <-chan struct{} { return g.entered }

// Open lets all pass, now and later.
func (g *Gate) Open() { g.onceOpen.Do(func() { close(g.open) }) }

func (g *Gate) enter() { g.onceIn.Do(func() { close(g.entered) }) }
