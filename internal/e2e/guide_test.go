package e2e

import (
	"bytes"
	"strings"
	"testing"
)

// TestGuide is what an operator's browser gets: the page, under a policy that
// lets nothing else in.
func TestGuide(t *testing.T) {
	t.Parallel()
	c := newEnv(t, "sqlite").serve(t).guest(t)
	a := c.do(t, "GET", "/huong-dan", nil).want(t, 200)
	policy := a.header.Get("Content-Security-Policy")
	if a.header.Get("Content-Type") != "text/html; charset=utf-8" || !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") ||
		strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("headers: %v", a.header)
	}
	if !bytes.Contains(a.body, []byte("Hướng dẫn vận hành Sổ tay")) || !bytes.Contains(a.body, []byte("sotay audit verify")) {
		t.Errorf("not the guide: %.200s", a.body)
	}
	z := c.do(t, "GET", "/huong-dan", nil, "Accept-Encoding", "gzip").want(t, 200)
	if z.header.Get("Content-Encoding") != "gzip" || z.header.Get("ETag") == a.header.Get("ETag") || !bytes.Equal(z.body, a.body) {
		t.Errorf("in gzip: %v", z.header)
	}
	c.do(t, "GET", "/huong-dan", nil, "If-None-Match", a.header.Get("ETag")).want(t, 304)
	c.do(t, "POST", "/huong-dan", nil).want(t, 405)
}
