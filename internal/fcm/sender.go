package fcm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"

	sdk "firebase.google.com/go/v4"
	"firebase.google.com/go/v4/messaging"
	"golang.org/x/oauth2"
	"google.golang.org/api/option"

	"sotay/internal/clock"
	"sotay/internal/push"
)

// usualTimeout is for one request. FCM asks for ten seconds at least.
const usualTimeout = 15 * time.Second

// Options configure the sender.
type Options struct {
	// Project is the id of the Firebase project.
	Project string
	// Credentials is the key file of a service account of that project.
	Credentials string
	// Endpoint is scheme, host and port of a stand-in, "" for FCM. Credentials are
	// not used there: nothing of ours goes to a stranger.
	Endpoint string
	// Timeout bounds one request, 0 for 15 s. Less than FCM's ten seconds is for
	// tests: what FCM still delivers then has an unknown outcome.
	Timeout time.Duration
	// Now is the clock; nil is the machine's.
	Now clock.Now

	base http.RoundTripper // what carries requests, nil for the network
}

// Sender is a push.Sender through FCM.
type Sender struct {
	client *messaging.Client
	tokens oauth2.TokenSource // nil with a stand-in
	base   http.RoundTripper
	now    clock.Now
}

var _ push.Sender = (*Sender)(nil)

var (
	project = regexp.MustCompile(`^[a-z0-9][a-z0-9.:-]{0,99}$`)

	errProject     = errors.New("no id of a Firebase project")
	errCredentials = errors.New("neither credentials nor a stand-in's endpoint")
	errEndpoint    = errors.New("the endpoint is not scheme, host and port")
)

// New prepares the SDK. It asks nobody anything: Google may be out of reach while
// the server starts.
func New(ctx context.Context, o Options) (*Sender, error) {
	if !project.MatchString(o.Project) {
		return nil, errProject
	}
	if o.Timeout <= 0 {
		o.Timeout = usualTimeout
	}
	if o.Now == nil {
		o.Now = clock.System
	}
	if o.base == nil {
		o.base = network()
	}
	s := &Sender{base: o.base, now: o.Now}
	opts := []option.ClientOption{option.WithHTTPClient(&http.Client{
		Transport: &once{base: o.base, timeout: o.Timeout, now: o.Now},
		// A message that is sent on to another host would be a second request.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})}
	var err error
	switch {
	case o.Endpoint != "":
		var base string
		if base, err = standinBase(o.Endpoint); err == nil {
			opts = append(opts, option.WithEndpoint(base))
		}
	case o.Credentials != "":
		s.tokens, err = tokens(ctx, o.Credentials, o.Timeout)
	default:
		err = errCredentials
	}
	if err != nil {
		return nil, err
	}
	if s.client, err = client(ctx, o.Project, opts); err != nil {
		return nil, fmt.Errorf("firebase: %w", err)
	}
	return s, nil
}

func client(ctx context.Context, project string, opts []option.ClientOption) (*messaging.Client, error) {
	app, err := sdk.NewApp(ctx, &sdk.Config{ProjectID: project}, opts...)
	if err != nil {
		return nil, err
	}
	return app.Messaging(ctx)
}

// standinBase adds what the SDK wants in an endpoint, and in FCM's own is there.
func standinBase(endpoint string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil ||
		u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return "", errEndpoint
	}
	return u.Scheme + "://" + u.Host + "/v1", nil
}

// Send implements push.Sender.
func (s *Sender) Send(ctx context.Context, m *push.Message, targets []push.Target) []push.Outcome {
	out := make([]push.Outcome, len(targets))
	if refused := refusal(m, targets); refused.Class != "" {
		fill(out, refused)
		return out
	}
	messages := compose(m, targets, out, s.now())
	if len(messages) == 0 {
		return out
	}
	c := &call{}
	if s.tokens != nil {
		token, err := s.tokens.Token()
		if err != nil {
			fill(out, ofTokens(err))
			return out
		}
		c.bearer = token.AccessToken
	}
	answers, err := s.client.SendEach(withCall(ctx, c), messages)
	if err != nil { // nothing was sent: the SDK looks at all of them first
		fill(out, push.Outcome{Class: push.Misconfigured, Code: "refused_by_sdk"})
		return out
	}
	next := 0
	for i := range out {
		if out[i].Class == "" {
			out[i] = classify(answers.Responses[next])
			next++
		}
	}
	return out
}

// refusal tells why nothing of a call can be sent.
func refusal(m *push.Message, targets []push.Target) push.Outcome {
	switch {
	case len(targets) > push.MaxTargets:
		return push.Outcome{Class: push.Misconfigured, Code: "too_many_targets"}
	case m.Check() != nil:
		return push.Outcome{Class: push.Misconfigured, Code: "bad_message"}
	default:
		return push.Outcome{}
	}
}

// fill gives an outcome to all that have none.
func fill(out []push.Outcome, o push.Outcome) {
	for i := range out {
		if out[i].Class == "" {
			out[i] = o
		}
	}
}

// Close ends the idle connections.
func (s *Sender) Close() {
	if c, ok := s.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
