package vcverify

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"
)

// The example of RFC 8037, appendix A: its key, thumbprint and signature.
const (
	rfcX   = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
	rfcKID = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
	rfcJWS = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
	rfcD   = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
)

func rfcSet() []byte {
	return []byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"` + rfcKID + `","use":"sig","x":"` + rfcX + `"}]}`)
}

func TestExampleOfRFC8037(t *testing.T) {
	t.Parallel()
	key, err := findKey(rfcSet(), rfcKID)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(rfcJWS, ".")
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !signed(key, parts, signature) {
		t.Errorf("the example of the RFC does not hold: %v", err)
	}
	parts[1] = "f" + parts[1][1:]
	if signed(key, parts, signature) {
		t.Error("other bytes hold")
	}
	if _, err := Verify(rfcJWS, rfcSet(), time.Now()); err == nil {
		t.Error("a JWS that is no credential is taken for one")
	}
}

// Each thing that a credential may not be is refused for itself: all are signed.
func TestRefusals(t *testing.T) {
	t.Parallel()
	seed, err := base64.RawURLEncoding.DecodeString(rfcD)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	verify := func(header, payload map[string]any) error {
		h := map[string]any{"alg": "EdDSA", "typ": "vc+jwt", "kid": rfcKID}
		p := map[string]any{"@context": []string{"https://www.w3.org/ns/credentials/v2"}, "type": []string{"VerifiableCredential"}, "id": "urn:a:b",
			"issuer": "https://a.vn", "validFrom": "2026-11-01T00:00:00Z", "credentialSubject": map[string]string{"name": "A"}}
		maps.Copy(h, header)
		maps.Copy(p, payload)
		var parts [2]string
		for i, v := range []any{h, p} {
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			parts[i] = base64.RawURLEncoding.EncodeToString(b)
		}
		body := parts[0] + "." + parts[1]
		sig := ed25519.Sign(ed25519.NewKeyFromSeed(seed), []byte(body))
		_, err := Verify(body+"."+base64.RawURLEncoding.EncodeToString(sig), rfcSet(), now)
		return err
	}
	if err := verify(nil, nil); err != nil {
		t.Fatalf("a good one: %v", err)
	}
	for _, h := range []map[string]any{{"alg": "none"}, {"alg": "HS256"}, {"typ": "at+jwt"}, {"typ": "JWT"}, {"cty": "x"}, {"crit": []string{"b64"}}, {"kid": ""}, {"kid": "x"}} {
		if verify(h, nil) == nil {
			t.Errorf("header %v is taken", h)
		}
	}
	for _, p := range []map[string]any{{"@context": []string{"https://www.w3.org/2018/credentials/v1"}}, {"type": []string{"X"}}, {"issuer": "a"}, {"id": ""},
		{"validFrom": "2026-12-01T00:00:00Z"}, {"validFrom": "2026-11-01"}, {"iat": now.Unix() + 3600}, {"credentialSubject": map[string]string{}},
		{"vc": map[string]string{}}, {"vp": 1}} {
		if verify(nil, p) == nil {
			t.Errorf("payload %v is taken", p)
		}
	}
}
