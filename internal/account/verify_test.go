package account

import (
	"crypto/ed25519"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"sotay/internal/caller"
	"sotay/internal/clock"
)

// sign makes a token by the service's own key, after an edit.
func sign(t testing.TB, s *Service, edit func(header map[string]any, claims jwt.MapClaims)) string {
	t.Helper()
	now := s.now().Unix()
	claims := jwt.MapClaims{"iss": "sotay", "aud": "sotay", "sub": "lan", "sid": "s1", "jti": "j",
		"exp": now + 900, "iat": now, "nbf": now, "authRev": 7, "gen": 1}
	key, err := s.keys.signer(s.now())
	must(t, err)
	tk := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	tk.Header["typ"], tk.Header["kid"] = accessType, key.kid
	if edit != nil {
		edit(tk.Header, claims)
	}
	token, err := tk.SignedString(key.private)
	must(t, err)
	return token
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	_, stranger, err := ed25519.GenerateKey(nil)
	must(t, err)
	now := b.clock.now().Unix()
	head := func(k string, v any) string {
		return sign(t, s, func(h map[string]any, _ jwt.MapClaims) { h[k] = v })
	}
	claim := func(k string, v any) string {
		return sign(t, s, func(_ map[string]any, c jwt.MapClaims) {
			if c[k] = v; v == nil {
				delete(c, k)
			}
		})
	}
	good := sign(t, s, nil)
	if _, err := s.Verify(good); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(good, ".")
	byStranger := func(h map[string]any) string {
		tk := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{"iss": "sotay", "aud": "sotay", "sub": "lan",
			"sid": "s1", "exp": now + 900, "iat": now, "nbf": now})
		tk.Header = h
		out, err := tk.SignedString(stranger)
		must(t, err)
		return out
	}
	kid := signerOf(t, s)
	hmacked := func() string { // our public key as the secret of an HMAC
		tk := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"iss": "sotay", "aud": "sotay", "sub": "lan",
			"sid": "s1", "exp": now + 900, "iat": now, "nbf": now})
		tk.Header["typ"], tk.Header["kid"] = accessType, kid
		pub, err := s.keys.verifier(kid)
		must(t, err)
		out, err := tk.SignedString([]byte(pub))
		must(t, err)
		return out
	}()
	unsigned := func() string {
		tk := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{"iss": "sotay", "aud": "sotay", "sub": "lan", "exp": now + 900})
		tk.Header["typ"], tk.Header["kid"] = accessType, kid
		out, err := tk.SignedString(jwt.UnsafeAllowNoneSignatureType)
		must(t, err)
		return out
	}()
	jwkHead := map[string]any{"alg": "EdDSA", "typ": accessType, "jku": "https://evil.example/jwks", "x5u": "https://evil.example",
		"jwk": map[string]any{"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}}
	cases := map[string]string{
		"empty": "", "garbage": "abc", "dots": "..", "no signature": parts[0] + "." + parts[1] + ".",
		"padded": good + "=", "cut": good[:len(good)-1], "huge": strings.Repeat("a", 1<<20),
		"other signature": parts[0] + "." + parts[1] + "." + strings.Split(sign(t, s, func(_ map[string]any, c jwt.MapClaims) { c["sub"] = "minh" }), ".")[2],
		"stranger's key":  byStranger(map[string]any{"alg": "EdDSA", "typ": accessType, "kid": kid}),
		"key in header":   byStranger(jwkHead),
		"HS256":           hmacked, "none": unsigned,
		"typ JWT": head("typ", "JWT"), "typ missing": head("typ", nil), "kid missing": head("kid", nil),
		"kid unknown": head("kid", "x"), "kid a number": head("kid", 1), "crit": head("crit", []string{"exp"}),
		"other issuer": claim("iss", "evil"), "no issuer": claim("iss", nil),
		"other audience": claim("aud", "web"), "no audience": claim("aud", nil),
		"no exp": claim("exp", nil), "exp now": claim("exp", now), "exp past": claim("exp", now-1), "exp text": claim("exp", "soon"),
		"no iat": claim("iat", nil), "iat far ahead": claim("iat", now+62),
		"no nbf": claim("nbf", nil), "nbf far ahead": claim("nbf", now+62),
		"no sub": claim("sub", nil), "no sid": claim("sid", nil), "gen text": claim("gen", "1"),
	}
	for name, token := range cases {
		for range 2 { // the second would come from the cache
			if c, err := s.Verify(token); err == nil {
				t.Errorf("%s: verified as %+v", name, c)
			} else {
				wantFault(t, err, caller.NotSignedIn)
			}
		}
		if s.seen.get(token) != nil {
			t.Errorf("%s: cached", name)
		}
	}
	for name, token := range map[string]string{"iat a little ahead": claim("iat", now+60), "nbf a little ahead": claim("nbf", now+60),
		"exp in a second": claim("exp", now+1), "audiences": claim("aud", []string{"web", "sotay"}),
		"jku beside our kid": head("jku", "https://evil.example/jwks")} {
		if _, err := s.Verify(token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A token that was seen runs out to the millisecond.
func TestVerifySeenTokenRunsOut(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	tk := b.signIn(s, "lan", "p1")
	b.as(s, tk)
	b.clock.step(15*time.Minute - time.Millisecond)
	b.as(s, tk)
	b.clock.step(time.Millisecond)
	if _, err := s.Verify(tk.AccessToken); err == nil {
		t.Error("good at its expiry")
	}
	if _, err := b.replica().Verify(tk.AccessToken); err == nil {
		t.Error("good at its expiry on a replica that never saw it")
	}
}

// Fiber's strings alias the request's buffer, which the next request fills.
func TestVerifyKeepsNoBuffer(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	tk := b.signIn(s, "lan", "p1")
	want, err := b.replica().Verify(tk.AccessToken)
	must(t, err)
	buf := []byte(tk.AccessToken)
	got, err := s.Verify(aliasing(buf))
	must(t, err)
	clear(buf)
	if got != want {
		t.Errorf("claims changed with the buffer: %+v", got)
	}
	if again, err := s.Verify(tk.AccessToken); err != nil || again != want {
		t.Errorf("got %+v, %v", again, err)
	}
	for i := range s.seen.shards {
		for k := range s.seen.shards[i].young {
			if k != tk.AccessToken {
				t.Errorf("key changed with the buffer: %q", k)
			}
		}
	}
}

func TestSeenTokensAreBounded(t *testing.T) {
	t.Parallel()
	c := newSeenTokens(10 * seenShards)
	kept := &verified{}
	c.put("kept-kept-kept", kept)
	for i := range 100 * seenShards {
		token := fmt.Sprintf("%08d", i*7919)
		c.put(token+"xxxxxxxx", &verified{})
		if c.get("kept-kept-kept") != kept {
			t.Fatal("a token in use was dropped")
		}
	}
	for i := range c.shards {
		if n := len(c.shards[i].young) + len(c.shards[i].old); n > 2*10 {
			t.Errorf("shard %d holds %d", i, n)
		}
	}
}

func FuzzVerify(f *testing.F) {
	b, s := one(f)
	tk := b.signIn(s, "lan", "p1").AccessToken
	parts := strings.Split(tk, ".")
	f.Add(tk)
	f.Add(parts[0] + "." + parts[1] + ".AAAA")
	f.Add("eyJhbGciOiJub25lIn0." + parts[1] + ".")
	f.Add("..")
	f.Fuzz(func(t *testing.T, token string) {
		c, err := s.Verify(token)
		if (err == nil) != (token == tk) || err == nil && c.MemberID != "lan" {
			t.Fatalf("%q: %+v, %v", token, c, err)
		}
	})
}

func BenchmarkVerifySeen(b *testing.B) {
	bed := newBed(b)
	s := bed.replicaAt(clock.System)
	bed.member(s, "lan")
	tokens := make([]string, 1000)
	for i := range tokens {
		tokens[i] = sign(b, s, func(_ map[string]any, c jwt.MapClaims) {
			c["sub"], c["sid"] = fmt.Sprintf("0198c3a2-7c1e-7d3a-b111-%012d", i), fmt.Sprintf("0198c3a2-7c1e-7d3a-b222-%012d", i)
		})
		if _, err := s.Verify(tokens[i]); err != nil {
			b.Fatal(err)
		}
	}
	bed.signIn(s, "lan", "p1")
	bed.signIn(s, "lan", "p1") // so that something is revoked
	b.ReportAllocs()
	b.Run("one core", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if _, err := s.Verify(tokens[i%1000]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for i := 0; pb.Next(); i++ {
				_, _ = s.Verify(tokens[i%1000])
			}
		})
	})
}

func BenchmarkVerifyFirst(b *testing.B) {
	bed := newBed(b)
	s := bed.replicaAt(clock.System)
	token := sign(b, s, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.verifyFirst(token); err != nil {
			b.Fatal(err)
		}
	}
}
