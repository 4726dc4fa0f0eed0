package account

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"sotay/internal/fault"
	"sotay/internal/store"
)

func TestNewNeedsEverything(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	full := b.deps(b.clock.now)
	optional := map[string]bool{"Config": true, "Elapsed": true, "Consents": true, "Roster": true, "Phones": true, "Citizens": true}
	fields := reflect.TypeOf(full)
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		if optional[name] {
			continue
		}
		d := full
		reflect.ValueOf(&d).Elem().Field(i).SetZero()
		if _, err := New(d); err == nil {
			t.Errorf("New without %s succeeded", name)
		}
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	tk := b.signIn(s, "lan", "phone-1")
	if tk.MemberID != "lan" || tk.ExpiresIn != 900 || tk.RefreshToken == "" {
		t.Fatalf("got %+v", tk)
	}
	c, err := s.Verify(tk.AccessToken)
	must(t, err)
	if c.MemberID != "lan" || c.AuthRev != 7 || c.Generation != 1 || !c.Expires.Equal(b.clock.now().Add(15*time.Minute)) {
		t.Fatalf("got %+v", c)
	}
}

func TestLoginFoldsNames(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	must(t, s.Create(t.Context(), "m1", "Đặng.Lan", goodPassword))
	for _, name := range []string{"đặng.lan", "ĐẶNG.LAN", " đặng.lan ", norm.NFD.String("Đặng.Lan")} {
		for _, pw := range []string{goodPassword, norm.NFD.String(goodPassword)} {
			if _, err := s.Login(t.Context(), input(name, pw, "p1")); err != nil {
				t.Errorf("%q with %q: %v", name, pw, err)
			}
		}
	}
	_, err := s.Login(t.Context(), input("dang.lan", goodPassword, "p1"))
	wantFault(t, err, InvalidCredentials)
	_, err = s.Login(t.Context(), input("đặng.lan", strings.ToUpper(goodPassword), "p1"))
	wantFault(t, err, InvalidCredentials)
}

// Each path costs exactly one hash of the same costs, and says the same.
func TestLoginFailuresLookTheSame(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	b.member(s, "gone")
	b.member(s, "left")
	b.members.remove("gone")
	b.members.bar("left")
	hashes := countHashes(s)
	cases := []struct{ name, user, password string }{
		{"unknown", "nobody", goodPassword},
		{"empty", "", ""},
		{"wrong", "lan", "not her password"},
		{"endless", "lan", strings.Repeat("x", 1<<20)},
		{"left", "left", goodPassword},
		{"gone", "gone", goodPassword},
		{"odd bytes", "\xff\x00", "\xff\x00"},
	}
	for _, c := range cases {
		before := hashes.Load()
		_, err := s.Login(t.Context(), input(c.user, c.password, "p1"))
		f := wantFault(t, err, InvalidCredentials)
		if !reflect.DeepEqual(f.Detail, InvalidCredentials.Detail) || f.Kind != fault.Unknown || len(f.Fields) != 0 {
			t.Errorf("%s: fault tells more: %+v", c.name, f)
		}
		if n := hashes.Load() - before; n != 1 {
			t.Errorf("%s: %d hashes, want 1", c.name, n)
		}
	}
	before := hashes.Load()
	b.signIn(s, "lan", "p1")
	if n := hashes.Load() - before; n != 1 {
		t.Errorf("success: %d hashes, want 1", n)
	}
}

func TestLoginWithRealCosts(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica(func(c *Config) { c.HashParams = HashParams{} })
	b.member(s, "lan")
	b.signIn(s, "lan", "p1")
	c, err := s.credentials.Get(t.Context(), "lan")
	must(t, err)
	if !strings.HasPrefix(c.Hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash is %q", c.Hash)
	}
}

