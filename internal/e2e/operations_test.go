package e2e

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sotay/internal/httpapi/contract"
)

// TestCommands goes through the command line on both engines.
func TestCommands(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		good := file(t, "---\nkind: document\nkey: nhap-thu\ntype: plan\ntitle: Kế hoạch nhập thử\nissuer: Ban Tuyên giáo\nissuedOn: 2026-01-02\n---\n\n## 1. Mục đích\n\nHọc tập.\n")
		bad := file(t, "---\nkind: document\ntype: thơ\nissuedOn: 2026-02-30\n---\n\n## 1. Mục đích\n")
		want := func(fail bool, args []string, parts ...string) string {
			t.Helper()
			out, err := e.run(t, args...)
			if (err != nil) != fail {
				t.Fatalf("%v: %v\n%s", args, err, out)
			}
			for _, p := range parts {
				if !strings.Contains(out, p) {
					t.Errorf("%v: no %q in\n%s", args, p, out)
				}
			}
			return out
		}
		want(true, []string{"import", "--dry-run", bad}, ":3: error: type", ":4: error: issuedOn", "title")
		want(false, []string{"import", "--dry-run", good}, "would be imported")
		want(true, []string{"import", good}, "--by")
		want(true, []string{"import", "--by", member, good}, "phạm vi")
		want(false, []string{"import", "--by", editor, good}, "made document")
		want(false, []string{"import", "--by", editor, good}, "unchanged document")
		setFile(t, good, "---\nkind: document\nkey: nhap-thu\ntype: plan\ntitle: Kế hoạch đã sửa\nissuer: Ban Tuyên giáo\nissuedOn: 2026-01-02\n---\n\n## 1. Mục đích\n\nHọc tập.\n")
		want(false, []string{"import", "--by", editor, good}, "changed document")
		importsQuizzes(t, want)
		want(false, []string{"rebuild"}, " 0 encoded again")
		want(false, []string{"version"}, "sotay ")
		out := want(false, []string{"admin", "create", "--username", "sep", "--name", "Lê Quản Trị"}, "password, shown once: ")
		_, secret, _ := strings.Cut(out, "shown once: ")
		s := e.start(t, []string{"serve"}) // not a demonstration
		signed := s.guest(t).login(t, "sep", strings.TrimSpace(secret), "desk")
		if len(signed.Member.Roles) != 1 || signed.Member.Roles[0].Role != "admin" {
			t.Errorf("the administrator has %+v", signed.Member.Roles)
		}
		s.guest(t).do(t, "POST", "/v1/auth/login", signIn(member, password, "x")).want(t, 401, "invalid_credentials")
		s.as(t, member).do(t, "GET", "/v1/me", nil).want(t, 401, "not_signed_in")
		s.guest(t).do(t, "POST", "/v1/auth/refresh", fields{"refreshToken": e.signed[member].RefreshToken}).want(t, 401, "session_revoked")
		eventually(t, patience, "the audit record is sealed", func() (bool, string) {
			out, err := e.run(t, "audit", "verify")
			return err == nil && strings.Contains(out, " 0 entries not sealed yet"), out
		})
	})
}

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.md")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestConfiguration is checked whole, before anything is opened.
func TestConfiguration(t *testing.T) {
	t.Parallel()
	e := emptySQLite(t.TempDir())
	out, err := e.runWith(t, "", []string{"HANDBOOK_ADDR=x", "HANDBOOK_LOG_LEVEL=loud", "HANDBOOK_TYPO=1", "HANDBOOK_MONGODB_URI=mongodb://u:geheim@h"}, "check-config")
	if err == nil || exitCode(err) != 1 {
		t.Errorf("taken: %v", err)
	}
	for _, name := range []string{"HANDBOOK_ADDR", "HANDBOOK_LOG_LEVEL", "HANDBOOK_TYPO", "HANDBOOK_SECRET"} {
		if !strings.Contains(out, name) {
			t.Errorf("%s is not named in\n%s", name, out)
		}
	}
	if strings.Contains(out, "geheim") {
		t.Error("a password is printed")
	}
	if out, err := e.runWith(t, "", []string{"HANDBOOK_SECRET=" + testSecret}, "check-config"); err != nil || strings.Contains(out, testSecret) || !strings.Contains(out, "HANDBOOK_DATA="+e.dir) {
		t.Errorf("check-config: %v\n%s", err, out)
	}
	if files, _ := os.ReadDir(e.dir); len(files) > 0 {
		t.Errorf("check-config made %v", files)
	}
}

