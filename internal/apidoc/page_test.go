package apidoc

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestPageSaysAll holds that the page has every call and every schema, that each
// of its links leads somewhere, and that it has no script.
func TestPageSaysAll(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	made, policy, err := Page(text)
	if err != nil {
		t.Fatal(err)
	}
	page := string(made)
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if !strings.Contains(page, `<section id="`+op.OperationID+`">`) {
				t.Errorf("%s %s is not on it", method, path)
			}
		}
	}
	for name := range doc.Components.Schemas {
		if !strings.Contains(page, `<section id="schema-`+name+`">`) {
			t.Errorf("schema %s is not on it", name)
		}
	}
	for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `id="`+m[1]+`"`) {
			t.Errorf("#%s leads nowhere", m[1])
		}
	}
	if found := regexp.MustCompile(`(?i)<script|\son\w+=|\bsrc=|<link|@import|url\(|ZgotmplZ|&lt;(br|code)`).FindString(page); found != "" {
		t.Errorf("there is %q on it", found)
	}
	if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy: %s", policy)
	}
}

func TestPageOfNoContract(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "a: [", "openapi: 3.0.3\ninfo: {title: x}\npaths: {}"} {
		if _, _, err := Page([]byte(text)); err == nil {
			t.Errorf("%q has a page", text)
		}
	}
}
