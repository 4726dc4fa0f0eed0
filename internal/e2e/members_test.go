package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sotay/internal/httpapi/contract"
)

// acts lists what the audit record says, by act.
func acts(t *testing.T, c *client, query string) []string {
	t.Helper()
	var out []string
	for _, e := range get[contract.AuditList](t, c, "/v1/admin/audit?limit=100"+query).Items {
		out = append(out, e.Act)
	}
	return out
}

// TestExemption is the branch's decision: its secretary records it, with date
// and number, and the member's view follows.
func TestExemption(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		sec, adm := s.as(t, secretary), s.as(t, admin)
		path := "/v1/members/" + person("m04") + "/status"
		given := fields{"status": "temporarilyExempt", "from": "2026-10-01", "to": "2027-03-31", "decidedBy": org("kp1"), "decisionNo": "07-NQ/CB"}
		rec := parse[contract.MemberRecord](t, sec.do(t, "PUT", path, given).want(t, 200))
		last := rec.Statuses[len(rec.Statuses)-1]
		if rec.Status != "temporarilyExempt" || last.From != "2026-10-01" || text(last.To) != "2027-03-31" || text(last.DecisionNo) != "07-NQ/CB" ||
			text(last.DecidedBy) != org("kp1") || text(last.RecordedBy) != person("m03") || last.RecordedAt == nil {
			t.Errorf("recorded %+v", last)
		}
		again := parse[contract.MemberRecord](t, sec.do(t, "PUT", path, given).want(t, 200))
		if again.Revision != rec.Revision || len(again.Statuses) != len(rec.Statuses) {
			t.Error("the same again changed something")
		}
		if list := get[contract.MemberList](t, sec, "/v1/orgs/"+org("kp1")+"/members?status=temporarilyExempt"); len(list.Items) != 1 || list.Items[0].Id != person("m04") {
			t.Errorf("the branch lists %+v", list.Items)
		}
		if list := get[contract.MemberList](t, sec, "/v1/orgs/"+org("kp1")+"/members?status=temporarilyExempt&asOf=2026-09-30"); len(list.Items) != 0 {
			t.Error("exempt the day before")
		}
		// What a branch does not decide, and what is not one's own, is refused.
		sec.do(t, "PUT", path, fields{"status": "suspended", "from": "2026-11-01"}).want(t, 403, "needs_admin")
		sec.do(t, "PUT", "/v1/members/"+person("m03")+"/status", fields{"status": "exempt", "from": "2026-11-01"}).want(t, 403, "not_your_own")
		sec.do(t, "PUT", "/v1/members/"+person("m14")+"/status", fields{"status": "exempt", "from": "2026-11-01"}).want(t, 404, "not_found")
		for _, c := range []struct {
			pointer string
			body    fields
		}{
			{"/to", fields{"status": "exempt", "from": "2026-11-01", "to": "2026-10-01"}},
			{"/from", fields{"status": "exempt", "from": "2026-02-30"}},
			{"/hostId", fields{"status": "temporaryAttachment", "from": "2026-11-01"}},
			{"/hostId", fields{"status": "exempt", "from": "2026-11-01", "hostId": org("dn")}},
			{"/decidedBy", fields{"status": "exempt", "from": "2026-11-01", "decidedBy": "khong-co"}},
		} {
			if a := adm.do(t, "PUT", path, c.body).want(t, 400); !a.names(t, c.pointer) {
				t.Errorf("%v: %s is not named: %s", c.body, c.pointer, a.body)
			}
		}
		// Attached for a time, a member counts once, with the host.
		adm.do(t, "PUT", path, fields{"status": "temporaryAttachment", "from": "2026-11-01", "hostId": org("dn")}).want(t, 200)
		home, host := adm.everyone(t, "/v1/orgs/"+org("kp1")+"/members?limit=100"), adm.everyone(t, "/v1/orgs/"+org("dn")+"/members?limit=100")
		if slices.Contains(home, person("m04")) || !slices.Contains(host, person("m04")) {
			t.Error("the attached member does not count with the host alone")
		}
		// Whoever has left can't sign in any more, and is listed when asked for.
		signed := s.guest(t).login(t, member, password, "leaves")
		adm.do(t, "PUT", "/v1/members/"+person("m01")+"/status", fields{"status": "resigned", "from": "2026-11-02"}).want(t, 200)
		s.guest(t).with(signed.AccessToken).do(t, "GET", "/v1/me", nil).want(t, 401)
		s.guest(t).do(t, "POST", "/v1/auth/login", signIn(member, password, "leaves")).want(t, 401, "invalid_credentials")
		if slices.Contains(adm.everyone(t, "/v1/orgs/"+org("kp1")+"/members?limit=100"), person("m01")) {
			t.Error("one who has left is listed")
		}
		if !slices.Contains(adm.everyone(t, "/v1/orgs/"+org("kp1")+"/members?status=resigned"), person("m01")) {
			t.Error("one who has left is not listed when asked for")
		}
		if got := acts(t, adm, "&target=member/"+person("m04")); len(got) < 2 || !slices.Contains(got, "member.status") {
			t.Errorf("the record says %v", got)
		}
	})
}

