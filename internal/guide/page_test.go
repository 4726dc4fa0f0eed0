package guide

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
)

func page(t *testing.T) (text, policy string) {
	t.Helper()
	b, policy, err := Page()
	if err != nil {
		t.Fatal(err)
	}
	return string(b), policy
}

func TestThePageLoadsNothing(t *testing.T) {
	t.Parallel()
	text, _ := page(t)
	if found := regexp.MustCompile(`(?i)<(script|link|img|iframe|object|form)|\s(src|style|on\w+)=|url\(|@import`).FindString(text); found != "" {
		t.Errorf("the page holds %q", found)
	}
	for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if !strings.HasPrefix(m[1], "#") {
			t.Errorf("a link leads away: %s", m[1])
		}
	}
}

func TestThePolicyAllowsThisStyleAlone(t *testing.T) {
	t.Parallel()
	text, policy := page(t)
	_, rest, _ := strings.Cut(text, "<style>")
	css, _, ok := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(css))
	if !ok || !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"';") {
		t.Errorf("policy %q is not for the style of the page", policy)
	}
}

func TestEachChapterIsInTheContents(t *testing.T) {
	t.Parallel()
	text, _ := page(t)
	heads := regexp.MustCompile(`<h2[^>]*>(\d+)\. (.*)</h2>`).FindAllStringSubmatch(text, -1)
	if len(heads) < 15 || strings.Count(text, "<h1") != 1 || !strings.Contains(text, "<title>Hướng dẫn vận hành Sổ tay</title>") {
		t.Fatalf("%d chapters", len(heads))
	}
	for _, h := range heads {
		if !regexp.MustCompile(`<li><a href="#([a-z-]+)">` + regexp.QuoteMeta(h[2]) + `</a>`).MatchString(text) {
			t.Errorf("%q is not in the contents", h[2])
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`<h2 id="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		ids[m[1]] = true
	}
	if len(ids) != len(heads) {
		t.Errorf("%d ids for %d chapters", len(ids), len(heads))
	}
	for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if !ids[m[1]] {
			t.Errorf("#%s leads nowhere", m[1])
		}
	}
}
