package account

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"sotay/internal/audit"
	"sotay/internal/clock"
	"sotay/internal/effect"
	"sotay/internal/secret"
	"sotay/internal/store"
)

// tokenGrace is how much longer than an access token's lifetime a key is
// accepted and a revocation kept: for clocks that differ and late writers.
const tokenGrace = 5 * time.Minute

// signingKey is one Ed25519 key. _id is its number, padded with zeros so that
// ids order as numbers. A key is retired by its successor's activeFrom.
type signingKey struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	KID            string `bson:"kid"`
	Public         []byte `bson:"public"`
	// Private is sealed under the installation's secret and bound to KID.
	Private    []byte    `bson:"private"`
	ActiveFrom time.Time `bson:"activeFrom"`
}

func keySchema() *store.Schema {
	return &store.Schema{Name: "signingkeys", Majority: true, Indexes: []store.Index{effect.Index()}}
}

// readyKey is a signing key as it is used.
type readyKey struct {
	kid        string
	public     ed25519.PublicKey
	private    ed25519.PrivateKey
	activeFrom time.Time
	// acceptUntil is zero for the newest key.
	acceptUntil time.Time
}

func (k *readyKey) acceptable(now time.Time) bool {
	return k.acceptUntil.IsZero() || now.Before(k.acceptUntil)
}

// keySet is all keys at one moment, oldest first. It is never changed.
type keySet struct {
	all   []*readyKey
	byKID map[string]*readyKey
}

// keys signs and verifies. Every replica polls the keys, so that a new one is
// known everywhere before it signs.
type keys struct {
	rows   *store.Collection[signingKey]
	fx     *effect.Runner[signingKey]
	box    *secret.Box
	now    clock.Now
	config Config

	set      atomic.Pointer[keySet]
	mu       sync.Mutex // one load at a time
	askedFor time.Time  // the last load for an unknown key, under mu
}

func newKeys(d Deps, c Config) (*keys, error) {
	rows, err := store.NewCollection[signingKey](d.Engine, keySchema())
	if err != nil {
		return nil, err
	}
	k := &keys{rows: rows, fx: effect.NewRunner(rows, d.Now, d.Log), box: d.Secret.Box(secret.SigningKeys), now: d.Now, config: c}
	k.fx.On(fxAudit, audit.Handler[signingKey](d.Audit))
	k.set.Store(&keySet{})
	return k, nil
}

var errNoKey = errors.New("no such signing key")

// signer is the newest active key. When none is active by this clock, because
// another replica's is ahead and made the first, it is that one.
func (k *keys) signer(now time.Time) (*readyKey, error) {
	all := k.set.Load().all
	for i := len(all) - 1; i >= 0; i-- {
		if !all[i].activeFrom.After(now) || i == 0 {
			return all[i], nil
		}
	}
	return nil, errNoKey
}

// verifier returns the public key of a kid. One that is not known may have
// been made a moment ago: the keys are read again, at most each second, so
// that forged ids cost nothing.
func (k *keys) verifier(kid string) (ed25519.PublicKey, error) {
	if pub := k.known(kid); pub != nil {
		return pub, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if pub := k.known(kid); pub != nil {
		return pub, nil
	}
	now := k.now()
	if since := now.Sub(k.askedFor); since >= 0 && since < time.Second {
		return nil, errNoKey
	}
	k.askedFor = now
	// Verification has no context of its own: it waits on the store only here.
	ctx, cancel := context.WithTimeout(context.Background(), settleTime)
	defer cancel()
	if err := k.load(ctx); err != nil {
		return nil, err
	}
	if pub := k.known(kid); pub != nil {
		return pub, nil
	}
	return nil, errNoKey
}

func (k *keys) known(kid string) ed25519.PublicKey {
	if r := k.set.Load().byKID[kid]; r != nil && r.acceptable(k.now()) {
		return r.public
	}
	return nil
}

// poll reads the keys anew.
func (k *keys) poll(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.load(ctx)
}

// load reads the keys; the caller holds mu.
func (k *keys) load(ctx context.Context) error {
	old := k.set.Load()
	set := &keySet{byKID: map[string]*readyKey{}}
	err := k.rows.Each(ctx, func(row signingKey) error {
		r := &readyKey{kid: row.KID, public: row.Public, activeFrom: row.ActiveFrom}
		if known := old.byKID[row.KID]; known != nil {
			r.private = known.private
		} else {
			seed, err := k.box.Open(row.Private, []byte(row.KID))
			if err != nil || len(seed) != ed25519.SeedSize {
				return fmt.Errorf("signing key %s: the secret is not the one that sealed it: %w", row.ID, secret.ErrSealed)
			}
			r.private = ed25519.NewKeyFromSeed(seed)
		}
		if n := len(set.all); n > 0 {
			set.all[n-1].acceptUntil = r.activeFrom.Add(k.config.AccessLifetime + tokenGrace)
		}
		set.all, set.byKID[r.kid] = append(set.all, r), r
		return nil
	})
	if err != nil {
		return fmt.Errorf("load signing keys: %w", err)
	}
	k.set.Store(set)
	return nil
}

// start loads the keys and makes the first. Of two replicas that start at once
// one makes it, and both use that one.
func (k *keys) start(ctx context.Context) error {
	if err := k.poll(ctx); err != nil {
		return err
	}
	if len(k.set.Load().all) > 0 {
		return nil
	}
	row, err := k.newRow(1, k.now())
	if err != nil {
		return err
	}
	if err := k.rows.Insert(ctx, &row); err != nil && !store.IsDuplicate(err, "_id") {
		return fmt.Errorf("first signing key: %w", err)
	}
	return k.poll(ctx)
}

func (k *keys) newRow(number int64, from time.Time) (signingKey, error) {
	pub, priv, err := ed25519.GenerateKey(nil)
	if err != nil {
		return signingKey{}, err
	}
	kid := thumbprint(pub)
	return signingKey{Meta: store.Meta{ID: fmt.Sprintf("%010d", number)}, KID: kid, Public: pub,
		Private: k.box.Seal(priv.Seed(), []byte(kid)), ActiveFrom: from}, nil
}

// thumbprint names a key by what it is (RFC 7638, RFC 8037 appendix A.3).
func thumbprint(pub ed25519.PublicKey) string {
	b64 := base64.RawURLEncoding
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + b64.EncodeToString(pub) + `"}`))
	return b64.EncodeToString(sum[:])
}

// auditRotation is the audit entry of a new key.
func auditRotation(row *signingKey, actor string, now time.Time) {
	row.Add(now, fxAudit, audit.Args(now, actor, "key.rotate", "key/"+row.KID, nil))
}
