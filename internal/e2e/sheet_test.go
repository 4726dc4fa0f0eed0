package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pagesOf counts the pages of a PDF.
func pagesOf(pdf []byte) int { return strings.Count(string(pdf), "/Type /Page\n") }

// TestActivationSheet prints codes for a subtree, over the network and on the
// command line beside a running server.
func TestActivationSheet(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		root := s.as(t, admin)
		before := s.issue(t, "m04")
		path := "/v1/admin/orgs/" + org("phuong") + "/activation-sheet"
		a := root.do(t, "POST", path, nil).want(t, 200)
		if a.header.Get("Cache-Control") != "no-store" || pagesOf(a.body) < 2 {
			t.Errorf("%d pages: %v", pagesOf(a.body), a.header)
		}
		// Whose code stood on another paper hears that a newer one was issued.
		s.guest(t).do(t, "POST", "/v1/auth/activate", activation(before, chosen, "x")).want(t, 401, "invalid_activation_code")
		s.guest(t).login(t, member, password, "has-a-password-still")
		more := root.do(t, "POST", path+"?all=true", nil).want(t, 200)
		if len(more.body) <= len(a.body) {
			t.Error("no more slips for all than for those without a password")
		}
		s.guest(t).login(t, member, password, "has-a-password-still")

		dir := t.TempDir()
		file := filepath.Join(dir, "ma.pdf")
		demo := []string{"HANDBOOK_DEMO=true"} // else these people are refused
		out, err := e.runWith(t, "", demo, "codes", "print", "--org", org("kp1"), "--out", file, "--by", admin)
		if err != nil || !strings.Contains(out, "(100%)") || !strings.Contains(out, "ma.pdf") {
			t.Fatalf("codes print: %v\n%s", err, out)
		}
		b, err := os.ReadFile(file)
		if err != nil || pagesOf(b) == 0 {
			t.Errorf("%d pages, %v", pagesOf(b), err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("file %v, %v", info.Mode(), err)
		}
		if out, err := e.runWith(t, "", demo, "codes", "print", "--org", org("kp1"), "--out", file); err == nil || !strings.Contains(out, "is there already") {
			t.Errorf("written over: %v\n%s", err, out)
		}
		if out, err := e.run(t, "codes", "print", "--org", "khong-co", "--out", file+"x"); err == nil || !strings.Contains(out, "no organisation") {
			t.Errorf("unknown organisation: %v\n%s", err, out)
		}
		s.stop(t)
		if out, err := e.run(t, "audit", "verify"); err != nil {
			t.Errorf("audit verify: %v\n%s", err, out)
		}
	})
}
