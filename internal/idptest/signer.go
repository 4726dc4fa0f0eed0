package idptest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"sync/atomic"
)

// Claims are a token's payload.
type Claims map[string]any

// With returns the claims with others in place of some; nil takes one away.
func (c Claims) With(other Claims) Claims {
	out := maps.Clone(c)
	for name, v := range other {
		if out[name] = v; v == nil {
			delete(out, name)
		}
	}
	return out
}

// Key signs tokens.
type Key struct {
	ID      string
	private *rsa.PrivateKey
}

var keyNumber atomic.Int64

// NewKey makes a key.
func NewKey() *Key {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return &Key{ID: fmt.Sprintf("key-%d", keyNumber.Add(1)), private: private}
}

// Sign makes a token with RS256.
func (k *Key) Sign(c Claims) string {
	return k.sign(map[string]any{"alg": "RS256", "typ": "JWT", "kid": k.ID}, c)
}

func (k *Key) sign(header map[string]any, c Claims) string {
	text := part(header) + "." + part(c)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k.private, crypto.SHA256, sum[:])
	if err != nil {
		panic(err) // the key is large enough
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// Unsigned makes a token that says of itself that nobody signed it.
func (k *Key) Unsigned(c Claims) string {
	return part(map[string]any{"alg": "none", "typ": "JWT", "kid": k.ID}) + "." + part(c) + "."
}

func part(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // a test's own claims
	}
	return base64.RawURLEncoding.EncodeToString(b)
}
