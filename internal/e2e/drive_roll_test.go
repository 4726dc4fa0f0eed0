package e2e

import (
	"fmt"
	"testing"

	"sotay/internal/httpapi/contract"
)

// worksAt makes members work at an enterprise.
func (s *server) worksAt(t *testing.T, enterpriseID string, keys ...string) {
	t.Helper()
	for _, key := range keys {
		s.as(t, admin).do(t, "PATCH", "/v1/admin/members/"+person(key), fields{"enterpriseId": enterpriseID}, "If-Match", "*").want(t, 200)
	}
}

// counted waits until the whole of a drive counts so.
func (s *server) counted(t *testing.T, id, what string, so func(n *contract.DriveCounts) bool) {
	t.Helper()
	eventually(t, patience, what, func() (bool, string) {
		a := s.as(t, leader).do(t, "GET", "/v1/reports/drives/"+id+"?depth=0", nil).want(t, 200)
		n := parse[contract.DriveReport](t, a).Unit.Counts
		return so(&n), string(a.body)
	})
}

// TestDriveRoll is what is done about who a drive is for, once it is open: adding
// and removing, reminding, counting by enterprise and by year, and a member's
// own progress.
func TestDriveRoll(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		company := parse[contract.Enterprise](t, s.as(t, admin).do(t, "POST", "/v1/admin/enterprises", enterpriseBody("DN-HOC")).want(t, 201))
		s.worksAt(t, company.Id, "m07", "m08", "m14", "m18", "m19", "m20", "m21")
		doc := s.twoSections(t)
		id := s.drive(t, driveBody("Học tập nghị quyết", doc.document))
		s.as(t, member).accepted(t, doc.whole()...)
		holdProgress(t, s.as(t, member), doc, id)
		holdUnseen(t, s)
		holdRoll(t, s, id)
		holdReminders(t, s, id)
		holdEnterprises(t, s, company.Id, id)
		holdYear(t, s, id)
		holdLaterExport(t, s, id)
	})
}

// holdProgress reads what counts, section by section.
func holdProgress(t *testing.T, c *client, doc studying, id string) {
	t.Helper()
	got := get[contract.ReadingProgress](t, c, "/v1/me/progress?driveId="+id)
	if len(got.Texts) != 1 || text(got.DriveId) != id {
		t.Fatalf("progress: %+v", got)
	}
	x := got.Texts[0]
	if text(x.DocumentId) != doc.document || !x.Done || x.Read != 2 || len(x.Sections) != 2 || x.Recording != nil || x.MaterialId != nil {
		t.Errorf("progress: %+v", x)
	}
	for _, s := range x.Sections {
		if !s.Read || !s.ReachedEnd || s.CountedMillis < 60_000 || s.NeededMillis <= 0 || s.NeededMillis > s.CountedMillis {
			t.Errorf("section: %+v", s)
		}
	}
	if outside := get[contract.ReadingProgress](t, c, "/v1/me/progress"); len(outside.Texts) != 0 || outside.DriveId != nil {
		t.Errorf("outside of drives: %+v", outside)
	}
	c.do(t, "GET", "/v1/me/progress?driveId=khong-co", nil).want(t, 404, "not_found")
}

// holdUnseen holds that progress tells nothing of a text that a member may not
// read, or may no longer.
func holdUnseen(t *testing.T, s *server) {
	t.Helper()
	d := s.desk(t, "documents")
	elsewhere := fields{"kind": "orgs", "orgIds": []any{org("ubnd")}}
	hidden := studying{document: d.release(t, with(document("Văn bản chỉ cho ủy ban"), fields{"visibility": elsewhere})).ID, sections: []string{"s1", "s2"}}
	for _, x := range d.get(t, hidden.document).Content.Sections {
		hidden.sections = append(hidden.sections[:0], x.Id, x.Id)
	}
	c := s.as(t, member)
	if got := c.sends(t, hidden.opening())[0]; got.Status == contract.Accepted || text(got.Code) != "not_found" {
		t.Errorf("of a text that the member may not read: %+v", got)
	}
	if got := get[contract.ReadingProgress](t, c, "/v1/me/progress"); len(got.Texts) != 0 {
		t.Errorf("progress: %+v", got.Texts)
	}
}

