package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sotay/internal/e2e/vcverify"
	"sotay/internal/httpapi/contract"
)

// publicURL is where phones would reach the server.
const publicURL = "https://sotay.example.vn"

// maxCredential is how long a credential with a usual title may be: in a QR code
// of that, phones read from paper.
const maxCredential = 900

// TestCertificate is a certificate from the completion to the end of its member:
// who gets it, what a stranger learns from it, and what becomes of it.
func TestCertificate(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t, "HANDBOOK_PUBLIC_URL="+publicURL+"/")
		doc := s.twoSections(t)
		drive := s.drive(t, driveBody("Học tập, quán triệt Nghị quyết Hội nghị lần thứ mười bốn", doc.document))
		mine := s.as(t, member)
		mine.accepted(t, doc.whole()...)
		completion := driveOf(t, mine, drive).Completion.Id

		holdPaper(t, mine, completion)
		signed := credentialOf(t, mine, completion)
		v := holdCredential(t, s, signed)
		code := v.Subject["code"]
		holdCheck(t, s.guest(t), strings.TrimPrefix(v.ID, publicURL), code)
		holdReaders(t, s, completion)
		holdAudit(t, s)

		keys := s.guest(t).do(t, "GET", "/.well-known/jwks.json", nil).want(t, 200)
		s.stop(t)
		s = e.serve(t)
		holdRestart(t, s, keys, signed, completion)
		holdStates(t, s, completion, code)
		holdErased(t, s, drive)
	})
}

func credentialOf(t *testing.T, c *client, completion string) string {
	t.Helper()
	got := get[contract.Credential](t, c, "/v1/completions/"+completion+"/credential")
	if got.Format != contract.VcJwt {
		t.Errorf("format %s", got.Format)
	}
	return got.Credential
}

// checked has a stranger check a credential with the keys that the server
// publishes.
func checked(t *testing.T, s *server, signed string) vcverify.Credential {
	t.Helper()
	keys := s.guest(t).do(t, "GET", "/.well-known/jwks.json", nil).want(t, 200)
	v, err := vcverify.Verify(signed, keys.body, time.Now())
	if err != nil {
		t.Fatalf("a stranger refuses it: %v\n%s", err, signed)
	}
	return v
}

// holdPaper gets the paper. HANDBOOK_TEST_PAPER keeps it, to be looked at.
func holdPaper(t *testing.T, c *client, completion string) {
	t.Helper()
	a := c.do(t, "GET", "/v1/completions/"+completion+"/certificate.pdf", nil).want(t, 200)
	if pagesOf(a.body) != 1 || a.header.Get("Cache-Control") != "no-store" || a.header.Get("Content-Type") != "application/pdf" ||
		!strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment;") {
		t.Errorf("%d pages: %v", pagesOf(a.body), a.header)
	}
	if dir := os.Getenv("HANDBOOK_TEST_PAPER"); dir != "" {
		name := filepath.Join(dir, "e2e-"+c.server.env.engine)
		keys := c.server.guest(t).do(t, "GET", "/.well-known/jwks.json", nil)
		for ext, b := range map[string][]byte{".pdf": a.body, ".jwks": keys.body} {
			if err := os.WriteFile(name+ext, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// holdCredential checks it as a stranger does, and each other text that differs
// from it in one letter. Nor is it good for signing in.
func holdCredential(t *testing.T, s *server, signed string) vcverify.Credential {
	t.Helper()
	v := checked(t, s, signed)
	want := map[string]string{"name": "Trần Thị Thu Hoài", "title": "Học tập, quán triệt Nghị quyết Hội nghị lần thứ mười bốn", "completedOn": today(),
		"basis": "app", "code": v.Subject["code"]}
	if !maps.Equal(v.Subject, want) || v.Issuer != publicURL || !slices.Contains(v.Types, "StudyCompletion") {
		t.Errorf("it says %+v", v)
	}
	t.Logf("credential: %d bytes", len(signed))
	if len(signed) > maxCredential {
		t.Errorf("%d bytes", len(signed))
	}
	keys := s.guest(t).do(t, "GET", "/.well-known/jwks.json", nil).want(t, 200).body
	for i := range len(signed) {
		other := []byte(signed)
		other[i] = 'A'
		if signed[i] == 'A' {
			other[i] = 'B'
		}
		if _, err := vcverify.Verify(string(other), keys, time.Now()); err == nil {
			t.Errorf("byte %d changed, and it still holds", i)
		}
	}
	s.guest(t).with(signed).do(t, "GET", "/v1/me", nil).want(t, 401, "not_signed_in")
	if _, err := vcverify.Verify(s.env.signed[member].AccessToken, keys, time.Now()); err == nil {
		t.Error("an access token is taken for a credential")
	}
	return v
}

// holdCheck asks as a guest, by what the QR code leads to and by what people
// type.
func holdCheck(t *testing.T, c *client, link, code string) {
	t.Helper()
	want := get[contract.CertificateCheck](t, c, link)
	if want.Code != code || want.State != contract.Valid || want.MaskedName != "T*** T** T** H***" || text(want.CompletedOn) != today() ||
		want.Title != "Học tập, quán triệt Nghị quyết Hội nghị lần thứ mười bốn" || want.ChangedAt != nil {
		t.Errorf("the check: %+v", want)
	}
	for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""), strings.ReplaceAll(code, "-", "%20"),
		strings.NewReplacer("0", "O", "1", "l").Replace(code)} {
		a := c.do(t, "GET", "/v1/verify/"+typed, nil).want(t, 200)
		if got := parse[contract.CertificateCheck](t, a); got.Code != code || got.State != want.State || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %+v, %v", typed, got, a.header)
		}
	}
	other := []byte(code)
	if other[0]++; other[0] > 'Z' || other[0] == ':' || strings.ContainsRune("ILOU", rune(other[0])) {
		other[0] = '2'
	}
	for _, typed := range []string{string(other), code[1:], code + "0", "khong-co", "00000-00000-00000-00000"} {
		if a := c.do(t, "GET", "/v1/verify/"+typed, nil).want(t, 404, "not_found"); strings.Contains(string(a.body), "Trần") {
			t.Errorf("%s: %s", typed, a.body)
		}
	}
}

