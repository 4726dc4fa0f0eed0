package account

import (
	"context"
	"testing"
	"time"

	"sotay/internal/fault"
)

func (b *bed) phone(number string, ago time.Duration, notice, installation string) ProofInput[PhoneProof] {
	return ProofInput[PhoneProof]{Notice: notice, Device: input("", "", installation).Device, Addr: home,
		Verify: func(context.Context) (PhoneProof, error) {
			return PhoneProof{E164: number, ProvedAt: b.clock.now().Add(-ago)}, nil
		}}
}

func TestLoginByPhone(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	b.finder.phones = map[string][]string{"+841": {"hoa"}, "+842": {"hoa", "lan"}, "+843": {"left"}, "+844": {"left", "mai"}}
	b.members.bar("left")
	// Nobody has agreed to anything yet: a code first, or the consent here.
	_, err := s.LoginByPhone(t.Context(), b.phone("+841", 0, "", "p"))
	f := wantFault(t, err, ConsentRequired)
	if f.Kind != fault.Unsuited || f.Fields[0].Pointer != "/privacyNotice" {
		t.Errorf("fault %+v", f)
	}
	_, err = s.LoginByPhone(t.Context(), b.phone("+841", 0, "2020-01-01", "p"))
	wantFault(t, err, ConsentRequired)
	tk, err := s.LoginByPhone(t.Context(), b.phone("+841", time.Minute, NoticeVersion, "p"))
	must(t, err)
	if b.as(s, tk).MemberID != "hoa" || b.consents.of("hoa") != NoticeVersion {
		t.Errorf("signed in as %s, consent %q", tk.MemberID, b.consents.of("hoa"))
	}
	_, err = s.LoginByPhone(t.Context(), b.phone("+841", 0, "", "p"))
	must(t, err)
	b.mustRefresh(s, func() string {
		tk, err := s.LoginByPhone(t.Context(), b.phone("+844", 0, NoticeVersion, "q")) // one of the two has left
		must(t, err)
		return tk.RefreshToken
	}())
	for name, in := range map[string]ProofInput[PhoneProof]{
		"two members": b.phone("+842", 0, NoticeVersion, "p"), "nobody": b.phone("+849", 0, NoticeVersion, "p"),
		"has left": b.phone("+843", 0, NoticeVersion, "p"), "proved long ago": b.phone("+841", maxProofAge+time.Second, "", "p"),
		"proved tomorrow": b.phone("+841", -time.Hour, "", "p"), "no number": b.phone("", 0, "", "p"),
	} {
		_, err := s.LoginByPhone(t.Context(), in)
		if f := wantFault(t, err, InvalidProof); f.Detail != InvalidProof.Detail {
			t.Errorf("%s: %+v", name, f)
		}
	}
	// A password can't be tried on an account that has none.
	cred, _, err := s.credentialOf(t.Context(), mustUsername(t, s, "hoa"))
	must(t, err)
	_, err = s.Login(t.Context(), input(cred.Username, "", "p"))
	wantFault(t, err, InvalidCredentials)
	wantFault(t, s.ChangePassword(t.Context(), b.as(s, tk2(t, b, s)), "", goodPassword), InvalidCredentials)
}

func tk2(t *testing.T, b *bed, s *Service) Tokens {
	t.Helper()
	tk, err := s.LoginByPhone(t.Context(), b.phone("+841", 0, "", "p"))
	must(t, err)
	return tk
}

func mustUsername(t *testing.T, s *Service, memberID string) string {
	t.Helper()
	out, err := s.ExportAccount(t.Context(), memberID)
	must(t, err)
	return out.Username
}

func (b *bed) citizen(id, nonce string) ProofInput[CitizenProof] {
	return ProofInput[CitizenProof]{Notice: NoticeVersion, Device: input("", "", "p").Device, Addr: home,
		Verify: func(context.Context) (CitizenProof, error) { return CitizenProof{CitizenID: id, Nonce: nonce}, nil }}
}

// A nonce is ours, for ten minutes, and once over all replicas.
func TestLoginByCitizenID(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s, other := b.replica(), b.replica()
	b.finder.citizens = map[string]string{"034078001234": "hoa"}
	nonce, life := s.NewNonce()
	if life != nonceLifetime {
		t.Errorf("life %s", life)
	}
	tk, err := other.LoginByCitizenID(t.Context(), nonce, b.citizen("034078001234", nonce))
	must(t, err)
	if tk.MemberID != "hoa" {
		t.Errorf("signed in as %s", tk.MemberID)
	}
	late, _ := s.NewNonce()
	fresh := func() string { n, _ := s.NewNonce(); return n }
	b.clock.step(nonceLifetime)
	for name, row := range map[string]struct{ given, proved, id string }{
		"used": {nonce, nonce, "034078001234"}, "too late": {late, late, "034078001234"}, "another's": {fresh(), fresh(), "034078001234"},
		"made up": {"AAAA", "AAAA", "034078001234"}, "not base64": {"%%", "%%", "034078001234"}, "empty": {"", "", "034078001234"},
	} {
		for _, on := range []*Service{s, other} {
			if _, err := on.LoginByCitizenID(t.Context(), row.given, b.citizen(row.id, row.proved)); err == nil {
				t.Errorf("%s: signed in", name)
			} else {
				wantFault(t, err, InvalidProof)
			}
		}
	}
	n := fresh()
	_, err = s.LoginByCitizenID(t.Context(), n, b.citizen("000000000000", n))
	wantFault(t, err, InvalidProof)
	b.clock.step(nonceLifetime + 2*clockSkew)
	must(t, s.sweep(t.Context()))
	left := 0
	must(t, s.nonces.Each(t.Context(), func(usedNonce) error { left++; return nil }))
	if left != 0 {
		t.Errorf("%d used nonces are kept", left)
	}
}

// Who can't be asked is no reason to count a failure, and failures from one
// place are slowed down.
func TestProofsAreThrottled(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	down := b.phone("+841", 0, "", "p")
	down.Verify = func(context.Context) (PhoneProof, error) { return PhoneProof{}, ProviderDown }
	_, err := s.LoginByPhone(t.Context(), down)
	wantFault(t, err, ProviderDown)
	for range freePrefix {
		_, err := s.LoginByPhone(t.Context(), b.phone("+849", 0, "", "p"))
		wantFault(t, err, InvalidProof)
	}
	_, err = s.LoginByPhone(t.Context(), b.phone("+849", 0, "", "p"))
	wantFault(t, err, TooManyAttempts)
}
