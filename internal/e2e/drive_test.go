package e2e

import (
	"fmt"
	"slices"
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
	c := s.as(t, member)
	c.accepted(t, doc.whole()...)
	if m := driveOf(t, c, id); m.OnRoll || !m.Obliged || m.Completion != nil || m.Steps[0].Read != 0 {
		t.Errorf("read before the opening: %+v", m)
	}
}