// TestInspector reads one subtree and changes nothing; every reading is in the
// record before its answer.
func TestInspector(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		in, adm := s.as(t, inspector), s.as(t, admin)
		if list := in.everyone(t, "/v1/orgs/"+org("phuong")+"/members?limit=100"); len(list) < 20 {
			t.Errorf("sees %d members", len(list))
		}
		get[contract.MemberRecord](t, in, "/v1/members/"+person("m02"))
		in.do(t, "GET", "/v1/orgs/"+org("dn")+"/members", nil).want(t, 404, "not_found")
		in.do(t, "GET", "/v1/members/"+person("m23"), nil).want(t, 404, "not_found")
		in.do(t, "PUT", "/v1/members/"+person("m02")+"/status", fields{"status": "active", "from": "2026-11-01"}).want(t, 403, "forbidden")
		in.do(t, "PATCH", "/v1/admin/members/"+person("m02"), fields{"name": "x"}, "If-Match", "*").want(t, 403, "forbidden")
		got := acts(t, adm, "&actorId="+person("thanhtra"))
		if !slices.Contains(got, "member.read") || !slices.Contains(got, "member.list") {
			t.Errorf("the record says %v", got)
		}
		in.do(t, "GET", "/v1/admin/audit", nil).want(t, 403, "forbidden")
		if got := acts(t, adm, ""); got[0] != "audit.read" {
			t.Errorf("reading the record is not in it: %v", got[:3])
		}
	})
}

