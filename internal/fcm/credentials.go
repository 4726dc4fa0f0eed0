package fcm

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"sotay/internal/push"
)

const scope = "https://www.googleapis.com/auth/firebase.messaging"

// freshFor is how long an access token must still be good for when a call of
// Send begins: ten rounds of fifty requests, each of which may time out.
const freshFor = 5 * time.Minute

// tokens reads a service account's key. Access tokens are got once for each call
// of Send and not within the requests, where a failure would be five hundred,
// one after the other.
func tokens(ctx context.Context, file string, timeout time.Duration) (oauth2.TokenSource, error) {
	key, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("fcm credentials: %w", err)
	}
	config, err := google.JWTConfigFromJSON(key, scope)
	if err != nil {
		return nil, fmt.Errorf("fcm credentials: %w", err)
	}
	if !privateKey(config.PrivateKey) {
		return nil, errors.New("fcm credentials: no private key")
	}
	client := &http.Client{Timeout: timeout, Transport: network()}
	ctx = context.WithValue(context.WithoutCancel(ctx), oauth2.HTTPClient, client)
	return oauth2.ReuseTokenSourceWithExpiry(nil, source(func() (*oauth2.Token, error) {
		// The library's source keeps tokens up to their last seconds; a new one
		// has none to keep.
		return config.TokenSource(ctx).Token()
	}), freshFor), nil
}

type source func() (*oauth2.Token, error)

func (s source) Token() (*oauth2.Token, error) { return s() }

// privateKey tells at the start what would else be found at the first message.
func privateKey(text []byte) bool {
	block, _ := pem.Decode(text)
	if block == nil {
		return false
	}
	if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		return true
	}
	_, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	return err == nil
}

// ofTokens is the outcome of a call for which there was no access token.
func ofTokens(err error) push.Outcome {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response != nil {
		switch s := refused.Response.StatusCode; {
		case s == http.StatusTooManyRequests || s == http.StatusRequestTimeout:
		case s >= 400 && s < 500:
			return push.Outcome{Class: push.Credentials, Code: "token_refused"}
		}
	}
	return push.Outcome{Class: push.Unsent, Code: "token_unreachable"}
}
