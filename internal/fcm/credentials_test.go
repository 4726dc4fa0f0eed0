package fcm

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sotay/internal/fcm/standin"
	"sotay/internal/idptest"
	"sotay/internal/push"
)

// privatePEM is one key for all tests: making one takes a while.
var privatePEM = sync.OnceValue(func() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err) // the key is sound
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
})

// keyFile writes a service account's key whose tokens come from an address.
func keyFile(t *testing.T, tokens string) string {
	t.Helper()
	text, err := json.Marshal(map[string]string{"type": "service_account", "project_id": testProject, "private_key_id": "1",
		"private_key": privatePEM(), "client_email": "thu@" + testProject + ".example", "token_uri": tokens})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// genuine is a sender to FCM's own address, which the stand-in answers.
func genuine(t *testing.T, tokens string) (*standin.Server, *Sender) {
	t.Helper()
	fcm := standin.New(standin.Options{Project: testProject, Bearer: "good"})
	server := httptest.NewServer(fcm)
	t.Cleanup(server.Close)
	return fcm, sender(t, Options{Credentials: keyFile(t, tokens), base: idptest.Transport(server.Listener.Addr().String())})
}

func tokenServer(t *testing.T, status int, body string) (url string, asked *atomic.Int64) {
	t.Helper()
	asked = new(atomic.Int64)
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if err := r.ParseForm(); err != nil || strings.Count(r.Form.Get("assertion"), ".") != 2 {
			t.Error("no signed assertion")
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})), asked
}

func TestAccessTokens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		want   push.Outcome
		// asked is how often in two calls of Send for two hundred targets.
		asked int64
	}{
		"good":           {200, `{"access_token":"good","token_type":"Bearer","expires_in":3600}`, push.Outcome{Class: push.Accepted}, 1},
		"near its end":   {200, `{"access_token":"good","token_type":"Bearer","expires_in":200}`, push.Outcome{Class: push.Accepted}, 2},
		"a stranger's":   {200, `{"access_token":"other","token_type":"Bearer","expires_in":3600}`, push.Outcome{Class: push.Credentials, Code: "http_401"}, 1},
		"account gone":   {400, `{"error":"invalid_grant"}`, push.Outcome{Class: push.Credentials, Code: "token_refused"}, 2},
		"Google is down": {500, `{}`, push.Outcome{Class: push.Unsent, Code: "token_unreachable"}, 2},
		"too often":      {429, `{}`, push.Outcome{Class: push.Unsent, Code: "token_unreachable"}, 2},
	} {
		url, asked := tokenServer(t, c.status, c.body)
		fcm, s := genuine(t, url)
		for range 2 {
			for i, o := range s.Send(t.Context(), message(), targets(200)) {
				if o.MessageID = ""; o != c.want {
					t.Fatalf("%s: target %d: %+v", name, i, o)
				}
			}
		}
		if n := asked.Load(); n != c.asked {
			t.Errorf("%s: %d tokens were asked for", name, n)
		}
		if n := fcm.Counts().Delivered; (n == 400) != (c.want.Class == push.Accepted) {
			t.Errorf("%s: %d delivered", name, n)
		}
	}
}

// A stand-in that somebody else runs sees nothing of ours.
func TestAStandInSeesNoCredentials(t *testing.T) {
	t.Parallel()
	var seen atomic.Value
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Store(r.Header.Get("Authorization"))
		http.NotFound(w, r)
	}))
	tokens, asked := tokenServer(t, 200, `{"access_token":"good","token_type":"Bearer","expires_in":3600}`)
	s := sender(t, Options{Endpoint: url, Credentials: keyFile(t, tokens)})
	s.Send(t.Context(), message(), targets(1))
	if seen.Load() != "" || asked.Load() != 0 {
		t.Errorf("it saw %q, %d tokens were asked for", seen.Load(), asked.Load())
	}
}

func TestKeysThatAreNone(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"not JSON":        "x",
		"a person's":      `{"type":"authorized_user"}`,
		"without a key":   `{"type":"service_account","private_key":""}`,
		"a key of chaos":  `{"type":"service_account","private_key":"x"}`,
		"an empty PEM":    `{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"}`,
		"an outside one":  `{"type":"external_account","token_url":"http://example.org"}`,
		"nothing at all":  "",
		"somebody's note": "null",
	} {
		file := filepath.Join(t.TempDir(), "key.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := New(t.Context(), Options{Project: testProject, Credentials: file}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