// holdReaders: it is the member's, and their secretary's.
func holdReaders(t *testing.T, s *server, completion string) {
	t.Helper()
	for _, what := range []string{"/certificate.pdf", "/credential"} {
		path := "/v1/completions/" + completion + what
		s.as(t, secretary).do(t, "GET", path, nil).want(t, 200)
		for _, who := range []string{secretary2, exempt, enterprise, leader, inspector, admin, editor} {
			s.as(t, who).do(t, "GET", path, nil).want(t, 404, "not_found")
		}
		s.guest(t).do(t, "GET", path, nil).want(t, 401)
		s.as(t, member).do(t, "GET", "/v1/completions/khong-co"+what, nil).want(t, 404, "not_found")
	}
}

// holdAudit finds the secretary's readings on record, and no others.
func holdAudit(t *testing.T, s *server) {
	t.Helper()
	list := get[contract.AuditList](t, s.as(t, admin), "/v1/admin/audit?act=certificate.read").Items
	if len(list) != 2 {
		t.Errorf("on record: %+v", list)
	}
	for _, x := range list {
		if x.Target != "member/"+person("m01") || text(x.ActorId) != s.env.signed[secretary].Member.Id {
			t.Errorf("on record: %+v", x)
		}
	}
}

// holdRestart: another process signs with the same key, and what was signed
// before still holds. Without an address of the web the key names the issuer.
func holdRestart(t *testing.T, s *server, keys *answer, before, completion string) {
	t.Helper()
	v := checked(t, s, before)
	after := credentialOf(t, s.as(t, member), completion)
	if _, err := vcverify.Verify(after, keys.body, time.Now()); err != nil {
		t.Errorf("signed with another key: %v", err)
	}
	w := checked(t, s, after)
	if w.KID != v.KID || w.Issuer != "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"+v.KID || !maps.Equal(w.Subject, v.Subject) ||
		w.ID != "sotay:verify/"+strings.ToLower(strings.ReplaceAll(v.Subject["code"], "-", "")) {
		t.Errorf("after a restart: %+v, before: %+v", w, v)
	}
}

// holdStates follows a certificate through its corrections.
func holdStates(t *testing.T, s *server, completion, code string) {
	t.Helper()
	state := func(want contract.CertificateState, day string) {
		t.Helper()
		x := get[contract.CertificateCheck](t, s.guest(t), "/v1/verify/"+code)
		if x.State != want || text(x.CompletedOn) != day || (x.ChangedAt == nil) != (want == contract.Valid) {
			t.Errorf("want %s: %+v", want, x)
		}
		status := 200
		if want == contract.Revoked {
			status = 409
		}
		for _, what := range []string{"/certificate.pdf", "/credential"} {
			for _, who := range []string{member, secretary} {
				a := s.as(t, who).do(t, "GET", "/v1/completions/"+completion+what, nil)
				if a.want(t, status); status == 409 {
					a.want(t, 409, "already_revoked")
				}
			}
			s.as(t, secretary2).do(t, "GET", "/v1/completions/"+completion+what, nil).want(t, 404, "not_found")
		}
	}
	corrects := func(kind string) {
		t.Helper()
		s.as(t, secretary).do(t, "POST", "/v1/completions/"+completion+"/corrections", fields{"kind": kind, "reason": "Xác minh lại."}).want(t, 200)
	}
	state(contract.Valid, today())
	corrects("revoke")
	state(contract.Revoked, "")
	corrects("reinstate")
	state(contract.Corrected, today())
	corrects("revoke")
	state(contract.Revoked, "")
}

// holdErased: of an erased member no certificate is known.
func holdErased(t *testing.T, s *server, drive string) {
	t.Helper()
	c := s.as(t, secretary)
	completion := parse[contract.RecordedCompletion](t, c.do(t, "POST", "/v1/drives/"+drive+"/completions", onBehalf("m04")).want(t, 201)).Id
	code := codeOf(t, c, completion)
	if x := get[contract.CertificateCheck](t, s.guest(t), "/v1/verify/"+code); x.MaskedName != "N***** T** B*** L***" || x.State != contract.Valid {
		t.Errorf("before: %+v", x)
	}
	s.as(t, admin).do(t, "POST", "/v1/admin/members/"+person("m04")+"/erasure", fields{"reason": "Theo đề nghị."}).want(t, 204)
	s.guest(t).do(t, "GET", "/v1/verify/"+code, nil).want(t, 404, "not_found")
	s.guest(t).do(t, "GET", "/v1/verify/"+completion, nil).want(t, 404, "not_found")
	c.do(t, "GET", "/v1/completions/"+completion+"/credential", nil).want(t, 404, "not_found")
}