// TestAdminOfASubtree acts within the own scope and nowhere else.
func TestAdminOfASubtree(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		adm := s.as(t, admin)
		before := s.as(t, secretary)
		adm.do(t, "PUT", "/v1/admin/members/"+person("m03")+"/roles", fields{"roles": []any{fields{"role": "admin", "orgId": org("phuong"), "from": "2026-01-01"},
			fields{"role": "secretary", "orgId": org("kp1"), "from": "2026-01-01"}}}).want(t, 200)
		before.do(t, "GET", "/v1/me", nil).want(t, 401, "token_stale")
		signed := s.guest(t).login(t, secretary, password, "promoted")
		sub := s.guest(t).with(signed.AccessToken)

		sub.do(t, "POST", "/v1/admin/orgs", fields{"name": "Chi bộ mới", "kind": "branch", "parentId": org("phuong"), "on": "2026-03-01"}).want(t, 201)
		sub.do(t, "POST", "/v1/admin/members", newMember("Người Của Phường")).want(t, 201)
		for what, a := range map[string]*answer{
			"parent outside":   sub.do(t, "POST", "/v1/admin/orgs", fields{"name": "x", "kind": "branch", "parentId": org("ubnd"), "on": "2026-03-01"}).want(t, 400),
			"member outside":   sub.do(t, "POST", "/v1/admin/members", with(newMember("x"), fields{"orgId": org("dn")})).want(t, 400),
			"role outside":     sub.do(t, "PUT", "/v1/admin/members/"+person("m04")+"/roles", fields{"roles": []any{fields{"role": "admin", "orgId": org("tinh"), "from": "2026-01-01"}}}).want(t, 400),
			"transfer outside": sub.do(t, "POST", "/v1/admin/members/"+person("m04")+"/transfers", fields{"orgId": org("dn"), "on": "2026-03-01"}).want(t, 400),
			"merge outside":    sub.do(t, "POST", "/v1/admin/org-mergers", fields{"orgIds": []any{org("dn")}, "intoId": org("kp1"), "on": "2026-03-01"}).want(t, 400),
			"move outside":     sub.do(t, "POST", "/v1/admin/orgs/"+org("kp1")+"/move", fields{"parentId": org("ubnd"), "on": "2026-03-01"}).want(t, 400),
		} {
			if strings.Contains(string(a.body), "Norvik") {
				t.Errorf("%s: the answer tells about it", what)
			}
		}
		sub.do(t, "POST", "/v1/admin/orgs/"+org("phuong")+"/move", fields{"parentId": org("ubnd"), "on": "2026-03-01"}).want(t, 403, "needs_higher_admin")
		sub.do(t, "PATCH", "/v1/admin/members/"+person("m23"), fields{"name": "x"}, "If-Match", "*").want(t, 404, "not_found")
		sub.do(t, "GET", "/v1/admin/audit", nil).want(t, 403, "forbidden")
		// Own roles: not away with what lets one act, and roles outside stay.
		sub.do(t, "PUT", "/v1/admin/members/"+person("m03")+"/roles", fields{"roles": []any{}}).want(t, 403, "not_your_own")
		adm.do(t, "PUT", "/v1/admin/members/"+person("m04")+"/roles", fields{"roles": []any{fields{"role": "leader", "orgId": org("tinh"), "from": "2026-01-01"}}}).want(t, 200)
		rec := parse[contract.MemberRecord](t, sub.do(t, "PUT", "/v1/admin/members/"+person("m04")+"/roles",
			fields{"roles": []any{fields{"role": "editor", "orgId": org("kp1"), "from": "2026-01-01", "to": "2026-12-31"}}}).want(t, 200))
		if len(rec.Roles) != 2 || rec.Roles[0].Role != "leader" || rec.Roles[1].Role != "editor" {
			t.Errorf("roles are %+v", rec.Roles)
		}
		// Who may do more than the scope reaches is neither erased nor moved, nor
		// given another proof of who that is, nor taken out of the party by it.
		path := "/v1/admin/members/" + person("m04")
		for _, a := range []*answer{
			sub.do(t, "POST", path+"/erasure", fields{"reason": "x"}),
			sub.do(t, "PATCH", path, fields{"phone": "0912000001"}, "If-Match", "*"),
			sub.do(t, "PATCH", path, fields{"citizenId": "034190000124"}, "If-Match", "*"),
			sub.do(t, "PATCH", path, fields{"code": "x"}, "If-Match", "*"),
			sub.do(t, "POST", path+"/transfers", fields{"orgId": org("kp2"), "on": "2026-03-01"}),
			sub.do(t, "PUT", "/v1/members/"+person("m04")+"/status", fields{"status": "expelled", "from": "2026-11-01"}),
		} {
			a.want(t, 403, "needs_higher_admin")
		}
		sub.do(t, "DELETE", path+"/sessions", nil).want(t, 403, "needs_admin")
		sub.do(t, "PATCH", path, fields{"name": "Tên Đã Sửa"}, "If-Match", "*").want(t, 200)
		sub.do(t, "PATCH", "/v1/admin/members/"+person("m03"), fields{"phone": "0912000001"}, "If-Match", "*").want(t, 403, "not_your_own")
	})
}

