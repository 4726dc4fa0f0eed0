package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"sotay/internal/httpapi/contract"
)

// reachedAt lists where an account is reached by its own export: addresses by
// the device's name, for devices that are signed in.
func (c *client) reachedAt(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, x := range get[contract.MeExport](t, c, "/v1/me/export").Account.Sessions {
		if x.PushTarget != nil {
			out[x.DeviceName] = x.PushTarget.PushToken
		}
	}
	return out
}

func (c *client) wantReached(t *testing.T, want map[string]string) {
	t.Helper()
	if got := c.reachedAt(t); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("reached at %v, want %v", got, want)
	}
}

// holdsNo holds that the server logged no address at all, and that the store
// holds none of those that are gone.
func (e *env) holdsNo(t *testing.T, s *server, gone ...string) {
	t.Helper()
	if strings.Contains(s.out.text(), "fcm-e2e") {
		t.Error("an address is in the log")
	}
	if e.engine != "mongodb" { // a file of SQLite keeps freed pages for a while
		return
	}
	all := e.contents(t)
	for _, address := range gone {
		if strings.Contains(all, address) {
			t.Errorf("%s is still in the store", address)
		}
	}
}

// TestPushTarget is the target of one phone: set, set again, read, removed, and
// nobody else's to touch.
func TestPushTarget(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		g := s.guest(t)
		for _, phone := range []string{"may-1", "Máy của Lan/50% ?#", "a%2Fb", "+ +"} {
			mine := g.with(g.login(t, member, password, phone).AccessToken)
			for range 2 {
				mine.do(t, "PUT", devicePath(phone), pushTarget("fcm-e2e:1")).want(t, 204)
			}
			mine.wantReached(t, map[string]string{"phone " + phone: "fcm-e2e:1"})
			for range 2 {
				mine.do(t, "DELETE", devicePath(phone), nil).want(t, 204)
			}
			mine.wantReached(t, nil)
		}
		mine := g.with(g.login(t, member, password, "may-1").AccessToken)
		fid := fields{"platform": "ios", "pushToken": "fcm-e2e-fid", "tokenKind": "fid"}
		mine.do(t, "PUT", devicePath("may-1"), fid).want(t, 204)
		for _, x := range get[contract.MeExport](t, mine, "/v1/me/export").Account.Sessions {
			if p := x.PushTarget; x.DeviceName == "phone may-1" &&
				(p == nil || p.TokenKind != "fid" || p.Platform != "ios" || p.AppVersion != nil || p.PushToken != "fcm-e2e-fid" || p.SetAt == "") {
				t.Errorf("the export is %+v", p)
			}
		}
		holdOthersOut(t, s, mine)
		e.holdsNo(t, s, "fcm-e2e:1", "fcm-e2e:2")
	})
}

// holdOthersOut: an installation is there for the session that lives on it.
func holdOthersOut(t *testing.T, s *server, mine *client) {
	t.Helper()
	other := s.as(t, exempt)
	for _, c := range []struct {
		who   *client
		phone string
	}{{other, "may-1"}, {mine, "prepared-" + exempt}, {mine, "prepared-" + member}, {mine, "khong-co"}, {mine, strings.Repeat("đ", 256)}} {
		c.who.do(t, "PUT", devicePath(c.phone), pushTarget("fcm-e2e:2")).want(t, 404, "not_found")
		c.who.do(t, "DELETE", devicePath(c.phone), nil).want(t, 404, "not_found")
	}
	for _, bad := range []string{"a b", "địa chỉ", "a\n", "\u007f"} {
		mine.refuses(t, "PUT", devicePath("may-1"), pushTarget(bad), "/pushToken")
	}
	mine.wantReached(t, map[string]string{"phone may-1": "fcm-e2e-fid"})
	other.wantReached(t, nil)
}

