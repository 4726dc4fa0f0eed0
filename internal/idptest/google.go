package idptest

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Project is the Firebase project of the tests.
const Project = "so-tay-thu"

// Google stands in for the endpoints that the Firebase SDK asks.
type Google struct {
	server *httptest.Server

	mu       sync.Mutex
	keys     []*Key
	down     bool
	disabled map[string]bool
	// since is from when tokens of an account are good.
	since map[string]time.Time
	asked map[string]int
}

// NewGoogle starts the stand-in with one key.
func NewGoogle(t testing.TB) *Google {
	g := &Google{keys: []*Key{NewKey()}, disabled: map[string]bool{}, since: map[string]time.Time{}, asked: map[string]int{}}
	g.server = httptest.NewServer(http.HandlerFunc(g.serve))
	t.Cleanup(g.server.Close)
	return g
}

// Addr is where it listens.
func (g *Google) Addr() string { return g.server.Listener.Addr().String() }

// Transport is a transport that finds every host at addr, and speaks plainly
// there.
func Transport(addr string) *http.Transport {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", addr)
	}
	return &http.Transport{DialContext: dial, DialTLSContext: dial}
}

func (g *Google) serve(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked[r.URL.Path]++
	switch {
	case g.down:
		http.Error(w, "down", http.StatusInternalServerError)
	case strings.HasPrefix(r.URL.Path, "/robot/v1/metadata/x509/"):
		certs := map[string]string{}
		for _, k := range g.keys {
			certs[k.ID] = k.certificate()
		}
		w.Header().Set("Cache-Control", "public, max-age=0")
		_ = json.NewEncoder(w).Encode(certs)
	case r.URL.Path == "/token":
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"access_token":"a","token_type":"Bearer","expires_in":3600}`))
	case strings.HasSuffix(r.URL.Path, "/projects/"+Project+"/accounts:lookup"):
		g.lookup(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (g *Google) lookup(w http.ResponseWriter, r *http.Request) {
	var q struct {
		LocalID []string `json:"localId"`
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil || len(q.LocalID) != 1 {
		http.Error(w, "which account?", http.StatusBadRequest)
		return
	}
	id := q.LocalID[0]
	user := map[string]any{"localId": id, "disabled": g.disabled[id]}
	if since, ok := g.since[id]; ok {
		user["validSince"] = big.NewInt(since.Unix()).String()
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"users": []any{user}})
}

// certificate is the key's public part as Google publishes it.
func (k *Key) certificate() string {
	t := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &k.private.PublicKey, k.private)
	if err != nil {
		panic(err) // the template is sound
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// Key is the newest key.
func (g *Google) Key() *Key {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.keys[len(g.keys)-1]
}

// Rotate puts a new key in the place of all others.
func (g *Google) Rotate() {
	k := NewKey()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.keys = []*Key{k}
}

// SetDown makes all endpoints fail, or work again.
func (g *Google) SetDown(down bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.down = down
}

// Revoke makes the tokens of an account from before a time bad.
func (g *Google) Revoke(uid string, before time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.since[uid] = before
}

// Disable disables an account.
func (g *Google) Disable(uid string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.disabled[uid] = true
}

// PhoneClaims are those of a good token for a number that was just proved.
func PhoneClaims(number string, now time.Time) Claims {
	return Claims{"iss": "https://securetoken.google.com/" + Project, "aud": Project, "sub": "uid-" + number, "user_id": "uid-" + number,
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "auth_time": now.Unix(), "phone_number": number,
		"firebase": map[string]any{"sign_in_provider": "phone", "identities": map[string]any{"phone": []string{number}}}}
}

// Credentials is a service account's key file for this stand-in.
func (g *Google) Credentials() []byte {
	der, err := x509.MarshalPKCS8PrivateKey(NewKey().private)
	if err != nil {
		panic(err) // the key is sound
	}
	b, err := json.Marshal(map[string]string{"type": "service_account", "project_id": Project, "private_key_id": "1",
		"private_key":  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"client_email": "thu@" + Project + ".example", "token_uri": "http://" + g.Addr() + "/token"})
	if err != nil {
		panic(err)
	}
	return b
}
