package oidc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/coreos/go-oidc/v3/oidc"
)

// errDown says that the issuer does not answer as it should.
var errDown = errors.New("the issuer does not answer")

// maxAnswer bounds what is read of the issuer, in bytes.
const maxAnswer = 1 << 20

// watched marks answers that tell nothing about a token, so that a person
// whose token could not be checked does not hear that it is wrong.
type watched struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (w *watched) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDown, err)
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("%w: %s", errDown, resp.Status)
	}
	resp.Body = &bounded{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

// bounded is a body of which no more is read than we mean to.
type bounded struct {
	io.Reader
	io.Closer
}

// heard remembers that the keys could not be read: the library's verifier
// tells it from a bad signature by its text alone.
type heard struct {
	oidc.KeySet
	down error
}

// VerifySignature implements oidc.KeySet.
func (h *heard) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	payload, err := h.KeySet.VerifySignature(ctx, jwt)
	if errors.Is(err, errDown) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		h.down = err
	}
	return payload, err
}