// TestSharedPhone: whoever signs in on a phone gets nothing of whoever was
// there before, and an address is that of the phone that set it last.
func TestSharedPhone(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		g := s.guest(t)
		in := func(who, phone string) *client { return g.with(g.login(t, who, password, phone).AccessToken) }
		lan := in(member, "chung")
		lan.do(t, "PUT", devicePath("chung"), pushTarget("fcm-e2e:lan")).want(t, 204)
		elder := in(exempt, "chung")
		elder.wantReached(t, nil)
		lan.do(t, "PUT", devicePath("chung"), pushTarget("fcm-e2e:lan")).want(t, 401)
		e.holdsNo(t, s, "fcm-e2e:lan")

		// The app was moved to another phone, with its address.
		elder.do(t, "PUT", devicePath("chung"), pushTarget("fcm-e2e:chung")).want(t, 204)
		lan = in(member, "moi")
		lan.do(t, "PUT", devicePath("moi"), pushTarget("fcm-e2e:chung")).want(t, 204)
		elder.wantReached(t, nil)
		lan.wantReached(t, map[string]string{"phone moi": "fcm-e2e:chung"})

		// Signed out, and signed in again: none until the app sets it.
		lan.do(t, "POST", "/v1/auth/logout", nil).want(t, 204)
		lan = in(member, "moi")
		lan.wantReached(t, nil)
		e.holdsNo(t, s, "fcm-e2e:chung")
	})
}

// TestPushTargetEnds: with the session, from wherever that is ended.
func TestPushTargetEnds(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		g, adm := s.guest(t), s.as(t, admin)
		set := func(who, phone string) *client {
			c := g.with(g.login(t, who, password, phone).AccessToken)
			c.do(t, "PUT", devicePath(phone), pushTarget("fcm-e2e:"+phone)).want(t, 204)
			return c
		}
		set(member, "mat")
		desk := s.as(t, member)
		for _, x := range get[contract.SessionList](t, desk, "/v1/auth/sessions").Items {
			if x.DeviceName == "phone mat" {
				desk.do(t, "DELETE", "/v1/auth/sessions/"+x.Id, nil).want(t, 204)
			}
		}
		set(exempt, "doi-mat-khau")
		s.as(t, exempt).do(t, "POST", "/v1/auth/password", contract.PasswordRequest{CurrentPassword: password, NewPassword: "một mật khẩu thật dài 2026"}).want(t, 204)
		desk.wantReached(t, nil)
		s.as(t, exempt).wantReached(t, nil)
		set(member, "roi-di")
		adm.do(t, "PUT", "/v1/members/"+person("m01")+"/status", fields{"status": "expelled", "from": "2026-11-01"}).want(t, 200)
		set(enterprise, "xoa")
		erased := get[contract.Me](t, s.as(t, enterprise), "/v1/me").Id
		adm.do(t, "POST", "/v1/admin/members/"+erased+"/erasure", fields{"reason": "Theo đề nghị."}).want(t, 204)
		set(secretary, "con-lai").wantReached(t, map[string]string{"phone con-lai": "fcm-e2e:con-lai"})
		for _, phone := range []string{"mat", "doi-mat-khau", "roi-di", "xoa"} { // whoever is next there
			g.with(g.login(t, approver, password, phone).AccessToken).wantReached(t, nil)
		}
		eventually(t, patience, "nothing is left of those who left", func() (bool, string) {
			if e.engine != "mongodb" {
				return true, ""
			}
			all := e.contents(t)
			return !strings.Contains(all, "fcm-e2e:roi-di") && !strings.Contains(all, "fcm-e2e:xoa"), "there is"
		})
		e.holdsNo(t, s, "fcm-e2e:mat", "fcm-e2e:doi-mat-khau")
		if e.engine == "mongodb" && !strings.Contains(e.contents(t), "fcm-e2e:con-lai") {
			t.Error("this test does not see what is there")
		}
	})
}

// TestPushTargetAtOnce: two phones set one address at once, at two processes.
// Both are told that it is done, and one has it.
func TestPushTargetAtOnce(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		e.watched(t)
		one, two := e.serve(t), e.serve(t)
		phones := []*client{one.as(t, member), two.as(t, exempt)}
		paths := []string{devicePath("prepared-" + member), devicePath("prepared-" + exempt)}
		for round := range 4 {
			var wg sync.WaitGroup
			for i, c := range phones {
				wg.Go(func() {
					a, err := c.try(t, "PUT", paths[i], pushTarget(fmt.Sprint("fcm-e2e:", round)))
					if err != nil || a.status != http.StatusNoContent {
						t.Errorf("phone %d: %v, %+v", i, err, a)
					}
				})
			}
			wg.Wait()
			if n := len(phones[0].reachedAt(t)) + len(phones[1].reachedAt(t)); n != 1 {
				t.Fatalf("round %d: %d phones have the address", round, n)
			}
		}
	})
}
