package account

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"sotay/internal/caller"
	"sotay/internal/store"
)

// publicationLead is how long a key is published before it signs, besides two
// polls: for whoever keeps the key set in a cache.
const publicationLead = 60 * time.Second

// RotateKeys makes the next signing key and returns its kid. It signs after
// the publication lead; the one before it is accepted for as long as a token
// of it may live.
func (s *Service) RotateKeys(ctx context.Context) (kid string, err error) {
	actor := ""
	if c, err := caller.From(ctx); err == nil {
		actor = c.MemberID
	}
	row, err := s.keys.rotate(ctx, actor)
	if err != nil {
		return "", fmt.Errorf("rotate keys: %w", err)
	}
	settle(ctx, s, s.keys.fx, row.ID, row)
	return row.KID, nil
}

// rotate inserts the key after the highest; when another replica was faster it
// takes the number after that one's.
func (k *keys) rotate(ctx context.Context, actor string) (signingKey, error) {
	for {
		number, notBefore, err := k.last(ctx)
		if err != nil {
			return signingKey{}, err
		}
		now := k.now()
		from := now
		if number > 0 {
			from = now.Add(2*k.config.KeyPoll + publicationLead)
		}
		if from.Before(notBefore) { // a replica whose clock is ahead made the last
			from = notBefore
		}
		row, err := k.newRow(number+1, from)
		if err != nil {
			return row, err
		}
		auditRotation(&row, actor, now)
		err = k.rows.Insert(ctx, &row)
		if store.IsDuplicate(err, "_id") {
			continue
		}
		if err != nil {
			return row, err
		}
		return row, k.poll(ctx)
	}
}

// last returns the number and activeFrom of the newest key, 0 when there is
// none.
func (k *keys) last(ctx context.Context) (number int64, from time.Time, err error) {
	var id string
	err = k.rows.Each(ctx, func(row signingKey) error {
		id, from = row.ID, row.ActiveFrom
		return nil
	})
	if err != nil || id == "" {
		return 0, from, err
	}
	number, err = strconv.ParseInt(id, 10, 64)
	return number, from, err
}

// sweep removes the keys that nothing is verified with any more, a day after:
// a private key that is gone can't be lost.
func (k *keys) sweep(ctx context.Context) error {
	var prev *signingKey
	var retired []signingKey
	now := k.now()
	err := k.rows.Each(ctx, func(row signingKey) error {
		if prev != nil && prev.Due == 0 && now.Sub(row.ActiveFrom) > k.config.AccessLifetime+tokenGrace+keepEnded {
			retired = append(retired, *prev)
		}
		prev = &row
		return nil
	})
	if err != nil {
		return err
	}
	for i := range retired {
		if err := k.rows.DeleteIf(ctx, retired[i].ID, retired[i].Rev); err != nil && !errors.Is(err, store.ErrStale) {
			return err
		}
	}
	return nil
}

// jwk is a public key as RFC 7517 and RFC 8037 write it.
type jwk struct {
	KTY string `json:"kty"`
	CRV string `json:"crv"`
	KID string `json:"kid"`
	Alg string `json:"alg"`
	Use string `json:"use"`
	X   string `json:"x"`
}

func jwkOf(k *readyKey) jwk {
	return jwk{KTY: "OKP", CRV: "Ed25519", KID: k.kid, Alg: "EdDSA", Use: "sig", X: base64.RawURLEncoding.EncodeToString(k.public)}
}

// JWKS returns the public keys that tokens are verified with now or soon, and
// last the one of credentials, as a JWK Set in JSON. The same keys give the same
// bytes.
func (s *Service) JWKS() []byte {
	set := struct {
		Keys []jwk `json:"keys"`
	}{Keys: []jwk{}}
	now := s.now()
	for _, k := range s.keys.set.Load().all {
		if k.acceptable(now) {
			set.Keys = append(set.Keys, jwkOf(k))
		}
	}
	if k := s.credentialKey.key.Load(); k != nil {
		set.Keys = append(set.Keys, jwkOf(k))
	}
	b, _ := json.Marshal(set) // strings alone: nothing that could fail
	return b
}
