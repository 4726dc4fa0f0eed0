package account

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/store"
)

func token(address string) TargetInput {
	return TargetInput{Kind: TargetToken, Address: address, Platform: "android", AppVersion: "1.4.0"}
}

// targets lists who is reached where, "member address" by installation.
func (b *bed) targets(s *Service) map[string]string {
	b.t.Helper()
	out := map[string]string{}
	must(b.t, s.EachTarget(b.t.Context(), func(x Target) error {
		out[x.InstallationID] = x.MemberID + " " + x.Address
		return nil
	}))
	return out
}

func (b *bed) wantTargets(s *Service, want map[string]string) {
	b.t.Helper()
	if got := b.targets(s); !maps.Equal(got, want) {
		b.t.Errorf("targets %v, want %v", got, want)
	}
}

// holdsNone: nothing that was a target is on the row.
func (b *bed) holdsNone(s *Service, installation string) {
	b.t.Helper()
	row, err := s.installations.Get(b.t.Context(), installation)
	must(b.t, err)
	if row.Target != nil || row.TargetKey != row.ID {
		b.t.Errorf("%s still holds %+v under %s", installation, row.Target, row.TargetKey)
	}
}

func TestSetTarget(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	c := b.as(s, b.signIn(s, "lan", "p1"))
	b.wantTargets(s, map[string]string{})
	b.holdsNone(s, "p1")
	in := token("fcm:one")
	must(t, s.SetTarget(t.Context(), c, "p1", in))
	var got Target
	must(t, s.EachTarget(t.Context(), func(x Target) error { got = x; return nil }))
	if want := (Target{"lan", c.SessionID, "p1", TargetToken, "fcm:one", "android", b.clock.now()}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for range 2 {
		must(t, s.RemoveTarget(t.Context(), c, "p1"))
		b.wantTargets(s, map[string]string{})
		b.holdsNone(s, "p1")
	}
	in.Kind = TargetFID
	must(t, s.SetTarget(t.Context(), c, "p1", in))
	b.wantTargets(s, map[string]string{"p1": "lan fcm:one"})
}

// An id that is not in our alphabet is the same installation as at sign-in.
func TestSetTargetTidiesTheID(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	for i, id := range []string{"Điện thoại/1", "A B", strings.Repeat("x", maxInstallationID)} {
		c := b.as(s, b.signIn(s, "lan", id))
		must(t, s.SetTarget(t.Context(), c, id, token(fmt.Sprint("fcm:", i))))
		if n := len(b.targets(s)); n != i+1 {
			t.Errorf("%q: %d targets", id, n)
		}
		must(t, s.RemoveTarget(t.Context(), c, id))
		must(t, s.SetTarget(t.Context(), c, id, token(fmt.Sprint("fcm:", i))))
	}
	c := b.members.caller("lan")
	for _, id := range []string{"", strings.Repeat("x", maxInstallationID+1)} {
		wantFault(t, s.SetTarget(t.Context(), c, id, token("a")), fault.NotFound)
		wantFault(t, s.RemoveTarget(t.Context(), c, id), fault.NotFound)
	}
}

func TestSetTargetElsewhere(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	b.member(s, "minh")
	mine, his := b.as(s, b.signIn(s, "lan", "p1")), b.as(s, b.signIn(s, "minh", "p2"))
	second := b.as(s, b.signIn(s, "lan", "p3"))
	must(t, s.SetTarget(t.Context(), his, "p2", token("his")))
	for _, id := range []string{"p2", "p3", "p4", mine.SessionID} {
		wantFault(t, s.SetTarget(t.Context(), mine, id, token("mine")), fault.NotFound)
		wantFault(t, s.RemoveTarget(t.Context(), mine, id), fault.NotFound)
	}
	// A caller whose session is no more, and one whose session is another's.
	must(t, s.Logout(t.Context(), second))
	wantFault(t, s.SetTarget(t.Context(), second, "p3", token("mine")), fault.NotFound)
	odd := &caller.Caller{Identity: mine.Identity, SessionID: his.SessionID}
	wantFault(t, s.RemoveTarget(t.Context(), odd, "p2"), fault.NotFound)
	b.wantTargets(s, map[string]string{"p2": "minh his"})
}

func TestBadTargets(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	c := b.as(s, b.signIn(s, "lan", "p1"))
	for pointer, edit := range map[string]func(*TargetInput){
		"/tokenKind": func(in *TargetInput) { in.Kind = "apns" },
		"/platform":  func(in *TargetInput) { in.Platform = "other" },
	} {
		in := token("a")
		edit(&in)
		if f := wantFault(t, s.SetTarget(t.Context(), c, "p1", in), fault.BadInput); len(f.Fields) != 1 || f.Fields[0].Pointer != pointer {
			t.Errorf("%s: %+v", pointer, f.Fields)
		}
	}
	for _, bad := range []string{"", " ", "a b", "a\n", "a\x00", "a\x7f", "địa-chỉ", "\xff", strings.Repeat("a", maxAddress+1)} {
		f := wantFault(t, s.SetTarget(t.Context(), c, "p1", token(bad)), fault.BadInput)
		if len(f.Fields) != 1 || f.Fields[0].Pointer != "/pushToken" {
			t.Errorf("%q: %+v", bad, f.Fields)
		}
	}
	b.wantTargets(s, map[string]string{})
	in := token("!~" + strings.Repeat("a", maxAddress-2))
	in.AppVersion = "\x00 1.4 \u0065\u0302 " + strings.Repeat("x", 100)
	must(t, s.SetTarget(t.Context(), c, "p1", in))
}

// Phones call at every start: the same is written once a day, a change at once.
func TestSetTargetAgain(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	c := b.as(s, b.signIn(s, "lan", "p1"))
	in := token("a")
	set := func(want int64) {
		t.Helper()
		must(t, s.SetTarget(t.Context(), c, "p1", in))
		row, err := s.installations.Get(t.Context(), "p1")
		must(t, err)
		if row.Rev != want {
			t.Errorf("revision %d, want %d", row.Rev, want)
		}
	}
	set(2)
	b.clock.step(setAgain - time.Millisecond)
	set(2)
	b.clock.step(time.Millisecond)
	set(3)
	set(3)
	in.AppVersion = "1.4.1"
	set(4)
	in.Kind = TargetFID
	set(5)
	in.Platform = "ios"
	set(6)
	in.Address = "b"
	set(7)
	set(7)
}

// Whoever is next on a phone gets nothing of whoever was there before, however
// that session ended.
func TestTargetEndsWithItsSession(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*testing.T, *bed, *Service, Tokens){
		"another signs in": func(_ *testing.T, b *bed, s *Service, _ Tokens) { b.signIn(s, "minh", "shared") },
		"the same again":   func(_ *testing.T, b *bed, s *Service, _ Tokens) { b.signIn(s, "lan", "shared") },
		"sign-out": func(t *testing.T, b *bed, s *Service, tk Tokens) {
			must(t, s.Logout(t.Context(), b.as(s, tk)))
		},
		"ended from another device": func(t *testing.T, b *bed, s *Service, tk Tokens) {
			must(t, s.EndSession(t.Context(), b.as(s, b.signIn(s, "lan", "p2")), b.as(s, tk).SessionID))
		},
		"password change": func(t *testing.T, b *bed, s *Service, _ Tokens) {
			must(t, s.ChangePassword(t.Context(), b.as(s, b.signIn(s, "lan", "p2")), goodPassword, "Cây đa bến nước sân đình"))
		},
		"all ended": func(t *testing.T, _ *bed, s *Service, _ Tokens) { must(t, s.EndAll(t.Context(), "lan", "")) },
		"reuse": func(t *testing.T, b *bed, s *Service, tk Tokens) {
			b.mustRefresh(s, b.mustRefresh(s, tk.RefreshToken).RefreshToken)
			_, err := s.Refresh(t.Context(), tk.RefreshToken)
			wantFault(t, err, SessionRevoked)
		},
		"barred": func(t *testing.T, b *bed, s *Service, tk Tokens) {
			b.members.bar("lan")
			b.wantTargets(s, map[string]string{})
			_, err := s.Refresh(t.Context(), tk.RefreshToken)
			wantFault(t, err, SessionRevoked)
		},
		"idle for too long": func(t *testing.T, b *bed, s *Service, _ Tokens) {
			b.clock.step(90 * 24 * time.Hour)
			b.wantTargets(s, map[string]string{})
			must(t, s.sweep(t.Context()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, s := one(t)
			b.member(s, "minh")
			tk := b.signIn(s, "lan", "shared")
			must(t, s.SetTarget(t.Context(), b.as(s, tk), "shared", token("a")))
			end(t, b, s, tk)
			b.wantTargets(s, map[string]string{})
			b.holdsNone(s, "shared")
			b.members.mu.Lock()
			b.members.barred = map[string]bool{}
			b.members.mu.Unlock()
			his := b.as(s, b.signIn(s, "minh", "shared"))
			b.wantTargets(s, map[string]string{})
			out, err := s.ExportAccount(t.Context(), "minh")
			must(t, err)
			if len(out.Sessions) != 1 || out.Sessions[0].PushTarget != nil {
				t.Errorf("export %+v", out.Sessions)
			}
			must(t, s.SetTarget(t.Context(), his, "shared", token("a")))
			b.wantTargets(s, map[string]string{"shared": "minh a"})
		})
	}
}

func TestTargetErased(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	b.member(s, "minh")
	must(t, s.SetTarget(t.Context(), b.as(s, b.signIn(s, "lan", "p1")), "p1", token("a")))
	in := token("b")
	in.AppVersion = ""
	must(t, s.SetTarget(t.Context(), b.as(s, b.signIn(s, "minh", "p2")), "p2", in))
	out, err := s.ExportAccount(t.Context(), "lan")
	must(t, err)
	if got, want := *out.Sessions[0].PushTarget, (ExportPushTarget{TargetToken, "a", "android", "1.4.0", b.clock.now()}); got != want {
		t.Errorf("export %+v, want %+v", got, want)
	}
	must(t, s.Erase(t.Context(), "lan"))
	b.wantTargets(s, map[string]string{"p2": "minh b"})
	if _, err := s.installations.Get(t.Context(), "p1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the device: %v", err)
	}
}

