package main

import (
	"context"
	"log/slog"

	"sotay/internal/config"
	"sotay/internal/firebase"
	"sotay/internal/httpapi"
	"sotay/internal/oidc"
)

// verifiers prepares the ways of signing in by a proof from elsewhere that the
// configuration turns on. Nobody is asked anything yet.
func (p *program) verifiers(ctx context.Context, c config.Config, log *slog.Logger) (phones httpapi.PhoneVerifier, citizens httpapi.CitizenVerifier, err error) {
	if c.FirebaseProject != "" {
		if phones, err = firebase.NewPhones(ctx, firebase.Options{Project: c.FirebaseProject, Credentials: c.FirebaseKey}); err != nil {
			return nil, nil, err
		}
	}
	if c.OIDCIssuer != "" {
		citizens = oidc.NewCitizens(oidc.Options{Issuer: c.OIDCIssuer, ClientID: c.OIDCClient, Claim: c.OIDCClaim, Now: p.hooks.now, Log: log})
	}
	return phones, citizens, nil
}
