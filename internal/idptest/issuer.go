package idptest

import (
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// ClientID is our client at the issuer of the tests.
const ClientID = "so-tay"

// Issuer stands in for an OpenID Connect issuer.
type Issuer struct {
	server *httptest.Server

	mu   sync.Mutex
	keys []*Key
	down bool
}

// NewIssuer starts the stand-in with one key.
func NewIssuer(t testing.TB) *Issuer {
	i := &Issuer{keys: []*Key{NewKey()}}
	i.server = httptest.NewServer(http.HandlerFunc(i.serve))
	t.Cleanup(i.server.Close)
	return i
}

// URL is the issuer's name.
func (i *Issuer) URL() string { return i.server.URL }

func (i *Issuer) serve(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	var says any
	switch {
	case i.down:
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	case r.URL.Path == "/.well-known/openid-configuration":
		says = map[string]any{"issuer": i.server.URL, "jwks_uri": i.server.URL + "/keys", "authorization_endpoint": i.server.URL + "/auth",
			"token_endpoint": i.server.URL + "/token", "id_token_signing_alg_values_supported": []string{"RS256", "HS256"}}
	case r.URL.Path == "/keys":
		var keys []any
		for _, k := range i.keys {
			keys = append(keys, map[string]string{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": k.ID,
				"n": base64.RawURLEncoding.EncodeToString(k.private.N.Bytes()),
				"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.private.E)).Bytes())})
		}
		says = map[string]any{"keys": keys}
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(says)
}

// Key is the newest key.
func (i *Issuer) Key() *Key {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.keys[len(i.keys)-1]
}

// Rotate puts a new key in the place of all others.
func (i *Issuer) Rotate() {
	k := NewKey()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = []*Key{k}
}

// SetDown makes the issuer fail, or work again.
func (i *Issuer) SetDown(down bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.down = down
}

// CitizenClaims are those of a good token.
func (i *Issuer) CitizenClaims(citizenID, nonce string, now time.Time) Claims {
	return Claims{"iss": i.URL(), "aud": ClientID, "sub": "s-" + citizenID, "iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix(),
		"nonce": nonce, "citizen_id": citizenID}
}
