package e2e

import (
	"strings"
	"testing"
	"time"

	rooms "sotay/internal/account"
	"sotay/internal/httpapi/contract"
)

// The passwords that people of these tests choose.
const (
	chosen  = "Hồ Gươm buổi sớm 1975"
	chosen2 = "Ruộng bậc thang mùa lúa"
)

// issue gives out a code as the province's administrator.
func (s *server) issue(t *testing.T, key string) contract.ActivationCode {
	t.Helper()
	return parse[contract.ActivationCode](t, s.as(t, admin).do(t, "POST", "/v1/admin/members/"+person(key)+"/activation-code", nil).want(t, 201))
}

func activation(c contract.ActivationCode, password, installation string) contract.ActivateRequest {
	notice := rooms.NoticeVersion
	return contract.ActivateRequest{Username: c.Username, ActivationCode: c.ActivationCode, NewPassword: password, PrivacyNotice: &notice,
		Device: contract.Device{InstallationId: installation, Name: "phone " + installation, Platform: contract.Android}}
}

// activates is the row's call: a code of its own each time.
func activates(t *testing.T, w *cast, role string) call {
	return call{path: "/v1/auth/activate", body: activation(w.issue(t, "m04"), chosen, "activates-"+role)}
}

// TestActivation is the way of a member from a code on paper to a forgotten
// password, with two processes on one store.
func TestActivation(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		one, two := e.serve(t), e.serve(t)
		boss, g, far := one.as(t, secretary), one.guest(t), two.guest(t)
		path := "/v1/members/" + person("m04") + "/activation-code"
		first := parse[contract.ActivationCode](t, boss.do(t, "POST", path, nil).want(t, 201))
		if !strings.HasPrefix(first.Username, "dv") || len(strings.ReplaceAll(first.ActivationCode, " ", "")) != 15 {
			t.Errorf("issued %+v", first)
		}
		code := parse[contract.ActivationCode](t, boss.do(t, "POST", path, nil).want(t, 201))
		g.do(t, "POST", "/v1/auth/activate", activation(first, chosen, "new")).want(t, 401, "invalid_activation_code")

		notice := get[contract.PrivacyNotice](t, g, "/v1/privacy-notice")
		in := activation(code, chosen, "new")
		if notice.Version != *in.PrivacyNotice || !strings.Contains(notice.Vi, "dữ liệu cá nhân") || !strings.Contains(notice.En, "personal data") {
			t.Errorf("notice %+v", notice)
		}
		for _, said := range []*string{nil, new(string), new("2020-01-01")} {
			in.PrivacyNotice = said
			if a := g.do(t, "POST", "/v1/auth/activate", in).want(t, 422, "consent_required"); !a.names(t, "/privacyNotice") {
				t.Errorf("no consent: %s", a.body)
			}
		}
		in.PrivacyNotice, in.NewPassword = &notice.Version, code.ActivationCode
		if a := g.do(t, "POST", "/v1/auth/activate", in).want(t, 422, "weak_password"); !a.names(t, "/newPassword") {
			t.Errorf("the code as password: %s", a.body)
		}

		in.NewPassword, in.ActivationCode = chosen, strings.ReplaceAll(code.ActivationCode, " ", "-")
		signed := parse[contract.SignedIn](t, far.do(t, "POST", "/v1/auth/activate", in).want(t, 200))
		if signed.Member.Id != person("m04") || signed.Member.Name != "Nguyễn Thị Bích Liễu" {
			t.Errorf("signed in as %+v", signed.Member)
		}
		mine := g.with(signed.AccessToken)
		get[contract.Me](t, mine, "/v1/me")
		far.login(t, strings.ToUpper(code.Username), chosen, "tablet")

		forgotten(t, one, two, mine, code.Username)
		if strings.Contains(e.contents(t), strings.ReplaceAll(code.ActivationCode, " ", "")) {
			t.Error("the store holds the code")
		}
	})
}

