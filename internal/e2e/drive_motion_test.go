package e2e

import (
	"testing"
	"time"

	"sotay/internal/httpapi/contract"
)

// TestDriveInMotion is a drive whose members do not stand still: one moves, one
// is exempted, one suspended, one dies. The denominators stay the roll's, the
// obligation ends at once, and two freezes say what has come since each.
func TestDriveInMotion(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		doc := s.twoSections(t)
		id := s.drive(t, driveBody("Đợt học có nhiều thay đổi", doc.document))
		s.as(t, member).accepted(t, doc.whole()...)
		s.as(t, secretary).do(t, "POST", "/v1/drives/"+id+"/completions", with(onBehalf("m04"), fields{"method": "session"})).want(t, 201)
		interim := s.freeze(t, id, "Sơ kết")
		moveAbout(t, s)
		s.counted(t, id, "all changes are noted", func(n *contract.DriveCounts) bool {
			return n.MovedSince == 1 && n.ExemptedSince == 1 && n.SuspendedSince == 1 && n.DiedSince == 1
		})
		holdMoved(t, s, id)
		s.as(t, exempt).accepted(t, doc.whole()...)
		s.as(t, secretary2).do(t, "POST", "/v1/drives/"+id+"/completions", onBehalf("m08")).want(t, 201)
		s.counted(t, id, "what came later is counted", func(n *contract.DriveCounts) bool { return n.CompletedExempt == 1 && n.CompletedObliged == 3 })
		final := s.freeze(t, id, "Tổng kết")
		a := s.as(t, secretary).do(t, "GET", "/v1/orgs/"+org("kp1")+"/drives/"+id+"/members?status=completed&limit=100", nil).want(t, 200)
		for _, m := range parse[contract.DriveMemberList](t, a).Items {
			if m.MemberId == person("m04") {
				s.as(t, secretary).do(t, "POST", "/v1/completions/"+m.Completion.Id+"/corrections", fields{"kind": "revoke", "reason": "Ghi nhầm."}).want(t, 200)
			}
		}
		s.counted(t, id, "the revoked is not", func(n *contract.DriveCounts) bool { return n.CompletedObliged == 2 && n.Session == 0 })
		holdFreezes(t, s, id, interim, final)
	})
}

func (s *server) freeze(t *testing.T, id, name string) string {
	t.Helper()
	return parse[contract.DriveFreeze](t, s.as(t, leader).do(t, "POST", "/v1/reports/drives/"+id+"/freezes", fields{"name": name}).want(t, 201)).Id
}

// moveAbout moves m08 to the other branch, exempts m09, and has m11 suspended
// and m12 die.
func moveAbout(t *testing.T, s *server) {
	t.Helper()
	adm := s.as(t, admin)
	adm.do(t, "POST", "/v1/admin/members/"+person("m08")+"/transfers", fields{"orgId": org("kp2"), "on": today()}).want(t, 200)
	s.as(t, secretary).do(t, "PUT", "/v1/members/"+person("m09")+"/status", fields{"status": "exempt", "from": today(), "decisionNo": "12-QĐ/CB"}).want(t, 200)
	adm.do(t, "PUT", "/v1/members/"+person("m11")+"/status", fields{"status": "suspended", "from": today()}).want(t, 200)
	adm.do(t, "PUT", "/v1/members/"+person("m12")+"/status", fields{"status": "deceased", "from": today()}).want(t, 200)
}

// holdMoved holds that who moved is with the new branch's secretary, and that
// who was exempted owes nothing at once.
func holdMoved(t *testing.T, s *server, id string) {
	t.Helper()
	members := func(c *client, branch string) map[string]contract.DriveMember {
		out := map[string]contract.DriveMember{}
		for _, m := range get[contract.DriveMemberList](t, c, "/v1/orgs/"+org(branch)+"/drives/"+id+"/members?limit=100").Items {
			out[m.MemberId] = m
		}
		return out
	}
	first, second := members(s.as(t, secretary), "kp1"), members(s.as(t, secretary2), "kp2")
	if _, there := first[person("m08")]; there {
		t.Error("who moved is still in the old branch")
	}
	if m, there := second[person("m08")]; !there || !m.OnRoll || !m.Obliged {
		t.Errorf("who moved, in the new branch: %+v", m)
	}
	if m := first[person("m09")]; m.Obliged || m.DueAt != nil || m.Overdue || !m.OnRoll {
		t.Errorf("who was exempted: %+v", m)
	}
	s.as(t, secretary).do(t, "POST", "/v1/drives/"+id+"/completions", onBehalf("m08")).want(t, 404, "not_found")
	for branch, want := range map[string]int64{"kp1": 12, "kp2": 9} {
		u := get[contract.DriveReport](t, s.as(t, leader), "/v1/reports/drives/"+id+"?orgId="+org(branch)).Unit
		if u.Counts.Total != want {
			t.Errorf("%s: %+v", branch, u.Counts)
		}
	}
}