// TestOrderlyEnd lets a request finish after the process was told to stop.
func TestOrderlyEnd(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "sqlite").watched(t)
	hold := filepath.Join(t.TempDir(), "hold")
	setFile(t, hold, "")
	metrics := freeAddr(t)
	s := e.serve(t, "HANDBOOK_TEST_HOLD="+hold, "HANDBOOK_METRICS_ADDR="+metrics)
	c := s.as(t, member)
	id := get[contract.DocumentList](t, c, "/v1/documents").Items[0].Id
	checkMetrics(t, s)

	done := make(chan *answer, 1)
	go func() {
		a, err := c.try(t, "PUT", "/v1/me/bookmarks/"+id, nil)
		if err != nil {
			t.Errorf("the request was cut off: %v", err)
		}
		done <- a
	}()
	eventually(t, patience, "the request has come", func() (bool, string) {
		_, err := os.Stat(hold + ".seen")
		return err == nil, fmt.Sprint(err)
	})
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, patience, "the server is stopping", func() (bool, string) {
		_, ok := s.out.find(`"msg":"stopping"`)
		return ok, ""
	})
	if err := os.Remove(hold); err != nil {
		t.Fatal(err)
	}
	if a := <-done; a != nil {
		a.want(t, 204)
	}
	s.awaitExit(t)
	if _, ok := s.out.find(`"route":"/v1/me/bookmarks/{documentId}"`, `"status":204`); !ok {
		t.Error("the last request is not in the log")
	}
	log := s.out.text()
	for _, secret := range []string{id, e.signed[member].AccessToken, e.signed[member].Member.Id, e.signed[member].Member.Name, "127.0.0.1\",\"method"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	again := e.serve(t)
	if list := get[contract.BookmarkList](t, again.as(t, member), "/v1/me/bookmarks"); len(list.Items) != 1 {
		t.Errorf("bookmarks after a restart: %+v", list.Items)
	}
}

// checkMetrics finds the metrics on their own listener alone.
func checkMetrics(t *testing.T, s *server) {
	t.Helper()
	s.guest(t).do(t, "GET", "/metrics", nil).want(t, 404, "no_such_call")
	resp, err := http.Get(s.metrics + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`route="/v1/documents",status="200"`, "go_goroutines"} {
		if !strings.Contains(string(text), part) {
			t.Errorf("no %q among the metrics", part)
		}
	}
}

// TestThrottling delays guesses and locks nobody out, whatever the clock does.
func TestThrottling(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "sqlite")
	clock := filepath.Join(t.TempDir(), "clock")
	setFile(t, clock, "0s")
	s := e.serve(t, "HANDBOOK_TEST_CLOCK="+clock, "HANDBOOK_TRUSTED_PROXIES=127.0.0.1")
	g := s.guest(t)
	try := func(secret, from string) *answer {
		return g.do(t, "POST", "/v1/auth/login", signIn(member, secret, "guess"), "X-Forwarded-For", from)
	}
	var a *answer
	for n := 0; n < 8; n++ {
		if a = try("đoán mò", "evil, 203.0.113.5"); a.status == 429 {
			break
		}
		a.want(t, 401, "invalid_credentials")
	}
	a.want(t, 429, "too_many_attempts")
	if a.header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
	try(password, "203.0.113.77").want(t, 429)              // the same prefix
	try(password, "203.0.113.5, 198.51.100.9").want(t, 200) // the nearest hop that is not ours counts
	setFile(t, clock, "6m")
	try(password, "203.0.113.5").want(t, 200)
	// A clock that was ahead while guesses were counted locks nobody for longer
	// than the longest delay.
	setFile(t, clock, "8760h")
	for range 8 {
		try("đoán mò", "203.0.113.5")
	}
	setFile(t, clock, "12m")
	eventually(t, patience, "the delay ends", func() (bool, string) {
		a := try(password, "203.0.113.5")
		return a.status == 200 || a.status == 429, string(a.body)
	})
	setFile(t, clock, "18m")
	try(password, "203.0.113.5").want(t, 200)
}

