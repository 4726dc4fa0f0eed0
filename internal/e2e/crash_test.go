package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sotay/internal/httpapi/contract"
)

// maxWrites bounds the writes that one request may cause.
const maxWrites = 40

// crash is one kind of request that is killed behind each of its writes.
type crash struct {
	name string
	// prepare makes, on the surviving process, what the request is about, and
	// returns the request and what must hold after it, crashed or not.
	prepare func(t *testing.T, w *wreck, k int) (send func(victim *server) (*answer, error), holds func(answered bool))
}

// wreck is a store with a process that survives; others die beside it.
type wreck struct {
	*env
	survivor *server
	clock    string // file
	passed   time.Duration
	password string // of the secretary, once it was changed
}

func newWreck(t *testing.T, e *env) *wreck {
	t.Helper()
	w := &wreck{env: e, clock: filepath.Join(t.TempDir(), "clock")}
	setFile(t, w.clock, "0s")
	w.survivor = e.serve(t, "HANDBOOK_TEST_CLOCK="+w.clock)
	return w
}

// later lets time pass for the survivor, so that what the dead process left is
// overdue.
func (w *wreck) later(t *testing.T) {
	t.Helper()
	w.passed += 10 * time.Second
	setFile(t, w.clock, w.passed.String())
}

// TestCrashBehindEveryWrite kills a process behind the k-th write of a request,
// for every k, and holds what another process on the store then shows.
func TestCrashBehindEveryWrite(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		w := newWreck(t, e)
		crashes := append([]crash{bookmarking, publishing, withdrawing, refreshing}, sitting...)
		if e.engine == "sqlite" { // the same rooms and effects; each costs many sign-ins
			crashes = append(crashes, signingIn, changingPassword, activating)
		}
		for _, c := range crashes {
			c.run(t, w)
		}
		w.survivor.stop(t)
		if out, err := e.run(t, "audit", "verify"); err != nil || strings.Contains(out, "FAULT") {
			t.Errorf("audit verify: %v\n%s", err, out)
		}
		if out, err := e.run(t, "rebuild"); err != nil || !strings.Contains(out, " 0 encoded again") {
			t.Errorf("rebuild: %v\n%s", err, out)
		}
	})
}

// run goes through the writes until the request survives them all.
func (c crash) run(t *testing.T, w *wreck) {
	t.Helper()
	early := 0
	for k := 1; ; k++ {
		if k > maxWrites {
			t.Fatalf("%s: more than %d writes", c.name, maxWrites)
		}
		send, holds := c.prepare(t, w, k)
		arm := filepath.Join(t.TempDir(), "arm")
		victim := w.serve(t, "HANDBOOK_TEST_CLOCK="+w.clock, fmt.Sprint("HANDBOOK_TEST_CRASH_AFTER=", k), "HANDBOOK_TEST_CRASH_ARM="+arm)
		setFile(t, arm, "now")
		a, err := send(victim)
		answered := err == nil
		if answered && a.status >= 300 {
			t.Fatalf("%s, write %d: status %d: %s", c.name, k, a.status, a.body)
		}
		if !answered {
			victim.awaitExit(t)
		}
		victim.kill()
		w.later(t)
		holds(answered)
		if t.Failed() {
			t.Fatalf("%s does not survive a crash behind write %d", c.name, k)
		}
		if answered {
			if k > 1 {
				t.Logf("%s survives a crash behind each of its %d writes", c.name, k-1)
				return
			}
			// A write of a background loop may have been the one, and the
			// request have slipped through before the end.
			if early++; early == 3 {
				t.Fatalf("%s was answered before a write", c.name)
			}
			k--
		}
	}
}

var publishing = crash{"publish", func(t *testing.T, w *wreck, k int) (func(*server) (*answer, error), func(bool)) {
	d := w.survivor.desk(t, "documents")
	title := fmt.Sprintf("Văn bản ngã giữa chừng thứ %d", k)
	i := d.create(t, document(title))
	d.approve(t, i.ID)
	p := w.survivor.as(t, member).phone()
	p.sync(t, 100)
	return func(victim *server) (*answer, error) {
			return victim.as(t, approver).try(t, "POST", "/v1/editor/documents/"+i.ID+"/publish", nil)
		}, func(answered bool) {
			eventually(t, patience, "the publication is whole", func() (bool, string) {
				now := d.get(t, i.ID)
				p.sync(t, 100)
				read, found, listed := p.reads(t, i.ID), p.finds(t, title, i.ID), p.lists(t, i.ID)
				all, any := read && found && listed && p.has("document", i.ID, 1), read || found || listed || p.has("document", i.ID, 1)
				// A background loop may have written before the request did.
				ok := now.State == "published" && now.PublishedVersion == 1 && all || !answered && now.State == "approved" && !any
				return ok, fmt.Sprint(now.State, " read ", read, " found ", found, " listed ", listed)
			})
		}
}}

var withdrawing = crash{"withdraw", func(t *testing.T, w *wreck, k int) (func(*server) (*answer, error), func(bool)) {
	d := w.survivor.desk(t, "documents")
	i := d.release(t, document(fmt.Sprintf("Văn bản thu hồi dở dang %d", k)))
	m := desk{kind: "materials", editor: d.editor, approver: d.approver}.release(t, material("Tài liệu kèm theo", i.ID))
	p := w.survivor.as(t, member).phone()
	p.sync(t, 100)
	if !p.has("document", i.ID, 1) || !p.has("material", m.ID, 1) {
		t.Fatal("the phone has not got what is out")
	}
	return func(victim *server) (*answer, error) {
			return victim.as(t, editor).try(t, "POST", "/v1/editor/documents/"+i.ID+"/withdraw", because)
		}, func(answered bool) {
			eventually(t, patience, "the withdrawal is whole", func() (bool, string) {
				now := d.get(t, i.ID)
				p.sync(t, 100)
				read, listed, held := p.reads(t, i.ID), p.lists(t, i.ID), p.has("document", i.ID, 1)
				ok := now.State == "withdrawn" && !read && !listed && !held || !answered && now.State == "published" && read && listed && held
				return ok, fmt.Sprint(now.State, " read ", read, " listed ", listed, " held ", held)
			})
		}
}}

