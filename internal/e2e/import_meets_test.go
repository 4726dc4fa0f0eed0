package e2e

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"sotay/internal/httpapi/contract"
)

// TestImportMeetsWhatIsHeld brings in rows about people whose record says
// something else: erased, of another name, on a shift that is no more.
func TestImportMeetsWhatIsHeld(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		a := e.serve(t).as(t, admin)
		a.bring(t, "orgs", "cay.csv", orgList)
		wantImport(t, a.bring(t, "members", "dv.csv", memberList), "done 3: 3 new, 0 changed, 0 unchanged, 0 errors")
		t.Run("erased", func(t *testing.T) { passesOverErased(t, a) })
		t.Run("another name", func(t *testing.T) { refusesAnotherName(t, a) })
		t.Run("a shift that is no more", func(t *testing.T) { losesShift(t, a) })
		t.Run("unseen characters", func(t *testing.T) { refusesUnseen(t, a) })
	})
}

// says tells whether an import has a problem of that code in a row.
func says(j contract.Import, row int, code string) bool {
	return slices.ContainsFunc(found(j), func(p string) bool {
		return strings.HasPrefix(p, fmt.Sprint(row, " ")) && strings.HasSuffix(p, " "+code)
	})
}

// called lists the members of exactly that name.
func (c *client) called(t *testing.T, name string) []contract.MemberSummary {
	t.Helper()
	return slices.DeleteFunc(c.named(t, url.QueryEscape(name)), func(m contract.MemberSummary) bool { return m.Name != name })
}

// passesOverErased: a list does not bring back who was erased on request.
func passesOverErased(t *testing.T, a *client) {
	id := a.called(t, "Lê Văn Bường")[0].Id
	a.do(t, "POST", "/v1/admin/members/"+id+"/erasure", fields{"reason": "theo yêu cầu"}).want(t, 204)
	job := a.bring(t, "members", "dv.csv", memberList)
	if job.State != "done" || job.Errors != 0 || job.New != 0 || !says(job, 3, "member_erased") {
		t.Errorf("%s %v", counts(job), found(job))
	}
	if again := a.called(t, "Lê Văn Bường"); len(again) != 0 {
		t.Errorf("the erased person is listed: %+v", again)
	}
}

// refusesAnotherName: a code alone is no proof of who somebody is.
func refusesAnotherName(t *testing.T, a *client) {
	list := memberHead + "038190000077;DV-3;Người Khác Hẳn;P1-01;chính thức;;;;;;;\n"
	job := a.bring(t, "members", "dv.csv", list)
	if job.State != "failed" || !says(job, 2, "name_differs") {
		t.Errorf("%s %v", counts(job), found(job))
	}
	if len(a.called(t, "Nguyễn Thị Cẩn")) != 1 || len(a.called(t, "Người Khác Hẳn")) != 0 {
		t.Errorf("the member took the other name")
	}
}

// losesShift: a shift that is taken out of an enterprise stays with whoever is
// on it until their record is changed; no list puts anybody on it.
func losesShift(t *testing.T, a *client) {
	company := parse[contract.Enterprise](t, a.do(t, "POST", "/v1/admin/enterprises", enterpriseBody("DN-CA")).want(t, 201))
	path := "/v1/admin/members/" + person("m04")
	a.do(t, "PATCH", path, fields{"enterpriseId": company.Id, "shift": "dem"}, "If-Match", "*").want(t, 200)
	day := []any{fields{"id": "ngay", "name": "Ca ngày", "starts": "06:00", "ends": "14:00"}}
	a.do(t, "PATCH", "/v1/admin/enterprises/"+company.Id, fields{"shifts": day}, "If-Match", "*").want(t, 200)
	if m := get[contract.MemberRecord](t, a, "/v1/members/"+person("m04")); m.EnterpriseId == nil || *m.EnterpriseId != company.Id || m.Shift == nil || *m.Shift != "dem" {
		t.Errorf("the member is elsewhere: %+v", m)
	}
	if bad := a.do(t, "PATCH", "/v1/admin/members/"+person("m05"), fields{"enterpriseId": company.Id, "shift": "dem"}, "If-Match", "*").want(t, 400); !bad.names(t, "/shift") {
		t.Errorf("the shift is not named: %s", bad.body)
	}
	list := "Số căn cước,Họ và tên,Mã chi bộ,Loại,Mã doanh nghiệp,Ca\n038190000088,Người Theo Ca,P1-01,chính thức,DN-CA,Ca đêm\n"
	if job := a.bring(t, "members", "ca.csv", list); job.State != "failed" || !says(job, 2, "not_found") {
		t.Errorf("%s %v", counts(job), found(job))
	}
	wantImport(t, a.bring(t, "members", "ca.csv", strings.Replace(list, "Ca đêm", "Ca ngày", 1)), "done 1: 1 new, 0 changed, 0 unchanged, 0 errors")
}

// refusesUnseen: names that look the same are the same.
func refusesUnseen(t *testing.T, a *client) {
	for what, bad := range map[string]*answer{
		"/name": a.do(t, "POST", "/v1/admin/members", newMember("Lê Văn\u200b Ẩn")),
		"/code": a.do(t, "POST", "/v1/admin/members", with(newMember("Lê Văn Ẩn"), fields{"code": "DV\u202e-9"})),
	} {
		if bad.want(t, 400); !bad.names(t, what) || !strings.Contains(string(bad.body), "invisible_character") {
			t.Errorf("%s: %s", what, bad.body)
		}
	}
}
