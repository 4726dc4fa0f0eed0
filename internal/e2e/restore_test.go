package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sotay/internal/httpapi/contract"
)

// TestRestoredServerAnswersTheSame brings an installation back from each kind
// of archive, written while its server runs, and compares what every role reads.
func TestRestoredServerAnswersTheSame(t *testing.T) {
	t.Parallel()
	for _, way := range []struct{ from, command, to string }{
		{"sqlite", "backup", "sqlite"}, {"sqlite", "export", "mongodb"}, {"mongodb", "export", "sqlite"},
	} {
		t.Run(way.from+" "+way.command+" "+way.to, func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, way.from)
			s := e.serve(t)
			live(t, s)
			archive := filepath.Join(t.TempDir(), "a.tar.zst")
			out, err := e.run(t, way.command, "--out", archive)
			if err != nil || !strings.Contains(out, "The secret is not in it") {
				t.Fatalf("%s: %v\n%s", way.command, err, out)
			}
			holdsNoSecret(t, e, archive)
			r := e.beside(t, way.to)
			if out, err := r.run(t, "restore", "--from", archive); err != nil || !strings.Contains(out, " 0 encoded again") {
				t.Fatalf("restore: %v\n%s", err, out)
			}
			restored := r.serve(t)
			sameAnswers(t, s, restored)
			sameAudit(t, s, restored)
			restored.guest(t).refresh(t, e.signed[member].RefreshToken)
			if out, err := r.run(t, "restore", "--from", archive); err == nil || !strings.Contains(out, "not empty") {
				t.Errorf("restored over a store: %v\n%s", err, out)
			}
			if out, err := r.run(t, "audit", "verify"); err != nil {
				t.Errorf("audit verify: %v\n%s", err, out)
			}
		})
	}
}

// live does what leaves traces in every collection that it can reach.
func live(t *testing.T, s *server) {
	t.Helper()
	documents, materials := s.desk(t, "documents"), s.desk(t, "materials")
	d := documents.create(t, document("Có hai phiên bản"))
	documents.attach(t, d.ID, pdfForm("Phụ lục"))
	documents.approve(t, d.ID)
	documents.publish(t, d.ID)
	documents.patch(t, d.ID, fields{"title": "Có hai phiên bản, bản sau"})
	documents.approve(t, d.ID)
	documents.publish(t, d.ID)
	materials.release(t, material("Tài liệu đi kèm", d.ID))
	gone := documents.release(t, document("Đã thu hồi"))
	documents.withdraw(t, gone.ID)
	documents.create(t, document("Bản nháp"))
	s.as(t, member).do(t, "PUT", "/v1/me/bookmarks/"+d.ID, nil).want(t, 204)
	s.as(t, member).do(t, "PUT", devicePath("prepared-"+member), pushTarget("fcm:restored")).want(t, 204)
	s.as(t, secretary).do(t, "GET", "/v1/orgs/"+org("kp1")+"/members", nil).want(t, 200)
}

// beside is an empty installation on an engine with this one's secret and
// sessions.
func (e *env) beside(t *testing.T, engine string) *env {
	t.Helper()
	var r *env
	if engine == "sqlite" {
		r = emptySQLite(t.TempDir())
	} else {
		r = emptyMongoDB(t)
	}
	r.vars = append(r.vars, "HANDBOOK_SECRET="+e.secret(t))
	r.signed = maps.Clone(e.signed)
	return r
}