// TestNothingBeyondTheOwnMandate: roles end with the giver's, own roles are for
// others to give, and a role that begins tomorrow counts today.
func TestNothingBeyondTheOwnMandate(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		adm := s.as(t, admin)
		until := fields{"role": "admin", "orgId": org("phuong"), "from": "2026-01-01", "to": "2027-06-30"}
		adm.do(t, "PUT", "/v1/admin/members/"+person("m01")+"/roles", fields{"roles": []any{until}}).want(t, 200)
		sub := s.guest(t).with(s.guest(t).login(t, member, password, "mandate").AccessToken)
		sub.do(t, "PUT", "/v1/admin/members/"+person("m01")+"/roles", fields{"roles": []any{with(until, fields{"to": "2030-01-01"})}}).want(t, 403, "not_your_own")
		long := fields{"role": "editor", "orgId": org("kp1"), "from": "2026-01-01"}
		if a := sub.do(t, "PUT", "/v1/admin/members/"+person("m05")+"/roles", fields{"roles": []any{long}}).want(t, 400); !a.names(t, "/roles/0/to") {
			t.Errorf("the end is not named: %s", a.body)
		}
		sub.do(t, "PUT", "/v1/admin/members/"+person("m05")+"/roles", fields{"roles": []any{with(long, fields{"to": "2027-06-30"})}}).want(t, 200)
		// A role over an enterprise reaches everywhere: the root gives it.
		company := parse[contract.Enterprise](t, sub.do(t, "POST", "/v1/admin/enterprises", with(enterpriseBody(""), fields{"orgId": org("phuong")})).want(t, 201))
		sub.do(t, "PUT", "/v1/admin/members/"+person("m06")+"/roles", fields{"roles": []any{fields{"role": "secretary", "enterpriseId": company.Id, "from": "2026-01-01", "to": "2027-01-01"}}}).want(t, 400)
		// Tomorrow's administrator is one today, for whoever would take them over.
		tomorrow := time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
		adm.do(t, "PUT", "/v1/admin/members/"+person("m07")+"/roles", fields{"roles": []any{fields{"role": "admin", "orgId": org("tinh"), "from": tomorrow}}}).want(t, 200)
		sec := s.as(t, secretary)
		sec.do(t, "POST", "/v1/members/"+person("m07")+"/activation-code", nil).want(t, 403, "needs_admin")
		sec.do(t, "PUT", "/v1/members/"+person("m07")+"/status", fields{"status": "exempt", "from": "2026-11-01"}).want(t, 403, "needs_admin")
		// Nothing is decided for a day so far away that it bars all before.
		far := fields{"on": "2199-01-01", "name": "x"}
		if a := sub.do(t, "POST", "/v1/admin/orgs/"+org("kp2")+"/change", far).want(t, 400); !a.names(t, "/on") {
			t.Errorf("the day is not named: %s", a.body)
		}
	})
}

// TestSecretaryOverrulesNothing: what others decided, before or for later, is
// not written over by a branch.
func TestSecretaryOverrulesNothing(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		adm, sec := s.as(t, admin), s.as(t, secretary)
		path := "/v1/members/" + person("m04") + "/status"
		adm.do(t, "PUT", path, fields{"status": "suspended", "from": "2026-05-01", "to": "2026-08-01"}).want(t, 200)
		sec.do(t, "PUT", path, fields{"status": "active", "from": "2026-05-01"}).want(t, 403, "needs_admin")
		sec.do(t, "PUT", path, fields{"status": "exempt", "from": "2026-09-01"}).want(t, 200)
		coming := time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
		adm.do(t, "PUT", path, fields{"status": "expelled", "from": coming}).want(t, 200)
		for _, from := range []string{coming, "2026-10-01", time.Now().AddDate(0, 2, 0).Format(time.DateOnly)} {
			sec.do(t, "PUT", path, fields{"status": "active", "from": from}).want(t, 403, "needs_admin")
		}
	})
}

