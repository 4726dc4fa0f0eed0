package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sotay/internal/httpapi/contract"
	"sotay/internal/sheet"
)

// The lists that the tests bring in.
const (
	orgList = "ĐẢNG BỘ TỈNH\n\nMã;Tên;Loại;Mã cấp trên;Ngày thành lập;Số quyết định\n" +
		"T;Đảng bộ tỉnh Minh Sơn (mẫu);Đảng bộ tỉnh;;;\n" +
		"P1;Đảng bộ phường Hoa Sim (mẫu);đảng bộ phường;T;;\n" +
		"P1-03;Chi bộ Khu phố 3;chi bộ;P1;01/08/2025;15-QĐ/ĐU\n" +
		"P1-01;Chi bộ Khu phố 1;Chi bộ;P1;;\n"
	memberHead = "CCCD;Mã đảng viên;Họ và tên;Mã chi bộ;Loại;Ngày vào Đảng;Tình trạng;Từ ngày;Số quyết định;Điện thoại;Đối tượng;Nhận thông tin\n"
	memberList = memberHead +
		"038190000001;;Đỗ Thị Ngoạn;P1-03;chính thức;03/02/1990;;;;0912345678;dân tộc thiểu số; có\n" +
		"038190000002;;Lê Văn Bường;P1-03;dự bị;19/05/2026;;;;;;\n" +
		";DV-3;Nguyễn Thị Cẩn;P1-01;chính thức;1975-09-02;được miễn;01/01/2026;3-QĐ/CB;;;không\n"
)

// bring hands a file in and waits for the job's end.
func (c *client) bring(t *testing.T, kind, name, content string, query ...string) contract.Import {
	t.Helper()
	path := "/v1/admin/imports?kind=" + kind + strings.Join(query, "")
	job := parse[contract.Import](t, c.do(t, "POST", path, form{name: name, content: content}).want(t, 202))
	return c.awaitImport(t, job.Id)
}

func (c *client) awaitImport(t *testing.T, id string) (job contract.Import) {
	t.Helper()
	eventually(t, patience, "the import ends", func() (bool, string) {
		job = get[contract.Import](t, c, "/v1/admin/imports/"+id)
		return job.EndedAt != nil, fmt.Sprintf("%+v", job)
	})
	return job
}

// counts is what an import did, in short.
func counts(j contract.Import) string {
	return fmt.Sprintf("%s %d: %d new, %d changed, %d unchanged, %d errors", j.State, j.Rows, j.New, j.Changed, j.Unchanged, j.Errors)
}

func wantImport(t *testing.T, j contract.Import, want string) {
	t.Helper()
	if got := counts(j); got != want {
		t.Fatalf("%s import: %s, want %s\n%+v\n%+v", j.Kind, got, want, j.Problems, j.Failure)
	}
}

// found lists the problems as "row column code".
func found(j contract.Import) (out []string) {
	for _, p := range j.Problems {
		out = append(out, strings.Join(strings.Fields(fmt.Sprint(p.Row, " ", p.Column, " ", p.Code)), " "))
	}
	return out
}

