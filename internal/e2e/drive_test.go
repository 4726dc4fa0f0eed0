package e2e

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"sotay/internal/httpapi/contract"
)

// The seed as a roll has it: everybody but one who is suspended; six are
// exempt, one of them for a time.
const (
	onTheRoll     = 40
	exemptOnRoll  = 6
	obligedOnRoll = onTheRoll - exemptOnRoll
)

// studying is a document that is read in a test.
type studying struct {
	document string
	sections []string
}

// twoSections publishes a document of two short sections.
func (s *server) twoSections(t *testing.T) studying {
	t.Helper()
	d := s.desk(t, "documents")
	out := studying{document: d.release(t, document("Nghị quyết để học")).ID}
	for _, x := range d.get(t, out.document).Content.Sections {
		out.sections = append(out.sections, x.Id)
	}
	return out
}

// event is what a phone saw of a section, some time ago.
func (d studying) event(section int, session string, ago time.Duration, millis int, end bool) fields {
	return fields{"id": fmt.Sprintf("%s-%d-%d", session, section, int(ago.Seconds())), "kind": "progress", "documentId": d.document, "version": 1,
		"sectionId": d.sections[section], "sessionId": session, "foregroundMillis": millis, "reachedEnd": end, "at": in(-ago)}
}

// opening is the beginning of a session.
func (d studying) opening() fields { return d.event(0, "sang", 20*time.Minute, 0, false) }

// whole reads both sections, in a session each.
func (d studying) whole() []any {
	return []any{d.opening(), d.event(0, "sang", 18*time.Minute, 60_000, true),
		d.event(1, "chieu", 9*time.Minute, 1000, false), d.event(1, "chieu", 7*time.Minute, 90_000, true)}
}

// sends sends events and returns what became of them.
func (c *client) sends(t *testing.T, events ...any) []contract.EventResult {
	t.Helper()
	body := fields{"sentAt": in(0), "events": events}
	got := parse[contract.EventResults](t, c.do(t, "POST", "/v1/me/events", body).want(t, 200)).Results
	if len(got) != len(events) {
		t.Fatalf("%d results of %d events: %+v", len(got), len(events), got)
	}
	return got
}

// accepted sends events of which all must be accepted.
func (c *client) accepted(t *testing.T, events ...any) {
	t.Helper()
	for i, r := range c.sends(t, events...) {
		if r.Status != contract.Accepted || r.Id != events[i].(fields)["id"] {
			t.Errorf("event %d: %+v", i, r)
		}
	}
}

func driveOf(t *testing.T, c *client, id string) contract.Drive {
	t.Helper()
	return get[contract.Drive](t, c, "/v1/drives/"+id)
}

// TestDrive is a drive from its opening to its counts: who reads it, who owes
// nothing and reads it all the same, for whom the secretary records, and who
// has only begun.
func TestDrive(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		doc := s.twoSections(t)
		own := in(2 * 24 * time.Hour)
		body := with(driveBody("Học tập nghị quyết", doc.document), fields{"description": "Toàn đảng bộ.",
			"deadlines": []any{fields{"tags": []any{"fdiEnterprise"}, "dueAt": own}}})
		id := s.drive(t, body)
		holdObliged(t, s.as(t, member), doc, id)
		holdExempt(t, s.as(t, exempt), doc, id)
		holdOnBehalf(t, s, id)
		begun := s.as(t, enterprise)
		begun.accepted(t, doc.opening())
		if m := driveOf(t, begun, id); m.DueAt == nil || !sameInstant(t, *m.DueAt, own) || m.Steps[0].Done || m.Completion != nil {
			t.Errorf("who has a deadline of their own and has begun: %+v", m)
		}
		holdCounts(t, s, id)
		holdMembers(t, s, id)
		holdTable(t, s, id)
		holdCorrections(t, s, id)
		holdExport(t, s.as(t, member), id)
	})
}