var refreshing = crash{"refresh", func(t *testing.T, w *wreck, k int) (func(*server) (*answer, error), func(bool)) {
	g := w.survivor.guest(t)
	signed := g.login(t, leader, password, fmt.Sprint("wreck-", k))
	body := contract.RefreshRequest{RefreshToken: signed.RefreshToken}
	return func(victim *server) (*answer, error) {
			return g.on(victim).try(t, "POST", "/v1/auth/refresh", body)
		}, func(bool) {
			next := g.refresh(t, signed.RefreshToken)
			get[contract.Me](t, g.with(next.AccessToken), "/v1/me")
			g.refresh(t, next.RefreshToken)
		}
}}

var bookmarking = crash{"bookmark", func(t *testing.T, w *wreck, k int) (func(*server) (*answer, error), func(bool)) {
	d := w.survivor.desk(t, "documents")
	i := d.release(t, document(fmt.Sprintf("Văn bản được đánh dấu %d", k)))
	c := w.survivor.as(t, enterprise)
	path := "/v1/me/bookmarks/" + i.ID
	count := func() (n int) {
		for _, b := range get[contract.BookmarkList](t, c, "/v1/me/bookmarks?limit=100").Items {
			if b.DocumentId == i.ID {
				n++
			}
		}
		return n
	}
	return func(victim *server) (*answer, error) {
			// The victim reads the log at once when it starts; the document is out.
			return victim.as(t, enterprise).try(t, "PUT", path, nil)
		}, func(answered bool) {
			if n := count(); n > 1 || answered && n != 1 {
				t.Errorf("%d bookmarks", n)
			}
			c.do(t, "PUT", path, nil).want(t, 204)
			if n := count(); n != 1 {
				t.Errorf("%d bookmarks after a repeat", n)
			}
		}
}}

var signingIn = crash{"sign in", func(t *testing.T, w *wreck, k int) (func(*server) (*answer, error), func(bool)) {
	g := w.survivor.guest(t)
	device := fmt.Sprint("half-", k)
	before := g.login(t, secretary2, password, device)
	return func(victim *server) (*answer, error) {
			return g.on(victim).try(t, "POST", "/v1/auth/login", signIn(secretary2, password, device))
		}, func(bool) {
			after := g.login(t, secretary2, password, device)
			get[contract.Me](t, g.with(after.AccessToken), "/v1/me")
			ends(t, "replaced by a sign-in on the same device", g.with(before.AccessToken))
		}
}}

var changingPassword = crash{"change the password", func(t *testing.T, w *wreck, k int) (func(*server) (*answer, error), func(bool)) {
	g := w.survivor.guest(t)
	now := w.password
	if now == "" {
		now = password
	}
	next := fmt.Sprintf("một mật khẩu khác hẳn %d", k)
	mine, other := g.login(t, secretary, now, "mine"), g.login(t, secretary, now, fmt.Sprint("other-", k))
	return func(victim *server) (*answer, error) {
			return g.on(victim).with(mine.AccessToken).try(t, "POST", "/v1/auth/password", contract.PasswordRequest{CurrentPassword: now, NewPassword: next})
		}, func(answered bool) {
			if g.do(t, "POST", "/v1/auth/login", signIn(secretary, next, "try")).status == 200 {
				w.password = next
				ends(t, "password changed", g.with(other.AccessToken))
				get[contract.Me](t, g.with(mine.AccessToken), "/v1/me")
				g.do(t, "POST", "/v1/auth/login", signIn(secretary, now, "try")).want(t, 401)
				return
			}
			if answered {
				t.Error("the new password is not taken")
			}
			g.login(t, secretary, now, "try")
		}
}}

var activating = crash{"activate", func(t *testing.T, w *wreck, k int) (func(*server) (*answer, error), func(bool)) {
	g := w.survivor.guest(t)
	device := fmt.Sprint("activated-", k)
	code := w.survivor.issue(t, "m05")
	before := parse[contract.SignedIn](t, g.do(t, "POST", "/v1/auth/activate", activation(code, fmt.Sprintf("mật khẩu trước đó %d", k), device+"-old")).want(t, 200))
	code = w.survivor.issue(t, "m05")
	body := activation(code, fmt.Sprintf("mật khẩu về sau này %d", k), device)
	return func(victim *server) (*answer, error) {
			return g.on(victim).try(t, "POST", "/v1/auth/activate", body)
		}, func(bool) {
			// The phone repeats what it had no answer to.
			after := parse[contract.SignedIn](t, g.do(t, "POST", "/v1/auth/activate", body).want(t, 200))
			get[contract.Me](t, g.with(after.AccessToken), "/v1/me")
			g.login(t, code.Username, body.NewPassword, device)
			g.do(t, "POST", "/v1/auth/login", signIn(code.Username, fmt.Sprintf("mật khẩu trước đó %d", k), "x")).want(t, 401)
			ends(t, "replaced by an activation", g.with(before.AccessToken))
		}
}}
