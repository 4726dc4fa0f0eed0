package account

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"sotay/internal/caller"
	"sotay/internal/effect"
	"sotay/internal/store"
)

func TestChangePassword(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	other := b.replica()
	here, there := b.signIn(s, "lan", "p1"), b.signIn(s, "lan", "p2")
	c := b.as(s, here)
	const next = "Cây đa bến nước sân đình"
	wantFault(t, s.ChangePassword(t.Context(), c, "wrong", next), InvalidCredentials)
	f := wantFault(t, s.ChangePassword(t.Context(), c, goodPassword, "ngắn"), WeakPassword)
	if len(f.Fields) != 1 || f.Fields[0].Pointer != "/newPassword" {
		t.Errorf("fields %+v", f.Fields)
	}
	must(t, s.ChangePassword(t.Context(), c, norm.NFD.String(goodPassword), norm.NFD.String(next)))
	b.as(s, here)
	must(t, other.revoked.poll(t.Context()))
	if _, err := other.Verify(there.AccessToken); err == nil {
		t.Error("another session is good after the change")
	}
	_, err := s.Refresh(t.Context(), there.RefreshToken)
	wantFault(t, err, SessionRevoked)
	b.mustRefresh(s, here.RefreshToken)
	_, err = s.Login(t.Context(), input("lan", goodPassword, "p3"))
	wantFault(t, err, InvalidCredentials)
	_, err = s.Login(t.Context(), input("lan", next, "p3"))
	must(t, err)
	if got := b.acts(); len(got) != 1 || got[0] != "password.change member/lan lan" {
		t.Errorf("audit record: %q", got)
	}
	ghost := &caller.Caller{Identity: &caller.Identity{MemberID: "ghost"}, SessionID: "x"}
	wantFault(t, s.ChangePassword(t.Context(), ghost, goodPassword, next), InvalidCredentials)
}

// The effect of a change that comes late spares who signed in with the new
// password in between.
func TestLateEndOfSessions(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	here, there := b.signIn(s, "lan", "p1"), b.signIn(s, "lan", "p2")
	c := b.as(s, here)
	b.engine.setInsert(func(coll string) error {
		if coll == "auditentries" || coll == "revocations" {
			return errInjected
		}
		return nil
	})
	const next = "Cây đa bến nước sân đình"
	must(t, s.ChangePassword(t.Context(), c, goodPassword, next))
	late, err := s.Login(t.Context(), input("lan", next, "p3"))
	must(t, err)
	b.engine.setInsert(nil)
	for range 3 {
		b.clock.step(10 * time.Second)
		for _, sw := range s.Sweepers() {
			_, err := sw.Sweep(t.Context())
			must(t, err)
		}
	}
	// It may also run when all is done, and after others signed in.
	again := effect.Effect{Kind: fxEndSessions, Args: map[string]string{"keep": c.SessionID, "epoch": "2"}}
	must(t, s.performEndSessions(t.Context(), credential{Meta: store.Meta{ID: "lan"}}, again))
	b.as(s, late)
	b.as(s, here)
	if _, err := b.replica().Verify(there.AccessToken); err == nil {
		t.Error("the old session is good")
	}
	if got := b.acts(); len(got) != 1 {
		t.Errorf("audit record: %q", got)
	}
}

func TestChangePasswordIsThrottled(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	c := b.as(s, b.signIn(s, "lan", "p1"))
	for range freePair {
		wantFault(t, s.ChangePassword(t.Context(), c, "wrong", "Cây đa bến nước"), InvalidCredentials)
	}
	f := wantFault(t, s.ChangePassword(t.Context(), c, goodPassword, "Cây đa bến nước"), TooManyAttempts)
	b.signIn(s, "lan", "p2") // at another place nothing is in the way
	b.clock.step(f.RetryAfter)
	must(t, s.ChangePassword(t.Context(), c, goodPassword, "Cây đa bến nước"))
}

func TestPasswordChangedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	tk := []Tokens{b.signIn(s, "lan", "p1"), b.signIn(s, "lan", "p2")}
	errs := make(chan error)
	for i, pw := range []string{"Cây đa bến nước", "Sân đình mái ngói"} {
		c := b.as(s, tk[i])
		go func() { errs <- s.ChangePassword(t.Context(), c, goodPassword, pw) }()
	}
	good := 0
	for range 2 {
		if err := <-errs; err == nil {
			good++
		} else {
			wantFault(t, err, InvalidCredentials)
		}
	}
	if good != 1 {
		t.Errorf("%d changes won", good)
	}
}

func TestPasswordPolicy(t *testing.T) {
	t.Parallel()
	p := newPolicy()
	cases := []struct{ password, username, code string }{
		{"1234567", "lan", "length"},
		{strings.Repeat("đ", 7), "lan", "length"},
		{strings.Repeat("ă1", 65), "lan", "length"},
		{"bad\xffbytes12", "lan", "length"},
		{"matkhau123", "lan", "common"},
		{"MẬTKHẨU123", "lan", "common"},
		{"Password1", "lan", "common"},
		{"aaaaaaaaaaaa", "lan", "common"},
		{"23456789", "lan", "common"},
		{"zyxwvuts", "lan", "common"},
		{"nguyenlan", "nguyenlan", "context"},
		{"Nguyễn-Lan-99", "nguyễn-lan", "context"},
		{"SoTay@2026", "lan", "context"},
		{"đảngviên!!1", "lan", "context"},
		{"sotaydangvien", "lan", "common"},
		{"dangbo-chibo", "lan", "context"},
		{"SoTay@2026-demo", "dangvien", ""},
		{"chi bộ tôi có 30 đảng viên", "lan", ""},
		{"mưa rào", "lan", "length"},
		{"mưa rào ", "lan", ""},
		{"12 con chim", "lan", ""},
		{strings.Repeat("ă1", 64), "lan", ""},
		{"lananh68xx", "la", ""},
	}
	for _, c := range cases {
		err := p.check(normPassword(c.password), foldUsername(c.username), "/newPassword")
		if c.code == "" {
			if err != nil {
				t.Errorf("%q: %v", c.password, err)
			}
			continue
		}
		if f := wantFault(t, err, WeakPassword); len(f.Fields) != 1 || f.Fields[0].Code != c.code || f.Fields[0].Pointer != "/newPassword" {
			t.Errorf("%q: %+v, want %s", c.password, f.Fields, c.code)
		}
	}
	if len(p.common) < 300 {
		t.Errorf("%d common passwords", len(p.common))
	}
}