func sameInstant(t *testing.T, a, b string) bool {
	t.Helper()
	x, err := time.Parse(time.RFC3339Nano, a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := time.Parse(time.RFC3339Nano, b)
	if err != nil {
		t.Fatal(err)
	}
	return x.Equal(y)
}

// holdObliged reads as one who owes it. A bad event keeps no other back, and a
// batch may come again.
func holdObliged(t *testing.T, c *client, doc studying, id string) {
	t.Helper()
	before := driveOf(t, c, id)
	if !before.OnRoll || !before.Obliged || before.DueAt == nil || before.Completion != nil || len(before.Steps) != 1 ||
		before.Steps[0].Sections != 2 || before.Steps[0].Read != 0 || before.Steps[0].Title != "Nghị quyết để học" {
		t.Errorf("before: %+v", before)
	}
	got := c.sends(t, doc.opening(), with(doc.opening(), fields{"id": "moi", "kind": "gazed", "eyes": 2}), with(doc.opening(), fields{"id": 7}),
		with(doc.opening(), fields{"id": "hai", "materialId": doc.document}), with(doc.opening(), fields{"id": "ba", "sectionId": "khong-co"}), doc.opening())
	for i, want := range []string{"", "unknown_kind", "wrong_type", "one_of", "not_found", ""} {
		r := got[i]
		if (r.Status == contract.Accepted) != (want == "") || text(r.Code) != want || (want != "") != (r.Detail != nil && *r.Detail != "" && r.Field != nil) {
			t.Errorf("event %d, want %q: %+v", i, want, r)
		}
	}
	if *got[1].Field != "/kind" || got[1].Id != "moi" || got[2].Id != "" {
		t.Errorf("refused: %+v", got[1:3])
	}
	if m := driveOf(t, c, id); m.Steps[0].Done || m.Steps[0].Read != 0 {
		t.Errorf("opened only: %+v", m)
	}
	for range 2 {
		c.accepted(t, doc.whole()...)
	}
	after := driveOf(t, c, id)
	if !after.Steps[0].Done || after.Steps[0].Read != 2 || after.Completion == nil || after.Completion.Basis != contract.CompletionBasisApp || after.Completion.CompletedOn != today() {
		t.Errorf("after: %+v, %+v", after, after.Completion)
	}
	mine := get[contract.CompletionList](t, c, "/v1/me/completions").Items
	if len(mine) != 1 || mine[0].DriveId != id || mine[0].Id != after.Completion.Id {
		t.Errorf("completions: %+v", mine)
	}
	if list := get[contract.DriveList](t, c, "/v1/me/drives").Items; len(list) != 1 || list[0].Id != id || list[0].Completion == nil {
		t.Errorf("drives: %+v", list)
	}
}

// holdExempt reads as one who owes nothing.
func holdExempt(t *testing.T, c *client, doc studying, id string) {
	t.Helper()
	c.accepted(t, doc.whole()...)
	m := driveOf(t, c, id)
	if !m.OnRoll || m.Obliged || m.DueAt != nil || m.Completion == nil || m.Completion.Basis != contract.CompletionBasisVoluntary {
		t.Errorf("exempt: %+v, %+v", m, m.Completion)
	}
}

// holdOnBehalf records for a member who has no phone.
func holdOnBehalf(t *testing.T, s *server, id string) {
	t.Helper()
	path := "/v1/drives/" + id + "/completions"
	c := s.as(t, secretary)
	first := parse[contract.RecordedCompletion](t, c.do(t, "POST", path, onBehalf("m04")).want(t, 201))
	again := parse[contract.RecordedCompletion](t, c.do(t, "POST", path, onBehalf("m04")).want(t, 200))
	if first.Id != again.Id || first.Basis != contract.CompletionBasisOnBehalf || first.MemberId != person("m04") || again.CompletedOn != today() {
		t.Errorf("recorded %+v, again %+v", first, again)
	}
	c.do(t, "POST", path, with(onBehalf("m04"), fields{"method": "phone"})).want(t, 409, "already_completed")
	c.do(t, "POST", path, onBehalf("m01")).want(t, 409, "already_completed") // by the app
	c.do(t, "POST", path, onBehalf("m20")).want(t, 404, "not_found")         // of another branch
	tomorrow := with(onBehalf("m07"), fields{"on": in(24 * time.Hour)[:len("2006-01-02")]})
	if a := c.do(t, "POST", path, tomorrow).want(t, 400); !a.names(t, "/on") {
		t.Errorf("on a day to come: %s", a.body)
	}
}

// holdCounts reads the counts as the leader, and the branch's as its secretary.
func holdCounts(t *testing.T, s *server, id string) {
	t.Helper()
	path := "/v1/reports/drives/" + id
	var u contract.DriveUnit
	eventually(t, patience, "all is counted", func() (bool, string) {
		a := s.as(t, leader).do(t, "GET", path+"?depth=6", nil).want(t, 200)
		u = parse[contract.DriveReport](t, a).Unit
		return u.Counts.OnBehalf == 1 && u.Counts.CompletedObliged == 2 && u.Counts.CompletedExempt == 1 && u.Counts.InProgress == 1, string(a.body)
	})
	n := u.Counts
	if u.OrgId != org("tinh") || n.Total != onTheRoll || n.Exempt != exemptOnRoll || n.TemporarilyExempt != 1 || n.Obliged != obligedOnRoll || n.Voluntary != 1 || n.Session != 0 {
		t.Errorf("counts: %+v", u)
	}
	for name, r := range map[string]struct {
		got      *float64
		want, of int64
	}{"all": {u.RateAll, 3, onTheRoll}, "obliged": {u.RateObliged, 2, obligedOnRoll}, "present": {u.RatePresent, 3, obligedOnRoll + 1}} {
		if r.got == nil || *r.got != float64(r.want)/float64(r.of) {
			t.Errorf("rate %s: %v, want %d/%d", name, r.got, r.want, r.of)
		}
	}
	ward := slices.IndexFunc(u.Units, func(x contract.DriveUnit) bool { return x.OrgId == org("phuong") })
	if ward < 0 || len(u.Units) != 2 || len(u.Units[ward].Units) != 2 {
		t.Fatalf("units: %+v", u.Units)
	}
	c := s.as(t, secretary)
	branch := get[contract.DriveReport](t, c, path).Unit
	shown := u.Units[ward].Units[slices.IndexFunc(u.Units[ward].Units, func(x contract.DriveUnit) bool { return x.OrgId == branch.OrgId })]
	if branch.OrgId != org("kp1") || branch.Counts != shown.Counts || branch.Counts.CompletedObliged != 2 || branch.Counts.Total != 12 || len(branch.Units) != 0 {
		t.Errorf("the branch by itself: %+v, in the province: %+v", branch, shown)
	}
	c.do(t, "GET", path+"?orgId="+org("kp2"), nil).want(t, 404, "not_found")
	if flat := get[contract.DriveReport](t, s.as(t, leader), path+"?depth=0&asOf="+today()).Unit; len(flat.Units) != 0 || flat.Counts != n {
		t.Errorf("as of today: %+v", flat)
	}
}

// holdMembers reads how the branch stands as its secretary, by state and whole.
func holdMembers(t *testing.T, s *server, id string) {
	t.Helper()
	path := "/v1/orgs/" + org("kp1") + "/drives/" + id + "/members?limit="
	c := s.as(t, secretary)
	all := get[contract.DriveMemberList](t, c, path+"100").Items
	stateOf := map[string]contract.DriveMemberState{}
	for _, m := range all {
		stateOf[m.MemberId] = m.State
		if m.OrgId != org("kp1") || len(m.Steps) != 1 || m.Overdue || m.Obliged != (m.DueAt != nil) || (m.State == contract.Completed) != (m.Completion != nil) {
			t.Errorf("member: %+v", m)
		}
	}
	if stateOf[person("m01")] != contract.Completed || stateOf[person("m04")] != contract.Completed || stateOf[person("m07")] != contract.NotStarted {
		t.Errorf("states: %v", stateOf)
	}
	listed := 0
	for _, state := range []contract.DriveMemberState{contract.Completed, contract.InProgress, contract.NotStarted} {
		for next := ""; ; {
			page := get[contract.DriveMemberList](t, c, path+"2&status="+string(state)+next)
			for _, m := range page.Items {
				if listed++; m.State != state || stateOf[m.MemberId] != state {
					t.Errorf("in the list of %s: %+v", state, m)
				}
			}
			if page.NextCursor == nil {
				break
			}
			next = "&cursor=" + url.QueryEscape(*page.NextCursor)
		}
	}
	if listed != len(all) || len(all) < 12 {
		t.Errorf("by state %d of %d", listed, len(all))
	}
	s.as(t, secretary2).do(t, "GET", path+"2", nil).want(t, 404, "not_found")
}

// holdTable saves the counts of the branch and of the province.
func holdTable(t *testing.T, s *server, id string) {
	t.Helper()
	path := "/v1/reports/drives/" + id + "/table.csv"
	a := s.as(t, secretary).do(t, "GET", path, nil).want(t, 200)
	lines := strings.Split(string(a.body), "\r\n")
	if a.header.Get("Content-Type") != "text/csv; charset=utf-8" || a.header.Get("Content-Disposition") != `attachment; filename="dot-hoc-tap-`+today()+`.csv"` ||
		len(lines) != 3 || lines[2] != "" || !strings.HasPrefix(lines[0], "\ufeffCấp;Tổ chức;Tổng số;Miễn;") {
		t.Fatalf("%v %s", a.header, a.body)
	}
	u := get[contract.DriveReport](t, s.as(t, secretary), "/v1/reports/drives/"+id).Unit
	n := u.Counts
	if row := fmt.Sprintf("0;%s;12;%d;%d;%d;2;", u.Name, n.Exempt, n.TemporarilyExempt, n.Obliged); !strings.HasPrefix(lines[1], row) ||
		strings.Count(lines[1], ";") != 22 || !strings.Contains(lines[1], ";"+strings.Replace(fmt.Sprintf("%.1f", 100**u.RateObliged), ".", ",", 1)+";") {
		t.Errorf("the branch is %q, want %q and so on", lines[1], row)
	}
	deep := string(s.as(t, leader).do(t, "GET", path+"?depth=6", nil).want(t, 200).body)
	if !strings.Contains(deep, "\r\n2;"+u.Name+";12;") || !strings.Contains(deep, fmt.Sprintf("\r\n0;%s;%d;", get[contract.DriveReport](t, s.as(t, leader), "/v1/reports/drives/"+id).Unit.Name, onTheRoll)) {
		t.Errorf("the province is %s", deep)
	}
}

// holdCorrections takes back what was recorded for a member, and takes that
// back.
func holdCorrections(t *testing.T, s *server, id string) {
	t.Helper()
	c := s.as(t, secretary)
	recorded := parse[contract.RecordedCompletion](t, c.do(t, "POST", "/v1/drives/"+id+"/completions", onBehalf("m04")).want(t, 200))
	if !recorded.Stands {
		t.Errorf("recorded: %+v", recorded)
	}
	path := "/v1/completions/" + recorded.Id + "/corrections"
	counts := func(what string, onBehalf, completed int64) {
		eventually(t, patience, what, func() (bool, string) {
			a := c.do(t, "GET", "/v1/reports/drives/"+id, nil).want(t, 200)
			n := parse[contract.DriveReport](t, a).Unit.Counts
			return n.OnBehalf == onBehalf && n.CompletedObliged == completed, string(a.body)
		})
	}
	revoke, reinstate := fields{"kind": "revoke", "reason": "Ghi nhầm người."}, fields{"kind": "reinstate", "reason": "Đã xác minh lại."}
	c.do(t, "POST", path, reinstate).want(t, 409, "not_revoked")
	s.as(t, secretary2).do(t, "POST", path, revoke).want(t, 404, "not_found")
	if a := c.do(t, "POST", path, with(revoke, fields{"reason": " "})).want(t, 400); !a.names(t, "/reason") {
		t.Errorf("without a reason: %s", a.body)
	}
	l := s.as(t, leader)
	freezes := "/v1/reports/drives/" + id + "/freezes"
	frozen := parse[contract.DriveFreeze](t, l.do(t, "POST", freezes, fields{"name": "Sơ kết"}).want(t, 201))
	l.do(t, "POST", freezes, fields{"name": " sơ  kết"}).want(t, 409, "freeze_exists")
	done := parse[contract.CorrectedCompletion](t, c.do(t, "POST", path, revoke).want(t, 200))
	if done.Stands || done.MemberId != person("m04") || len(done.Corrections) != 1 || done.Corrections[0].Kind != contract.Revoke || done.Corrections[0].Reason != "Ghi nhầm người." {
		t.Errorf("revoked: %+v", done)
	}
	c.do(t, "POST", path, revoke).want(t, 409, "already_revoked")
	counts("the revoked is not counted", 0, 1)
	f := get[contract.FrozenDrive](t, l, freezes+"/"+frozen.Id)
	if f.Freeze.Name != "Sơ kết" || f.Unit.Counts.OnBehalf != 1 || f.Unit.Since.OnBehalf != -1 || f.Unit.Since.Total != 0 || len(f.Unit.Units) == 0 {
		t.Errorf("frozen before the revocation: %+v", f)
	}
	c.do(t, "POST", "/v1/drives/"+id+"/completions", onBehalf("m04")).want(t, 409, "already_revoked")
	for _, m := range get[contract.DriveMemberList](t, c, "/v1/orgs/"+org("kp1")+"/drives/"+id+"/members?limit=100").Items {
		if m.MemberId == person("m04") && (m.State != contract.NotStarted || m.Completion == nil || m.Completion.Stands) {
			t.Errorf("whose completion is revoked: %+v, %+v", m, m.Completion)
		}
	}
	done = parse[contract.CorrectedCompletion](t, c.do(t, "POST", path, reinstate).want(t, 200))
	if !done.Stands || len(done.Corrections) != 2 || done.Corrections[1].Kind != contract.Reinstate {
		t.Errorf("reinstated: %+v", done)
	}
	counts("the reinstated is counted", 1, 2)
}

// holdExport has in a member's export what they completed and how they read.
func holdExport(t *testing.T, c *client, id string) {
	t.Helper()
	out := get[contract.MeExport](t, c, "/v1/me/export")
	if len(out.Completions) != 1 || out.Completions[0].DriveId != id || !out.Completions[0].Stands || out.Completions[0].Corrections == nil || len(out.Studied) != 1 {
		t.Fatalf("export: %+v, %+v", out.Completions, out.Studied)
	}
	x := out.Studied[0]
	if text(x.DriveId) != id || x.Devices != 1 || x.Sessions != 2 || len(x.Sections) != 2 {
		t.Fatalf("studied: %+v", x)
	}
	millis := map[int64]bool{}
	for _, o := range x.Sections {
		millis[o.ClaimedMillis] = true
		if o.DocumentId == nil || o.MaterialId != nil || o.SectionId == nil || o.EndReachedAt == nil || o.BelievedMillis != o.ClaimedMillis || o.Sessions != 1 || o.PlayedMillis != nil {
			t.Errorf("section: %+v", o)
		}
	}
	if !millis[60_000] || !millis[90_000] {
		t.Errorf("times: %v", millis)
	}
}

// TestDriveOverdue lists who is late; who is exempt never is.
func TestDriveOverdue(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	doc := s.twoSections(t)
	id := s.drive(t, with(driveBody("Đợt đã quá hạn", doc.document), fields{"dueAt": in(-time.Minute)}))
	late, free := 0, 0
	for _, m := range get[contract.DriveMemberList](t, s.as(t, secretary), "/v1/orgs/"+org("kp1")+"/drives/"+id+"/members?limit=100").Items {
		if m.Overdue != m.Obliged || m.Overdue != (m.DueAt != nil) {
			t.Errorf("late: %+v", m)
		}
		if m.Overdue {
			late++
		} else {
			free++
		}
	}
	if late == 0 || free == 0 {
		t.Errorf("%d are late, %d are not", late, free)
	}
}

// TestDriveBeforeItOpens holds what a drive that is still to open tells.
func TestDriveBeforeItOpens(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	doc := s.twoSections(t)
	d := s.desk(t, "drives")
	body := with(driveBody("Đợt sắp mở", doc.document), fields{"opensAt": in(time.Hour)})
	for field, bad := range map[string]fields{"/dueAt": {"dueAt": in(time.Minute)}, "/closesAt": {"closesAt": in(2 * time.Hour)}, "/steps/0/documentId": {"steps": []any{fields{"kind": "read", "documentId": "khong-co"}}},
		"/steps/0": {"steps": []any{fields{"kind": "quiz", "documentId": doc.document}}}, "/opensAt": {"opensAt": "hôm nay"},
		"/deadlines/0/dueAt": {"deadlines": []any{fields{"tags": []any{"remote"}, "dueAt": "mai"}}}} {
		if a := d.editor.do(t, "POST", "/v1/editor/drives", with(body, bad)); a.status != 400 || !a.names(t, field) {
			t.Errorf("%v: %d %s", bad, a.status, a.body)
		}
	}
	id := d.release(t, body).ID
	s.as(t, leader).do(t, "GET", "/v1/reports/drives/"+id, nil).want(t, 409, "not_open")
	s.as(t, leader).do(t, "GET", "/v1/reports/drives/"+id+"/table.csv", nil).want(t, 409, "not_open")
	s.as(t, secretary).do(t, "GET", "/v1/orgs/"+org("kp1")+"/drives/"+id+"/members", nil).want(t, 409, "not_open")
	c := s.as(t, member)
	c.accepted(t, doc.whole()...)
	if m := driveOf(t, c, id); m.OnRoll || !m.Obliged || m.Completion != nil || m.Steps[0].Read != 0 {
		t.Errorf("read before the opening: %+v", m)
	}
	if out := get[contract.MeExport](t, c, "/v1/me/export"); len(out.Studied) != 1 || out.Studied[0].DriveId != nil || len(out.Studied[0].Sections) != 2 || len(out.Completions) != 0 {
		t.Errorf("export of what was read outside of drives: %+v", out.Studied)
	}
}