// TestHostsAndGuests: a host does not dispose of those who are attached to it,
// a transfer under a used key is refused, and one who comes later is reachable.
func TestHostsAndGuests(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		adm := s.as(t, admin)
		adm.do(t, "PUT", "/v1/admin/members/"+person("m01")+"/roles", fields{"roles": []any{fields{"role": "admin", "orgId": org("phuong"), "from": "2026-01-01"}}}).want(t, 200)
		sub := s.guest(t).with(s.guest(t).login(t, member, password, "host").AccessToken)
		if a := sub.do(t, "PUT", "/v1/members/"+person("m05")+"/status", fields{"status": "temporaryAttachment", "from": "2026-11-01", "hostId": org("dn")}).want(t, 400); !a.names(t, "/hostId") {
			t.Errorf("the host is not named: %s", a.body)
		}
		adm.do(t, "PUT", "/v1/members/"+person("m23")+"/status", fields{"status": "temporaryAttachment", "from": "2026-11-01", "hostId": org("kp1")}).want(t, 200)
		sub.do(t, "GET", "/v1/members/"+person("m23"), nil).want(t, 200)
		sub.do(t, "POST", "/v1/admin/members/"+person("m23")+"/erasure", fields{"reason": "x"}).want(t, 404, "not_found")
		sub.do(t, "POST", "/v1/admin/members/"+person("m23")+"/transfers", fields{"orgId": org("kp1"), "on": "2026-11-01"}).want(t, 404, "not_found")

		to := fields{"orgId": org("kp2"), "on": "2026-11-05"}
		path := "/v1/admin/members/" + person("m04") + "/transfers"
		adm.do(t, "POST", path, to, "Idempotency-Key", "k").want(t, 200)
		adm.do(t, "POST", path, to, "Idempotency-Key", "k").want(t, 200)
		adm.do(t, "POST", path, with(to, fields{"orgId": org("dn")}), "Idempotency-Key", "k").want(t, 422, "idempotency_key_reused")

		coming := time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
		m := parse[contract.MemberRecord](t, adm.do(t, "POST", "/v1/admin/members", with(newMember("Người Đến Sau"), fields{"from": coming})).want(t, 201))
		adm.do(t, "GET", "/v1/members/"+m.Id, nil).want(t, 200)
		// A branch that somebody will come back to, or comes to, is not dissolved.
		empty := fields{"name": "Chi bộ sắp có người", "kind": "branch", "parentId": org("phuong"), "on": "2026-01-01"}
		branch := parse[contract.OrgAct](t, adm.do(t, "POST", "/v1/admin/orgs", empty).want(t, 201)).Changes[0].OrgId
		adm.do(t, "POST", "/v1/admin/members/"+m.Id+"/transfers", fields{"orgId": branch, "on": coming}).want(t, 200)
		adm.do(t, "POST", "/v1/admin/orgs/"+branch+"/dissolve", fields{"on": "2026-11-01"}).want(t, 422, "has_members")
		// One code is one organisation, in whatever case.
		adm.do(t, "POST", "/v1/admin/orgs", with(empty, fields{"code": "CB-77"})).want(t, 201)
		adm.do(t, "POST", "/v1/admin/orgs", with(empty, fields{"code": "cb-77"})).want(t, 422, "code_taken")
	})
}

// TestListOfOrgsWhileTheyChange goes on when what it stopped at is renamed or
// gone.
func TestListOfOrgsWhileTheyChange(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	adm := s.as(t, admin)
	page := get[contract.OrgList](t, adm, "/v1/admin/orgs?q=khu&limit=1")
	adm.do(t, "POST", "/v1/admin/orgs/"+page.Items[0].Id+"/change", fields{"on": "2026-11-01", "name": "Chi bộ Đổi Tên"}).want(t, 201)
	get[contract.OrgList](t, adm, "/v1/admin/orgs?q=khu&limit=1&cursor="+*page.NextCursor)
}

