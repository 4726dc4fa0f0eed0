package account

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"sotay/internal/audit"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// InvalidProof answers every sign-in by a proof from elsewhere that fails:
// whatever is wrong with the proof, and nobody or several people behind it.
var InvalidProof = fault.New(fault.Unknown, "invalid_credentials",
	"Không xác nhận được danh tính này với một đảng viên trong Sổ tay. Hãy đăng nhập bằng mật khẩu hoặc mã kích hoạt.",
	"This proof could not be matched with a member. Sign in with a password or an activation code.")

// ProviderDown answers a sign-in whose proof can't be checked at the moment.
var ProviderDown = fault.New(fault.Unavailable, "provider_unavailable",
	"Chưa liên lạc được với dịch vụ xác thực. Hãy thử lại sau ít phút, hoặc đăng nhập bằng mật khẩu.",
	"The identity service can't be reached. Try again in a few minutes, or sign in with a password.").After(30 * time.Second)

// NotConfigured answers a way of signing in that this installation has not
// turned on.
var NotConfigured = fault.New(fault.Missing, "not_configured",
	"Nơi này chưa bật cách đăng nhập đó.", "This way of signing in is not turned on here.")

// maxProofAge is how long ago somebody may have proved a telephone number: a
// token that was kept is no presence.
const maxProofAge = 10 * time.Minute

// PhoneProof is a telephone number that was proved, and when.
type PhoneProof struct {
	E164     string
	ProvedAt time.Time
}

// CitizenProof is a citizen id that was proved, for one nonce.
type CitizenProof struct{ CitizenID, Nonce string }

// Phones finds the members with a telephone number (E.164).
type Phones interface {
	MembersByPhone(ctx context.Context, e164 string) ([]string, error)
}

// Citizens finds the member with a citizen id.
type Citizens interface {
	MemberByCitizenID(ctx context.Context, citizenID string) (string, bool, error)
}

// ProofInput is a request to sign in by a proof from elsewhere. Verify checks
// it, answering InvalidProof or ProviderDown.
type ProofInput[P any] struct {
	Verify func(ctx context.Context) (P, error)
	// Notice is the version of the privacy notice that is agreed to; needed
	// from those who have not agreed to one before.
	Notice string
	Device Device
	Addr   netip.Addr
}

// LoginByPhone signs in the one member with a proved telephone number. A number
// that a family shares signs nobody in. Errors: InvalidProof, ProviderDown,
// ConsentRequired, TooManyAttempts, NotConfigured.
func (s *Service) LoginByPhone(ctx context.Context, in ProofInput[PhoneProof]) (Tokens, error) {
	if s.phones == nil {
		return Tokens{}, NotConfigured
	}
	return byProof(ctx, s, in, func(ctx context.Context, p PhoneProof) (string, error) {
		age := s.now().Sub(p.ProvedAt)
		if age > maxProofAge || age < -clockSkew || p.E164 == "" {
			return "", InvalidProof
		}
		found, err := s.phones.MembersByPhone(ctx, p.E164)
		if err != nil {
			return "", err
		}
		// Who has left and still has the number keeps nobody else out.
		found = slices.DeleteFunc(found, func(id string) bool { return !s.maySignIn(id) })
		if len(found) != 1 {
			return "", InvalidProof
		}
		return found[0], nil
	})
}

// LoginByCitizenID signs in the member with a proved citizen id. The nonce is
// ours and is used once. Errors: as LoginByPhone.
func (s *Service) LoginByCitizenID(ctx context.Context, nonce string, in ProofInput[CitizenProof]) (Tokens, error) {
	if s.citizens == nil {
		return Tokens{}, NotConfigured
	}
	return byProof(ctx, s, in, func(ctx context.Context, p CitizenProof) (string, error) {
		if p.Nonce != nonce || p.CitizenID == "" {
			return "", InvalidProof
		}
		if err := s.useNonce(ctx, nonce); err != nil {
			return "", err
		}
		id, ok, err := s.citizens.MemberByCitizenID(ctx, p.CitizenID)
		if err == nil && !ok {
			err = InvalidProof
		}
		return id, err
	})
}

// byProof is what all proofs go through. Failures count for the address they
// come from: each may cost a question to somebody else's server.
func byProof[P any](ctx context.Context, s *Service, in ProofInput[P], find func(context.Context, P) (string, error)) (Tokens, error) {
	device, err := in.Device.tidy()
	if err != nil {
		return Tokens{}, err
	}
	if in.Notice != "" {
		if err := checkNotice(in.Notice); err != nil {
			return Tokens{}, err
		}
	}
	a := attempt{place: prefixOf(in.Addr), shared: true}
	if err := s.throttle.look(ctx, map[string]int64{s.throttle.prefix(a): freePrefix}); err != nil {
		return Tokens{}, err
	}
	proof, err := in.Verify(ctx)
	var memberID string
	if err == nil {
		memberID, err = find(ctx, proof)
	}
	if err == nil && !s.maySignIn(memberID) {
		err = InvalidProof
	}
	if errors.Is(err, InvalidProof) {
		if ferr := s.throttle.failed(ctx, a); ferr != nil {
			return Tokens{}, fmt.Errorf("sign in by proof: %w", ferr)
		}
	}
	if err != nil {
		return Tokens{}, err
	}
	cred, err := s.agreed(ctx, memberID, in.Notice)
	if err != nil {
		return Tokens{}, err
	}
	return s.begin(ctx, cred, device)
}

// agreed returns the account of a member who has agreed to a privacy notice,
// or does so now.
func (s *Service) agreed(ctx context.Context, memberID, notice string) (credential, error) {
	cred, err := s.credentials.Get(ctx, memberID)
	if err == nil && cred.Consent != nil && (notice == "" || notice == cred.Consent.Version) {
		return cred, nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return cred, fmt.Errorf("sign in by proof: %w", err)
	}
	if notice == "" {
		return cred, ConsentRequired
	}
	row, err := s.ensure(ctx, memberID, func(t *credential) error {
		now := s.now()
		s.agree(t, notice, now)
		t.Add(now, fxAudit, audit.Args(now, memberID, "account.consent", "member/"+memberID, map[string]string{"notice": notice}))
		return nil
	})
	if err != nil {
		return row, fmt.Errorf("sign in by proof: %w", err)
	}
	settle(ctx, s, s.credentialFx, memberID, row)
	return row, nil
}
