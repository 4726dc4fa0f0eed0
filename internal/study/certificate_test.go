package study

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/store"
	"sotay/internal/study/tally"
)

// remove takes somebody out, who then has no name.
func (p *people) remove(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.all, id)
}

// certified is a world in which a member of a has completed a drive.
func certified(t *testing.T) (w *world, s *Service, drive, completion string) {
	t.Helper()
	w = newWorld()
	w.people.put(member("lan", "a", "official", "active"))
	w.people.put(member("hue", "a", "official", "active"))
	s = w.replica(t, openEngine(t))
	drive = w.publish(t, s, readStep())
	if err := s.OpenDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.reads(t, s, "lan", "s1", 1)
	w.reads(t, s, "lan", "s2", 1)
	return w, s, drive, CompletionID(drive, "lan")
}

func (w *world) verify(t *testing.T, s *Service, code string) Check {
	t.Helper()
	x, err := s.Verify(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// A certificate is of what stands now, and its check tells each state.
func TestCertificate(t *testing.T) {
	t.Parallel()
	w, s, drive, id := certified(t)
	c, err := s.Certificate(t.Context(), w.as("lan"), id)
	if err != nil {
		t.Fatal(err)
	}
	first := w.clock.now()
	day := clock.Day(first)
	name, _, _ := w.people.NamedOn(t.Context(), day, "lan")
	want := Certificate{Code: c.Code, Name: name, Unit: "Chi bộ a", Title: "Đợt học tập", Basis: tally.ByApp, On: day, RecordedAt: first}
	if c != want {
		t.Errorf("certificate %+v, want %+v", c, want)
	}
	x := Check{Code: c.Code, State: CertificateValid, MaskedName: mask(name), Title: "Đợt học tập", On: day, RecordedAt: first}
	for _, typed := range []string{c.Code, strings.ToLower(c.Code), strings.ReplaceAll(c.Code, "-", "")} {
		if got := w.verify(t, s, typed); got != x {
			t.Errorf("%s: %+v, want %+v", typed, got, x)
		}
	}
	secretary := staff("bithu", caller.Secretary, "a")
	w.clock.advance(24 * time.Hour)
	if _, err := s.Correct(t.Context(), secretary, id, Revoke, "Nhầm người."); err != nil {
		t.Fatal(err)
	}
	x.State, x.On, x.ChangedAt = CertificateRevoked, "", w.clock.now()
	if got := w.verify(t, s, c.Code); got != x {
		t.Errorf("revoked: %+v, want %+v", got, x)
	}
	for _, who := range []*caller.Caller{w.as("lan"), secretary} {
		if _, err := s.Certificate(t.Context(), who, id); !errors.Is(err, revokedAlready) {
			t.Errorf("of what was revoked: %v", err)
		}
	}
	w.clock.advance(24 * time.Hour)
	if _, fresh, err := s.complete(t.Context(), Completion{DriveID: drive, MemberID: "lan", Basis: tally.BySession, On: "2026-11-25", RecordedAt: w.clock.now()}); err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	x.State, x.On, x.ChangedAt = CertificateCorrected, "2026-11-25", w.clock.now()
	if got := w.verify(t, s, c.Code); got != x {
		t.Errorf("corrected: %+v, want %+v", got, x)
	}
	want.Basis, want.On, want.RecordedAt = tally.BySession, "2026-11-25", w.clock.now()
	if got, err := s.Certificate(t.Context(), w.as("lan"), id); err != nil || got != want {
		t.Errorf("corrected: %+v, %v", got, err)
	}
}

// Nobody gets a certificate but the member and their secretary, whose reading is
// on record.
func TestCertificateIsForTwo(t *testing.T) {
	t.Parallel()
	w, s, _, id := certified(t)
	for what, who := range map[string]*caller.Caller{"another": w.as("hue"), "secretary elsewhere": staff("x", caller.Secretary, "b"),
		"leader": staff("x", caller.Leader, "root"), "inspector": staff("x", caller.Inspector, "root"), "admin": staff("x", caller.Admin, "root")} {
		if _, err := s.Certificate(t.Context(), who, id); !errors.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := s.Certificate(t.Context(), w.as("lan"), id); err != nil {
		t.Error(err)
	}
	if _, err := s.Certificate(t.Context(), w.as("lan"), "khong-co"); !errors.Is(err, fault.NotFound) {
		t.Error(err)
	}
	read := func() []audit.Entry {
		list, _, _, err := s.Audit.List(t.Context(), audit.Filter{Target: "member/lan"}, store.Position{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if got := read(); len(got) != 0 {
		t.Errorf("before the secretary: %+v", got)
	}
	secretary := staff("bithu", caller.Secretary, "a")
	if _, err := s.Certificate(t.Context(), secretary, id); err != nil {
		t.Error(err)
	}
	if got := read(); len(got) != 1 || got[0].Act != "certificate.read" || got[0].ActorID != "bithu" || got[0].Details["completion"] != id {
		t.Errorf("on record: %+v", got)
	}
	moved := member("lan", "b", "official", "active") // today another's
	w.people.put(moved)
	if _, err := s.Certificate(t.Context(), secretary, id); !errors.Is(err, fault.NotFound) {
		t.Errorf("of a member who has moved: %v", err)
	}
}

// An erased member's certificate is as one that never was, also between the two
// writes of an erasure; what was counted stays counted.
func TestCertificateOfErased(t *testing.T) {
	t.Parallel()
	w, s, drive, id := certified(t)
	c, err := s.Certificate(t.Context(), w.as("lan"), id)
	if err != nil {
		t.Fatal(err)
	}
	before := *w.count(t, s, drive, "")
	gone := w.as("lan")
	none := func(when string) {
		t.Helper()
		for _, code := range []string{c.Code, id, "0", strings.Repeat("0", 20)} {
			if _, err := s.Verify(t.Context(), code); !errors.Is(err, fault.NotFound) {
				t.Errorf("%s: %s: %v", when, code, err)
			}
		}
		if _, err := s.Certificate(t.Context(), gone, id); !errors.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", when, err)
		}
	}
	w.people.remove("lan")
	none("without a name")
	var revs []int64
	for range 2 {
		if err := s.Erase(t.Context(), "lan"); err != nil {
			t.Fatal(err)
		}
		d, err := s.completions.Get(t.Context(), id)
		if err != nil || d.Code != d.ID {
			t.Errorf("code %q, %v", d.Code, err)
		}
		revs = append(revs, d.Rev)
	}
	w.people.put(*gone.Identity)
	none("erased")
	if revs[0] != revs[1] {
		t.Errorf("the second erasure wrote again: %v", revs)
	}
	if n, err := s.Rebuild(t.Context(), drive); n != 0 || err != nil {
		t.Errorf("rows wrong: %d, %v", n, err)
	}
	if now := w.count(t, s, drive, ""); now.Unit.Counts != before.Unit.Counts {
		t.Errorf("counts %+v, before %+v", now.Unit.Counts, before.Unit.Counts)
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Nguyễn Văn An": "N***** V** A*", "Nguyễn Văn An\u0301": "N***** V** A*", "Đỗ Ý": "Đ* Ý", "Vàng A Sử": "V*** A S*",
		"Ngo\u0302\u0303 Tú": "N** T*", "E\u0302\u0306ban": "Ê\u0306***", "H’Ƀlê Čiê\u0306ng": "H**** Č****",
		"  Y   Niê ": "Y N**", "Ơ\u0306ng A\u030a": "Ơ\u0306** Å", "": "", " ": "", "\u0301": "\u0301",
	} {
		if got := mask(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// Codes are random, and each completion has one of its own.
func TestCompletionsHaveCodes(t *testing.T) {
	t.Parallel()
	w, s, drive, id := certified(t)
	w.reads(t, s, "hue", "s1", 1)
	w.reads(t, s, "hue", "s2", 1)
	codes := map[string]bool{}
	for _, id := range []string{id, CompletionID(drive, "hue")} {
		d, err := s.completions.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if code, ok := ident.ParseCode(d.Code); !ok || code != d.Code {
			t.Errorf("code %q", d.Code)
		}
		codes[d.Code] = true
	}
	if len(codes) != 2 {
		t.Errorf("codes %v", codes)
	}
}
