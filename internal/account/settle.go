package account

import (
	"context"
	"time"

	"sotay/internal/effect"
)

// The kinds of effects that this room's rows carry.
const (
	fxRevoke      = "revoke"
	fxEndSessions = "endSessions"
	fxConsent     = "consent"
	fxAudit       = "audit"
)

// settleTime bounds the effects of a write when the caller may have gone.
const settleTime = 5 * time.Second

// settle performs the effects of a row just written, also when the caller has
// gone. What fails stays on the row for the sweeper, so that the act itself
// has succeeded: it is only logged.
func settle[T any](ctx context.Context, s *Service, fx *effect.Runner[T], id string, row T) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	if _, err := fx.Perform(ctx, id, row); err != nil {
		s.log.Warn("effects of an account row left for the sweeper", "error", err)
	}
}