func TestLoginUpgradesOldHashes(t *testing.T) {
	t.Parallel()
	b, old := one(t)
	dear := HashParams{MemoryKiB: 16, Time: 2, Threads: 1}
	s := b.replica(func(c *Config) { c.HashParams = dear })
	hashes := countHashes(s)
	_, err := s.Login(t.Context(), input("lan", "wrong", "p1"))
	wantFault(t, err, InvalidCredentials)
	if hashes.Load() != 1 {
		t.Errorf("a failure hashed %d times", hashes.Load())
	}
	b.signIn(s, "lan", "p1")
	c, err := s.credentials.Get(t.Context(), "lan")
	must(t, err)
	h, err := parsePHC(c.Hash)
	must(t, err)
	if h.params != dear || c.Epoch != 1 {
		t.Errorf("params %+v, epoch %d", h.params, c.Epoch)
	}
	b.signIn(s, "lan", "p1")
	if _, err := old.Login(t.Context(), input("lan", goodPassword, "p2")); err != nil {
		t.Errorf("the upgraded hash is refused: %v", err)
	}
}

func TestUnreadableHashFitsNothing(t *testing.T) {
	t.Parallel()
	_, s := one(t)
	hashes := countHashes(s)
	for i, bad := range []string{"", "plain", "$argon2id$v=19$m=99999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$"} {
		_, err := s.credentials.Update(t.Context(), "lan", func(c *credential) error { c.Hash = bad; return nil })
		must(t, err)
		_, err = s.Login(t.Context(), input("lan", "", "p1"))
		wantFault(t, err, InvalidCredentials)
		if int(hashes.Load()) != i+1 {
			t.Errorf("%q: %d hashes", bad, hashes.Load())
		}
		must(t, s.throttle.clear(t.Context(), attempt{account: "lan", place: prefixOf(home)}))
	}
}

func TestDevice(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	_, err := s.Login(t.Context(), input("lan", goodPassword, ""))
	wantFault(t, err, fault.BadInput)
	in := input("lan", goodPassword, "3F2504E0-4F89-11D3-9A0C-0305E82C3301") // iOS writes capitals
	in.Device.Name = "  " + norm.NFD.String("Máy\x00 của\nbố") + strings.Repeat("x", 200)
	in.Device.Platform = "\xffios"
	tk, err := s.Login(t.Context(), in)
	must(t, err)
	items, _, err := s.Sessions(t.Context(), b.as(s, tk), "", 10)
	must(t, err)
	if len(items) != 1 || !strings.HasPrefix(items[0].DeviceName, "Máy củabốx") || len([]rune(items[0].DeviceName)) != 64 || items[0].Platform != "ios" {
		t.Fatalf("got %+v", items)
	}
	again, err := s.Login(t.Context(), in)
	must(t, err)
	items, _, err = s.Sessions(t.Context(), b.as(s, again), "", 10)
	must(t, err)
	if len(items) != 1 {
		t.Errorf("the same phone has %d sessions", len(items))
	}
}

// A sign-in takes the place of the session before it on the same phone, also
// another member's, at once here and after a poll elsewhere.
func TestLoginReplacesSession(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	other := b.replica()
	b.member(s, "minh")
	first := b.signIn(s, "lan", "phone")
	elsewhere := b.signIn(s, "lan", "tablet")
	b.as(other, first)
	b.signIn(s, "minh", "phone")
	if _, err := s.Verify(first.AccessToken); err == nil {
		t.Error("replaced session is good on the replica that replaced it")
	}
	if _, err := other.Verify(first.AccessToken); err != nil {
		t.Errorf("before the poll: %v", err)
	}
	must(t, other.revoked.poll(t.Context()))
	if _, err := other.Verify(first.AccessToken); err == nil {
		t.Error("replaced session is good on the other replica after a poll")
	}
	_, err := other.Refresh(t.Context(), first.RefreshToken)
	wantFault(t, err, SessionRevoked)
	b.mustRefresh(other, elsewhere.RefreshToken)
}

// The effect of a sign-in survives a store that fails between the two writes.
func TestReplacedSessionIsRevokedLater(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	first := b.signIn(s, "lan", "phone")
	b.engine.setInsert(func(coll string) error {
		if coll == "revocations" {
			return errInjected
		}
		return nil
	})
	b.signIn(s, "lan", "phone")
	if _, err := s.Verify(first.AccessToken); err == nil {
		t.Error("the replica forgot what it could not write")
	}
	b.engine.setInsert(nil)
	other := b.replica()
	b.as(other, first)
	b.clock.step(4 * time.Second)
	for _, sw := range other.Sweepers() {
		_, err := sw.Sweep(t.Context())
		must(t, err)
	}
	third := b.replica()
	if _, err := third.Verify(first.AccessToken); err == nil {
		t.Error("the sweeper did not revoke")
	}
}