// holdFreezes compares what was frozen with what has come since.
func holdFreezes(t *testing.T, s *server, id, interim, final string) {
	t.Helper()
	frozen := func(freeze string) contract.FrozenUnit {
		f := get[contract.FrozenDrive](t, s.as(t, leader), "/v1/reports/drives/"+id+"/freezes/"+freeze+"?depth=0")
		if f.Unit.Counts.Total != onTheRoll || f.Unit.Since.Total != 0 || f.Unit.Since.Obliged != 0 {
			t.Errorf("the roll has moved: %+v", f.Unit)
		}
		return f.Unit
	}
	one, two := frozen(interim), frozen(final)
	if one.Counts.CompletedObliged != 2 || one.Counts.Session != 1 || one.Counts.CompletedExempt != 0 || one.Counts.DiedSince != 0 {
		t.Errorf("interim: %+v", one.Counts)
	}
	if n := one.Since; n.CompletedObliged != 0 || n.CompletedExempt != 1 || n.OnBehalf != 1 || n.Session != -1 || n.Voluntary != 1 || n.MovedSince != 1 || n.ExemptedSince != 1 || n.SuspendedSince != 1 || n.DiedSince != 1 {
		t.Errorf("since the interim: %+v", n)
	}
	if two.Counts.CompletedObliged != 3 || two.Counts.CompletedExempt != 1 || two.Since.CompletedObliged != -1 || two.Since.Session != -1 || two.Since.CompletedExempt != 0 {
		t.Errorf("final: %+v, since: %+v", two.Counts, two.Since)
	}
	if list := get[contract.DriveFreezeList](t, s.as(t, leader), "/v1/reports/drives/"+id+"/freezes").Items; len(list) != 2 || list[0].Id != interim {
		t.Errorf("freezes: %+v", list)
	}
}

// TestDriveThroughActs is a drive during which one branch is divided and two are
// merged: who looks after the new ones gets their counts, nobody has moved, and
// the whole stays what it was.
func TestDriveThroughActs(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		adm := s.as(t, admin)
		doc := s.twoSections(t)
		id := s.drive(t, with(driveBody("Đợt học qua sắp xếp tổ chức", doc.document), fields{"opensAt": in(-72 * time.Hour)}))
		s.as(t, member).accepted(t, doc.whole()...)
		s.counted(t, id, "one has completed", func(n *contract.DriveCounts) bool { return n.CompletedObliged == 1 })
		parts := []any{fields{"name": "Chi bộ 1A", "kind": "branch"}, fields{"name": "Chi bộ 1B", "kind": "branch", "memberIds": []any{person("m01"), person("m04")}}}
		act := parse[contract.OrgAct](t, adm.do(t, "POST", "/v1/admin/orgs/"+org("kp1")+"/split", fields{"parts": parts, "on": today()}).want(t, 201))
		made := map[string]string{}
		for _, u := range get[contract.DriveReport](t, s.as(t, leader), "/v1/reports/drives/"+id+"?orgId="+org("phuong")).Unit.Units {
			made[u.Name] = u.OrgId
		}
		if len(made) != 2 {
			t.Errorf("units of the roll's day: %v", made)
		}
		whole := int64(0)
		for _, x := range act.Changes {
			if x.OrgId == org("kp1") {
				continue
			}
			n := get[contract.DriveReport](t, s.as(t, leader), "/v1/reports/drives/"+id+"?orgId="+x.OrgId).Unit.Counts
			year := get[contract.YearReport](t, s.as(t, leader), "/v1/reports/years/"+today()[:4]+"?orgId="+x.OrgId).Unit.Counts
			if n != year || (n.Total == 2) != (n.CompletedObliged == 1) {
				t.Errorf("a part: %+v, in the year %+v", n, year)
			}
			whole += n.Total
		}
		if whole != 12 {
			t.Errorf("the parts have %d members", whole)
		}
		s.as(t, leader).do(t, "GET", "/v1/reports/years/"+today()[:4]+"?orgId="+org("kp1"), nil).want(t, 404, "not_found")
		// Nobody acts on the other part's members, whichever part is theirs.
		for _, x := range act.Changes {
			if x.OrgId == org("kp1") {
				continue
			}
			adm.do(t, "PUT", "/v1/admin/members/"+person("m23")+"/roles", fields{"roles": []any{fields{"role": "leader", "orgId": x.OrgId, "from": "2026-01-01"}}}).want(t, 200)
			c := s.guest(t).with(s.guest(t).login(t, enterprise, password, "part-"+x.OrgId).AccessToken)
			for _, key := range []string{"m04", "m07"} {
				c.do(t, "POST", "/v1/drives/"+id+"/roll-changes", offRoll(key)).want(t, 404, "not_found")
			}
		}
		s.as(t, leader).do(t, "POST", "/v1/drives/"+id+"/roll-changes", offRoll("m09")).want(t, 201)
		adm.do(t, "PUT", "/v1/members/"+person("m12")+"/status", fields{"status": "deceased", "from": today()}).want(t, 200)
		s.counted(t, id, "changes are noted", func(n *contract.DriveCounts) bool { return n.DiedSince == 1 })
		s.counted(t, id, "nobody has moved", func(n *contract.DriveCounts) bool { return n.MovedSince == 0 && n.Total == onTheRoll-1 })
	})
}