// An address is that of one phone: the one that set it last.
func TestTargetMoves(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	b.member(s, "minh")
	mine, his := b.as(s, b.signIn(s, "lan", "p1")), b.as(s, b.signIn(s, "minh", "p2"))
	must(t, s.SetTarget(t.Context(), mine, "p1", token("a")))
	must(t, s.SetTarget(t.Context(), his, "p2", token("a")))
	b.wantTargets(s, map[string]string{"p2": "minh a"})
	b.holdsNone(s, "p1")
	must(t, s.SetTarget(t.Context(), mine, "p1", token("b")))
	must(t, s.SetTarget(t.Context(), mine, "p1", token("a"))) // within the day
	b.wantTargets(s, map[string]string{"p1": "lan a"})
	fid := token("a")
	fid.Kind = TargetFID // the same letters, and another address
	must(t, s.SetTarget(t.Context(), his, "p2", fid))
	b.wantTargets(s, map[string]string{"p1": "lan a", "p2": "minh a"})
}

// Phones that set one address at once all succeed, and one of them has it.
func TestTargetSetAtOnce(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	replicas := []*Service{s, b.replica()}
	const phones = 8
	var callers [phones]*caller.Caller
	for i := range callers {
		callers[i] = b.as(s, b.signIn(s, "lan", fmt.Sprint("p", i)))
	}
	for round := range 10 {
		var wg sync.WaitGroup
		address := fmt.Sprint("a", round%2) // in each round another, back and forth
		for i, c := range callers {
			wg.Go(func() {
				if err := replicas[i%2].SetTarget(t.Context(), c, fmt.Sprint("p", i), token(address)); err != nil {
					t.Errorf("phone %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		got := slices.Collect(maps.Values(b.targets(s)))
		if n := len(slices.DeleteFunc(got, func(x string) bool { return x != "lan "+address })); n != 1 {
			t.Fatalf("round %d: %d phones have the address", round, n)
		}
	}
}

// Setting a target while another signs in there: it is never on the other's
// session.
func TestTargetWhileAnotherSignsIn(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	b.member(s, "minh")
	for range 10 {
		c := b.as(s, b.signIn(s, "lan", "shared"))
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := s.SetTarget(t.Context(), c, "shared", token("a")); err != nil && !errors.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if _, err := s.Login(t.Context(), input("minh", goodPassword, "shared")); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		b.wantTargets(s, map[string]string{})
		b.holdsNone(s, "shared")
	}
}

// An installation named after another's key takes nothing from it.
func TestInstallationNamedAfterTarget(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	b.member(s, "minh")
	key := (&PushTarget{Kind: TargetToken, Address: "a"}).key()
	his := b.as(s, b.signIn(s, "minh", key))
	c := b.as(s, b.signIn(s, "lan", "p1"))
	must(t, s.SetTarget(t.Context(), c, "p1", token("a")))
	must(t, s.RemoveTarget(t.Context(), his, key))
	b.wantTargets(s, map[string]string{"p1": "lan a"})
}

func TestTargetAges(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	tk := b.signIn(s, "lan", "p1")
	must(t, s.SetTarget(t.Context(), b.as(s, tk), "p1", token("a")))
	for age := time.Duration(0); age < targetLife; age += targetLife / 5 {
		b.wantTargets(s, map[string]string{"p1": "lan a"})
		b.clock.step(targetLife / 5)
		tk = b.mustRefresh(s, tk.RefreshToken)
	}
	b.wantTargets(s, map[string]string{})
	must(t, s.SetTarget(t.Context(), b.as(s, tk), "p1", token("a")))
	b.wantTargets(s, map[string]string{"p1": "lan a"})
}

func TestDropTarget(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	c := b.as(s, b.signIn(s, "lan", "p1"))
	must(t, s.SetTarget(t.Context(), c, "p1", token("a")))
	must(t, s.SetTarget(t.Context(), c, "p1", token("b")))
	must(t, s.DropTarget(t.Context(), "p1", "a")) // the phone was faster
	b.wantTargets(s, map[string]string{"p1": "lan b"})
	for range 2 {
		must(t, s.DropTarget(t.Context(), "p1", "b"))
		b.holdsNone(s, "p1")
	}
	must(t, s.DropTarget(t.Context(), "nobody", "b"))
}

// Sessions that are revoked are left out before their rows are gone through,
// and fn ends the listing.
func TestEachTargetOfRevoked(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	for i := range 3 {
		id := fmt.Sprint("p", i)
		must(t, s.SetTarget(t.Context(), b.as(s, b.signIn(s, "lan", id)), id, token(id)))
	}
	n := 0
	err := s.EachTarget(t.Context(), func(Target) error { n++; return errInjected })
	if !errors.Is(err, errInjected) || n != 1 {
		t.Errorf("%d calls, %v", n, err)
	}
	b.clock.step(time.Second)
	must(t, s.revoked.revoke(t.Context(), memberPrefix+"lan", b.clock.now()))
	b.wantTargets(s, map[string]string{})
}

// Each turn of the sweep looks at what has run out since the last, and a live
// session keeps its target.
func TestSweepTargets(t *testing.T) {
	t.Parallel()
	const apart = 10 * time.Minute
	b, s := one(t)
	must(t, s.sweep(t.Context()))
	for i := range 4 {
		id := fmt.Sprint("p", i)
		must(t, s.SetTarget(t.Context(), b.as(s, b.signIn(s, "lan", id)), id, token(id)))
		b.clock.step(apart)
	}
	b.clock.step(s.config.SessionIdle - 4*apart)
	for i := range 4 {
		must(t, s.sweep(t.Context()))
		for k := range 4 {
			row, err := s.installations.Get(t.Context(), fmt.Sprint("p", k))
			must(t, err)
			if (row.Target == nil) != (k <= i) || row.Session == nil {
				t.Errorf("turn %d: %s has %+v", i, row.ID, row.Target)
			}
		}
		if last := s.targetsSwept.Load(); last != b.clock.now().UnixMilli() {
			t.Errorf("turn %d: the next begins at %d", i, last)
		}
		b.clock.step(apart)
	}
}

// afterFind calls fn behind each find by a push target's key.
type afterFind struct {
	store.Engine
	fn func()
}

func (e *afterFind) Find(ctx context.Context, s *store.Schema, q store.Query) ([]store.Raw, error) {
	docs, err := e.Engine.Find(ctx, s, q)
	if q.Index == "targetKey" && e.fn != nil {
		e.fn()
	}
	return docs, err
}

// A phone that changes its address while the old one is taken from it keeps the
// new one.
func TestTargetTakenTooLate(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	slow := &afterFind{Engine: b.engine.Engine}
	b.engine.Engine = slow
	mine, other := b.as(s, b.signIn(s, "lan", "p1")), b.as(s, b.signIn(s, "lan", "p2"))
	must(t, s.SetTarget(t.Context(), mine, "p1", token("a")))
	finds := 0
	slow.fn = func() {
		if finds++; finds == 2 { // the first tells that the address is taken
			slow.fn = nil
			must(t, s.SetTarget(t.Context(), mine, "p1", token("b")))
		}
	}
	must(t, s.SetTarget(t.Context(), other, "p2", token("a")))
	b.wantTargets(s, map[string]string{"p1": "lan b", "p2": "lan a"})
}
