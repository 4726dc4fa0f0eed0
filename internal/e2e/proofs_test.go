package e2e

import (
	"testing"
	"time"

	rooms "sotay/internal/account"
	"sotay/internal/httpapi/contract"
	"sotay/internal/idptest"
)

// Numbers and citizen ids of the tests' people.
const (
	oneNumber, sharedNumber = "+84912000001", "+84912000002"
	citizenID               = "034078001234"
)

// enter makes a member who has a number, and perhaps a citizen id.
func enter(t *testing.T, s *server, name, phone, citizen string) {
	t.Helper()
	body := fields{"name": name, "kind": "official", "orgId": org("kp1"), "from": "2026-01-02", "phone": phone}
	if citizen != "" {
		body["citizenId"] = citizen
	}
	s.as(t, admin).do(t, "POST", "/v1/admin/members", body).want(t, 201)
}

// by is the body of a sign-in by an ID token.
func by(token string, more ...fields) fields {
	body := fields{"idToken": token, "device": fields{"installationId": "proof", "name": "n", "platform": "android"}}
	for _, m := range more {
		body = with(body, m)
	}
	return body
}

var agreed = fields{"privacyNotice": rooms.NoticeVersion}

// TestPhoneSignIn trades Firebase's word for a session, on two processes.
func TestPhoneSignIn(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		g := idptest.NewGoogle(t)
		vars := []string{"HANDBOOK_FIREBASE_PROJECT=" + idptest.Project, "HANDBOOK_TEST_GOOGLE=" + g.Addr()}
		one, two := e.serve(t, vars...), e.serve(t, vars...)
		enter(t, one, "Hoàng Văn Số", oneNumber, "")
		enter(t, one, "Vợ Chung Máy", sharedNumber, "")
		enter(t, one, "Chồng Chung Máy", "0912 000 002", "")
		now := time.Now()
		good := idptest.PhoneClaims(oneNumber, now)
		c := one.guest(t)
		post := func(c *client, body fields) *answer { return c.do(t, "POST", "/v1/auth/firebase", body) }

		if a := post(c, by(g.Key().Sign(good))).want(t, 422, "consent_required"); !a.names(t, "/privacyNotice") {
			t.Errorf("no consent: %s", a.body)
		}
		signed := parse[contract.SignedIn](t, post(c, by(g.Key().Sign(good), agreed)).want(t, 200))
		if signed.Member.Name != "Hoàng Văn Số" {
			t.Errorf("signed in as %+v", signed.Member)
		}
		get[contract.Me](t, two.guest(t).with(signed.AccessToken), "/v1/me")
		post(two.guest(t), by(g.Key().Sign(good))).want(t, 200) // agreed before

		old := g.Key()
		g.Rotate()
		post(c, by(g.Key().Sign(good))).want(t, 200)
		said := ""
		for name, token := range map[string]string{
			"two members":     g.Key().Sign(idptest.PhoneClaims(sharedNumber, now)),
			"unknown phone":   g.Key().Sign(idptest.PhoneClaims("+84999999999", now)),
			"wrong audience":  g.Key().Sign(good.With(idptest.Claims{"aud": "x"})),
			"wrong issuer":    g.Key().Sign(good.With(idptest.Claims{"iss": "https://securetoken.google.com/x"})),
			"expired":         g.Key().Sign(good.With(idptest.Claims{"exp": now.Add(-time.Hour).Unix()})),
			"by password":     g.Key().Sign(good.With(idptest.Claims{"firebase": map[string]any{"sign_in_provider": "password"}})),
			"proved long ago": g.Key().Sign(good.With(idptest.Claims{"auth_time": now.Add(-11 * time.Minute).Unix()})),
			"an old key":      old.Sign(good), "unsigned": g.Key().Unsigned(good), "nonsense": "x.y.z",
		} {
			a := c.do(t, "POST", "/v1/auth/firebase", by(token, agreed), "X-Request-Id", "the-same-id").want(t, 401, "invalid_credentials")
			if said == "" {
				said = string(a.body)
			}
			if string(a.body) != said {
				t.Errorf("%s is told %s, others %s", name, a.body, said)
			}
		}
		g.SetDown(true)
		providerDown(t, c, "/v1/auth/firebase", by(g.Key().Sign(good)))
	})
}

// providerDown holds that who can't be asked is not the phone's fault. It goes
// around the client, which takes every 503 for a fault of ours.
func providerDown(t *testing.T, c *client, path string, body fields) {
	t.Helper()
	req, err := c.request("POST", path, body, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("%s: %d, retry after %q", path, resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	c.server.mayErr = true
}

// TestCitizenSignIn trades an issuer's word for a session; a nonce is good once
// on both processes together.
func TestCitizenSignIn(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		i := idptest.NewIssuer(t)
		i.SetDown(true) // must not keep the servers from starting
		vars := []string{"HANDBOOK_OIDC_ISSUER=" + i.URL(), "HANDBOOK_OIDC_CLIENT_ID=" + idptest.ClientID}
		one, two := e.serve(t, vars...), e.serve(t, vars...)
		i.SetDown(false)
		enter(t, one, "Lò Thị Căn Cước", "+84912000003", citizenID)
		c, far := one.guest(t), two.guest(t)
		if o := get[contract.OIDCClient](t, c, "/v1/auth/oidc"); o.Issuer != i.URL() || o.ClientId != idptest.ClientID {
			t.Errorf("client %+v", o)
		}
		nonce := func() string {
			return parse[contract.OIDCNonce](t, c.do(t, "POST", "/v1/auth/oidc/nonce", nil).want(t, 200)).Nonce
		}
		in := func(c *client, nonce string, claims idptest.Claims, more ...fields) *answer {
			return c.do(t, "POST", "/v1/auth/oidc", with(by(i.Key().Sign(claims), more...), fields{"nonce": nonce}))
		}
		now := time.Now()
		n := nonce()
		signed := parse[contract.SignedIn](t, in(c, n, i.CitizenClaims(citizenID, n, now), agreed).want(t, 200))
		if signed.Member.Name != "Lò Thị Căn Cước" {
			t.Errorf("signed in as %+v", signed.Member)
		}
		for _, again := range []*client{c, far} {
			in(again, n, i.CitizenClaims(citizenID, n, now)).want(t, 401, "invalid_credentials")
		}
		n = nonce()
		in(far, n, i.CitizenClaims(citizenID, n, now)).want(t, 200)
		n = nonce()
		for _, bad := range []idptest.Claims{i.CitizenClaims("000000000000", n, now), i.CitizenClaims(citizenID, nonce(), now),
			i.CitizenClaims(citizenID, n, now).With(idptest.Claims{"aud": "x"}), i.CitizenClaims(citizenID, n, now).With(idptest.Claims{"iss": "https://x.example"}),
			i.CitizenClaims(citizenID, n, now).With(idptest.Claims{"exp": now.Add(-time.Hour).Unix()})} {
			in(c, n, bad, agreed).want(t, 401, "invalid_credentials")
		}
		i.Rotate()
		n = nonce()
		in(c, n, i.CitizenClaims(citizenID, n, now)).want(t, 200)
		i.SetDown(true)
		i.Key().ID = "unknown"
		providerDown(t, c, "/v1/auth/oidc", with(by(i.Key().Sign(i.CitizenClaims(citizenID, n, now))), fields{"nonce": n}))
	})
}