// TestEnterprises: a role may be scoped to one, wherever its members belong.
func TestEnterprises(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		adm := s.as(t, admin)
		made := adm.do(t, "POST", "/v1/admin/enterprises", enterpriseBody("DN-01"), "Idempotency-Key", "k").want(t, 201)
		company := parse[contract.Enterprise](t, made)
		adm.do(t, "POST", "/v1/admin/enterprises", enterpriseBody("dn-01")).want(t, 409, "enterprise_code_taken")
		for _, id := range []string{"m04", "m23"} {
			adm.do(t, "PATCH", "/v1/admin/members/"+person(id), fields{"enterpriseId": company.Id, "shift": "dem"}, "If-Match", "*").want(t, 200)
		}
		if a := adm.do(t, "PATCH", "/v1/admin/members/"+person("m04"), fields{"shift": "sang"}, "If-Match", "*").want(t, 400); !a.names(t, "/shift") {
			t.Errorf("the shift is not named: %s", a.body)
		}
		adm.do(t, "PATCH", "/v1/admin/enterprises/"+company.Id, fields{"name": "Tên mới"}, "If-Match", `"r7"`).want(t, 412, "stale_revision")
		adm.do(t, "PUT", "/v1/admin/members/"+person("m01")+"/roles", fields{"roles": []any{fields{"role": "secretary", "enterpriseId": company.Id, "from": "2026-01-01"}}}).want(t, 200)
		for _, bad := range []fields{{"role": "editor", "enterpriseId": company.Id, "from": "2026-01-01"}, {"role": "secretary", "from": "2026-01-01"},
			{"role": "secretary", "enterpriseId": company.Id, "orgId": org("kp1"), "from": "2026-01-01"}, {"role": "secretary", "enterpriseId": "khong-co", "from": "2026-01-01"}} {
			adm.do(t, "PUT", "/v1/admin/members/"+person("m05")+"/roles", fields{"roles": []any{bad}}).want(t, 400)
		}
		sec := s.guest(t).with(s.guest(t).login(t, member, password, "company").AccessToken)
		if got := sec.everyone(t, "/v1/admin/members?limit=1"); len(got) != 2 || !slices.Contains(got, person("m23")) || !slices.Contains(got, person("m04")) {
			t.Errorf("the secretary of the enterprise sees %v", got)
		}
		sec.do(t, "GET", "/v1/members/"+person("m23"), nil).want(t, 200)
		sec.do(t, "GET", "/v1/members/"+person("m05"), nil).want(t, 404, "not_found")
		sec.do(t, "GET", "/v1/orgs/"+org("kp1")+"/members", nil).want(t, 404, "not_found")
		me := get[contract.Me](t, sec, "/v1/me")
		if len(me.Roles) != 1 || text(me.Roles[0].EnterpriseName) != "Công ty Thử" || me.Roles[0].OrgId != nil {
			t.Errorf("roles are %+v", me.Roles)
		}
	})
}

// TestNumbersAreNotHeld: of a citizen id and a phone number nothing is kept
// but keyed hashes; they are unique, and the name goes with an erasure.
func TestNumbersAreNotHeld(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		adm := s.as(t, admin)
		body := with(newMember("Tạ Thị Huyền Diệu"), fields{"citizenId": "034 190 000 123", "phone": "0912.345.678", "partyCardNo": "thẻ-77881"})
		rec := parse[contract.MemberRecord](t, adm.do(t, "POST", "/v1/admin/members", body, "Idempotency-Key", "k1").want(t, 201))
		again := parse[contract.MemberRecord](t, adm.do(t, "POST", "/v1/admin/members", body, "Idempotency-Key", "k1").want(t, 201))
		if again.Id != rec.Id || !rec.HasCitizenId || !rec.HasPhone || rec.PartyCardNo != "thẻ-77881" {
			t.Errorf("made %+v, then %+v", rec, again)
		}
		adm.do(t, "POST", "/v1/admin/members", with(body, fields{"name": "Người Khác"})).want(t, 409, "citizen_id_taken")
		for pointer, bad := range map[string]fields{"/citizenId": {"citizenId": "12345"}, "/phone": {"phone": "xin chào"}} {
			if a := adm.do(t, "PATCH", "/v1/admin/members/"+rec.Id, bad, "If-Match", "*").want(t, 400); !a.names(t, pointer) {
				t.Errorf("%s is not named: %s", pointer, a.body)
			}
		}
		all := e.contents(t)
		for _, secret := range []string{"034190000123", "034 190", "912345678", "0912.345"} {
			if strings.Contains(all, secret) {
				t.Errorf("the store holds %q", secret)
			}
		}
		if !strings.Contains(all, "Huyền Diệu") {
			t.Fatal("the name is not found where it must be: this test sees nothing")
		}
		adm.do(t, "POST", "/v1/admin/members/"+rec.Id+"/erasure", fields{"reason": "Theo đề nghị"}).want(t, 204)
		adm.do(t, "POST", "/v1/admin/members/"+rec.Id+"/erasure", fields{"reason": "Theo đề nghị"}).want(t, 204)
		adm.do(t, "PATCH", "/v1/admin/members/"+rec.Id, fields{"name": "x"}, "If-Match", "*").want(t, 409, "member_erased")
		gone := get[contract.MemberRecord](t, adm, "/v1/members/"+rec.Id)
		if !gone.Erased || gone.Name != "" || gone.HasCitizenId || gone.HasPhone || gone.PartyCardNo != "" || len(gone.Places) != 1 {
			t.Errorf("after the erasure: %+v", gone)
		}
		// The number is free again: whoever comes back is a new record.
		adm.do(t, "POST", "/v1/admin/members", body).want(t, 201)
	})
}

