package account

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"sotay/internal/audit"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// InvalidCode answers every activation that fails for a reason of its own:
// unknown name, wrong, used or expired code, a member who has left.
var InvalidCode = fault.New(fault.Unknown, "invalid_activation_code",
	"Tên đăng nhập hoặc mã kích hoạt không đúng, hoặc mã đã hết hạn hay đã được thay bằng mã mới.",
	"The username or the activation code is not right, or the code has expired or was replaced by a newer one.")

// ActivateInput is a request to begin with a printed code.
type ActivateInput struct {
	Username, Code, NewPassword string
	// Notice is the version of the privacy notice that the person agrees to.
	Notice string
	Device Device
	Addr   netip.Addr
}

// Activate exchanges an activation code for a password of the member's own
// choice and signs in. On an account that has a password the new one replaces
// it and all other sessions end. A repeat with the same password is answered
// like the first call, for its answer may have been lost. Errors: InvalidCode,
// ConsentRequired, WeakPassword, TooManyAttempts, Busy, fault.BadInput.
func (s *Service) Activate(ctx context.Context, in ActivateInput) (Tokens, error) {
	device, err := in.Device.tidy()
	if err != nil {
		return Tokens{}, err
	}
	claim := activation{username: foldUsername(in.Username), code: foldCode(in.Code), password: normPassword(in.NewPassword), notice: in.Notice}
	if err := s.checkClaim(claim); err != nil {
		return Tokens{}, err
	}
	leave, err := s.gate.enter()
	if err != nil {
		return Tokens{}, err
	}
	defer leave()
	a := attempt{account: claim.username, place: prefixOf(in.Addr), shared: true}
	if err := s.throttle.reserve(ctx, a); err != nil {
		return Tokens{}, err
	}
	cred, err := s.redeem(ctx, claim)
	if errors.Is(err, InvalidCode) {
		if ferr := s.throttle.failed(ctx, a); ferr != nil {
			return Tokens{}, fmt.Errorf("activate: %w", ferr)
		}
	}
	if err != nil {
		return Tokens{}, err
	}
	if err := s.throttle.clear(ctx, a); err != nil {
		return Tokens{}, fmt.Errorf("activate: %w", err)
	}
	return s.begin(ctx, cred, device)
}

// activation is an ActivateInput in one spelling.
type activation struct{ username, code, password, notice string }

// checkClaim refuses what no code could mend, and looks at nothing stored.
func (s *Service) checkClaim(c activation) error {
	if err := checkNotice(c.notice); err != nil {
		return err
	}
	if err := s.policy.check(c.password, c.username, "/newPassword"); err != nil {
		return err
	}
	if isCode(c.code) && strings.Contains(foldCode(c.password), c.code) {
		return WeakPassword.At("/newPassword", "context",
			"Mật khẩu không được là mã kích hoạt.", "The activation code can't be the password.")
	}
	return nil
}

// redeem uses the code. When another call used it in between, it may have been
// the first of two like this one: then that is looked at again.
func (s *Service) redeem(ctx context.Context, claim activation) (credential, error) {
	for again := false; ; again = true {
		cred, known, err := s.credentialOf(ctx, claim.username)
		if err != nil {
			return cred, fmt.Errorf("activate: %w", err)
		}
		// The same work whether there is such an account or not.
		mac := s.codeMAC(cred.ID, claim.code)
		if !cred.Code.fits(mac, s.now()) || !known || !s.mayActivate(cred) {
			return cred, InvalidCode
		}
		if cred.Code.Used {
			return cred, s.repeated(ctx, cred, claim.password)
		}
		row, err := s.useCode(ctx, cred.ID, mac, claim)
		if errors.Is(err, errCodeUsed) && !again {
			continue
		}
		if errors.Is(err, errCodeUsed) || errors.Is(err, store.ErrNotFound) {
			err = InvalidCode
		}
		return row, err
	}
}

var errCodeUsed = errors.New("the code was used in between")

// mayActivate tells whether a code still opens its account: roles given since
// may reach beyond who issued it.
func (s *Service) mayActivate(cred credential) bool {
	id, ok := s.members.Identity(cred.ID)
	return ok && id.MaySignIn && s.allows(cred.Code.By, id)
}

// repeated answers the repeat of a call whose code is used: with the password
// that it was used for, which opens the account in any case.
func (s *Service) repeated(ctx context.Context, cred credential, password string) error {
	stored, ok := s.storedHash(cred)
	matches := false
	if err := s.gate.do(ctx, func() { matches = s.hasher.matches(stored, password) }); err != nil {
		return err
	}
	if !matches || !ok {
		return InvalidCode
	}
	return nil
}

// useCode is the one write of an activation: password, consent and the use of
// the code. Sessions from before end as its effect, and the directory learns
// of the consent.
func (s *Service) useCode(ctx context.Context, memberID string, mac []byte, claim activation) (credential, error) {
	var hash string
	if err := s.gate.do(ctx, func() { hash = s.hasher.hash(claim.password) }); err != nil {
		return credential{}, err
	}
	row, err := s.credentials.Update(ctx, memberID, func(t *credential) error {
		now := s.now()
		if !t.Code.fits(mac, now) {
			return InvalidCode // a newer code was issued
		}
		if t.Code.Used {
			return errCodeUsed
		}
		act := "account.activate"
		if t.Hash != "" {
			act = "password.reset"
		}
		t.Hash, t.Epoch, t.Code.Used = hash, t.Epoch+1, true
		t.Add(now, fxEndSessions, map[string]string{"keep": "", "epoch": strconv.FormatInt(t.Epoch, 10)})
		s.agree(t, claim.notice, now)
		t.Add(now, fxAudit, audit.Args(now, memberID, act, "member/"+memberID, map[string]string{"notice": claim.notice}))
		return nil
	})
	if err != nil {
		return row, fmt.Errorf("activate: %w", err)
	}
	settle(ctx, s, s.credentialFx, memberID, row)
	return row, nil
}
