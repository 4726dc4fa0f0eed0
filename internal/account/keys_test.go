package account

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"sotay/internal/caller"
	"sotay/internal/secret"
)

// kids are the published keys of access tokens; that of credentials stands last.
func kids(t *testing.T, s *Service) []string {
	t.Helper()
	var set struct {
		Keys []struct{ KTY, CRV, KID, Alg, Use, X string }
	}
	must(t, json.Unmarshal(s.JWKS(), &set))
	var out []string
	for _, k := range set.Keys {
		if k.KTY != "OKP" || k.CRV != "Ed25519" || k.Alg != "EdDSA" || k.Use != "sig" || len(k.X) != 43 {
			t.Errorf("key %+v", k)
		}
		out = append(out, k.KID)
	}
	if n := len(out) - 1; n < 0 || out[n] != s.credentialKey.key.Load().kid {
		t.Fatalf("the key of credentials is not last: %q", out)
	}
	return out[:len(out)-1]
}

func signerOf(t *testing.T, s *Service) string {
	t.Helper()
	k, err := s.keys.signer(s.now())
	must(t, err)
	return k.kid
}

func TestFirstKeyIsOne(t *testing.T) {
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
	want := kids(t, services[0])
	if len(want) != 1 {
		t.Fatalf("keys %q", want)
	}
	for _, s := range services {
		if got := kids(t, s); len(got) != 1 || got[0] != want[0] || signerOf(t, s) != want[0] {
			t.Errorf("keys %q", got)
		}
	}
}

func TestRotationWithTwoReplicas(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	other := b.replica()
	first := signerOf(t, s)
	tk := b.signIn(s, "lan", "p1")
	ctx := caller.With(t.Context(), &caller.Caller{Identity: &caller.Identity{MemberID: "root"}})
	second, err := s.RotateKeys(ctx)
	must(t, err)
	if got := b.acts(); len(got) != 1 || got[0] != "key.rotate key/"+second+" root" {
		t.Errorf("audit record: %q", got)
	}
	if got := kids(t, s); len(got) != 2 || got[1] != second {
		t.Fatalf("not published: %q", got)
	}
	b.clock.step(64*time.Second - time.Millisecond)
	if signerOf(t, s) != first {
		t.Error("the next key signs before it is published long enough")
	}
	b.clock.step(time.Millisecond)
	if signerOf(t, s) != second {
		t.Error("the next key does not sign")
	}
	old := tk
	tk = b.mustRefresh(s, tk.RefreshToken) // signed by the second
	b.as(other, tk)                        // which the other replica never polled
	b.as(other, old)
	b.clock.step(20*time.Minute - time.Millisecond)
	must(t, other.keys.poll(t.Context()))
	if _, err := other.keys.verifier(first); err != nil {
		t.Errorf("the first key is gone too early: %v", err)
	}
	b.clock.step(time.Millisecond)
	if _, err := other.keys.verifier(first); err == nil {
		t.Error("the first key is still accepted")
	}
	for _, r := range []*Service{s, other} {
		if got := kids(t, r); len(got) != 1 || got[0] != second {
			t.Errorf("published: %q", got)
		}
	}
	must(t, s.sweep(t.Context()))
	b.clock.step(25 * time.Hour)
	must(t, s.sweep(t.Context()))
	must(t, s.keys.poll(t.Context()))
	if n := len(s.keys.set.Load().all); n != 1 {
		t.Errorf("%d keys are stored", n)
	}
	third, err := other.RotateKeys(t.Context())
	must(t, err)
	if last := s.keys; last.poll(t.Context()) != nil || len(kids(t, s)) != 2 || kids(t, s)[1] != third {
		t.Error("no third key")
	}
}

func TestRotateAtOnce(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	other := b.replica()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := []*Service{s, other}[i%2].RotateKeys(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	must(t, s.keys.poll(t.Context()))
	must(t, other.keys.poll(t.Context()))
	if a, o := kids(t, s), kids(t, other); len(a) != 9 || len(o) != 9 {
		t.Errorf("%d and %d keys", len(a), len(o))
	}
	b.clock.step(2 * time.Minute)
	if signerOf(t, s) != signerOf(t, other) {
		t.Error("two signers")
	}
}

// A replica whose clock lags signs with the first key all the same, and its
// tokens are good on the other.
func TestKeysUnderSkew(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	behind := b.replicaAt(func() time.Time { return b.clock.now().Add(-30 * time.Second) })
	tk := b.signIn(behind, "lan", "p1")
	b.as(s, tk)
	b.as(behind, b.signIn(s, "lan", "p2"))
	_, err := s.RotateKeys(t.Context())
	must(t, err)
	if _, err := behind.RotateKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := behind.keys.set.Load().all
	if all[2].activeFrom.Before(all[1].activeFrom) {
		t.Error("a later key is active before the one it follows")
	}
}

func TestUnknownKeyIsAskedForOnceASecond(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	other := b.replica()
	if _, err := s.keys.verifier("forged"); err == nil {
		t.Fatal("a forged key id is known")
	}
	kid, err := other.RotateKeys(t.Context())
	must(t, err)
	if _, err := s.keys.verifier(kid); err == nil {
		t.Error("the keys were read twice in a second")
	}
	b.clock.step(time.Second)
	if _, err := s.keys.verifier(kid); err != nil {
		t.Error(err)
	}
	b.clock.step(-time.Hour) // a clock put back does not stop the asking
	if _, err := s.keys.verifier("forged"); err == nil || s.keys.askedFor != b.clock.now() {
		t.Error("not asked")
	}
}

func TestKeysNeedTheirSecret(t *testing.T) {
	t.Parallel()
	b, _ := one(t)
	var err error
	b.secret, err = secret.Parse("YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODk=")
	must(t, err)
	s, err := New(b.deps(b.clock.now))
	must(t, err)
	if err := s.Start(t.Context()); err == nil {
		t.Error("started with another secret")
	}
}
