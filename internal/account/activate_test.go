package account

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sotay/internal/caller"
	"sotay/internal/effect"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// issued gives out a code of the command line.
func (b *bed) issued(s *Service, id string) Issued {
	b.t.Helper()
	c, err := s.issue(b.t.Context(), id, grant{}, nil)
	must(b.t, err)
	return c
}

func activateInput(c Issued, password, installation string) ActivateInput {
	in := input(c.Username, password, installation)
	return ActivateInput{Username: c.Username, Code: c.Code, NewPassword: password, Notice: NoticeVersion, Device: in.Device, Addr: home}
}

func TestActivateBegins(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	c := b.issued(s, "hoa")
	if !strings.HasPrefix(c.Username, "dv") || len(c.Username) != 9 || c.ExpiresAt.Sub(b.clock.now()) != codeLifetime {
		t.Errorf("issued %+v", c)
	}
	_, err := s.Login(t.Context(), input(c.Username, goodPassword, "p"))
	wantFault(t, err, InvalidCredentials)
	tk, err := s.Activate(t.Context(), activateInput(c, goodPassword, "p"))
	must(t, err)
	if got := b.as(s, tk).MemberID; got != "hoa" {
		t.Errorf("signed in as %s", got)
	}
	if got := b.consents.of("hoa"); got != NoticeVersion {
		t.Errorf("consent to %q", got)
	}
	_, err = s.Login(t.Context(), input(c.Username, goodPassword, "q"))
	must(t, err)
	if got := b.acts(); !slices.Equal(got, []string{"account.activate member/hoa hoa"}) {
		t.Errorf("acts %v", got)
	}
}

// Whatever is wrong is told in the same words after the same work: no hash.
func TestActivateTellsNothing(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	b.member(s, "binh")
	hoa, left, stale, old := b.issued(s, "hoa"), b.issued(s, "left"), b.issued(s, "stale"), b.issued(s, "old")
	b.members.bar("left")
	b.issued(s, "stale")
	b.clock.step(codeLifetime)
	mai := b.issued(s, "mai")
	n := countHashes(s)
	with := func(c Issued, username, code string) ActivateInput {
		in := activateInput(c, goodPassword, "p")
		in.Username, in.Code = username, code
		return in
	}
	for name, in := range map[string]ActivateInput{
		"unknown name": with(mai, "dv0000000x", mai.Code), "wrong code": with(mai, mai.Username, "000 000 000 000 000"),
		"another's code": with(mai, mai.Username, hoa.Code), "no code was issued": with(mai, "binh", mai.Code),
		"not a code": with(mai, mai.Username, "Mã của tôi"), "expired": with(old, old.Username, old.Code),
		"has left": with(left, left.Username, left.Code), "replaced": with(stale, stale.Username, stale.Code),
	} {
		_, err := s.Activate(t.Context(), in)
		f := wantFault(t, err, InvalidCode)
		if f.Detail != InvalidCode.Detail || len(f.Fields) != 0 {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if n.Load() != 0 {
		t.Errorf("%d hashes for refusals", n.Load())
	}
}

func TestActivateRefusesBeforeLooking(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	c := b.issued(s, "hoa")
	for _, row := range []struct {
		edit    func(*ActivateInput)
		want    *fault.Fault
		pointer string
	}{
		{func(in *ActivateInput) { in.Notice = "" }, ConsentRequired, "/privacyNotice"},
		{func(in *ActivateInput) { in.Notice = "2020-01-01" }, ConsentRequired, "/privacyNotice"},
		{func(in *ActivateInput) { in.NewPassword = "ngắn" }, WeakPassword, "/newPassword"},
		{func(in *ActivateInput) { in.NewPassword = in.Code }, WeakPassword, "/newPassword"},
		{func(in *ActivateInput) { in.NewPassword = strings.ReplaceAll(in.Code, " ", "") + "!" }, WeakPassword, "/newPassword"},
		{func(in *ActivateInput) { in.NewPassword = in.Username + "1" }, WeakPassword, "/newPassword"},
		{func(in *ActivateInput) { in.Device.InstallationID = "" }, fault.BadInput, "/device/installationId"},
	} {
		for _, username := range []string{c.Username, "khongcoai"} {
			in := activateInput(c, goodPassword, "p")
			row.edit(&in)
			if strings.HasPrefix(in.NewPassword, in.Username) {
				in.NewPassword = username + "1"
			}
			in.Username = username
			_, err := s.Activate(t.Context(), in)
			if f := wantFault(t, err, row.want); len(f.Fields) != 1 || f.Fields[0].Pointer != row.pointer {
				t.Errorf("fields %+v, want %s", f.Fields, row.pointer)
			}
		}
	}
	_, err := s.Activate(t.Context(), activateInput(c, goodPassword, "p"))
	must(t, err) // nothing of it was counted
}

// A forgotten password is replaced; until then the old one is good.
func TestActivateReplaces(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	other := b.replica()
	before := b.signIn(s, "lan", "p1")
	c := b.issued(s, "lan")
	if c.Username != "lan" {
		t.Errorf("username %q", c.Username)
	}
	b.signIn(s, "lan", "p2")
	const next = "Cây đa bến nước sân đình"
	tk, err := s.Activate(t.Context(), activateInput(c, next, "p3"))
	must(t, err)
	b.as(s, tk)
	must(t, other.revoked.poll(t.Context()))
	if _, err := other.Verify(before.AccessToken); err == nil {
		t.Error("a session from before is good")
	}
	_, err = s.Refresh(t.Context(), before.RefreshToken)
	wantFault(t, err, SessionRevoked)
	_, err = s.Login(t.Context(), input("lan", goodPassword, "p4"))
	wantFault(t, err, InvalidCredentials)
	if got := b.acts(); !slices.Equal(got, []string{"password.reset member/lan lan"}) {
		t.Errorf("acts %v", got)
	}
}

// The answer may be lost: the same call again is answered, another is not.
func TestActivateRepeats(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	c := b.issued(s, "hoa")
	for range 2 {
		_, err := s.Activate(t.Context(), activateInput(c, goodPassword, "p"))
		must(t, err)
	}
	_, err := s.Activate(t.Context(), activateInput(c, "Một mật khẩu khác 9", "p"))
	wantFault(t, err, InvalidCode)
	_, err = s.Login(t.Context(), input(c.Username, goodPassword, "p"))
	must(t, err)
	if got := b.acts(); len(got) != 1 {
		t.Errorf("acts %v", got)
	}
}

// Of calls side by side with one code, those with one password win together.
func TestActivateRaces(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	c := b.issued(s, "hoa")
	passwords := []string{"Mùa thu Hà Nội 45", "Mùa xuân Sa Pa 46"}
	won := make([]int, len(passwords))
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			_, err := s.Activate(t.Context(), activateInput(c, passwords[i%2], "p"+string(rune('a'+i))))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won[i%2]++
			case !errors.Is(err, InvalidCode) && !errors.Is(err, TooManyAttempts):
				t.Errorf("activate: %v", err)
			}
		})
	}
	wg.Wait()
	if won[0] > 0 && won[1] > 0 || won[0]+won[1] == 0 {
		t.Errorf("both passwords were set: %v", won)
	}
}

