package e2e

import (
	"cmp"
	"testing"
	"time"

	"sotay/internal/httpapi/contract"
)

// driveBody is a study drive on a document, open since an hour ago.
func driveBody(title, documentID string) fields {
	return fields{"orgId": org("tinh"), "title": title, "steps": []any{fields{"kind": "read", "documentId": documentID}},
		"opensAt": in(-time.Hour), "dueAt": in(3 * 24 * time.Hour), "closesAt": in(5 * 24 * time.Hour)}
}

// drive publishes a drive and waits until its roll is taken down.
func (s *server) drive(t *testing.T, body fields) string {
	t.Helper()
	id := s.desk(t, "drives").release(t, body).ID
	c := s.as(t, leader)
	eventually(t, patience, "the roll is taken down", func() (bool, string) {
		a := c.do(t, "GET", "/v1/reports/drives/"+id, nil)
		return a.status == 200, string(a.body)
	})
	return id
}

// today is the day in Vietnam.
func today() string { return in(0)[:len("2006-01-02")] }

// onBehalf is what a secretary sends of a member.
func onBehalf(key string) fields {
	return fields{"memberId": person(key), "method": "paper", "on": today(), "reason": "Không dùng điện thoại thông minh."}
}

// driveRows are the rows of study drives.
func driveRows() map[string]rule {
	const report = "/v1/reports/drives/%s"
	byReporters := map[string]int{secretary: 200, secretary2: 200, leader: 200, inspector: 200, admin: 200}
	return map[string]rule{
		"listMyDrives":      {at("/v1/me/drives"), signedIn(200)},
		"getDrive":          {reads("/v1/drives/%s", sampleDrive), signedIn(200)},
		"listMyCompletions": {at("/v1/me/completions"), signedIn(200)},
		"recordEvents": {func(_ *testing.T, w *cast, role string) call {
			return call{path: "/v1/me/events", body: fields{"events": []any{fields{"id": role, "kind": "progress", "documentId": w.sample, "version": 1,
				"sectionId": "khong-co", "sessionId": "s", "at": in(0)}}}}
		}, signedIn(200)},
		"recordCompletion": {func(_ *testing.T, w *cast, _ string) call {
			return call{path: "/v1/drives/" + w.sampleDrive + "/completions", body: onBehalf("m04")}
		}, only(map[string]int{secretary: 201, secretary2: 404})},
		"correctCompletion": {func(_ *testing.T, w *cast, _ string) call {
			return call{path: "/v1/completions/" + w.sampleCompletion + "/corrections", body: fields{"kind": "revoke", "reason": "Ghi nhầm người."}}
		}, only(map[string]int{secretary: 200, secretary2: 404})},
		"listDriveMembers": {reads("/v1/orgs/"+org("kp1")+"/drives/%s/members", sampleDrive), only(byReaders)},
		"getDriveReport":   {reads(report, sampleDrive), only(byReporters)},
		"listDriveFreezes": {reads(report+"/freezes", sampleDrive), only(byReporters)},
		"getDriveFreeze": {func(_ *testing.T, w *cast, _ string) call {
			return call{path: "/v1/reports/drives/" + w.sampleDrive + "/freezes/" + w.sampleFreeze}
		}, only(byReporters)},
		"freezeDrive": {func(_ *testing.T, w *cast, role string) call {
			return call{path: "/v1/reports/drives/" + w.sampleDrive + "/freezes", body: fields{"name": "Chốt của " + role}}
		}, only(map[string]int{leader: 201, admin: 201})},
		"getDriveTable": {reads(report+"/table.csv", sampleDrive), only(byReporters)},

		"listDriveEnterprises": {reads(report+"/enterprises", sampleDrive), only(byReporters)},
		"getDriveEnterprise": {func(_ *testing.T, w *cast, _ string) call {
			return call{path: "/v1/reports/drives/" + w.sampleDrive + "/enterprises/" + w.sampleEnterprise}
		}, only(map[string]int{secretary: 200, secretary2: 404, leader: 200, inspector: 200, admin: 200})},
		"getYearReport":   {at("/v1/reports/years/" + today()[:4]), only(byReporters)},
		"listYearMembers": {at("/v1/reports/years/" + today()[:4] + "/members"), only(map[string]int{secretary: 200, secretary2: 200, inspector: 200, admin: 200})},
		"listRollChanges": {reads("/v1/drives/%s/roll-changes", sampleDrive), only(byReporters)},
		"changeRoll": {func(_ *testing.T, w *cast, role string) call {
			who := map[string]string{admin: "m11"}[role]
			return call{path: "/v1/drives/" + w.sampleDrive + "/roll-changes", body: offRoll(cmp.Or(who, "m12"))}
		}, only(map[string]int{leader: 201, admin: 201})},
		"listReminders": {reads("/v1/drives/%s/reminders", sampleDrive), only(map[string]int{secretary: 200, secretary2: 200})},
		"remindMembers": {func(_ *testing.T, w *cast, _ string) call {
			return call{path: "/v1/drives/" + w.sampleDrive + "/reminders", body: fields{"orgId": org("kp1")}}
		}, only(map[string]int{secretary: 201, secretary2: 404})},
		"getMyProgress": {at("/v1/me/progress"), signedIn(200)},

		"listEditorDrives": {at("/v1/editor/drives"), only(byLists)},
		"createDrive": {creates("/v1/editor/drives", func(w *cast) fields { return driveBody("Đợt học mới", w.sample) }),
			only(map[string]int{editor: 201, wardEditor: 403})},
		"getEditorDrive": {steps("drives", "draft", "", nil), only(byEither)},
		"updateDrive":    {steps("drives", "draft", "", fields{"title": "Tên mới"}), only(byEditors)},
		"submitDrive":    {steps("drives", "draft", "submit", nil), only(byEditors)},
		"approveDrive":   {steps("drives", "submitted", "approve", nil), only(byApprovers)},
		"rejectDrive":    {steps("drives", "submitted", "reject", because), only(byApprovers)},
		"publishDrive":   {steps("drives", "approved", "publish", nil), only(byEither)},
		"withdrawDrive":  {steps("drives", "published", "withdraw", because), only(byEither)},
	}
}

