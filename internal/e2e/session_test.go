package e2e

import (
	"fmt"
	"testing"

	"sotay/internal/httpapi/contract"
)

// ends holds that an access token is refused on both processes soon.
func ends(t *testing.T, what string, clients ...*client) {
	t.Helper()
	for i, c := range clients {
		eventually(t, revoked, fmt.Sprintf("%s: process %d refuses the token", what, i+1), func() (bool, string) {
			a := c.do(t, "GET", "/v1/me", nil)
			return a.status == 401, fmt.Sprint(a.status)
		})
	}
}

// TestSessions is the life of the sessions of one member's devices, on two
// processes.
func TestSessions(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		e.watched(t)
		one, two := e.serve(t), e.serve(t)
		g, far := one.guest(t), two.guest(t)
		old, tablet := g.login(t, member, password, "old"), g.login(t, member, password, "tablet")

		// The answer of a refresh was lost: the same token gives the same
		// successor, on any process.
		next := g.refresh(t, old.RefreshToken)
		again := far.refresh(t, old.RefreshToken)
		if next.RefreshToken != again.RefreshToken || next.RefreshToken == old.RefreshToken {
			t.Errorf("successors %q and %q of %q", next.RefreshToken, again.RefreshToken, old.RefreshToken)
		}
		get[contract.Me](t, far.with(next.AccessToken), "/v1/me")
		third := g.refresh(t, next.RefreshToken)

		// A token from before that was stolen: only that device's session ends.
		reuse := contract.RefreshRequest{RefreshToken: old.RefreshToken}
		g.do(t, "POST", "/v1/auth/refresh", reuse).want(t, 401, "session_revoked")
		g.do(t, "POST", "/v1/auth/refresh", contract.RefreshRequest{RefreshToken: third.RefreshToken}).want(t, 401, "session_revoked")
		ends(t, "reuse", g.with(third.AccessToken), far.with(third.AccessToken))
		get[contract.Me](t, g.with(tablet.AccessToken), "/v1/me")
		get[contract.Me](t, far.with(tablet.AccessToken), "/v1/me")

		phone := g.login(t, member, password, "phone")
		on := far.with(phone.AccessToken)
		endsOneOfTwo(t, on, g.with(tablet.AccessToken), far.with(tablet.AccessToken))

		on.do(t, "POST", "/v1/auth/logout", nil).want(t, 204)
		ends(t, "sign-out", on, g.with(phone.AccessToken))
		g.do(t, "POST", "/v1/auth/refresh", contract.RefreshRequest{RefreshToken: phone.RefreshToken}).want(t, 401, "session_revoked")
		get[contract.Me](t, one.as(t, member), "/v1/me") // the prepared session lives
	})
}

// endsOneOfTwo ends the session of another device from this one.
func endsOneOfTwo(t *testing.T, mine *client, other ...*client) {
	list := get[contract.SessionList](t, mine, "/v1/auth/sessions")
	byName := map[string]contract.Session{}
	current := 0
	for _, s := range list.Items {
		byName[s.DeviceName] = s
		if s.Current {
			current++
		}
	}
	if len(list.Items) != 3 || current != 1 || !byName["phone phone"].Current {
		t.Fatalf("sessions: %+v", list.Items)
	}
	stranger := mine.server.as(t, exempt)
	stranger.do(t, "DELETE", "/v1/auth/sessions/"+byName["phone tablet"].Id, nil).want(t, 404, "not_found")
	mine.do(t, "DELETE", "/v1/auth/sessions/"+byName["phone tablet"].Id, nil).want(t, 204)
	ends(t, "ended from another device", other...)
	get[contract.Me](t, mine, "/v1/me")
	mine.do(t, "DELETE", "/v1/auth/sessions/"+byName["phone tablet"].Id, nil).want(t, 404, "not_found")
}

// TestPasswordChange ends the sessions on all other devices.
func TestPasswordChange(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		g := s.guest(t)
		mine := g.login(t, exempt, password, "mine")
		c, other := g.with(mine.AccessToken), s.as(t, exempt)
		const next = "một mật khẩu thật dài 2026"
		change := func(now, then string) *answer {
			return c.do(t, "POST", "/v1/auth/password", contract.PasswordRequest{CurrentPassword: now, NewPassword: then})
		}
		change("sai mật khẩu", next).want(t, 401, "invalid_credentials")
		for _, weak := range []string{"ngắn", "12345678", "mien@2026", "aaaaaaaaaa"} {
			if a := change(password, weak).want(t, 422, "weak_password"); !a.names(t, "/newPassword") {
				t.Errorf("weak password %q: %s", weak, a.body)
			}
		}
		get[contract.Me](t, other, "/v1/me")
		change(password, next).want(t, 204)
		ends(t, "password changed", other)
		get[contract.Me](t, c, "/v1/me")
		g.refresh(t, mine.RefreshToken)
		g.do(t, "POST", "/v1/auth/login", signIn(exempt, password, "x")).want(t, 401, "invalid_credentials")
		g.login(t, exempt, next, "x")
	})
}

// TestSignInTellsNothing holds that the answer is the same whatever is wrong.
func TestSignInTellsNothing(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	g := s.guest(t)
	var said string
	for _, who := range []struct{ username, password string }{
		{member, "sai"}, {"khongcoai", password}, {"khongcoai", "sai"}, {"quantri ", "sai"}, {"dangvien\u200b", password}} {
		a := g.do(t, "POST", "/v1/auth/login", signIn(who.username, who.password, "x"), "X-Request-Id", "the-same-id").want(t, 401, "invalid_credentials")
		if said == "" {
			said = string(a.body)
		}
		if string(a.body) != said {
			t.Errorf("%+v is told %s, others %s", who, a.body, said)
		}
	}
	for _, token := range []string{"x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", s.env.signed[member].AccessToken + "x", s.env.signed[member].RefreshToken} {
		g.with(token).do(t, "GET", "/v1/me", nil).want(t, 401, "not_signed_in")
	}
	for _, token := range []string{"x", s.env.signed[member].AccessToken, s.env.signed[member].RefreshToken + "A"} {
		g.do(t, "POST", "/v1/auth/refresh", fields{"refreshToken": token}).want(t, 401, "invalid_refresh_token")
	}
}
