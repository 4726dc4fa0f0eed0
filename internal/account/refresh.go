package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sotay/internal/fault"
	"sotay/internal/store"
)

// What a refresh may answer besides tokens.
var (
	// InvalidRefreshToken answers what was never a token of ours.
	InvalidRefreshToken = fault.New(fault.Unknown, "invalid_refresh_token",
		"Phiên đăng nhập không hợp lệ. Bạn vui lòng đăng nhập lại.",
		"This is not a valid session. Please sign in again.")
	// SessionExpired answers a token that was left unused for too long.
	SessionExpired = fault.New(fault.Unknown, "session_expired",
		"Phiên đăng nhập đã hết hạn. Bạn vui lòng đăng nhập lại.",
		"Your session has run out. Please sign in again.")
	// SessionRevoked answers a token whose session was ended, by whomever.
	SessionRevoked = fault.New(fault.Unknown, "session_revoked",
		"Phiên đăng nhập trên thiết bị này đã kết thúc. Bạn vui lòng đăng nhập lại.",
		"The session on this device was ended. Please sign in again.")
)

// Refresh trades a refresh token for new tokens and rotates it (RFC 9700
// §4.14.2). The token before the newest is answered with the same successor
// while the phone may not have had it. Errors: InvalidRefreshToken,
// SessionExpired, SessionRevoked.
func (s *Service) Refresh(ctx context.Context, refreshToken string) (Tokens, error) {
	token, ok := s.refresh.parse(refreshToken)
	if !ok {
		return Tokens{}, InvalidRefreshToken
	}
	row, ok, err := s.holding(ctx, token.sid)
	if err != nil {
		return Tokens{}, fmt.Errorf("refresh: %w", err)
	}
	if !ok {
		return Tokens{}, SessionRevoked
	}
	if !s.refresh.belongs(token, row.Session) {
		return Tokens{}, InvalidRefreshToken
	}
	row, err = s.rotate(ctx, row.ID, token)
	if err != nil {
		return Tokens{}, fmt.Errorf("refresh: %w", err)
	}
	return s.tokens(row.Session)
}

// rotate is the one write of a refresh.
func (s *Service) rotate(ctx context.Context, installationID string, token refreshToken) (installation, error) {
	var answer *fault.Fault
	row, err := s.installations.Update(ctx, installationID, func(t *installation) error {
		answer = nil
		x, now := t.Session, s.now()
		if x == nil || x.ID != token.sid {
			return SessionRevoked
		}
		switch step := s.judge(x, token.generation, now); step {
		case stepRotate:
			s.advance(t, token.generation, now)
			return nil
		case stepRepeat:
			return store.ErrUnchanged
		case stepExpired:
			return SessionExpired
		default:
			answer = SessionRevoked
			t.release(now, step.note())
			return nil
		}
	})
	if errors.Is(err, store.ErrNotFound) {
		return row, SessionRevoked
	}
	if err != nil {
		return row, err
	}
	if answer != nil {
		settle(ctx, s, s.installFx, installationID, row)
		return row, answer
	}
	return row, nil
}

// step is what a refresh does.
type step int

const (
	stepRotate step = iota + 1
	// stepRepeat answers with the successor that exists: the answer was lost.
	stepRepeat
	stepExpired
	// stepReuse ends the session: two hold its tokens, and one is a thief.
	stepReuse
	// stepBarred ends the session of a member who may no longer sign in.
	stepBarred
)

func (st step) note() *auditNote {
	if st == stepReuse {
		return &auditNote{act: "session.reuse"}
	}
	return nil
}

// judge decides on a token that is the session's own.
func (s *Service) judge(x *session, generation int64, now time.Time) step {
	switch {
	case x.expired(now) || generation >= maxGeneration:
		return stepExpired
	case !s.maySignIn(x.MemberID):
		return stepBarred
	case generation >= x.Generation:
		// A higher one is ours too: the store was put back to a backup. Going
		// on from there keeps the phone signed in.
		return stepRotate
	case generation == x.Generation-1 && s.answerMayBeLost(x, now):
		return stepRepeat
	}
	return stepReuse
}

// answerMayBeLost tells whether the phone may still be without the newest
// generation: it has not used it, or the rotation was a moment ago.
func (s *Service) answerMayBeLost(x *session, now time.Time) bool {
	acked := max(x.AckedGeneration, s.acks.pending(x.ID))
	return acked < x.Generation || now.Sub(x.RotatedAt) <= s.config.LostAnswerWindow
}

func (s *Service) advance(t *installation, from int64, now time.Time) {
	x := t.Session
	x.Generation, x.RotatedAt, x.LastSeenAt = from+1, now, now
	x.IdleUntil = now.Add(s.config.SessionIdle)
	x.AckedGeneration = from // what it shows it has
	t.keep()
}