// TestImportsOfOrganisationsAndMembers goes the whole way: dry run, run, and
// the same again.
func TestImportsOfOrganisationsAndMembers(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		e.watched(t)
		s := e.serve(t)
		a := s.as(t, admin)
		wantImport(t, a.bring(t, "orgs", "cay.csv", orgList, "&dryRun=true"), "checked 4: 1 new, 3 changed, 0 unchanged, 0 errors")
		if list := get[contract.OrgList](t, a, "/v1/admin/orgs?limit=100"); slices.ContainsFunc(list.Items, func(o contract.OrgSummary) bool { return o.Code != "" }) {
			t.Fatal("a dry run wrote something")
		}
		wantImport(t, a.bring(t, "orgs", "cay.csv", orgList), "done 4: 1 new, 3 changed, 0 unchanged, 0 errors")
		wantImport(t, a.bring(t, "orgs", "cay.csv", orgList), "done 4: 0 new, 0 changed, 4 unchanged, 0 errors")

		wantImport(t, a.bring(t, "members", "dv.csv", memberList, "&dryRun=true"), "checked 3: 3 new, 0 changed, 0 unchanged, 0 errors")
		if n := len(a.named(t, "Ngoạn")); n != 0 {
			t.Fatalf("a dry run made %d members", n)
		}
		wantImport(t, a.bring(t, "members", "dv.csv", memberList), "done 3: 3 new, 0 changed, 0 unchanged, 0 errors")
		wantImport(t, a.bring(t, "members", "dv.csv", memberList), "done 3: 0 new, 0 changed, 3 unchanged, 0 errors")
		if who := a.named(t, "Cẩn"); len(who) != 1 || who[0].Status != "exempt" || who[0].Org == nil || who[0].Org.Name != "Chi bộ Khu phố 1" {
			t.Fatalf("got %+v", who)
		}
		// One moves, one becomes official, one is as before.
		changed := strings.NewReplacer("Đỗ Thị Ngoạn;P1-03", "Đỗ Thị Ngoạn;P1-01", "dự bị", "chính thức").Replace(memberList)
		wantImport(t, a.bring(t, "members", "dv.csv", changed), "done 3: 0 new, 2 changed, 1 unchanged, 0 errors")
		wantImport(t, a.bring(t, "members", "dv.xlsx", asBook(t, changed)), "done 3: 0 new, 0 changed, 3 unchanged, 0 errors")
		if who := a.named(t, "Ngoạn"); len(who) != 1 || who[0].Org == nil || who[0].Org.Name != "Chi bộ Khu phố 1" {
			t.Fatalf("got %+v", who)
		}
		list := get[contract.ImportList](t, a, "/v1/admin/imports?limit=2")
		if len(list.Items) != 2 || list.NextCursor == nil || list.Items[0].FileName != "dv.xlsx" {
			t.Fatalf("listed %+v", list)
		}
		s.stop(t)
		if out, err := e.run(t, "audit", "verify"); err != nil || strings.Contains(out, "FAULT") {
			t.Errorf("audit verify: %v\n%s", err, out)
		}
	})
}

// named lists the members with a word of their names.
func (c *client) named(t *testing.T, word string) []contract.MemberSummary {
	t.Helper()
	return get[contract.MemberList](t, c, "/v1/admin/members?limit=100&q="+word).Items
}

// asBook turns a list of the tests into a workbook.
func asBook(t *testing.T, list string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(list, "\n"), "\n")
	p := sheet.Page{Name: "Danh sách", Rows: func(yield func([]any) bool) {
		for _, line := range lines[1:] {
			var row []any
			for cell := range strings.SplitSeq(line, ";") {
				row = append(row, cell)
			}
			if !yield(row) {
				return
			}
		}
	}}
	for title := range strings.SplitSeq(lines[0], ";") {
		p.Headings = append(p.Headings, sheet.Heading{Title: title})
	}
	var b bytes.Buffer
	if err := sheet.WriteBook(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestImportErrors holds that one bad cell keeps everything from being written
// and is named by row and column, in both languages.
func TestImportErrors(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		a := s.as(t, admin)
		a.bring(t, "orgs", "cay.csv", orgList)
		bad := memberHead +
			"038190000001;;Đỗ Thị Ngoạn;P1-03;chính thức;;;;;;;\n" +
			"38190000002;;Lê A;P9;lạ;31/02/1990;được miễn;;;12;người trời;có lẽ\n" +
			"038190000001;;;P1-03;;01/01/2090;từ trần;2020-01-01;;;;\n" +
			";;Không Số;P1-03;;;;;;;;\n" +
			"3,8E+11;;Mất Số;P1-03;;1990;;01/01/2020;;;;\n"
		job := a.bring(t, "members", "dv.csv", bad)
		if job.State != "failed" || job.Failure == nil || job.Failure.Code != "rows_not_valid" || job.New != 1 {
			t.Fatalf("got %+v", job)
		}
		want := []string{"3 A leading_zero_lost", "3 D org_not_found", "3 E not_allowed", "3 F not_a_date", "3 H required", "3 J invalid", "3 K not_allowed", "3 L not_yes_no",
			"4 A twice", "4 C required", "4 F in_future", "5 A required", "6 A digits_lost", "6 F date_incomplete", "6 G required"}
		got := found(job)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("found %q\nwant %q", got, want)
		}
		if len(a.named(t, "Ngoạn")) != 0 {
			t.Error("something was written")
		}
		english := parse[contract.Import](t, a.do(t, "GET", "/v1/admin/imports/"+job.Id, nil, "Accept-Language", "en").want(t, 200))
		if english.Problems[0].Detail == job.Problems[0].Detail || english.Failure.Detail == job.Failure.Detail || !strings.Contains(english.Failure.Detail, "nothing was written") {
			t.Errorf("no English: %+v", english.Failure)
		}
		for file, code := range map[string]string{"a;b\n1;2\n": "0 column_missing", memberHead: "0 no_rows"} {
			if job := a.bring(t, "members", "x.csv", file); job.State != "failed" || !slices.Contains(found(job), code) {
				t.Errorf("%q: %+v", file, job)
			}
		}
		badOrgs := strings.Split(orgList, "P1-03")[0] + "P1-03;;chi bộ;P1;;\nX;Lạc;chi bộ;Q;;\nY;Vòng;đảng bộ;Z;;\nZ;Vòng;đảng bộ;Y;;\nW;Trước;chi bộ;P1;01/01/2020;\n"
		got = found(a.bring(t, "orgs", "cay.csv", badOrgs))
		for _, p := range []string{"6 B required", "7 D parent_not_found", "10 D parent_not_open"} {
			if !slices.Contains(got, p) {
				t.Errorf("%s is not among %q", p, got)
			}
		}
		if !slices.Contains(got, "8 D below_itself") && !slices.Contains(got, "9 D below_itself") {
			t.Errorf("the circle is not among %q", got)
		}
	})
}