func (e *env) secret(t *testing.T) string {
	t.Helper()
	if e.engine == "mongodb" {
		return testSecret
	}
	text, err := os.ReadFile(filepath.Join(e.dir, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func holdsNoSecret(t *testing.T, e *env, archive string) {
	t.Helper()
	text, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(text, []byte(e.secret(t))) {
		t.Error("the secret is in the archive")
	}
}

// varying are values that no two readings share: sealed positions, marks of a
// request, times of the reading itself, whether the last second was sealed.
var varying = regexp.MustCompile(`"(nextCursor|requestId|exportedAt|lastSeenAt|asOf)":"[^"]*"|"sealed":(true|false)`)

// told names calls whose answer is made of the reading itself or of its time.
var told = []string{"listAudit", "exportMe", "getImportTemplate", "getQuestionTemplate"}

// sameAnswers makes every reading call as everybody at both servers.
func sameAnswers(t *testing.T, a, b *server) {
	t.Helper()
	// First what tells of the readings themselves.
	compared := sameReadings(t, a, b, operationNamed(t, "exportMe"), nil)
	known := knownIDs(t, a)
	for _, o := range contractOf(t) {
		if o.method == "GET" && !slices.Contains(told, o.id) {
			compared += sameReadings(t, a, b, o, known)
		}
	}
	if compared < 500 {
		t.Errorf("only %d answers were compared", compared)
	}
}

// sameReadings makes one call as everybody and counts how often.
func sameReadings(t *testing.T, a, b *server, o *operation, known map[string][]string) (compared int) {
	t.Helper()
	for _, path := range readings(t, o, known) {
		for _, who := range append(slices.Clone(accounts), "") {
			x, y := a.guest(t), b.guest(t)
			if who != "" {
				x, y = a.as(t, who), b.as(t, who)
			}
			want, got := x.do(t, "GET", path, nil), y.do(t, "GET", path, nil)
			if want.status != got.status || want.header.Get("ETag") != got.header.Get("ETag") ||
				!bytes.Equal(varying.ReplaceAll(want.body, nil), varying.ReplaceAll(got.body, nil)) {
				t.Errorf("GET %s as %q:\n%d %s\n%d %s", path, who, want.status, want.body, got.status, got.body)
			}
			compared++
		}
	}
	return compared
}

// knownIDs are ids by the word before them in a path.
func knownIDs(t *testing.T, s *server) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	list := func(word, who, path string) {
		t.Helper()
		var page struct{ Items []struct{ ID string } }
		if err := json.Unmarshal(s.as(t, who).do(t, "GET", path+"?limit=100", nil).want(t, 200).body, &page); err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Items {
			if !slices.Contains(out[word], i.ID) {
				out[word] = append(out[word], i.ID)
			}
		}
	}
	list("documents", editor, "/v1/editor/documents")
	list("materials", editor, "/v1/editor/materials")
	list("orgs", admin, "/v1/admin/orgs")
	list("enterprises", admin, "/v1/admin/enterprises")
	out["members"] = []string{person("m04"), s.env.signed[exempt].Member.Id}
	for _, d := range out["documents"] {
		a := s.as(t, member).do(t, "GET", "/v1/documents/"+d, nil)
		if a.status == 200 {
			for _, x := range parse[contract.Document](t, a).Attachments {
				out["files"] = append(out["files"], x.Id)
			}
		}
	}
	for _, word := range []string{"documents", "materials", "orgs", "files"} {
		if len(out[word]) == 0 {
			t.Errorf("no %s to compare", word)
		}
	}
	return out
}

// readings are the addresses of a call with all ids that are known.
func readings(t *testing.T, o *operation, known map[string][]string) []string {
	t.Helper()
	query := goodQuery(o)
	if o.id == "getDocumentChanges" {
		query.Set("from", "1")
	}
	tail := ""
	if len(query) > 0 {
		tail = "?" + query.Encode()
	}
	before, after, named := strings.Cut(o.path, "/{id}")
	if !named {
		return []string{goodPath(o) + tail}
	}
	word := before[strings.LastIndex(before, "/")+1:]
	var out []string
	for _, id := range known[word] {
		out = append(out, before+"/"+id+strings.ReplaceAll(after, "{n}", "1")+tail)
	}
	return out
}

// sameAudit finds every entry of one server at the other. Each reading adds one,
// so that the lists differ at their ends.
func sameAudit(t *testing.T, a, b *server) {
	t.Helper()
	entries := func(s *server) map[string]string {
		out := map[string]string{}
		for cursor := ""; ; {
			page := get[contract.AuditList](t, s.as(t, admin), "/v1/admin/audit?act=document.publish&limit=100"+cursor)
			for _, x := range page.Items {
				out[x.Id] = fmt.Sprint(x.At, x.Act, x.Target, x.Details)
			}
			if page.NextCursor == nil {
				return out
			}
			cursor = "&cursor=" + *page.NextCursor
		}
	}
	want, got := entries(a), entries(b)
	if len(want) == 0 || !maps.Equal(want, got) {
		t.Errorf("entries of the audit record: %d, restored %d", len(want), len(got))
	}
}

// TestRestoreKilled kills a restore behind its k-th write: no server takes up
// what it left, and the same restore finishes it.
func TestRestoreKilled(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "sqlite")
	archive := filepath.Join(t.TempDir(), "a.tar.zst")
	if out, err := e.run(t, "export", "--out", archive); err != nil {
		t.Fatalf("export: %v\n%s", err, out)
	}
	armed := filepath.Join(t.TempDir(), "armed")
	setFile(t, armed, "")
	killed := 0
	for _, k := range []int{3, 4, 7, 12} { // the first are those of the lease
		r := e.beside(t, "sqlite")
		out, err := r.runWith(t, "", []string{fmt.Sprintf("HANDBOOK_TEST_CRASH_AFTER=%d", k), "HANDBOOK_TEST_CRASH_ARM=" + armed}, "restore", "--from", archive)
		if exitCode(err) != -1 {
			t.Fatalf("not killed behind write %d: %v\n%s", k, err, out)
		}
		if _, err := r.run(t, "rebuild"); err == nil {
			continue // a slow machine writes the lease more often: it died before its first document
		}
		killed++
		for _, args := range [][]string{{"serve"}, {"rebuild"}, {"export", "--out", filepath.Join(t.TempDir(), "b")}} {
			if out, err := r.run(t, args...); err == nil || !strings.Contains(out, "was not finished") {
				t.Errorf("%v on a part of a store, behind write %d: %v\n%s", args, k, err, out)
			}
		}
		if out, err := r.run(t, "restore", "--from", archive); err != nil {
			t.Fatalf("again behind write %d: %v\n%s", k, err, out)
		}
		s := r.serve(t)
		if n := len(s.as(t, member).documents(t)); n == 0 {
			t.Errorf("behind write %d: no document came back", k)
		}
		s.stop(t)
	}
	if killed < 2 {
		t.Errorf("only %d restores were killed in their midst", killed)
	}
}

// TestRestoreRefused leaves an empty installation empty.
func TestRestoreRefused(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "sqlite")
	archive := filepath.Join(t.TempDir(), "a.tar.zst")
	if out, err := e.run(t, "backup", "--out", archive); err != nil {
		t.Fatalf("backup: %v\n%s", err, out)
	}
	if out, err := e.run(t, "backup", "--out", archive); err == nil || !strings.Contains(out, "there already") {
		t.Errorf("written over: %v\n%s", err, out)
	}
	whole, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(r *env, from, part string, args ...string) {
		t.Helper()
		if out, err := r.run(t, append(args, "restore", "--from", from)...); err == nil || !strings.Contains(out, part) {
			t.Errorf("taken: %v\n%s", err, out)
		}
	}
	empty := e.beside(t, "sqlite")
	for name, text := range map[string][]byte{
		"cut off": whole[:len(whole)/2], "nothing": nil, "no archive": []byte("PK\x03\x04"),
		"changed": append(append(slices.Clone(whole[:len(whole)/2]), whole[len(whole)/2]^1), whole[len(whole)/2+1:]...),
	} {
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := empty.run(t, "restore", "--from", path); err == nil {
			t.Errorf("%s: taken\n%s", name, out)
		}
	}
	other := emptySQLite(t.TempDir())
	refused(other, archive, "secret")
	other.vars = append(other.vars, "HANDBOOK_SECRET="+testSecret)
	refused(other, archive, "another secret")
	if out, err := empty.run(t, "restore", "--from", archive); err != nil {
		t.Errorf("after the others: %v\n%s", err, out)
	}
	if out, err := emptySQLite(t.TempDir()).runWith(t, "", []string{"HANDBOOK_SECRET=" + testSecret}, "backup", "--out", archive+"2"); err == nil {
		t.Errorf("a backup of nothing:\n%s", out)
	}
	on := []string{"HANDBOOK_SECRET=" + testSecret, "HANDBOOK_MONGODB_URI=mongodb://127.0.0.1:1"}
	if out, err := e.runWith(t, "", on, "backup", "--out", archive+"3"); err == nil || !strings.Contains(out, "mongodump") {
		t.Errorf("a backup on MongoDB: %v\n%s", err, out)
	}
}