// A password changed while a sign-in with the old one was under way leaves no
// session of it.
func TestLoginLosesToPasswordChange(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	cred, err := s.credentials.Get(t.Context(), "lan")
	must(t, err)
	tk := b.signIn(s, "lan", "tablet")
	must(t, s.ChangePassword(t.Context(), b.as(s, tk), goodPassword, "Một mật khẩu khác"))
	_, err = s.begin(t.Context(), cred, Device{InstallationID: "thief"})
	wantFault(t, err, InvalidCredentials)
	items, _, err := s.Sessions(t.Context(), b.as(s, tk), "", 10)
	must(t, err)
	if len(items) != 1 || !items[0].Current {
		t.Errorf("got %+v", items)
	}
}

func TestLoginWhenBusy(t *testing.T) {
	t.Parallel()
	b, s := one(t, func(c *Config) { c.HashConcurrency, c.HashQueue = 1, 1 })
	var leave []func()
	for range 2 {
		l, err := s.gate.enter()
		must(t, err)
		leave = append(leave, l)
	}
	for range 30 { // more than are free: being turned away is no attempt
		_, err := s.Login(t.Context(), input("lan", goodPassword, "p1"))
		if f := wantFault(t, err, Busy); f.RetryAfter != 2*time.Second {
			t.Fatalf("retry after %v", f.RetryAfter)
		}
	}
	leave[0]()
	b.signIn(s, "lan", "p1")

	// One who waits for a slot leaves with the caller.
	s.gate.slots <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Login(ctx, input("lan", goodPassword, "p1"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	entered := make(chan error)
	go func() { entered <- s.gate.do(t.Context(), func() {}) }()
	<-s.gate.slots
	must(t, <-entered)
}

func TestCreate(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	hashes := countHashes(s)
	must(t, s.Create(t.Context(), "lan", "LAN", "Một mật khẩu khác"))
	if hashes.Load() != 0 {
		t.Error("a repeat hashed")
	}
	b.signIn(s, "lan", "p1") // with the first password
	wantFault(t, s.Create(t.Context(), "minh", "Lan", goodPassword), UsernameTaken)
	wantFault(t, s.Create(t.Context(), "lan", "lan2", goodPassword), AccountExists)
	wantFault(t, s.Create(t.Context(), "minh", "minh", "short"), WeakPassword)
	for _, bad := range []string{"", "  ", "a b", "a\x00b", strings.Repeat("x", 65), "\xff"} {
		wantFault(t, s.Create(t.Context(), "minh", bad, goodPassword), fault.BadInput)
	}
	must(t, s.Create(t.Context(), "demo", "dangvien", "SoTay@2026-demo"))
}

// Two replicas seed at once: both are content, one row is written.
func TestCreateTwiceAtOnce(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	errs := make(chan error)
	for range 4 {
		s := b.replica()
		go func() { errs <- s.Create(t.Context(), "lan", "lan", goodPassword) }()
	}
	for range 4 {
		must(t, <-errs)
	}
}

// Names and addresses of those who fail are nowhere in the store.
func TestThrottlesHoldNoNames(t *testing.T) {
	t.Parallel()
	_, s := one(t)
	_, err := s.Login(t.Context(), input("mysterious-name", "wrong-password", "p1"))
	wantFault(t, err, InvalidCredentials)
	n := 0
	must(t, s.throttle.rows.Each(t.Context(), func(c counter) error {
		n++
		doc, err := store.Encode(&c)
		if strings.Contains(string(doc), "mysterious") || strings.Contains(string(doc), "203.0") {
			t.Errorf("row tells: %q", doc)
		}
		return err
	}))
	if n != 3 {
		t.Errorf("%d counters, want 3", n)
	}
}
