package account

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"sotay/internal/fault"
)

func TestExportAndErase(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s, other := b.replica(), b.replica()
	c := b.issued(s, "hoa")
	tk, err := s.Activate(t.Context(), activateInput(c, goodPassword, "p1"))
	must(t, err)
	out, err := s.ExportAccount(t.Context(), "hoa")
	must(t, err)
	text, err := json.Marshal(out)
	must(t, err)
	if out.Username != c.Username || !out.HasPassword || out.Consent.Version != NoticeVersion || !out.Code.Used ||
		len(out.Sessions) != 1 || out.Sessions[0].DeviceName != "Điện thoại của Lan" || strings.Contains(string(text), "argon2") {
		t.Errorf("export %s", text)
	}
	for range 2 {
		must(t, s.Erase(t.Context(), "hoa"))
	}
	must(t, other.revoked.poll(t.Context()))
	if _, err := other.Verify(tk.AccessToken); err == nil {
		t.Error("an access token is good after the erasure")
	}
	_, err = s.Refresh(t.Context(), tk.RefreshToken)
	if f := fault.As(err); f == nil || f.Kind != fault.Unknown {
		t.Errorf("refresh: %v", err)
	}
	_, err = s.Login(t.Context(), input(c.Username, goodPassword, "p2"))
	wantFault(t, err, InvalidCredentials)
	if _, err := s.installations.Get(t.Context(), "p1"); err == nil {
		t.Error("the device is still known")
	}
	out, err = s.ExportAccount(t.Context(), "hoa")
	must(t, err)
	if out.Username != "" || len(out.Sessions) != 0 || out.Consent != nil || out.Code != nil {
		t.Errorf("export after the erasure: %+v", out)
	}
	if got := b.acts(); !slices.Contains(got, "account.activate member/hoa hoa") {
		t.Errorf("acts %v", got)
	}
}

// What an account still carries is performed before it goes, and another's
// sign-in on the same device stays.
func TestEraseLosesNothing(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	c := b.issued(s, "hoa")
	b.consents.setDown(true)
	_, err := s.Activate(t.Context(), activateInput(c, goodPassword, "shared"))
	must(t, err)
	if err := s.Erase(t.Context(), "hoa"); err == nil {
		t.Fatal("erased although an effect could not be performed")
	}
	b.consents.setDown(false)
	lan := b.signIn(s, "lan", "shared")
	must(t, s.Erase(t.Context(), "hoa"))
	b.as(s, lan)
	b.mustRefresh(s, lan.RefreshToken)
}

func TestEndSessionsOf(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	b.members.put("lan", "tinh/phuong/kp1")
	b.members.put("boss", "tinh/phuong", "admin@tinh/phuong")
	b.members.put("neighbour", "tinh/xa", "admin@tinh/xa")
	tk := b.signIn(s, "lan", "p1")
	wantFault(t, s.EndSessionsOf(t.Context(), b.members.caller("neighbour"), "lan"), fault.NotFound)
	wantFault(t, s.EndSessionsOf(t.Context(), b.members.caller("lan"), "lan"), fault.NotFound)
	b.as(s, tk)
	must(t, s.EndSessionsOf(t.Context(), b.members.caller("boss"), "lan"))
	if _, err := s.Verify(tk.AccessToken); err == nil {
		t.Error("the token is good")
	}
	if got := b.acts(); !slices.Contains(got, "session.endAll member/lan boss") {
		t.Errorf("acts %v", got)
	}
}
