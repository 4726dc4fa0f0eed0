package account

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sync/errgroup"

	"sotay/internal/fault"
	"sotay/internal/store"
)

// InvalidCredentials answers every sign-in that fails for a reason of its own,
// whatever the reason (OWASP ASVS 5.0, 6.3.8).
var InvalidCredentials = fault.New(fault.Unknown, "invalid_credentials",
	"Tên đăng nhập hoặc mật khẩu không đúng.", "The username or the password is not right.")

// LoginInput is a request to sign in.
type LoginInput struct {
	Username, Password string
	Device             Device
	// Addr is where the request came from; the zero Addr shares one place.
	Addr netip.Addr
}

// Tokens is what a phone gets. ExpiresIn is the access token's time to live in
// seconds.
type Tokens struct {
	AccessToken  string
	ExpiresIn    int64
	RefreshToken string
	MemberID     string
}

// Login signs a member in on an installation, whose session before it ends.
// An unknown username, a wrong password and a member who may not sign in get
// the same answer after the same work: exactly one hash. Errors:
// InvalidCredentials, TooManyAttempts, Busy, fault.BadInput.
func (s *Service) Login(ctx context.Context, in LoginInput) (Tokens, error) {
	device, err := in.Device.tidy()
	if err != nil {
		return Tokens{}, err
	}
	leave, err := s.gate.enter()
	if err != nil {
		return Tokens{}, err
	}
	defer leave()
	a := attempt{account: foldUsername(in.Username), place: prefixOf(in.Addr), shared: true}
	if err := s.throttle.reserve(ctx, a); err != nil {
		return Tokens{}, err
	}
	cred, err := s.authenticate(ctx, a.account, normPassword(in.Password))
	if errors.Is(err, InvalidCredentials) {
		if ferr := s.throttle.failed(ctx, a); ferr != nil {
			return Tokens{}, fmt.Errorf("sign in: %w", ferr)
		}
	}
	if err != nil {
		return Tokens{}, err
	}
	var cleared errgroup.Group // beside the session: the store commits them together
	cleared.Go(func() error { return s.throttle.clear(ctx, a) })
	out, err := s.begin(ctx, cred, device)
	if cerr := cleared.Wait(); cerr != nil {
		return Tokens{}, errors.Join(fmt.Errorf("sign in: %w", cerr), err)
	}
	return out, err
}

// authenticate returns the account that username and password open.
func (s *Service) authenticate(ctx context.Context, username, password string) (credential, error) {
	cred, known, err := s.credentialOf(ctx, username)
	if err != nil {
		return cred, fmt.Errorf("sign in: %w", err)
	}
	stored := s.hasher.dummy
	if known {
		stored, known = s.storedHash(cred)
	}
	matches := false
	if err := s.gate.do(ctx, func() { matches = s.hasher.matches(stored, bounded(password)) }); err != nil {
		return cred, err
	}
	if !matches || !known || !s.maySignIn(cred.ID) {
		return cred, InvalidCredentials
	}
	if s.hasher.outdated(stored) {
		s.upgrade(ctx, cred, password)
	}
	return cred, nil
}

// storedHash reads the hash of an account. An account may have none yet. One
// that can't be read is a fault of the store. Either fits no password, and
// takes as long as any other.
func (s *Service) storedHash(cred credential) (phc, bool) {
	if cred.Hash == "" {
		return s.hasher.dummy, false
	}
	stored, err := parsePHC(cred.Hash)
	if err != nil {
		s.log.Error("password hash can't be read", "member_id", cred.ID, "error", err)
		return s.hasher.dummy, false
	}
	return stored, true
}

// bounded keeps a password that can't be right from costing more than others.
func bounded(password string) string {
	return password[:min(len(password), maxPasswordBytes+1)]
}

func (s *Service) maySignIn(memberID string) bool {
	id, ok := s.members.Identity(memberID)
	return ok && id.MaySignIn
}

// upgrade writes the hash anew with today's costs. It may fail: the old hash
// is still good, and the next sign-in tries again.
func (s *Service) upgrade(ctx context.Context, cred credential, password string) {
	var hash string
	err := s.gate.do(ctx, func() { hash = s.hasher.hash(password) })
	if err == nil {
		_, err = s.credentials.Update(ctx, cred.ID, func(t *credential) error {
			if t.Hash != cred.Hash {
				return store.ErrUnchanged
			}
			t.Hash = hash
			return nil
		})
	}
	if err != nil {
		s.log.Warn("password hash keeps its old costs", "member_id", cred.ID, "error", err)
	}
}

// begin writes the session and makes its tokens. The account is read again
// afterwards: a password changed in between has ended the sessions it found,
// and might not have found this one.
func (s *Service) begin(ctx context.Context, cred credential, device Device) (Tokens, error) {
	row, err := s.occupy(ctx, device, cred)
	if err != nil {
		return Tokens{}, fmt.Errorf("sign in: %w", err)
	}
	again, err := s.credentials.Get(ctx, cred.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Tokens{}, fmt.Errorf("sign in: %w", err)
	}
	if err != nil || again.Epoch != cred.Epoch {
		if err := s.end(ctx, row.ID, row.Session.ID, nil); err != nil {
			return Tokens{}, fmt.Errorf("sign in: %w", err)
		}
		return Tokens{}, InvalidCredentials
	}
	return s.tokens(row.Session)
}