// TestHostileImports holds that what is no list is refused, at once or by the
// job, and that what goes out computes nothing.
func TestHostileImports(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	a := s.as(t, admin)
	for name, c := range map[string]struct{ content, code string }{
		"ole":       {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("x", 100), "file_old_format"},
		"zip":       {"PK\x03\x04" + strings.Repeat("x", 100), "file_damaged"},
		"pdf":       {"%PDF-1.7", "file_not_spreadsheet"},
		"1258":      {"H\xf2\xd2 t\xean;M\xe3\n", "file_not_utf8"},
		"truncated": {asBook(t, memberList)[:2000], "file_damaged"},
	} {
		a.do(t, "POST", "/v1/admin/imports?kind=members", form{name: name + ".xlsx", content: c.content}).want(t, 422, c.code)
	}
	job := a.bring(t, "members", "=cmd.csv", memberHead+"\"=HYPERLINK(\"\"http://x\"\")\";;=1+1;@SUM(1);+1;-1;=2;=3;=4;=5;=6;=7\n")
	if job.State != "failed" || job.Errors < 5 {
		t.Fatalf("got %+v", job)
	}
	for path, column := range map[string]string{"/v1/admin/imports/" + job.Id + "/problems": "Nội dung", "/v1/admin/import-templates/members": "Họ và tên", "/v1/admin/import-templates/orgs": "Mã cấp trên"} {
		got := a.do(t, "GET", path, nil).want(t, 200)
		if !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment; filename=") {
			t.Errorf("%s: %v", path, got.header)
		}
		book, err := sheet.Open(bytes.NewReader(got.body), int64(len(got.body)), sheet.Default())
		if err != nil {
			t.Fatal(err)
		}
		table, missing, err := book.Read([]sheet.Column{{Key: "x", Names: []string{column}, Required: true}})
		if err != nil || len(missing) != 0 {
			t.Errorf("%s: %v, %v", path, missing, err)
			continue
		}
		table.Close()
	}
}

