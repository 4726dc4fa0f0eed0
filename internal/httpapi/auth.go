package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"sotay/internal/account"
	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
)

// Login implements the contract.
func (s *Server) Login(ctx context.Context, r contract.LoginRequestObject) (contract.LoginResponseObject, error) {
	t, err := s.Account.Login(ctx, account.LoginInput{Username: r.Body.Username, Password: r.Body.Password,
		Addr: s.clientAddr(ctx), Device: deviceOf(r.Body.Device)})
	signed, err := s.signedInAs(ctx, t, err)
	return contract.Login200JSONResponse(signed), err
}

func deviceOf(d contract.Device) account.Device {
	return account.Device{InstallationID: d.InstallationId, Name: d.Name, Platform: string(d.Platform)}
}

// signedInAs adds who that is to the tokens of a sign-in, if it succeeded.
func (s *Server) signedInAs(ctx context.Context, t account.Tokens, err error) (contract.SignedIn, error) {
	if err != nil {
		return contract.SignedIn{}, err
	}
	p, err := s.Directory.Profile(ctx, t.MemberID)
	if err != nil {
		return contract.SignedIn{}, err
	}
	return contract.SignedIn{AccessToken: t.AccessToken, ExpiresIn: t.ExpiresIn, RefreshToken: t.RefreshToken, Member: meOf(&p)}, nil
}

// Refresh implements the contract.
func (s *Server) Refresh(ctx context.Context, r contract.RefreshRequestObject) (contract.RefreshResponseObject, error) {
	t, err := s.Account.Refresh(ctx, r.Body.RefreshToken)
	if err != nil {
		return nil, err
	}
	return contract.Refresh200JSONResponse{AccessToken: t.AccessToken, ExpiresIn: t.ExpiresIn, RefreshToken: t.RefreshToken}, nil
}

// Logout implements the contract.
func (s *Server) Logout(ctx context.Context, _ contract.LogoutRequestObject) (contract.LogoutResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	return contract.Logout204Response{}, s.Account.Logout(ctx, who)
}

// ChangePassword implements the contract.
func (s *Server) ChangePassword(ctx context.Context, r contract.ChangePasswordRequestObject) (contract.ChangePasswordResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	return contract.ChangePassword204Response{}, s.Account.ChangePassword(ctx, who, r.Body.CurrentPassword, r.Body.NewPassword)
}

// ListSessions implements the contract.
func (s *Server) ListSessions(ctx context.Context, r contract.ListSessionsRequestObject) (contract.ListSessionsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Account.Sessions(ctx, who, text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListSessions200JSONResponse{Items: make([]contract.Session, len(found)), NextCursor: next}
	for i, x := range found {
		out.Items[i] = contract.Session{Id: x.ID, DeviceName: x.DeviceName, Platform: x.Platform,
			CreatedAt: stamp(x.CreatedAt), LastSeenAt: stamp(x.LastSeenAt), Current: x.Current}
	}
	return out, nil
}

// EndSession implements the contract.
func (s *Server) EndSession(ctx context.Context, r contract.EndSessionRequestObject) (contract.EndSessionResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	return contract.EndSession204Response{}, s.Account.EndSession(ctx, who, r.Id)
}

// GetJWKS implements the contract.
func (s *Server) GetJWKS(context.Context, contract.GetJWKSRequestObject) (contract.GetJWKSResponseObject, error) {
	var keys contract.JWKS
	d := json.NewDecoder(bytes.NewReader(s.Account.JWKS()))
	d.DisallowUnknownFields() // the contract names all that goes out
	if err := d.Decode(&keys); err != nil {
		return nil, fmt.Errorf("public keys: %w", err)
	}
	return jwks(keys), nil
}

// jwks may be kept by verifiers for a while: keys are announced before use.
type jwks contract.JWKS

// VisitGetJWKSResponse implements the contract.
func (r jwks) VisitGetJWKSResponse(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "public, max-age=60")
	return contract.GetJWKS200JSONResponse(r).VisitGetJWKSResponse(c)
}
