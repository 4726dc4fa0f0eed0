package account

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/ident"
)

// accessType is the typ of an access token (RFC 9068 §2.1).
const accessType = "at+jwt"

// clockSkew is how far the clocks of two replicas may be apart: a token of the
// one is good on the other. It never stretches exp.
const clockSkew = 60 * time.Second

// maxAccessToken bounds what is parsed, in bytes.
const maxAccessToken = 2048

// accessClaims is the payload of an access token.
type accessClaims struct {
	jwt.RegisteredClaims
	SessionID  string `json:"sid"`
	AuthRev    int64  `json:"authRev"`
	Generation int64  `json:"gen"`
}

// GetNotBefore allows for the skew of the clocks.
func (c accessClaims) GetNotBefore() (*jwt.NumericDate, error) { return early(c.NotBefore), nil }

// GetIssuedAt allows for the skew of the clocks.
func (c accessClaims) GetIssuedAt() (*jwt.NumericDate, error) { return early(c.IssuedAt), nil }

func early(d *jwt.NumericDate) *jwt.NumericDate {
	if d == nil {
		return nil
	}
	return &jwt.NumericDate{Time: d.Add(-clockSkew)}
}

// Validate asks for the claims that we always write.
func (c accessClaims) Validate() error {
	if c.Subject == "" || c.SessionID == "" || c.IssuedAt == nil || c.NotBefore == nil {
		return errors.New("a claim is missing")
	}
	return nil
}

// tokens makes the answer to a sign-in or a refresh.
func (s *Service) tokens(x *session) (Tokens, error) {
	id, ok := s.members.Identity(x.MemberID)
	if !ok {
		return Tokens{}, SessionRevoked
	}
	refresh, err := s.refresh.issue(x)
	if err != nil {
		return Tokens{}, fmt.Errorf("make refresh token: %w", err)
	}
	access, err := s.mint(x, id.AuthRev)
	if err != nil {
		return Tokens{}, fmt.Errorf("make access token: %w", err)
	}
	return Tokens{AccessToken: access, ExpiresIn: int64(s.config.AccessLifetime / time.Second),
		RefreshToken: refresh, MemberID: x.MemberID}, nil
}

// mint signs an access token with the newest active key.
func (s *Service) mint(x *session, authRev int64) (string, error) {
	now := s.now()
	key, err := s.keys.signer(now)
	if err != nil {
		return "", err
	}
	at := jwt.NewNumericDate(now)
	t := jwt.NewWithClaims(jwt.SigningMethodEdDSA, accessClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: s.config.Issuer, Audience: jwt.ClaimStrings{s.config.Audience}, Subject: x.MemberID,
			ExpiresAt: jwt.NewNumericDate(now.Add(s.config.AccessLifetime)), IssuedAt: at, NotBefore: at, ID: ident.Token()},
		SessionID: x.ID, AuthRev: authRev, Generation: x.Generation})
	t.Header["typ"], t.Header["kid"] = accessType, key.kid
	return t.SignedString(key.private)
}

// validator checks the signature and claims of access tokens (OWASP ASVS 5.0,
// 9.1 and 9.2). The header may choose among our keys and nothing else: jku,
// x5u and jwk are never looked at.
type validator struct {
	parser *jwt.Parser
	keys   *keys
}

func newValidator(c Config, now clock.Now, k *keys) *validator {
	return &validator{keys: k, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
		jwt.WithIssuer(c.Issuer), jwt.WithAudience(c.Audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithTimeFunc(now), jwt.WithStrictDecoding())}
}

// read returns the claims of a token, or caller.NotSignedIn with its cause.
func (v *validator) read(token string) (*accessClaims, error) {
	if len(token) > maxAccessToken {
		return nil, caller.NotSignedIn
	}
	var c accessClaims
	if _, err := v.parser.ParseWithClaims(token, &c, v.key); err != nil {
		return nil, caller.NotSignedIn.Because(err)
	}
	return &c, nil
}

func (v *validator) key(t *jwt.Token) (any, error) {
	if t.Header["typ"] != accessType {
		return nil, errors.New("not an access token")
	}
	if _, ok := t.Header["crit"]; ok { // RFC 7515 §4.1.11: we know no extension
		return nil, errors.New("critical header")
	}
	kid, ok := t.Header["kid"].(string)
	if !ok {
		return nil, errors.New("no key is named")
	}
	return v.keys.verifier(kid)
}