// TestImportScopes holds that an administrator of a subtree brings in that
// subtree alone, and sees no import of others.
func TestImportScopes(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	a := s.as(t, admin)
	a.bring(t, "orgs", "cay.csv", orgList+"U;Đảng bộ Ủy ban nhân dân tỉnh (mẫu);đảng ủy trực thuộc tỉnh ủy;T;;\n")
	others := a.bring(t, "members", "dv.csv", memberHead+"038190000009;;Trần Ngoài;U;;;;;;;;\n")
	roles := contract.RolesInput{Roles: []contract.RoleGrant{{Role: "admin", OrgId: new(org("phuong")), From: "2025-07-01"}}}
	a.do(t, "PUT", "/v1/admin/members/"+person("m04")+"/roles", roles).want(t, 200)
	code := s.issue(t, "m04")
	signed := parse[contract.SignedIn](t, s.guest(t).do(t, "POST", "/v1/auth/activate", activation(code, "mật khẩu của quản trị phường", "ward")).want(t, 200))
	ward := s.guest(t).with(signed.AccessToken)
	ward.do(t, "GET", "/v1/admin/imports/"+others.Id, nil).want(t, 404)
	if list := get[contract.ImportList](t, ward, "/v1/admin/imports"); len(list.Items) != 0 {
		t.Errorf("sees %+v", list.Items)
	}
	job := ward.bring(t, "members", "dv.csv", memberHead+"038190000001;;Đỗ Trong;P1-03;;;;;;;;\n038190000002;;Lê Vượt;U;;;;;;;;\n038190000009;;Trần Ngoài;P1-03;;;;;;;;\n")
	if got := found(job); !slices.Equal(got, []string{"3 D org_not_found", "4 A member_elsewhere"}) {
		t.Errorf("found %q", got)
	}
	wantImport(t, ward.bring(t, "members", "dv.csv", memberHead+"038190000001;;Đỗ Trong;P1-03;;;;;;;;\n"), "done 1: 1 new, 0 changed, 0 unchanged, 0 errors")
	job = ward.bring(t, "orgs", "cay.csv", orgList+"U-1;Chi bộ Vượt;chi bộ;U;;\nP1-04;Chi bộ Khu phố 4;chi bộ;P1;;\n")
	if got := found(job); !slices.Equal(got, []string{"8 A org_outside_scope"}) || job.New != 1 || job.Unchanged != 4 {
		t.Errorf("%s, found %q", counts(job), got)
	}
}

// TestImportOnTheCommandLine shows progress and problems, and may run beside a
// server.
func TestImportOnTheCommandLine(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		dir := t.TempDir()
		file := func(name, content string) string {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		orgs, members := file("cay.csv", orgList), file("dv.xlsx", asBook(t, memberList))
		for _, c := range []struct {
			args []string
			want string
			code int
		}{
			{[]string{"--kind", "orgs", orgs, "--by", admin, "--dry-run"}, "checked: 4 rows, 1 new, 3 changed, 0 unchanged, 0 errors", 0},
			{[]string{"--kind", "orgs", orgs, "--by", admin}, "done: 4 rows, 1 new, 3 changed, 0 unchanged, 0 errors", 0},
			{[]string{"--kind", "members", members, "--by", admin}, "done: 3 rows, 3 new, 0 changed, 0 unchanged, 0 errors", 0},
			{[]string{"--kind", "members", orgs, "--by", admin}, "column_missing", 1},
			{[]string{"--kind", "members", members, "--by", member}, "no administrator", 1},
			{[]string{"--kind", "members", members, "--by", "nobody"}, "nobody", 1},
			{[]string{"--kind", "cats", members, "--by", admin}, "kind", 1},
			{[]string{"--kind", "members", dir, "--by", admin}, "not a file", 1},
		} {
			out, err := e.run(t, append([]string{"directory", "import"}, c.args...)...)
			if exitCode(err) != c.code || c.want != "column_missing" && !strings.Contains(out, c.want) || c.want == "column_missing" && !strings.Contains(out, "Thiếu cột") {
				t.Errorf("%v: %v\n%s", c.args, err, out)
			}
		}
		eventually(t, soon, "the server knows the members", func() (bool, string) {
			n := len(s.as(t, admin).named(t, "Bường"))
			return n == 1, fmt.Sprint(n)
		})
	})
}

// importRows are the rows of imports.
func importRows() map[string]rule {
	mine := func(path string) func(*testing.T, *cast, string) call {
		return func(t *testing.T, w *cast, _ string) call {
			job := parse[contract.Import](t, w.as(t, admin).do(t, "POST", "/v1/admin/imports?kind=orgs&dryRun=true", form{name: "cay.csv", content: orgList}).want(t, 202))
			return call{path: fmt.Sprintf(path, job.Id)}
		}
	}
	return map[string]rule{
		"listImports": {at("/v1/admin/imports"), only(byAdmins)},
		"createImport": {func(*testing.T, *cast, string) call {
			return call{path: "/v1/admin/imports?kind=orgs&dryRun=true", body: form{name: "cay.csv", content: orgList}}
		}, only(map[string]int{admin: 202})},
		"getImport":         {mine("/v1/admin/imports/%s"), only(byAdmins)},
		"getImportProblems": {mine("/v1/admin/imports/%s/problems"), only(byAdmins)},
		"getImportTemplate": {at("/v1/admin/import-templates/members"), only(byAdmins)},
	}
}