// forgotten replaces the password with a code of the secretary.
func forgotten(t *testing.T, one, two *server, mine *client, username string) {
	t.Helper()
	code := parse[contract.ActivationCode](t, two.as(t, secretary).do(t, "POST", "/v1/members/"+person("m04")+"/activation-code", nil).want(t, 201))
	if code.Username != username {
		t.Errorf("username %s, was %s", code.Username, username)
	}
	g := one.guest(t)
	g.login(t, username, chosen, "still") // a code that is not used locks nobody out
	get[contract.Me](t, mine, "/v1/me")
	next := parse[contract.SignedIn](t, g.do(t, "POST", "/v1/auth/activate", activation(code, chosen2, "next")).want(t, 200))
	ends(t, "password replaced", mine, mine.on(two))
	get[contract.Me](t, g.with(next.AccessToken), "/v1/me")
	g.do(t, "POST", "/v1/auth/login", signIn(username, chosen, "x")).want(t, 401, "invalid_credentials")
	g.login(t, username, chosen2, "x")

	two.as(t, admin).do(t, "DELETE", "/v1/admin/members/"+person("m04")+"/sessions", nil).want(t, 204)
	ends(t, "ended by the administrator", g.with(next.AccessToken), two.guest(t).with(next.AccessToken))
	g.do(t, "POST", "/v1/auth/refresh", contract.RefreshRequest{RefreshToken: next.RefreshToken}).want(t, 401, "session_revoked")
}

// TestIssuingStaysBelow refuses codes with which somebody would take over more
// than they may.
func TestIssuingStaysBelow(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		boss, root := s.as(t, secretary), s.as(t, admin)
		for account, want := range map[string]string{secretary: "needs_admin", secretary2: "not_found", enterprise: "not_found", admin: "not_found"} {
			id := get[contract.Me](t, s.as(t, account), "/v1/me").Id
			status := map[string]int{"needs_admin": 403, "not_found": 404}[want]
			boss.do(t, "POST", "/v1/members/"+id+"/activation-code", nil).want(t, status, want)
		}
		me := get[contract.Me](t, root, "/v1/me").Id
		root.do(t, "POST", "/v1/admin/members/"+me+"/activation-code", nil).want(t, 403, "needs_admin")
		id := get[contract.Me](t, s.as(t, secretary), "/v1/me").Id
		root.do(t, "POST", "/v1/admin/members/"+id+"/activation-code", nil).want(t, 201)
		get[contract.Me](t, boss, "/v1/me")
	})
}

// TestActivationTellsNothing holds that the answer is the same whatever is
// wrong, and that a code ends in time.
func TestActivationTellsNothing(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "sqlite")
	now, month := e.serve(t), e.serve(t, later(t, 30*24*time.Hour+time.Minute))
	code, other := now.issue(t, "m04"), now.issue(t, "m05")
	said := ""
	for _, row := range []struct {
		on             *server
		username, code string
	}{
		{now, "khongcoai", code.ActivationCode}, {now, code.Username, "000 000 000 000 000"}, {now, code.Username, other.ActivationCode},
		{now, member, code.ActivationCode}, {now, code.Username, "???"}, {month, code.Username, code.ActivationCode},
	} {
		in := activation(code, chosen, "x")
		in.Username, in.ActivationCode = row.username, row.code
		a := row.on.guest(t).do(t, "POST", "/v1/auth/activate", in, "X-Request-Id", "the-same-id").want(t, 401, "invalid_activation_code")
		if said == "" {
			said = string(a.body)
		}
		if string(a.body) != said {
			t.Errorf("%+v is told %s, others %s", row, a.body, said)
		}
	}
	for {
		in := activation(code, chosen, "x")
		in.ActivationCode = "000"
		if a := now.guest(t).do(t, "POST", "/v1/auth/activate", in); a.status == 429 {
			break
		}
	}
}