// TestForwardedAddressesAreNotBelieved holds that who writes another address
// into every guess is delayed all the same.
func TestForwardedAddressesAreNotBelieved(t *testing.T) {
	t.Parallel()
	g := newEnv(t, "sqlite").serve(t, "HANDBOOK_TRUSTED_PROXIES=192.0.2.0/24").guest(t)
	last := 0
	for n := 0; n < 8 && last != 429; n++ {
		last = g.do(t, "POST", "/v1/auth/login", signIn(member, "đoán mò", "guess"), "X-Forwarded-For", fmt.Sprintf("10.%d.0.1", n)).status
	}
	if last != 429 {
		t.Errorf("eight guesses from eight written addresses end with %d", last)
	}
}

// TestClockJumps signs nobody out without reason and keeps publications in
// order.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "sqlite")
	clock := filepath.Join(t.TempDir(), "clock")
	setFile(t, clock, "0s")
	s := e.serve(t, "HANDBOOK_TEST_CLOCK="+clock)
	g := s.guest(t)
	tokens := g.refresh(t, g.login(t, member, password, "jumps").RefreshToken)
	var last int64
	for n, offset := range []time.Duration{24 * time.Hour, 0, -24 * time.Hour, 0} {
		setFile(t, clock, offset.String())
		tokens = g.refresh(t, tokens.RefreshToken)
		p := g.with(tokens.AccessToken).phone()
		ed, ap := g.login(t, editor, password, "desk-1"), g.login(t, approver, password, "desk-2")
		d := desk{kind: "documents", editor: g.with(ed.AccessToken), approver: g.with(ap.AccessToken)}
		i := d.release(t, document(fmt.Sprintf("Văn bản khi đồng hồ nhảy %d", n)))
		p.sync(t, 100)
		ch, ok := p.held["document/"+i.ID]
		if !ok || ch.Seq <= last {
			t.Fatalf("offset %s: %+v after %d", offset, ch, last)
		}
		last = ch.Seq
	}
}

// importsQuizzes brings in a quiz with its questions, as drafts.
func importsQuizzes(t *testing.T, want func(fail bool, args []string, parts ...string) string) {
	t.Helper()
	head := "---\nkind: quiz\nkey: de-thu\ntitle: Đề nhập thử\npassMark: 50\n---\n\n"
	name := filepath.Join(t.TempDir(), "de-thu.gift")
	put := func(body string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(head+body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("Thủ đô?{=Hà Nội\n=Huế\n~Vinh}\n")
	want(true, []string{"import", "--dry-run", name}, ":8: error: question: ")
	put("// sotay: {\"document\":\"khong-co\"}\nThủ đô?{=Hà Nội ~Huế}\n")
	want(true, []string{"import", "--by", editor, name}, "no such document")
	put("// sotay: {\"document\":\"nhap-thu\",\"section\":\"muc-1\"}\nThủ đô?{=Hà Nội ~Huế}\n")
	want(true, []string{"import", "--by", editor, name}, "line 8: ", "no such document or section")
	put("// sotay: {\"document\":\"nhap-thu\"}\nThủ đô?{=Hà Nội ~Huế}\n\nĐúng không?{T}\n")
	want(false, []string{"import", "--dry-run", name}, "would be imported")
	want(false, []string{"import", "--by", editor, name}, "made quiz")
	want(false, []string{"import", "--by", editor, name}, "unchanged quiz")
	put("Thủ đô?{=Hà Nội ~Huế}\n")
	want(false, []string{"import", "--by", editor, name}, "changed quiz")
}