// Guesses at a code are slowed down like those at a password, with them.
func TestActivateIsThrottled(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	c := b.issued(s, "hoa")
	guess := activateInput(c, goodPassword, "p")
	guess.Code = "999 999 999 999 999"
	for range freePair {
		_, err := s.Activate(t.Context(), guess)
		wantFault(t, err, InvalidCode)
	}
	_, err := s.Activate(t.Context(), activateInput(c, goodPassword, "p"))
	wantFault(t, err, TooManyAttempts)
	_, err = s.Login(t.Context(), input(c.Username, goodPassword, "p"))
	wantFault(t, err, TooManyAttempts)
	b.clock.step(time.Minute)
	_, err = s.Activate(t.Context(), activateInput(c, goodPassword, "p"))
	must(t, err)
}

// A directory that is down keeps the consent waiting, not the member.
func TestConsentIsAnEffect(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	c := b.issued(s, "hoa")
	b.consents.setDown(true)
	_, err := s.Activate(t.Context(), activateInput(c, goodPassword, "p"))
	must(t, err)
	if b.consents.of("hoa") != "" {
		t.Fatal("a directory that is down has the consent")
	}
	b.consents.setDown(false)
	b.clock.step(time.Hour)
	sweepAll(t, s.Sweepers())
	if b.consents.of("hoa") != NoticeVersion || len(b.acts()) != 1 {
		t.Errorf("consent %q, acts %v", b.consents.of("hoa"), b.acts())
	}
}

func sweepAll(t *testing.T, sweepers []effect.Sweeper) {
	t.Helper()
	for _, w := range sweepers {
		_, err := w.Sweep(t.Context())
		must(t, err)
	}
}