// holdRoll takes a member off the roll and puts them on again.
func holdRoll(t *testing.T, s *server, id string) {
	t.Helper()
	path := "/v1/drives/" + id + "/roll-changes"
	c := s.as(t, leader)
	x := parse[contract.RollChange](t, c.do(t, "POST", path, offRoll("m12")).want(t, 201))
	if x.MemberId != person("m12") || x.OrgId != org("kp1") || x.Kind != contract.Remove || x.DriveId != id {
		t.Errorf("removed: %+v", x)
	}
	c.do(t, "POST", path, offRoll("m12")).want(t, 409, "not_on_roll")
	s.counted(t, id, "one is removed", func(n *contract.DriveCounts) bool { return n.Total == onTheRoll-1 && n.Removed == 1 })
	c.do(t, "POST", path, with(offRoll("m12"), fields{"kind": "add"})).want(t, 201)
	s.counted(t, id, "and added again", func(n *contract.DriveCounts) bool { return n.Total == onTheRoll && n.Removed == 0 && n.Added == 0 })
	if a := c.do(t, "POST", path, with(offRoll("m12"), fields{"reason": "  "})).want(t, 400); !a.names(t, "/reason") {
		t.Errorf("no reason: %s", a.body)
	}
	c.do(t, "POST", path, with(offRoll("m12"), fields{"memberId": "khong-co"})).want(t, 404, "not_found")
	c.do(t, "POST", "/v1/drives/khong-co/roll-changes", offRoll("m12")).want(t, 404, "not_found")
	if list := get[contract.RollChangeList](t, s.as(t, secretary), path).Items; len(list) != 1 || list[0].Kind != contract.Add || list[0].Reason == "" {
		t.Errorf("as the secretary: %+v", list)
	}
	if list := get[contract.RollChangeList](t, s.as(t, secretary2), path).Items; len(list) != 0 {
		t.Errorf("as another secretary: %+v", list)
	}
}

// holdReminders reminds a branch: who owes and has not done, and the one exempt
// member who has asked.
func holdReminders(t *testing.T, s *server, id string) {
	t.Helper()
	path := "/v1/drives/" + id + "/reminders"
	c := s.as(t, secretary)
	r := parse[contract.Reminder](t, c.do(t, "POST", path, fields{"orgId": org("kp1")}).want(t, 201))
	// Of twelve, one has completed and three are exempt, of whom one has asked.
	if r.Reminded != 9 || r.ExemptLeftOut != 2 || r.RecentLeftOut != 0 || r.OrgId != org("kp1") {
		t.Errorf("reminded: %+v", r)
	}
	// The same at once is the same: the answer may have been lost.
	if again := parse[contract.Reminder](t, c.do(t, "POST", path, fields{"orgId": org("kp1")}).want(t, 201)); again != r {
		t.Errorf("again: %+v", again)
	}
	c.do(t, "POST", path, fields{"orgId": org("phuong")}).want(t, 404, "not_found")
	if list := get[contract.ReminderList](t, c, path).Items; len(list) != 1 || list[0] != r {
		t.Errorf("reminders: %+v", list)
	}
	if list := get[contract.ReminderList](t, s.as(t, secretary2), path).Items; len(list) != 0 {
		t.Errorf("as another secretary: %+v", list)
	}
}

