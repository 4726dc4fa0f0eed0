package fcm

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"sotay/internal/fcm/standin"
	"sotay/internal/push"
)

func TestAPageKeepsItsOrder(t *testing.T) {
	t.Parallel()
	kinds := []struct {
		answer standin.Answer
		class  push.Class
	}{
		{standin.OK(), push.Accepted},
		{standin.Unregistered(), push.Unregistered},
		{standin.Unavailable(0), push.Unavailable},
		{standin.Cut(), push.Unknown},
		{standin.InvalidArgument(), push.Invalid},
		{standin.OK(), push.Accepted},
		{standin.SenderMismatch(), push.SenderMismatch},
	}
	fcm, s := bed(t, standin.Options{}, Options{})
	page := targets(push.MaxTargets)
	for i, p := range page {
		fcm.Always(p.Address, kinds[i%len(kinds)].answer)
	}
	page[3].Kind = push.FID
	page[4].Address = ""
	out := s.Send(t.Context(), message(), page)
	for i := range page {
		want, requests := kinds[i%len(kinds)].class, 1
		switch i {
		case 3:
			want, requests = push.Unsupported, 0
		case 4:
			want, requests = push.Invalid, 0
		}
		if out[i].Class != want {
			t.Errorf("target %d: %+v, want %s", i, out[i], want)
		}
		if n := fcm.Requests(token(i)); n != requests {
			t.Errorf("target %d: %d requests", i, n)
		}
	}
	if c := fcm.Counts(); c.Requests != push.MaxTargets-2 || c.Refused != 0 {
		t.Errorf("%+v", c)
	}
}

func TestWhatCantBeSentIsNot(t *testing.T) {
	t.Parallel()
	fcm, s := bed(t, standin.Options{}, Options{})
	bad := message()
	bad.DocumentID = "Nghị quyết số 35"
	for name, c := range map[string]struct {
		message *push.Message
		targets []push.Target
		want    push.Outcome
	}{
		"too many":      {message(), targets(push.MaxTargets + 1), push.Outcome{Class: push.Misconfigured, Code: "too_many_targets"}},
		"a bad message": {bad, targets(2), push.Outcome{Class: push.Misconfigured, Code: "bad_message"}},
		"no message":    {nil, targets(2), push.Outcome{Class: push.Misconfigured, Code: "bad_message"}},
		"nobody":        {message(), nil, push.Outcome{}},
	} {
		out := s.Send(t.Context(), c.message, c.targets)
		if len(out) != len(c.targets) || slices.ContainsFunc(out, func(o push.Outcome) bool { return o != c.want }) {
			t.Errorf("%s: %d outcomes, the first ones %+v", name, len(out), out[:min(len(out), 2)])
		}
	}
	if c := fcm.Counts(); c != (standin.Counts{}) {
		t.Errorf("something was sent: %+v", c)
	}
}

// The quota is the project's: after the first 429 what is still to come of the
// page is not sent, and is told to wait as long.
func TestAQuotaStopsThePage(t *testing.T) {
	t.Parallel()
	fcm, s := bed(t, standin.Options{Otherwise: func(string, int) standin.Answer { return standin.Quota(45) }}, Options{})
	out := s.Send(t.Context(), message(), targets(push.MaxTargets))
	told := 0
	for i, o := range out {
		if o.RetryAfter != 45*time.Second || o.Class != push.QuotaExceeded && (o.Class != push.Unsent || o.Code != "halted") {
			t.Fatalf("target %d: %+v", i, o)
		}
		if o.Class == push.QuotaExceeded {
			told++
		}
	}
	if n := fcm.Counts().Requests; n != int64(told) || n > 50 { // the SDK's workers
		t.Errorf("%d requests, %d answers", n, told)
	}
	// The next call is the caller's to hold back.
	if out := s.Send(t.Context(), message(), targets(1)); out[0].Class != push.QuotaExceeded {
		t.Errorf("the next call: %+v", out)
	}
}

// warm opens a connection, however slow the machine: what is tested after it is
// the time that an answer takes.
func warm(t *testing.T, s *Sender) {
	t.Helper()
	for range 50 {
		if s.Send(t.Context(), message(), []push.Target{target("warm")})[0].Class == push.Accepted {
			return
		}
	}
	t.Fatal("nothing is accepted")
}

func TestNoAnswerInTime(t *testing.T) {
	t.Parallel()
	fcm, s := bed(t, standin.Options{}, Options{Timeout: time.Second})
	warm(t, s)
	gate := standin.NewGate()
	t.Cleanup(gate.Open)
	fcm.Always(token(0), standin.OK().Held(gate))
	out := s.Send(t.Context(), message(), targets(1))
	if out[0] != (push.Outcome{Class: push.Unknown, Code: "timeout"}) {
		t.Errorf("%+v", out)
	}
	if n := fcm.Requests(token(0)); n != 1 || len(fcm.Delivered(token(0))) != 1 {
		t.Errorf("%d requests, %d deliveries", n, len(fcm.Delivered(token(0))))
	}
}

// Whoever stops the server while a page is on its way knows which targets may
// have been reached: the fifty that are under way, and none of the others.
func TestTheCallerGivesUp(t *testing.T) {
	t.Parallel()
	gate := standin.NewGate()
	fcm, s := bed(t, standin.Options{Otherwise: func(string, int) standin.Answer { return standin.OK().Held(gate) }}, Options{})
	t.Cleanup(gate.Open)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		<-gate.Entered()
		cancel()
	}()
	out := s.Send(ctx, message(), targets(push.MaxTargets))
	unknown := 0
	for i, o := range out {
		switch {
		case o == (push.Outcome{Class: push.Unknown, Code: "canceled"}):
			unknown++
		case o.Class != push.Unsent || o.Code != "stopped" && o.Code != "unreachable":
			t.Fatalf("target %d: %+v", i, o)
		case len(fcm.Delivered(token(i))) > 0:
			t.Errorf("target %d was reached and said to be unsent", i)
		}
	}
	if unknown < 1 || unknown > 50 {
		t.Errorf("%d unknown", unknown)
	}
	for i, o := range s.Send(ctx, message(), targets(2)) {
		if o != (push.Outcome{Class: push.Unsent, Code: "stopped"}) {
			t.Errorf("after that, target %d: %+v", i, o)
		}
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s := sender(t, Options{Endpoint: "http://" + address})
	if out := s.Send(t.Context(), message(), targets(1)); out[0] != (push.Outcome{Class: push.Unsent, Code: "unreachable"}) {
		t.Errorf("%+v", out)
	}
}

func TestOptionsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"no project":          {Endpoint: "http://127.0.0.1:1"},
		"a project of paths":  {Project: "a/b", Endpoint: "http://127.0.0.1:1"},
		"neither":             {Project: testProject},
		"no key file":         {Project: testProject, Credentials: t.TempDir() + "/none.json"},
		"no scheme":           {Project: testProject, Endpoint: "127.0.0.1:1"},
		"another scheme":      {Project: testProject, Endpoint: "ftp://127.0.0.1"},
		"a path":              {Project: testProject, Endpoint: "http://127.0.0.1:1/v1"},
		"a question":          {Project: testProject, Endpoint: "http://127.0.0.1:1?x=y"},
		"somebody's password": {Project: testProject, Endpoint: "http://a:b@127.0.0.1:1"},
	} {
		if _, err := New(t.Context(), o); err == nil || strings.Contains(err.Error(), "a:b@") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
