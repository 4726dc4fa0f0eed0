package e2e

import (
	"regexp"
	"strings"
	"testing"
)

// TestDocs is what a browser gets: a page that needs nothing else, whose links
// lead to this host alone, and which names every call.
func TestDocs(t *testing.T) {
	t.Parallel()
	c := newEnv(t, "sqlite").serve(t).guest(t)
	a := c.do(t, "GET", "/docs", nil).want(t, 200)
	policy := a.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("policy: %s", policy)
	}
	page := string(a.body)
	for _, o := range contractOf(t) {
		if !strings.Contains(page, `id="`+o.id+`"`) {
			t.Errorf("%s is not on the page", o.id)
		}
	}
	if found := regexp.MustCompile(`(?i)<(script|link|img|iframe|object|embed|base|form)\b|\bsrc=|url\(|@import`).FindString(page); found != "" {
		t.Errorf("the page loads something: %s", found)
	}
	links := regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1)
	if len(links) < 100 {
		t.Errorf("only %d links", len(links))
	}
	for _, m := range links {
		if strings.HasPrefix(m[1], "#") {
			continue
		}
		if !strings.HasPrefix(m[1], "/") || strings.HasPrefix(m[1], "//") {
			t.Errorf("a link to another host: %s", m[1])
			continue
		}
		c.do(t, "GET", m[1], nil).want(t, 200)
	}
	c.do(t, "GET", "/docs", nil, "If-None-Match", a.header.Get("ETag")).want(t, 304)
}