// offRoll takes a member off the roll.
func offRoll(key string) fields {
	return fields{"memberId": person(key), "kind": "remove", "reason": "Không thuộc diện học."}
}

func sampleDrive(w *cast) string { return w.sampleDrive }

// driveCast makes what the rows of drives need.
func (w *cast) driveCast(t *testing.T) {
	t.Helper()
	w.sampleEnterprise = w.enterprise(t).Id
	w.worksAt(t, w.sampleEnterprise, "m08")
	w.sampleDrive = w.drive(t, driveBody("Đợt học của bảng vai trò", w.sample))
	a := w.as(t, secretary).do(t, "POST", "/v1/drives/"+w.sampleDrive+"/completions", onBehalf("m07")).want(t, 201)
	w.sampleCompletion = parse[contract.RecordedCompletion](t, a).Id
	a = w.as(t, leader).do(t, "POST", "/v1/reports/drives/"+w.sampleDrive+"/freezes", fields{"name": "Sơ kết"}).want(t, 201)
	w.sampleFreeze = parse[contract.DriveFreeze](t, a).Id
}

// driveBodies are bodies with every field of these calls.
func driveBodies() map[string]fields {
	const at = "2026-01-01T00:00:00Z"
	drive := fields{"title": "T", "description": "D", "planDocumentId": "khong-co", "visibility": fields{"kind": "all"},
		"steps":   []any{fields{"kind": "read", "documentId": "a", "materialId": "b", "quizId": "c"}},
		"opensAt": at, "dueAt": "2026-02-01T00:00:00Z", "closesAt": "2026-03-01T00:00:00Z",
		"deadlines": []any{fields{"memberIds": []any{"a"}, "orgIds": []any{"b"}, "enterpriseIds": []any{"c"}, "shifts": []any{"d"},
			"tags": []any{"remote"}, "dueAt": "2026-02-02T00:00:00Z"}},
		"audience": fields{"memberKinds": []any{"official"}, "statuses": []any{"active"}, "enterpriseIds": []any{"a"}, "tags": []any{"remote"}}}
	reason := fields{"reason": "r"}
	return map[string]fields{"createDrive": with(drive, fields{"orgId": "khong-co"}), "updateDrive": drive, "rejectDrive": reason, "withdrawDrive": reason,
		"recordEvents":      {"sentAt": at, "events": []any{fields{"id": "a", "kind": "progress"}}},
		"recordCompletion":  {"memberId": "khong-co", "method": "paper", "on": "2026-01-01", "reason": "r"},
		"correctCompletion": {"kind": "revoke", "reason": "r"},
		"freezeDrive":       {"name": "n"},
		"changeRoll":        {"memberId": "khong-co", "kind": "add", "reason": "r"},
		"remindMembers":     {"orgId": "khong-co"}}
}
