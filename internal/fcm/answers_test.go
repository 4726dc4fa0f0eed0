package fcm

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sotay/internal/fcm/standin"
	"sotay/internal/push"
)

// What FCM answers, and what we make of it. Each is one request: the SDK, left
// to itself, would make five of a 503 and of a connection that is cut.
func TestAnswers(t *testing.T) {
	t.Parallel()
	outcome := func(c push.Class, code string, after time.Duration) push.Outcome {
		return push.Outcome{Class: c, Code: code, RetryAfter: after}
	}
	const later = "Sun, 29 Nov 2026 07:02:00 GMT"
	for name, c := range map[string]struct {
		answer    standin.Answer
		want      push.Outcome
		delivered int
	}{
		"success":                  {standin.OK(), push.Outcome{Class: push.Accepted, MessageID: "projects/" + testProject + "/messages/0:1"}, 1},
		"success, slowly":          {standin.OK().Slow(time.Millisecond), push.Outcome{Class: push.Accepted, MessageID: "projects/" + testProject + "/messages/0:1"}, 1},
		"success without a name":   {standin.Raw(200, "{}"), outcome(push.Unknown, "garbled", 0), 0},
		"a proxy's page":           {standin.Raw(200, "<html>"), outcome(push.Unknown, "garbled", 0), 0},
		"a page without end":       {standin.Raw(200, strings.Repeat(" ", maxAnswer+1)), outcome(push.Unknown, "garbled", 0), 0},
		"no content":               {standin.Raw(http.StatusNoContent, " "), outcome(push.Unknown, "garbled", 0), 0},
		"a redirect":               {standin.Raw(307, "{}").With("Location", "/elsewhere"), outcome(push.Misconfigured, "redirected", 0), 0},
		"a redirect, nowhere":      {standin.Raw(302, `{"name":"x"}`), outcome(push.Misconfigured, "redirected", 0), 0},
		"unregistered":             {standin.Unregistered(), outcome(push.Unregistered, "UNREGISTERED", 0), 0},
		"404, bare":                {standin.Failure(404, ""), outcome(push.Misconfigured, "http_404", 0), 0},
		"404, by Google, not FCM":  {standin.Raw(404, `{"error":{"code":404,"status":"NOT_FOUND"}}`), outcome(push.Misconfigured, "http_404", 0), 0},
		"404, in other words":      {standin.Raw(404, `{"error":{"status":"UNREGISTERED"}}`), outcome(push.Misconfigured, "http_404", 0), 0},
		"invalid argument":         {standin.InvalidArgument(), outcome(push.Invalid, "INVALID_ARGUMENT", 0), 0},
		"400, bare":                {standin.Failure(400, ""), outcome(push.Misconfigured, "http_400", 0), 0},
		"400, of the payload":      {standin.Raw(400, `{"error":{"code":400,"status":"INVALID_ARGUMENT"}}`), outcome(push.Misconfigured, "http_400", 0), 0},
		"sender mismatch":          {standin.SenderMismatch(), outcome(push.SenderMismatch, "SENDER_ID_MISMATCH", 0), 0},
		"403, bare":                {standin.Failure(403, ""), outcome(push.Credentials, "http_403", 0), 0},
		"third party":              {standin.ThirdPartyAuth(), outcome(push.Credentials, "THIRD_PARTY_AUTH_ERROR", 0), 0},
		"third party, as before":   {standin.Failure(401, "APNS_AUTH_ERROR"), outcome(push.Credentials, "THIRD_PARTY_AUTH_ERROR", 0), 0},
		"401, bare":                {standin.Failure(401, ""), outcome(push.Credentials, "http_401", 0), 0},
		"quota":                    {standin.Quota(30), outcome(push.QuotaExceeded, "QUOTA_EXCEEDED", 30*time.Second), 0},
		"quota, for how long?":     {standin.Quota(0), outcome(push.QuotaExceeded, "QUOTA_EXCEEDED", time.Minute), 0},
		"quota, until a time":      {standin.Quota(0).With("Retry-After", later).With("Date", "Sun, 29 Nov 2026 07:01:00 GMT"), outcome(push.QuotaExceeded, "QUOTA_EXCEEDED", time.Minute), 0},
		"quota, for ever":          {standin.Quota(0).With("Retry-After", "99999999999"), outcome(push.QuotaExceeded, "QUOTA_EXCEEDED", 24*time.Hour), 0},
		"quota, by a wrong number": {standin.Quota(0).With("Retry-After", "-5"), outcome(push.QuotaExceeded, "QUOTA_EXCEEDED", time.Minute), 0},
		"429, bare":                {standin.Failure(429, "").After(7), outcome(push.QuotaExceeded, "http_429", 7*time.Second), 0},
		"internal":                 {standin.Internal(), outcome(push.Unavailable, "INTERNAL", 0), 0},
		"500, bare":                {standin.Failure(500, ""), outcome(push.Unavailable, "http_500", 0), 0},
		"502, bare":                {standin.Failure(502, ""), outcome(push.Unavailable, "http_502", 0), 0},
		"504, bare":                {standin.Failure(504, ""), outcome(push.Unavailable, "http_504", 0), 0},
		"408, bare":                {standin.Failure(408, ""), outcome(push.Unavailable, "http_408", 0), 0},
		"unavailable":              {standin.Unavailable(0), outcome(push.Unavailable, "UNAVAILABLE", 0), 0},
		"unavailable, for a while": {standin.Unavailable(90), outcome(push.Unavailable, "UNAVAILABLE", 90*time.Second), 0},
		"unavailable, at once":     {standin.Unavailable(0).With("Retry-After", "0"), outcome(push.Unavailable, "UNAVAILABLE", 0), 0},
		"503, bare":                {standin.Failure(503, "").After(1), outcome(push.Unavailable, "http_503", time.Second), 0},
		"unavailable, delivered":   {standin.Unavailable(0).Delivered(), outcome(push.Unavailable, "UNAVAILABLE", 0), 1},
		"internal, delivered":      {standin.Internal().Delivered(), outcome(push.Unavailable, "INTERNAL", 0), 1},
		"cut":                      {standin.Cut(), outcome(push.Unknown, "cut", 0), 0},
		"cut, delivered":           {standin.Cut().Delivered(), outcome(push.Unknown, "cut", 0), 1},
		"cut midway":               {standin.CutMidway(), outcome(push.Unknown, "cut", 0), 1},
		"a code that is new":       {standin.Failure(400, "SOMETHING_NEW"), outcome(push.Misconfigured, "http_400", 0), 0},
		"our headers, by another":  {standin.Unregistered().With(markHeader, "timeout").With(afterHeader, "9h"), outcome(push.Unregistered, "UNREGISTERED", 0), 0},
		"a mark on a success":      {standin.OK().With(markHeader, "cut"), push.Outcome{Class: push.Accepted, MessageID: "projects/" + testProject + "/messages/0:1"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fcm, s := bed(t, standin.Options{}, Options{})
			fcm.Always(token(0), c.answer)
			got := s.Send(t.Context(), message(), targets(1))
			if len(got) != 1 || got[0] != c.want {
				t.Errorf("got %+v\nwant %+v", got, c.want)
			}
			if n := fcm.Requests(token(0)); n != 1 {
				t.Errorf("%d requests", n)
			}
			if n := len(fcm.Delivered(token(0))); n != c.delivered {
				t.Errorf("%d deliveries", n)
			}
		})
	}
}

// A date is read by the clock of whoever sent it, or by ours if it has none.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header http.Header
		want   time.Duration
	}{
		"none":          {http.Header{}, 0},
		"seconds":       {http.Header{"Retry-After": {"120"}}, 2 * time.Minute},
		"our clock":     {http.Header{"Retry-After": {"Sun, 29 Nov 2026 07:00:30 GMT"}}, 30 * time.Second},
		"their clock":   {http.Header{"Retry-After": {"Sun, 29 Nov 2026 07:00:30 GMT"}, "Date": {"Sun, 29 Nov 2026 07:00:20 GMT"}}, 10 * time.Second},
		"it has passed": {http.Header{"Retry-After": {"Sun, 29 Nov 2026 06:00:30 GMT"}}, 0},
		"text":          {http.Header{"Retry-After": {"soon"}}, 0},
		"a fraction":    {http.Header{"Retry-After": {"1.5"}}, 0},
		"the year 9999": {http.Header{"Retry-After": {"Fri, 31 Dec 9999 23:59:59 GMT"}}, 24 * time.Hour},
	} {
		if got := retryAfter(c.header, frozen); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
