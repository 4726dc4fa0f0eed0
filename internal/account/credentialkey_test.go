package account

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"sotay/internal/secret"
)

// Of many processes that start at once one makes the key, and it is published
// from their start on.
func TestCredentialKeyIsOne(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	services := make([]*Service, 6)
	var wg sync.WaitGroup
	for i := range services {
		s, err := New(b.deps(b.clock.now))
		must(t, err)
		services[i] = s
		wg.Go(func() {
			if err := s.Start(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	want, err := services[0].SignCredential(map[string]any{"a": "b"})
	must(t, err)
	for _, s := range append(services, b.replica()) {
		if got, err := s.SignCredential(map[string]any{"a": "b"}); err != nil || got != want || string(s.JWKS()) != string(services[0].JWKS()) {
			t.Errorf("another key: %v\n%s\n%s", err, got, s.JWKS())
		}
	}
}

func TestCredential(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	signed, err := s.SignCredential(map[string]any{"type": []string{"VerifiableCredential"}})
	must(t, err)
	parts := strings.Split(signed, ".")
	var header map[string]string
	must(t, json.Unmarshal(unbase64(t, parts[0]), &header))
	kid := header["kid"]
	if len(header) != 3 || header["typ"] != "vc+jwt" || header["alg"] != "EdDSA" || s.CredentialIssuer() != "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"+kid {
		t.Errorf("header %v, issuer %s", header, s.CredentialIssuer())
	}
	if got := string(unbase64(t, parts[1])); got != `{"type":["VerifiableCredential"]}` {
		t.Errorf("the payload is not the credential: %s", got)
	}
	var set struct{ Keys []jwk }
	must(t, json.Unmarshal(s.JWKS(), &set))
	last := set.Keys[len(set.Keys)-1]
	if last.KID != kid || thumbprint(unbase64(t, last.X)) != kid || !ed25519.Verify(unbase64(t, last.X), []byte(parts[0]+"."+parts[1]), unbase64(t, parts[2])) {
		t.Errorf("not signed by the published key: %+v", last)
	}
	// Nothing that becomes of the other keys touches it.
	for range 3 {
		_, err := s.RotateKeys(t.Context())
		must(t, err)
		b.clock.step(365 * 24 * time.Hour)
		must(t, s.sweep(t.Context()))
		must(t, s.keys.poll(t.Context()))
	}
	if !strings.Contains(string(s.JWKS()), kid) {
		t.Error("the key is not published any more")
	}
}

func unbase64(t *testing.T, s string) []byte {
	t.Helper()
	out, err := base64.RawURLEncoding.DecodeString(s)
	must(t, err)
	return out
}

// Neither is a credential an access token, nor what bears the credential key's
// signature and looks like one in all else.
func TestCredentialKeyOpensNothing(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	good := b.signIn(s, "lan", "p1").AccessToken
	b.as(s, Tokens{AccessToken: good, MemberID: "lan"})
	claims := jwt.MapClaims{}
	_, _, err := jwt.NewParser().ParseUnverified(good, claims)
	must(t, err)
	credential, err := s.SignCredential(claims)
	must(t, err)
	k := s.credentialKey.key.Load()
	sign := func(kid string) string {
		tk := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
		tk.Header["typ"], tk.Header["kid"] = accessType, kid
		out, err := tk.SignedString(k.private)
		must(t, err)
		return out
	}
	b.clock.step(2 * time.Second) // unknown keys may be asked for again
	b.as(s, Tokens{AccessToken: good, MemberID: "lan"})
	for what, token := range map[string]string{"credential": credential, "of the credential key": sign(k.kid), "in another's name": sign(signerOf(t, s))} {
		if _, err := s.VerifyAt(token, s.now()); err == nil {
			t.Errorf("%s is taken for an access token", what)
		}
	}
}

func TestCredentialKeyNeedsItsSecret(t *testing.T) {
	t.Parallel()
	b, _ := one(t)
	other, err := secret.Parse("YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODk=")
	must(t, err)
	d := b.deps(b.clock.now)
	d.Secret = other
	c, err := newCredentialSigner(d)
	must(t, err)
	if err := c.start(t.Context()); err == nil {
		t.Error("loaded with another secret")
	}
	s, err := New(b.deps(b.clock.now))
	must(t, err)
	if _, err := s.SignCredential(nil); err == nil || s.CredentialIssuer() != "" {
		t.Error("signed before the start")
	}
}
