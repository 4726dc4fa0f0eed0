package fcm

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"sotay/internal/fcm/standin"
	"sotay/internal/push"
)

const testProject = "so-tay-thu"

var frozen = time.Date(2026, 11, 29, 7, 0, 0, 0, time.UTC)

// bed is a sender on a stand-in of FCM.
func bed(t testing.TB, so standin.Options, o Options) (*standin.Server, *Sender) {
	t.Helper()
	so.Project = testProject
	fcm := standin.New(so)
	o.Endpoint = serve(t, fcm)
	return fcm, sender(t, o)
}

func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func sender(t testing.TB, o Options) *Sender {
	t.Helper()
	o.Project = testProject
	o.Now = func() time.Time { return frozen }
	s, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close) // before the server closes, which waits for connections
	return s
}

func message() *push.Message {
	return &push.Message{NotificationID: "n/1", Kind: "documentPublished", DocumentID: "35-qd-tw", Version: 2,
		TTL: 72 * time.Hour, Collapse: "document/35-qd-tw", High: true}
}

func token(i int) string { return "token-" + strconv.Itoa(i) }

func target(address string) push.Target {
	return push.Target{ID: "i/" + address, Kind: push.Token, Address: address, Platform: push.Android}
}

func targets(n int) []push.Target {
	out := make([]push.Target, n)
	for i := range out {
		out[i] = target(token(i))
	}
	return out
}
