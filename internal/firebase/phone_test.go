package firebase

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sotay/internal/account"
	"sotay/internal/idptest"
)

const number = "+84912345678"

// verifier stands on a stand-in of Google. The SDK makes its transports from
// the default one, so that these tests run one after the other.
func verifier(t *testing.T, credentials bool) (*idptest.Google, *Phones) {
	t.Helper()
	g := idptest.NewGoogle(t)
	before := http.DefaultTransport
	http.DefaultTransport = idptest.Transport(g.Addr())
	t.Cleanup(func() { http.DefaultTransport = before })
	o := Options{Project: idptest.Project}
	if credentials {
		o.Credentials = filepath.Join(t.TempDir(), "key.json")
		if err := os.WriteFile(o.Credentials, g.Credentials(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := NewPhones(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return g, p
}

func TestVerifyPhone(t *testing.T) {
	g, p := verifier(t, false)
	now := time.Now()
	good := idptest.PhoneClaims(number, now)
	proof, err := p.VerifyPhone(t.Context(), g.Key().Sign(good))
	if err != nil || proof.E164 != number || proof.ProvedAt.Unix() != now.Unix() {
		t.Fatalf("proof %+v, %v", proof, err)
	}
	stranger := idptest.NewKey()
	stranger.ID = g.Key().ID
	for name, token := range map[string]string{
		"wrong audience":       g.Key().Sign(good.With(idptest.Claims{"aud": "another"})),
		"wrong issuer":         g.Key().Sign(good.With(idptest.Claims{"iss": "https://securetoken.google.com/another"})),
		"expired":              g.Key().Sign(good.With(idptest.Claims{"exp": now.Add(-time.Hour).Unix(), "iat": now.Add(-2 * time.Hour).Unix()})),
		"from the future":      g.Key().Sign(good.With(idptest.Claims{"iat": now.Add(time.Hour).Unix()})),
		"no subject":           g.Key().Sign(good.With(idptest.Claims{"sub": ""})),
		"by password":          g.Key().Sign(good.With(idptest.Claims{"firebase": map[string]any{"sign_in_provider": "password"}})),
		"no number":            g.Key().Sign(good.With(idptest.Claims{"phone_number": nil})),
		"another's signature":  stranger.Sign(good),
		"an unknown key":       idptest.NewKey().Sign(good),
		"nobody's signature":   g.Key().Unsigned(good),
		"something else":       "x",
		"nothing":              "",
		"three parts of chaos": "a.b.c",
	} {
		if _, err := p.VerifyPhone(t.Context(), token); !errors.Is(err, account.InvalidProof) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeysRotateAndGoogleIsDown(t *testing.T) {
	g, p := verifier(t, false)
	good := idptest.PhoneClaims(number, time.Now())
	old := g.Key().Sign(good)
	g.Rotate()
	if _, err := p.VerifyPhone(t.Context(), old); !errors.Is(err, account.InvalidProof) {
		t.Errorf("a key that is no more: %v", err)
	}
	if _, err := p.VerifyPhone(t.Context(), g.Key().Sign(good)); err != nil {
		t.Errorf("the new key: %v", err)
	}
	g.SetDown(true)
	if _, err := p.VerifyPhone(t.Context(), g.Key().Sign(good)); !errors.Is(err, account.ProviderDown) {
		t.Errorf("keys that can't be read: %v", err)
	}
	// What is wrong with the token itself is known without Google.
	if _, err := p.VerifyPhone(t.Context(), g.Key().Sign(good.With(idptest.Claims{"aud": "x"}))); !errors.Is(err, account.InvalidProof) {
		t.Errorf("a wrong audience while Google is down: %v", err)
	}
	g.SetDown(false)
	if _, err := p.VerifyPhone(t.Context(), g.Key().Sign(good)); err != nil {
		t.Errorf("up again: %v", err)
	}
}

func TestRevoked(t *testing.T) {
	g, p := verifier(t, true)
	now := time.Now()
	sign := func(n string) string { return g.Key().Sign(idptest.PhoneClaims(n, now)) }
	if _, err := p.VerifyPhone(t.Context(), sign(number)); err != nil {
		t.Fatal(err)
	}
	g.Revoke("uid-+84900000001", now.Add(time.Minute))
	g.Disable("uid-+84900000002")
	for _, n := range []string{"+84900000001", "+84900000002"} {
		if _, err := p.VerifyPhone(t.Context(), sign(n)); !errors.Is(err, account.InvalidProof) {
			t.Errorf("%s: %v", n, err)
		}
	}
}

// The emulator's variable would have the SDK take tokens that nobody signed.
func TestEmulatorIsRefused(t *testing.T) {
	t.Setenv(emulator, "127.0.0.1:9099")
	if _, err := NewPhones(t.Context(), Options{Project: idptest.Project}); err == nil {
		t.Error("the emulator is taken")
	}
}
