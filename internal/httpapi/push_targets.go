package httpapi

import (
	"context"

	"sotay/internal/account"
	"sotay/internal/httpapi/contract"
)

// SetPushTarget implements the contract.
func (s *Server) SetPushTarget(ctx context.Context, r contract.SetPushTargetRequestObject) (contract.SetPushTargetResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	in := account.TargetInput{Kind: account.TargetKind(r.Body.TokenKind), Address: r.Body.PushToken,
		Platform: string(r.Body.Platform), AppVersion: text(r.Body.AppVersion)}
	return contract.SetPushTarget204Response{}, s.Account.SetTarget(ctx, who, r.InstallationId, in)
}

// RemovePushTarget implements the contract.
func (s *Server) RemovePushTarget(ctx context.Context, r contract.RemovePushTargetRequestObject) (contract.RemovePushTargetResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	return contract.RemovePushTarget204Response{}, s.Account.RemoveTarget(ctx, who, r.InstallationId)
}

func exportedPushTarget(t *account.ExportPushTarget) *contract.ExportedPushTarget {
	if t == nil {
		return nil
	}
	return &contract.ExportedPushTarget{TokenKind: string(t.Kind), PushToken: t.Address, Platform: t.Platform,
		AppVersion: optional(t.AppVersion), SetAt: stamp(t.SetAt)}
}
