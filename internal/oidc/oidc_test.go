package oidc

import (
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"sotay/internal/account"
	"sotay/internal/idptest"
)

const citizen = "034078001234"

// bench is a verifier at a stand-in, with a clock that a test may put on.
type bench struct {
	*idptest.Issuer
	*Citizens
	ahead atomic.Int64
}

func newBench(t *testing.T) *bench {
	b := &bench{Issuer: idptest.NewIssuer(t)}
	b.Citizens = NewCitizens(Options{Issuer: b.URL(), ClientID: idptest.ClientID, Claim: "citizen_id", Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Now().Add(time.Duration(b.ahead.Load())) }})
	return b
}

func TestVerifyCitizen(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	now := time.Now()
	good := b.CitizenClaims(citizen, "nonce", now)
	proof, err := b.VerifyCitizen(t.Context(), b.Key().Sign(good))
	if err != nil || proof != (account.CitizenProof{CitizenID: citizen, Nonce: "nonce"}) {
		t.Fatalf("proof %+v, %v", proof, err)
	}
	stranger := idptest.NewKey()
	stranger.ID = b.Key().ID
	two := []string{idptest.ClientID, "another"}
	for name, token := range map[string]string{
		"wrong audience":      b.Key().Sign(good.With(idptest.Claims{"aud": "another"})),
		"wrong issuer":        b.Key().Sign(good.With(idptest.Claims{"iss": "https://example.com"})),
		"expired":             b.Key().Sign(good.With(idptest.Claims{"exp": now.Add(-time.Second).Unix()})),
		"not yet":             b.Key().Sign(good.With(idptest.Claims{"nbf": now.Add(time.Hour).Unix()})),
		"no nonce":            b.Key().Sign(good.With(idptest.Claims{"nonce": nil})),
		"no citizen id":       b.Key().Sign(good.With(idptest.Claims{"citizen_id": nil})),
		"a number for an id":  b.Key().Sign(good.With(idptest.Claims{"citizen_id": 34078001234})),
		"two audiences":       b.Key().Sign(good.With(idptest.Claims{"aud": two})),
		"meant for another":   b.Key().Sign(good.With(idptest.Claims{"aud": two, "azp": "another"})),
		"another's signature": stranger.Sign(good),
		"an unknown key":      idptest.NewKey().Sign(good),
		"nobody's signature":  b.Key().Unsigned(good),
		"something else":      "x",
	} {
		if _, err := b.VerifyCitizen(t.Context(), token); !errors.Is(err, account.InvalidProof) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.VerifyCitizen(t.Context(), b.Key().Sign(good.With(idptest.Claims{"aud": two, "azp": idptest.ClientID}))); err != nil {
		t.Errorf("two audiences, for us: %v", err)
	}
}

func TestIssuerRotatesAndIsDown(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	good := b.CitizenClaims(citizen, "nonce", time.Now())
	b.SetDown(true)
	if _, err := b.VerifyCitizen(t.Context(), b.Key().Sign(good)); !errors.Is(err, account.ProviderDown) {
		t.Errorf("down at the first question: %v", err)
	}
	b.SetDown(false)
	if _, err := b.VerifyCitizen(t.Context(), b.Key().Sign(good)); !errors.Is(err, account.ProviderDown) {
		t.Errorf("asked again at once: %v", err)
	}
	b.ahead.Store(int64(restAfter))
	old := b.Key().Sign(good)
	if _, err := b.VerifyCitizen(t.Context(), old); err != nil {
		t.Errorf("up again: %v", err)
	}
	b.Rotate()
	if _, err := b.VerifyCitizen(t.Context(), b.Key().Sign(good)); err != nil {
		t.Errorf("the new key: %v", err)
	}
	b.SetDown(true)
	if _, err := b.VerifyCitizen(t.Context(), idptest.NewKey().Sign(good)); !errors.Is(err, account.ProviderDown) {
		t.Errorf("a key that can't be looked for: %v", err)
	}
	if _, err := b.VerifyCitizen(t.Context(), b.Key().Sign(good)); err != nil {
		t.Errorf("a key that is known, while the issuer is down: %v", err)
	}
}