// The store never holds a code.
func TestCodeIsNotStored(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	c := b.issued(s, "hoa")
	raw, err := b.engine.Find(t.Context(), credentialSchema(), store.Query{Index: "username", Limit: 10})
	must(t, err)
	if len(raw) != 1 || strings.Contains(string(raw[0]), foldCode(c.Code)) || strings.Contains(string(raw[0]), c.Code) {
		t.Errorf("%d rows; the code is among them", len(raw))
	}
}

func TestWhoMayIssue(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	const province, ward, branch, other = "tinh", "tinh/phuong", "tinh/phuong/kp1", "tinh/phuong/kp2"
	put := b.members.put
	put("bithu", branch, "secretary@"+branch)
	put("wardadmin", ward, "admin@"+ward)
	put("admin", province, "admin@"+province)
	put("member", branch)
	put("left", branch)
	b.members.bar("left")
	put("elsewhere", other)
	put("deputy", branch, "secretary@"+branch)
	put("wardsec", branch, "secretary@"+ward)
	put("editor", branch, "editor@"+branch)
	put("leader", branch, "leader@"+province)
	put("wardadmin2", branch, "admin@"+ward)
	put("enterprise", branch, "leader@")
	b.members.remove("nobody")
	const sec, adm = caller.Secretary, caller.Admin
	for _, row := range []struct {
		who    string
		as     caller.RoleName
		target string
		want   *fault.Fault
	}{
		{"bithu", sec, "member", nil}, {"bithu", sec, "deputy", nil}, {"bithu", sec, "left", MemberLeft},
		{"bithu", sec, "elsewhere", fault.NotFound}, {"bithu", sec, "nobody", fault.NotFound}, {"bithu", sec, "admin", fault.NotFound},
		{"bithu", sec, "bithu", NeedsAdmin}, {"bithu", sec, "wardsec", NeedsAdmin}, {"bithu", sec, "editor", NeedsAdmin},
		{"bithu", sec, "leader", NeedsAdmin}, {"bithu", sec, "wardadmin2", NeedsAdmin}, {"bithu", sec, "enterprise", NeedsAdmin},
		{"bithu", adm, "member", fault.NotFound}, {"member", sec, "deputy", fault.NotFound},
		{"wardadmin", adm, "editor", nil}, {"wardadmin", adm, "bithu", nil}, {"wardadmin", adm, "wardadmin2", nil},
		{"wardadmin", adm, "leader", NeedsAdmin}, {"wardadmin", adm, "enterprise", NeedsAdmin}, {"wardadmin", adm, "wardadmin", NeedsAdmin},
		{"wardadmin", adm, "admin", fault.NotFound}, {"wardadmin", sec, "member", fault.NotFound},
		{"admin", adm, "leader", nil}, {"admin", adm, "enterprise", nil}, {"admin", adm, "elsewhere", nil}, {"admin", adm, "admin", NeedsAdmin},
	} {
		_, err := s.IssueCode(t.Context(), b.members.caller(row.who), row.as, row.target)
		if row.want == nil {
			must(t, err)
		} else if !errors.Is(err, row.want) {
			t.Errorf("%s as %s for %s: %v, want %s", row.who, row.as, row.target, err, row.want.Code)
		}
	}
	acts := b.acts()
	if !slices.Contains(acts, "activation.issue member/member bithu") || len(acts) != 8 {
		t.Errorf("acts %v", acts)
	}
}

// A secretary keeps a code until its member becomes an administrator: it is
// worth nothing then, and good again for who has no such role.
func TestCodeReachesNoFartherThanItsIssuer(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	const branch = "tinh/phuong/kp1"
	b.members.put("bithu", branch, "secretary@"+branch)
	b.members.put("hoa", branch)
	c, err := s.IssueCode(t.Context(), b.members.caller("bithu"), caller.Secretary, "hoa")
	must(t, err)
	b.members.put("hoa", branch, "admin@tinh")
	_, err = s.Activate(t.Context(), activateInput(c, goodPassword, "p"))
	wantFault(t, err, InvalidCode)
	b.members.put("hoa", "tinh/xa") // moved: the sheet in her hand stays good
	_, err = s.Activate(t.Context(), activateInput(c, goodPassword, "p"))
	must(t, err)
}

// Usernames that clash are made anew.
func TestUsernameClash(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	names := []string{"dv0000001", "dv0000001", "dv0000002"}
	s.username = func() string {
		next := names[0]
		names = names[1:]
		return next
	}
	if one, two := b.issued(s, "hoa"), b.issued(s, "mai"); one.Username != "dv0000001" || two.Username != "dv0000002" {
		t.Errorf("issued %+v and %+v", one, two)
	}
}
