package e2e

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"sotay/internal/httpapi/contract"
)

// client is one phone or editor: a connection and perhaps a token.
type client struct {
	server *server
	http   *http.Client
	token  string
}

// guest is a client that is not signed in.
func (s *server) guest(t *testing.T) *client {
	t.Helper()
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{server: s, http: &http.Client{Transport: transport, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as is a client with the prepared session of an account.
func (s *server) as(t *testing.T, account string) *client {
	t.Helper()
	signed, ok := s.env.signed[account]
	if !ok {
		t.Fatalf("nobody is signed in as %s", account)
	}
	return s.guest(t).with(signed.AccessToken)
}

// with is the same client with another token.
func (c *client) with(token string) *client {
	return &client{server: c.server, http: c.http, token: token}
}

// on is the same phone at another process.
func (c *client) on(s *server) *client {
	return &client{server: s, http: c.http, token: c.token}
}

// raw is a body that is sent as it is.
type raw struct {
	contentType string
	body        string
}

// answer is a whole answer, its body decoded.
type answer struct {
	method, path string
	status       int
	header       http.Header
	body         []byte // without its Content-Encoding
	wire         []byte // as it was sent
}

// do sends a request with headers (names and values in turn), holds the answer against the contract and returns it.
func (c *client) do(t *testing.T, method, path string, body any, headers ...string) *answer {
	t.Helper()
	a, err := c.try(t, method, path, body, headers...)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// try is do for requests that may find nobody there.
func (c *client) try(t *testing.T, method, path string, body any, headers ...string) (*answer, error) {
	t.Helper()
	req, err := c.request(method, path, body, headers)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	a := &answer{method: method, path: path, status: resp.StatusCode, header: resp.Header}
	if a.wire, err = io.ReadAll(resp.Body); err != nil {
		return nil, err
	}
	if a.body, err = decode(resp.Header.Get("Content-Encoding"), a.wire); err != nil {
		t.Fatalf("%s %s: body is not %s: %v", method, path, resp.Header.Get("Content-Encoding"), err)
	}
	checkAnswer(t, a)
	return a, nil
}

func (c *client) request(method, path string, body any, headers []string) (*http.Request, error) {
	var content io.Reader
	contentType := ""
	switch b := body.(type) {
	case nil:
	case raw:
		content, contentType = strings.NewReader(b.body), b.contentType
	case form:
		encoded, err := encodeForm(b.parts()...)
		if err != nil {
			return nil, err
		}
		content, contentType = strings.NewReader(encoded.body), encoded.contentType
	default:
		text, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		content, contentType = bytes.NewReader(text), "application/json"
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.server.base+path, content)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req, nil
}

func decode(encoding string, wire []byte) ([]byte, error) {
	if encoding == "" || len(wire) == 0 { // of HEAD
		return wire, nil
	}
	switch encoding {
	case "br":
		return io.ReadAll(brotli.NewReader(bytes.NewReader(wire)))
	case "gzip":
		r, err := gzip.NewReader(bytes.NewReader(wire))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	}
	return nil, errors.New("unknown encoding")
}

// get reads what must be there and returns it decoded.
func get[T any](t *testing.T, c *client, path string) T {
	t.Helper()
	return parse[T](t, c.do(t, "GET", path, nil).want(t, 200))
}

// parse decodes an answer's JSON.
func parse[T any](t *testing.T, a *answer) T {
	t.Helper()
	var out T
	if err := json.Unmarshal(a.body, &out); err != nil {
		t.Fatalf("%s %s: %v in %s", a.method, a.path, err, a.body)
	}
	return out
}

// want fails unless the answer has this status, and this code if it is a
// problem.
func (a *answer) want(t *testing.T, status int, code ...string) *answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("%s %s: status %d, want %d: %s", a.method, a.path, a.status, status, a.body)
	}
	if len(code) > 0 {
		if p := parse[contract.Problem](t, a); p.Code != code[0] {
			t.Fatalf("%s %s: code %s, want %s: %s", a.method, a.path, p.Code, code[0], a.body)
		}
	}
	return a
}

// names tells whether a problem names a field.
func (a *answer) names(t *testing.T, pointer string) bool {
	t.Helper()
	p := parse[contract.Problem](t, a)
	return p.Errors != nil && slices.ContainsFunc(*p.Errors, func(f contract.FieldError) bool { return f.Pointer == pointer })
}

// login signs in on an installation of one's own.
func (c *client) login(t *testing.T, username, secret, installation string) contract.SignedIn {
	t.Helper()
	return parse[contract.SignedIn](t, c.do(t, "POST", "/v1/auth/login", signIn(username, secret, installation)).want(t, 200))
}

func signIn(username, secret, installation string) contract.LoginRequest {
	return contract.LoginRequest{Username: username, Password: secret,
		Device: contract.Device{InstallationId: installation, Name: "phone " + installation, Platform: contract.Android}}
}

// refresh trades a refresh token for the next.
func (c *client) refresh(t *testing.T, token string) contract.Tokens {
	t.Helper()
	return parse[contract.Tokens](t, c.do(t, "POST", "/v1/auth/refresh", contract.RefreshRequest{RefreshToken: token}).want(t, 200))
}

// soon is how fast another process must show a publication, and revoked how
// fast it must refuse an ended session.
const (
	soon    = 2 * time.Second
	revoked = 5 * time.Second
)
