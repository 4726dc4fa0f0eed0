package vcverify

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Credential is what a good credential says.
type Credential struct {
	ID, Issuer string
	ValidFrom  time.Time
	Types      []string
	Subject    map[string]string
	KID        string // of the key that signed
}

// Verify checks a credential in the compact form of a JWS against a JWK Set.
func Verify(compact string, jwks []byte, now time.Time) (Credential, error) {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return Credential{}, errors.New("not three parts")
	}
	var raw [3][]byte
	for i, p := range parts {
		var err error
		if raw[i], err = base64.RawURLEncoding.Strict().DecodeString(p); err != nil || strings.ContainsAny(p, "\r\n") {
			return Credential{}, fmt.Errorf("part %d is not base64url: %w", i, err)
		}
	}
	kid, err := readHeader(raw[0])
	if err != nil {
		return Credential{}, err
	}
	key, err := findKey(jwks, kid)
	if err != nil {
		return Credential{}, err
	}
	if !signed(key, parts, raw[2]) {
		return Credential{}, errors.New("the signature is not of this key over these bytes")
	}
	out, err := readPayload(raw[1], now)
	out.KID = kid
	return out, err
}

// signed checks a signature over the first two parts (RFC 7515 §5.2, RFC 8037
// §3.1).
func signed(key ed25519.PublicKey, parts []string, signature []byte) bool {
	return len(signature) == ed25519.SignatureSize && ed25519.Verify(key, []byte(parts[0]+"."+parts[1]), signature)
}

// decode reads one JSON object and nothing behind it.
func decode(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind the object")
	}
	return nil
}

func readHeader(b []byte) (kid string, err error) {
	var all map[string]json.RawMessage
	var h struct{ Alg, Typ, Cty, KID string }
	if err := errors.Join(decode(b, &all), decode(b, &h)); err != nil {
		return "", fmt.Errorf("header: %w", err)
	}
	if _, there := all["crit"]; there {
		return "", errors.New("header: an extension that we don't know is critical")
	}
	if h.Alg != "EdDSA" || h.Typ != "vc+jwt" || h.Cty != "" && h.Cty != "vc" || h.KID == "" {
		return "", fmt.Errorf("header: alg %q, typ %q, cty %q, kid %q", h.Alg, h.Typ, h.Cty, h.KID)
	}
	return h.KID, nil
}

// findKey returns the key of a set that has the id, which must be its
// thumbprint.
func findKey(jwks []byte, kid string) (ed25519.PublicKey, error) {
	var set struct {
		Keys []struct{ KTY, CRV, KID, Alg, Use, X string }
	}
	if err := decode(jwks, &set); err != nil {
		return nil, fmt.Errorf("key set: %w", err)
	}
	for _, k := range set.Keys {
		if k.KID != kid {
			continue
		}
		x, err := base64.RawURLEncoding.Strict().DecodeString(k.X)
		if err != nil || len(x) != ed25519.PublicKeySize || k.KTY != "OKP" || k.CRV != "Ed25519" || k.Use != "sig" || k.Alg != "" && k.Alg != "EdDSA" {
			return nil, fmt.Errorf("key %s is none for this", kid)
		}
		sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + k.X + `"}`))
		if base64.RawURLEncoding.EncodeToString(sum[:]) != kid {
			return nil, fmt.Errorf("key %s is not named by its thumbprint", kid)
		}
		return x, nil
	}
	return nil, fmt.Errorf("no key %s", kid)
}

// readPayload reads the credential, which is the payload itself.
func readPayload(b []byte, now time.Time) (Credential, error) {
	var all map[string]json.RawMessage
	var p struct {
		Context    []any `json:"@context"`
		ID, Issuer string
		Type       []string
		ValidFrom  time.Time
		IAT        int64
		Subject    map[string]string `json:"credentialSubject"`
	}
	if err := errors.Join(decode(b, &all), decode(b, &p)); err != nil {
		return Credential{}, fmt.Errorf("payload: %w", err)
	}
	out := Credential{ID: p.ID, Issuer: p.Issuer, ValidFrom: p.ValidFrom, Types: p.Type, Subject: p.Subject}
	for _, claim := range []string{"vc", "vp"} {
		if _, there := all[claim]; there {
			return out, fmt.Errorf("payload: %s may not be there", claim)
		}
	}
	switch {
	case len(p.Context) == 0 || p.Context[0] != "https://www.w3.org/ns/credentials/v2":
		return out, fmt.Errorf("payload: @context %v", p.Context)
	case !slices.Contains(p.Type, "VerifiableCredential"):
		return out, fmt.Errorf("payload: type %v", p.Type)
	case !isURL(p.Issuer), !isURL(p.ID):
		return out, fmt.Errorf("payload: issuer %q, id %q", p.Issuer, p.ID)
	case p.ValidFrom.IsZero() || p.ValidFrom.After(now):
		return out, fmt.Errorf("payload: valid from %s", p.ValidFrom)
	case p.IAT != 0 && time.Unix(p.IAT, 0).After(now.Add(time.Minute)):
		return out, fmt.Errorf("payload: signed in the future, at %d", p.IAT)
	case len(p.Subject) == 0:
		return out, errors.New("payload: it says nothing of anybody")
	}
	return out, nil
}

func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != ""
}
