package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"sotay/internal/secret"
	"sotay/internal/store"
)

// nonceLifetime is how long somebody may take to sign in elsewhere.
const nonceLifetime = 10 * time.Minute

// nonceContext binds the sealed text to its use.
const nonceContext = "oidc"

// usedNonce remembers that a nonce was used until it would have run out. The
// insert decides: of all replicas and repeats one call gets in.
type usedNonce struct {
	store.Meta `bson:",inline"`
	Until      time.Time `bson:"until"`
}

func nonceSchema() *store.Schema {
	return &store.Schema{Name: "usednonces", Majority: true, Indexes: []store.Index{
		{Name: "until", Fields: []store.Field{{Path: "until", Type: store.Date}}},
	}}
}

// NewNonce returns a nonce for one sign-in elsewhere. Nothing is stored until it
// comes back in a token that is good: it is sealed, so that asking for many
// costs nothing.
func (s *Service) NewNonce() (nonce string, lifetime time.Duration) {
	b := binary.BigEndian.AppendUint64(nil, uint64(s.now().Add(nonceLifetime).UnixMilli()))
	var salt [8]byte
	_, _ = rand.Read(salt[:])
	sealed := s.secret.Box(secret.SignInNonces).Seal(append(b, salt[:]...), []byte(nonceContext))
	return base64.RawURLEncoding.EncodeToString(sealed), nonceLifetime
}

// useNonce uses a nonce of ours, or answers InvalidProof.
func (s *Service) useNonce(ctx context.Context, nonce string) error {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(nonce)
	if err != nil {
		return InvalidProof.Because(err)
	}
	b, err := s.secret.Box(secret.SignInNonces).Open(sealed, []byte(nonceContext))
	if err != nil || len(b) != 16 {
		return InvalidProof.Because(err)
	}
	until := time.UnixMilli(int64(binary.BigEndian.Uint64(b))).UTC()
	if left := until.Sub(s.now()); left <= 0 || left > nonceLifetime+clockSkew {
		return InvalidProof
	}
	sum := sha256.Sum256(sealed)
	// Kept a little longer than it lasts, for replicas whose clocks differ.
	row := usedNonce{Meta: store.Meta{ID: hex.EncodeToString(sum[:])}, Until: until.Add(clockSkew)}
	err = s.nonces.Insert(ctx, &row)
	if store.IsDuplicate(err, "_id") {
		return InvalidProof.Because(err)
	}
	if err != nil {
		return fmt.Errorf("use nonce: %w", err)
	}
	return nil
}
