package httpapi

import (
	"context"
	"time"

	"sotay/internal/account"
	"sotay/internal/httpapi/contract"
)

// PhoneVerifier checks a Firebase ID token, answering account.InvalidProof or
// account.ProviderDown.
type PhoneVerifier interface {
	VerifyPhone(ctx context.Context, idToken string) (account.PhoneProof, error)
}

// CitizenVerifier checks an ID token of an OpenID Connect issuer, likewise.
type CitizenVerifier interface {
	VerifyCitizen(ctx context.Context, idToken string) (account.CitizenProof, error)
	Issuer() string
	ClientID() string
}

// LoginWithFirebase implements the contract.
func (s *Server) LoginWithFirebase(ctx context.Context, r contract.LoginWithFirebaseRequestObject) (contract.LoginWithFirebaseResponseObject, error) {
	if s.Phones == nil {
		return nil, account.NotConfigured
	}
	t, err := s.Account.LoginByPhone(ctx, account.ProofInput[account.PhoneProof]{
		Verify: func(ctx context.Context) (account.PhoneProof, error) {
			return s.Phones.VerifyPhone(ctx, r.Body.IdToken)
		},
		Notice: text(r.Body.PrivacyNotice), Device: deviceOf(r.Body.Device), Addr: s.clientAddr(ctx)})
	signed, err := s.signedInAs(ctx, t, err)
	return contract.LoginWithFirebase200JSONResponse(signed), err
}

// GetOIDC implements the contract.
func (s *Server) GetOIDC(context.Context, contract.GetOIDCRequestObject) (contract.GetOIDCResponseObject, error) {
	if s.Citizens == nil {
		return nil, account.NotConfigured
	}
	return contract.GetOIDC200JSONResponse{Issuer: s.Citizens.Issuer(), ClientId: s.Citizens.ClientID()}, nil
}

// NewOIDCNonce implements the contract.
func (s *Server) NewOIDCNonce(context.Context, contract.NewOIDCNonceRequestObject) (contract.NewOIDCNonceResponseObject, error) {
	if s.Citizens == nil {
		return nil, account.NotConfigured
	}
	nonce, life := s.Account.NewNonce()
	return contract.NewOIDCNonce200JSONResponse{Nonce: nonce, ExpiresIn: int64(life / time.Second)}, nil
}

// LoginWithOIDC implements the contract.
func (s *Server) LoginWithOIDC(ctx context.Context, r contract.LoginWithOIDCRequestObject) (contract.LoginWithOIDCResponseObject, error) {
	if s.Citizens == nil {
		return nil, account.NotConfigured
	}
	t, err := s.Account.LoginByCitizenID(ctx, r.Body.Nonce, account.ProofInput[account.CitizenProof]{
		Verify: func(ctx context.Context) (account.CitizenProof, error) {
			return s.Citizens.VerifyCitizen(ctx, r.Body.IdToken)
		},
		Notice: text(r.Body.PrivacyNotice), Device: deviceOf(r.Body.Device), Addr: s.clientAddr(ctx)})
	signed, err := s.signedInAs(ctx, t, err)
	return contract.LoginWithOIDC200JSONResponse(signed), err
}
