package fcm

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"sotay/internal/fcm/standin"
	"sotay/internal/push"
)

// FCM speaks HTTP/2, where all requests share a connection: the transport's own
// second tries are others there, and a stream breaks off without its neighbours.
func TestOverHTTP2(t *testing.T) {
	t.Parallel()
	fcm := standin.New(standin.Options{Project: testProject})
	var proto atomic.Value
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proto.Store(r.Proto)
		fcm.ServeHTTP(w, r)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	carrier := network()
	carrier.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
	carrier.TLSClientConfig.RootCAs.AddCert(server.Certificate())
	s := sender(t, Options{Endpoint: server.URL, base: carrier})

	answers := []struct {
		answer standin.Answer
		class  push.Class
		code   string
	}{
		{standin.OK(), push.Accepted, ""},
		{standin.Cut(), push.Unknown, "cut"},
		{standin.CutMidway(), push.Unknown, "cut"},
		{standin.Unavailable(0), push.Unavailable, "UNAVAILABLE"},
		{standin.Unregistered(), push.Unregistered, "UNREGISTERED"},
		{standin.OK(), push.Accepted, ""},
	}
	for i, a := range answers {
		fcm.Always(token(i), a.answer)
	}
	for i, o := range s.Send(t.Context(), message(), targets(len(answers))) {
		if o.Class != answers[i].class || o.Code != answers[i].code {
			t.Errorf("target %d: %+v, want %s %s", i, o, answers[i].class, answers[i].code)
		}
		if n := fcm.Requests(token(i)); n != 1 {
			t.Errorf("target %d: %d requests", i, n)
		}
	}
	gate := standin.NewGate()
	t.Cleanup(gate.Open)
	fcm.Always("held", standin.OK().Held(gate))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-gate.Entered()
		cancel()
	}()
	out := s.Send(ctx, message(), []push.Target{target("held")})
	if out[0] != (push.Outcome{Class: push.Unknown, Code: "canceled"}) || fcm.Requests("held") != 1 {
		t.Errorf("given up: %+v, %d requests", out, fcm.Requests("held"))
	}
	if p := proto.Load(); p != "HTTP/2.0" {
		t.Errorf("over %s", p)
	}
}
