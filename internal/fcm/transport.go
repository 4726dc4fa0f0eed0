package fcm

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"sotay/internal/clock"
	"sotay/internal/push"
)

// maxAnswer bounds what is read of an answer; FCM's take a few hundred bytes.
const maxAnswer = 64 << 10

var errTooLong = errors.New("the answer is too long")

// call is what the requests of one call of Send share.
type call struct {
	bearer string

	mu     sync.Mutex
	halted time.Duration // how long a 429 asked to wait, 0 for none yet
}

// halt has the requests that are still to come not sent.
func (c *call) halt(after time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.halted = max(c.halted, after)
}

func (c *call) waits() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.halted
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// once is the transport below the SDK that keeps it from asking twice. The SDK
// asks again after an error, after a body that breaks off, and after a 503 that
// does not ask for two minutes or more: so that there are no errors here, bodies
// are read to their end, and each 503 asks for a day. What was really said goes
// up in headers.
type once struct {
	base    http.RoundTripper
	timeout time.Duration
	now     clock.Now
}

// RoundTrip implements http.RoundTripper. It returns no error.
func (o *once) RoundTrip(r *http.Request) (*http.Response, error) {
	c, ok := r.Context().Value(callKey{}).(*call)
	if !ok {
		c = &call{}
	}
	if after := c.waits(); after > 0 {
		return instead(r, "halted", after), nil
	}
	if r.Context().Err() != nil {
		return instead(r, "stopped", 0), nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), o.timeout)
	defer cancel()
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	sent := r.Clone(ctx) // a transport leaves the request as it is
	if c.bearer != "" {
		sent.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	answer, err := o.base.RoundTrip(sent)
	if err == nil {
		err = whole(answer)
	}
	if err != nil {
		return instead(r, cause(ctx, err, connected.Load()), 0), nil
	}
	return o.seal(answer, c), nil
}

// whole reads the body to its end, so that it can't break off later.
func whole(answer *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	_ = answer.Body.Close() // all that matters has been read
	if err == nil && len(body) > maxAnswer {
		err = errTooLong
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return err
}

// cause names what took the place of an answer. Without a connection nothing has
// left; with one, it may have arrived.
func cause(ctx context.Context, err error, connected bool) string {
	switch {
	case !connected:
		return "unreachable"
	case errors.Is(err, errTooLong):
		return "garbled"
	case errors.Is(ctx.Err(), context.Canceled):
		return "canceled"
	case ctx.Err() != nil:
		return "timeout"
	default:
		return "cut"
	}
}

// seal hides from the SDK what would make it ask again or take a redirect for a
// success, and lets nobody else speak with our headers.
func (o *once) seal(answer *http.Response, c *call) *http.Response {
	after := retryAfter(answer.Header, o.now())
	if answer.StatusCode == http.StatusTooManyRequests {
		if after == 0 {
			after = push.QuotaPause
		}
		c.halt(after)
	}
	mark := ""
	if answer.StatusCode >= 300 && answer.StatusCode < 400 {
		mark = "redirected"
		answer.StatusCode = http.StatusBadGateway
	}
	answer.Header.Del("Retry-After")
	if answer.StatusCode == http.StatusServiceUnavailable {
		answer.Header.Set("Retry-After", "86400")
	}
	answer.Header.Set(markHeader, mark)
	answer.Header.Set(afterHeader, after.String())
	return answer
}

// instead is an answer in place of one that never came.
func instead(r *http.Request, mark string, after time.Duration) *http.Response {
	if r.Body != nil {
		_ = r.Body.Close() // it lies in memory; a transport has to
	}
	h := http.Header{}
	h.Set(markHeader, mark)
	h.Set(afterHeader, after.String())
	return &http.Response{Status: "502 Bad Gateway", StatusCode: http.StatusBadGateway, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: http.NoBody, Request: r}
}
