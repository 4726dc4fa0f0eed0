package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"sotay/internal/account"
	"sotay/internal/clock"
)

// How long the issuer may take, and how long its silence is remembered.
const (
	askTimeout = 5 * time.Second
	restAfter  = 5 * time.Second
)

// algorithms are the signatures that we take: none with a shared key.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// Options configure the issuer.
type Options struct {
	Issuer, ClientID string
	// Claim names the citizen id in an ID token.
	Claim string
	Now   clock.Now
	Log   interface{ Warn(msg string, args ...any) }
}

// Citizens verifies ID tokens of one issuer.
type Citizens struct {
	o      Options
	client *http.Client

	mu     sync.Mutex
	found  *discovered
	failed time.Time
}

// discovered is what the issuer says of itself.
type discovered struct {
	keys       oidc.KeySet
	algorithms []string
}

// NewCitizens prepares the verifying. It asks nobody anything: an issuer that
// is down must not keep the server from starting.
func NewCitizens(o Options) *Citizens {
	return &Citizens{o: o, client: &http.Client{Timeout: askTimeout, Transport: &watched{http.DefaultTransport}}}
}

// Issuer and ClientID are what an app needs to send a person there.
func (c *Citizens) Issuer() string { return c.o.Issuer }

// ClientID is the client that tokens must be for.
func (c *Citizens) ClientID() string { return c.o.ClientID }

// VerifyCitizen returns the citizen id behind an ID token, with its nonce.
// Errors: account.InvalidProof, account.ProviderDown.
func (c *Citizens) VerifyCitizen(ctx context.Context, idToken string) (account.CitizenProof, error) {
	d, err := c.discover(ctx)
	if err != nil {
		return account.CitizenProof{}, account.ProviderDown.Because(err)
	}
	keys := &heard{KeySet: d.keys}
	token, err := oidc.NewVerifier(c.o.Issuer, keys, &oidc.Config{ClientID: c.o.ClientID,
		SupportedSigningAlgs: d.algorithms, Now: c.o.Now}).Verify(ctx, idToken)
	if keys.down != nil {
		return account.CitizenProof{}, account.ProviderDown.Because(keys.down)
	}
	if err != nil {
		return account.CitizenProof{}, account.InvalidProof.Because(err)
	}
	return c.proof(token)
}

func (c *Citizens) proof(token *oidc.IDToken) (account.CitizenProof, error) {
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		return account.CitizenProof{}, account.InvalidProof.Because(err)
	}
	// OpenID Connect Core 3.1.3.7: of several audiences one is meant.
	if azp, ok := claims["azp"]; len(token.Audience) > 1 && !ok || ok && azp != c.o.ClientID {
		return account.CitizenProof{}, account.InvalidProof.Because(errors.New("the token was made for another client"))
	}
	id, _ := claims[c.o.Claim].(string)
	if id == "" || token.Nonce == "" {
		return account.CitizenProof{}, account.InvalidProof.Because(errors.New("citizen id or nonce is missing"))
	}
	return account.CitizenProof{CitizenID: id, Nonce: token.Nonce}, nil
}

// discover asks the issuer once for its addresses and algorithms. One that
// does not answer is left alone for a moment, so that people are not kept
// waiting one after the other.
func (c *Citizens) discover(ctx context.Context) (*discovered, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.found != nil {
		return c.found, nil
	}
	if since := c.o.Now().Sub(c.failed); since >= 0 && since < restAfter {
		return nil, errors.New("the issuer did not answer a moment ago")
	}
	d, err := c.ask(ctx)
	if err != nil {
		c.failed = c.o.Now()
		c.o.Log.Warn("identity issuer can't be read", "error", err)
		return nil, err
	}
	c.found = d
	return d, nil
}

func (c *Citizens) ask(ctx context.Context) (*discovered, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, c.client), c.o.Issuer)
	if err != nil {
		return nil, fmt.Errorf("discovery: %w", err)
	}
	var says struct {
		Keys       string   `json:"jwks_uri"`
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
	}
	if err := provider.Claims(&says); err != nil || says.Keys == "" {
		return nil, fmt.Errorf("discovery names no keys: %w", err)
	}
	says.Algorithms = slices.DeleteFunc(says.Algorithms, func(a string) bool { return !slices.Contains(algorithms, a) })
	if len(says.Algorithms) == 0 {
		says.Algorithms = []string{oidc.RS256}
	}
	// The keys are read for as long as the server runs, not for this request.
	lasting := oidc.ClientContext(context.WithoutCancel(ctx), c.client)
	return &discovered{keys: oidc.NewRemoteKeySet(lasting, says.Keys), algorithms: says.Algorithms}, nil
}