// TestErasureEndsTheAccount: sessions, account, devices and bookmarks go.
func TestErasureEndsTheAccount(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		adm, me := s.as(t, admin), s.as(t, member)
		doc := me.documents(t)[0].Id
		me.do(t, "PUT", "/v1/me/bookmarks/"+doc, nil).want(t, 204)
		out := get[contract.MeExport](t, me, "/v1/me/export")
		if out.Account.Username != member || len(out.Account.Sessions) == 0 || len(out.Bookmarks) != 1 || out.Member.Name != "Trần Thị Thu Hoài" || len(out.Member.Statuses) != 1 {
			t.Errorf("the export is %+v", out)
		}
		adm.do(t, "POST", "/v1/admin/members/"+person("m01")+"/erasure", fields{"reason": "x"}).want(t, 204)
		me.do(t, "GET", "/v1/me", nil).want(t, 401)
		s.guest(t).do(t, "POST", "/v1/auth/login", signIn(member, password, "x")).want(t, 401, "invalid_credentials")
		adm.do(t, "POST", "/v1/admin/members/"+person("quantri")+"/erasure", fields{"reason": "x"}).want(t, 404)
		adm.do(t, "POST", "/v1/admin/members/"+get[contract.Me](t, adm, "/v1/me").Id+"/erasure", fields{"reason": "x"}).want(t, 403, "not_your_own")
	})
}

// TestPreferences: members set their own, and an exempt one opts in to
// information, alone or through the secretary.
func TestPreferences(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		me := s.as(t, exempt)
		got := parse[contract.Me](t, me.do(t, "PATCH", "/v1/me", fields{"wantsInformation": false, "locale": "en"}).want(t, 200))
		if got.WantsInformation || got.Locale != "en" {
			t.Errorf("got %+v", got)
		}
		rec := parse[contract.MemberRecord](t, s.as(t, secretary).do(t, "PUT", "/v1/members/"+got.Id+"/information", fields{"wantsInformation": true}).want(t, 200))
		if !rec.WantsInformation || !get[contract.Me](t, me, "/v1/me").WantsInformation {
			t.Error("the secretary's word is not kept")
		}
	})
}

// TestDirectoryOfTwoReplicas: what one process writes, the other shows within
// seconds, and two acts at once are both kept, in one order.
func TestDirectoryOfTwoReplicas(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		e.watched(t)
		a, b := e.serve(t), e.serve(t)
		errs := make(chan *answer, 8)
		for n := range 4 {
			for _, s := range []*server{a, b} {
				go func() {
					got, _ := s.as(t, admin).try(t, "POST", "/v1/admin/orgs", fields{"name": "Chi bộ " + string(rune('A'+n)), "kind": "branch", "parentId": org("phuong"), "on": "2026-03-01"})
					errs <- got
				}()
			}
		}
		for range 8 {
			if got := <-errs; got == nil || got.status != 201 {
				t.Errorf("an act was lost: %+v", got)
			}
		}
		for _, s := range []*server{a, b} {
			eventually(t, 15*time.Second, "the replica shows all", func() (bool, string) {
				list := get[contract.OrgList](t, s.as(t, admin), "/v1/admin/orgs?below="+org("phuong")+"&limit=100")
				return len(list.Items) == 3+8, ""
			})
		}
		acts := get[contract.OrgActList](t, a.as(t, admin), "/v1/admin/org-acts?limit=8").Items
		for k := range acts {
			if k > 0 && acts[k].Seq != acts[k-1].Seq-1 {
				t.Errorf("act %d follows %d", acts[k-1].Seq, acts[k].Seq)
			}
		}
		a.as(t, admin).do(t, "PUT", "/v1/members/"+person("m01")+"/status", fields{"status": "expelled", "from": "2026-11-01"}).want(t, 200)
		eventually(t, 15*time.Second, "the other replica refuses one who has left", func() (bool, string) {
			got := b.as(t, member).do(t, "GET", "/v1/me", nil)
			return got.status == 401, ""
		})
	})
}