// holdEnterprises counts an enterprise, as the province does and as its own
// leader.
func holdEnterprises(t *testing.T, s *server, company, id string) {
	t.Helper()
	path := "/v1/reports/drives/" + id + "/enterprises"
	list := get[contract.DriveEnterpriseList](t, s.as(t, leader), path).Items
	if len(list) != 1 || list[0].EnterpriseId != company || list[0].Counts.Total != 7 || list[0].Name == "" {
		t.Fatalf("enterprises: %+v", list)
	}
	whole := get[contract.DriveEnterpriseReport](t, s.as(t, leader), path+"/"+company)
	if len(whole.Units) < 2 || text(whole.OrgId) != org("tinh") {
		t.Errorf("as the leader: %+v", whole)
	}
	for _, u := range whole.Units {
		if u.Suppressed || u.Counts == nil {
			t.Errorf("of the own scope: %+v", u)
		}
	}
	branch := get[contract.DriveEnterpriseReport](t, s.as(t, secretary), path+"/"+company)
	if branch.Enterprise.Counts.Total != 2 || len(branch.Units) != 1 {
		t.Errorf("as a secretary: %+v", branch)
	}
	s.as(t, admin).do(t, "PUT", "/v1/admin/members/"+person("m23")+"/roles", fields{"roles": []any{fields{"role": "leader", "enterpriseId": company, "from": "2026-01-01"}}}).want(t, 200)
	boss := s.guest(t).with(s.guest(t).login(t, enterprise, password, "boss").AccessToken)
	own := get[contract.DriveEnterpriseReport](t, boss, path+"/"+company)
	if own.Enterprise.Counts.Total != 7 || own.OrgId != nil {
		t.Errorf("as the enterprise's own leader: %+v", own)
	}
	for _, u := range own.Units {
		if !u.Suppressed || u.Counts != nil || u.RateAll != nil {
			t.Errorf("a small branch is told: %+v", u)
		}
	}
	boss.do(t, "GET", "/v1/reports/drives/"+id, nil).want(t, 404, "not_found")
	boss.do(t, "GET", path+"/khong-co", nil).want(t, 404, "not_found")
}

// holdYear reads the facts of a year, by unit and by member.
func holdYear(t *testing.T, s *server, id string) {
	t.Helper()
	path := "/v1/reports/years/" + today()[:4]
	rep := get[contract.YearReport](t, s.as(t, leader), path+"?depth=0")
	if len(rep.Drives) != 1 || rep.Drives[0].Id != id || rep.Unit.Counts.Total != onTheRoll || rep.Unit.Counts.CompletedObliged != 1 {
		t.Errorf("year: %+v", rep)
	}
	if before := get[contract.YearReport](t, s.as(t, leader), "/v1/reports/years/2020"); len(before.Drives) != 0 || before.Unit.Counts.Total != 0 || before.Unit.RateAll != nil {
		t.Errorf("a year before: %+v", before)
	}
	seen := map[string]contract.YearMember{}
	for next := ""; ; {
		list := get[contract.YearMemberList](t, s.as(t, secretary), path+"/members?limit=5"+next)
		for _, m := range list.Items {
			seen[m.MemberId] = m
		}
		if list.NextCursor == nil {
			break
		}
		next = fmt.Sprint("&cursor=", *list.NextCursor)
	}
	if len(seen) != 12 {
		t.Errorf("%d members", len(seen))
	}
	if m := seen[person("m01")]; m.Obliged != 1 || m.CompletedObliged != 1 || len(m.Drives) != 1 || m.Drives[0].OnTime == nil || !*m.Drives[0].OnTime {
		t.Errorf("who has completed: %+v", m)
	}
	if m := seen[person("m05")]; m.Obliged != 0 || len(m.Drives) != 1 || !m.Drives[0].Exempt || m.Drives[0].OnTime != nil {
		t.Errorf("who is exempt: %+v", m)
	}
}

// holdLaterExport holds that an export has the reminders that somebody got.
func holdLaterExport(t *testing.T, s *server, id string) {
	t.Helper()
	got := get[contract.MeExport](t, s.as(t, exempt), "/v1/me/export")
	if len(got.RollChanges) != 0 || len(got.Reminders) != 1 || got.Reminders[0].DriveId != id {
		t.Errorf("of who was reminded: %+v, %+v", got.RollChanges, got.Reminders)
	}
	if got = get[contract.MeExport](t, s.as(t, member), "/v1/me/export"); len(got.Reminders) != 0 {
		t.Errorf("of who had completed: %+v", got.Reminders)
	}
}
