package account

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/golang-jwt/jwt/v5"

	"sotay/internal/secret"
	"sotay/internal/store"
)

// credentialType is the typ of a credential ("Securing Verifiable Credentials
// using JOSE and COSE", W3C).
const credentialType = "vc+jwt"

// credentialKeyID is the _id of the one key: its insert decides who made it.
const credentialKeyID = "1"

// thumbprintURI begins the name of a key by what it is (RFC 9278).
const thumbprintURI = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"

// credentialKey is the Ed25519 key that signs credentials and nothing else.
// Papers bear its signatures: it is published for ever and has no successor. It
// is apart from the signing keys, so that no access token is verified with it.
type credentialKey struct {
	store.Meta `bson:",inline"`
	KID        string `bson:"kid"`
	Public     []byte `bson:"public"`
	// Private is sealed under the installation's secret and bound to KID.
	Private []byte `bson:"private"`
}

func credentialKeySchema() *store.Schema {
	return &store.Schema{Name: "credentialkeys", Majority: true}
}

// credentialSigner holds the key once it was loaded.
type credentialSigner struct {
	rows *store.Collection[credentialKey]
	box  *secret.Box
	key  atomic.Pointer[readyKey]
}

func newCredentialSigner(d Deps) (*credentialSigner, error) {
	rows, err := store.NewCollection[credentialKey](d.Engine, credentialKeySchema())
	return &credentialSigner{rows: rows, box: d.Secret.Box(secret.CredentialKey)}, err
}

// start loads the key, making it when there is none. Of two replicas that start
// at once one makes it, and both use that one.
func (c *credentialSigner) start(ctx context.Context) error {
	row, err := c.rows.Get(ctx, credentialKeyID)
	if errors.Is(err, store.ErrNotFound) {
		if row, err = c.make(ctx); store.IsDuplicate(err, "_id") {
			row, err = c.rows.Get(ctx, credentialKeyID)
		}
	}
	if err != nil {
		return fmt.Errorf("credential key: %w", err)
	}
	seed, err := c.box.Open(row.Private, []byte(row.KID))
	if err != nil || len(seed) != ed25519.SeedSize {
		return fmt.Errorf("credential key: the secret is not the one that sealed it: %w", secret.ErrSealed)
	}
	c.key.Store(&readyKey{kid: row.KID, public: row.Public, private: ed25519.NewKeyFromSeed(seed)})
	return nil
}

func (c *credentialSigner) make(ctx context.Context) (credentialKey, error) {
	pub, priv, err := ed25519.GenerateKey(nil)
	if err != nil {
		return credentialKey{}, err
	}
	kid := thumbprint(pub)
	row := credentialKey{Meta: store.Meta{ID: credentialKeyID}, KID: kid, Public: pub, Private: c.box.Seal(priv.Seed(), []byte(kid))}
	return row, c.rows.Insert(ctx, &row)
}

// CredentialIssuer names the installation by the key that signs its
// credentials, for one that has no public address.
func (s *Service) CredentialIssuer() string {
	if k := s.credentialKey.key.Load(); k != nil {
		return thumbprintURI + k.kid
	}
	return ""
}

// SignCredential signs a credential as a JWT in its compact form. The claims are
// the credential itself.
func (s *Service) SignCredential(claims map[string]any) (string, error) {
	k := s.credentialKey.key.Load()
	if k == nil {
		return "", errNoKey
	}
	t := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims(claims))
	t.Header["typ"], t.Header["kid"] = credentialType, k.kid
	signed, err := t.SignedString(k.private)
	if err != nil {
		return "", fmt.Errorf("sign a credential: %w", err)
	}
	return signed, nil
}
