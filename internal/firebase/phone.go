package firebase

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	sdk "firebase.google.com/go/v4"
	"firebase.google.com/go/v4/auth"
	"golang.org/x/oauth2"
	"google.golang.org/api/option"

	"sotay/internal/account"
)

// verifyTimeout bounds one verification, with the SDK's own retries in it.
const verifyTimeout = 8 * time.Second

// phoneProvider is the sign_in_provider of a token for a telephone number.
const phoneProvider = "phone"

// emulator is the variable with which the SDK takes tokens that nobody signed.
const emulator = "FIREBASE_AUTH_EMULATOR_HOST"

// Options configure the verifying of phone numbers.
type Options struct {
	// Project is the id of the Firebase project.
	Project string
	// Credentials is the key file of a service account, "" for none: with it,
	// tokens that were revoked and accounts that were disabled are refused.
	Credentials string
}

// Phones verifies ID tokens of phone numbers.
type Phones struct {
	client  *auth.Client
	revoked bool
}

// NewPhones prepares the SDK. It asks nobody anything: Google may be out of
// reach while the server starts.
func NewPhones(ctx context.Context, o Options) (*Phones, error) {
	if os.Getenv(emulator) != "" {
		return nil, fmt.Errorf("%s is set: with it tokens that nobody signed would be taken", emulator)
	}
	config := &sdk.Config{ProjectID: o.Project}
	var opts []option.ClientOption
	if o.Credentials != "" {
		opts = append(opts, option.WithAuthCredentialsFile(option.ServiceAccount, o.Credentials))
	} else {
		// Given nothing the SDK would look for credentials on the network.
		config.ServiceAccountID = "none"
		opts = append(opts, option.WithTokenSource(oauth2.StaticTokenSource(&oauth2.Token{})))
	}
	app, err := sdk.NewApp(ctx, config, opts...)
	if err != nil {
		return nil, fmt.Errorf("firebase: %w", err)
	}
	client, err := app.Auth(ctx)
	if err != nil {
		return nil, fmt.Errorf("firebase: %w", err)
	}
	return &Phones{client: client, revoked: o.Credentials != ""}, nil
}

var errNotByPhone = errors.New("the token is not for a telephone number")

// VerifyPhone returns the number behind an ID token and when it was proved.
// Errors: account.InvalidProof, account.ProviderDown.
func (p *Phones) VerifyPhone(ctx context.Context, idToken string) (account.PhoneProof, error) {
	ctx, cancel := context.WithTimeout(ctx, verifyTimeout)
	defer cancel()
	verify := p.client.VerifyIDToken
	if p.revoked {
		verify = p.client.VerifyIDTokenAndCheckRevoked
	}
	token, err := verify(ctx, idToken)
	switch {
	case auth.IsIDTokenInvalid(err) || auth.IsUserNotFound(err):
		return account.PhoneProof{}, account.InvalidProof.Because(err)
	case err != nil:
		return account.PhoneProof{}, account.ProviderDown.Because(err)
	}
	number, ok := token.Claims["phone_number"].(string)
	if token.Firebase.SignInProvider != phoneProvider || !ok || number == "" {
		return account.PhoneProof{}, account.InvalidProof.Because(errNotByPhone)
	}
	return account.PhoneProof{E164: number, ProvedAt: time.Unix(token.AuthTime, 0)}, nil
}
