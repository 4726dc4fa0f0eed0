package fcm

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"firebase.google.com/go/v4/errorutils"
	"firebase.google.com/go/v4/messaging"

	"sotay/internal/push"
)

// The headers in which the transport says what the SDK must not see.
const (
	markHeader  = "X-Sotay-Mark"
	afterHeader = "X-Sotay-Retry-After"
)

// maxRetryAfter bounds what is believed of a Retry-After.
const maxRetryAfter = 24 * time.Hour

// marked is what came of a request that FCM did not answer.
var marked = map[string]push.Class{
	"halted":      push.Unsent,        // a neighbour was told that the quota is used up
	"stopped":     push.Unsent,        // the caller gave up before its turn
	"unreachable": push.Unsent,        // no connection
	"timeout":     push.Unknown,       // no answer in time
	"canceled":    push.Unknown,       // the caller gave up while it was on its way
	"cut":         push.Unknown,       // the connection broke
	"garbled":     push.Unknown,       // an answer that is none of FCM's
	"redirected":  push.Misconfigured, // FCM sends nobody elsewhere
}

// verdicts are FCM's own words, in the order of its documentation. The SDK's
// helpers assert the error's type: it must come to them unwrapped.
var verdicts = []struct {
	is    func(error) bool
	class push.Class
	code  string
}{
	{messaging.IsInvalidArgument, push.Invalid, "INVALID_ARGUMENT"},
	{messaging.IsUnregistered, push.Unregistered, "UNREGISTERED"},
	{messaging.IsSenderIDMismatch, push.SenderMismatch, "SENDER_ID_MISMATCH"},
	{messaging.IsQuotaExceeded, push.QuotaExceeded, "QUOTA_EXCEEDED"},
	{messaging.IsUnavailable, push.Unavailable, "UNAVAILABLE"},
	{messaging.IsInternal, push.Unavailable, "INTERNAL"},
	{messaging.IsThirdPartyAuthError, push.Credentials, "THIRD_PARTY_AUTH_ERROR"},
}

// classify tells what an answer means. Only FCM's own word about a target counts
// against the target: a status without it may be anybody's.
func classify(r *messaging.SendResponse) push.Outcome {
	if r.Success && r.MessageID != "" {
		return push.Outcome{Class: push.Accepted, MessageID: r.MessageID}
	}
	answer := errorutils.HTTPResponse(r.Error)
	if answer == nil { // a success without a message's name, or that is not JSON
		return push.Outcome{Class: push.Unknown, Code: "garbled"}
	}
	// The transport wrote it.
	after, _ := time.ParseDuration(answer.Header.Get(afterHeader))
	mark := answer.Header.Get(markHeader)
	if class, ok := marked[mark]; ok {
		return push.Outcome{Class: class, Code: mark, RetryAfter: after}
	}
	o := push.Outcome{Class: byStatus(answer.StatusCode), Code: fmt.Sprintf("http_%d", answer.StatusCode)}
	for _, v := range verdicts {
		if v.is(r.Error) {
			o = push.Outcome{Class: v.class, Code: v.code}
			break
		}
	}
	if o.Class.Means().Again {
		o.RetryAfter = after
	}
	if o.Class == push.QuotaExceeded && after == 0 {
		o.RetryAfter = push.QuotaPause
	}
	return o
}

// byStatus is for an answer in which FCM does not speak.
func byStatus(status int) push.Class {
	switch {
	case status == http.StatusTooManyRequests:
		return push.QuotaExceeded
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return push.Credentials
	case status >= 500, status == http.StatusRequestTimeout:
		return push.Unavailable
	default:
		return push.Misconfigured
	}
}

// retryAfter reads a Retry-After, in seconds or as a date; 0 for none.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	var after time.Duration
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		after = time.Duration(min(seconds, int64(maxRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		// A date is by the clock of whoever sent it.
		if theirs, err := http.ParseTime(h.Get("Date")); err == nil {
			now = theirs
		}
		after = at.Sub(now)
	}
	return min(max(after, 0), maxRetryAfter)
}
