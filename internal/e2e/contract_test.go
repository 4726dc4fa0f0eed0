package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// operation is one call of the contract.
type operation struct {
	id, method, path string
	match            *regexp.Regexp
	spec             *openapi3.Operation
	params           openapi3.Parameters
}

// operations reads the contract once.
var operations = sync.OnceValues(func() ([]*operation, error) {
	text, err := os.ReadFile("../../api/openapi.yaml")
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, err
	}
	for _, s := range doc.Components.Schemas {
		closeSchema(s)
	}
	var out []*operation
	for path, item := range doc.Paths.Map() {
		pattern := regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), `[^/]*`)
		for method, op := range item.Operations() {
			o := &operation{id: op.OperationID, method: method, path: path, match: regexp.MustCompile("^" + pattern + "$"), spec: op}
			o.params = append(append(o.params, item.Parameters...), op.Parameters...)
			out = append(out, o)
		}
	}
	// A name goes before an id: braces come after letters.
	slices.SortFunc(out, func(a, b *operation) int { return strings.Compare(a.path+" "+a.method, b.path+" "+b.method) })
	return out, nil
})

// closeSchema refuses fields that the contract does not name: what goes out is
// all in it.
func closeSchema(ref *openapi3.SchemaRef) {
	s := ref.Value
	if s == nil || s.AdditionalProperties.Has != nil || s.AdditionalProperties.Schema != nil {
		return
	}
	if s.Items != nil {
		closeSchema(s.Items)
	}
	if len(s.Properties) == 0 {
		return
	}
	s.AdditionalProperties.Has = new(bool)
	for _, p := range s.Properties {
		closeSchema(p)
	}
}

func contractOf(t *testing.T) []*operation {
	t.Helper()
	ops, err := operations()
	if err != nil {
		t.Fatal(err)
	}
	return ops
}

// operationNamed finds an operation by its id.
func operationNamed(t *testing.T, id string) *operation {
	t.Helper()
	for _, o := range contractOf(t) {
		if o.id == id {
			return o
		}
	}
	t.Fatalf("the contract has no operation %s", id)
	return nil
}

// may is a client who may make a call of an operation, whatever roles it needs.
func (o *operation) may(t *testing.T, s *server) *client {
	t.Helper()
	roles, _ := o.spec.Extensions["x-access"].([]any)
	for _, role := range roles {
		if account, ok := map[any]string{"editor": both, "approver": both, "secretary": secretary, "leader": leader, "admin": admin}[role]; ok {
			return s.as(t, account)
		}
	}
	return s.as(t, both)
}

// findOperation returns the operation that a request is for, or nil.
func findOperation(t *testing.T, method, target string) *operation {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		return nil
	}
	if method == "HEAD" {
		method = "GET"
	}
	for _, o := range contractOf(t) {
		if o.method == method && o.match.MatchString(u.EscapedPath()) {
			return o
		}
	}
	return nil
}

// checkAnswer holds an answer against the contract.
func checkAnswer(t *testing.T, a *answer) {
	t.Helper()
	if a.header.Get("X-Request-Id") == "" || a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Cache-Control") == "" {
		t.Errorf("%s %s: standing headers are missing: %v", a.method, a.path, a.header)
	}
	if err := fits(findOperation(t, a.method, a.path), a); err != nil {
		t.Errorf("%s %s: %d is not in the contract: %v\n%s", a.method, a.path, a.status, err, a.body)
	}
	if a.status >= 400 && a.method != "HEAD" {
		checkProblem(t, a)
	}
}

// fits tells what of an answer the contract does not have. An operation of nil
// is a call that does not exist, and may only answer a problem.
func fits(o *operation, a *answer) error {
	var response *openapi3.ResponseRef
	if o != nil {
		if response = o.spec.Responses.Status(a.status); response == nil && a.status >= 400 {
			response = o.spec.Responses.Default()
		}
		if response == nil {
			return fmt.Errorf("%s does not document this status", o.id)
		}
	} else if a.status < 400 {
		return fmt.Errorf("there is no such call")
	}
	if a.method == "HEAD" || response != nil && len(response.Value.Content) == 0 {
		if len(a.wire) > 0 {
			return fmt.Errorf("there is a body")
		}
		return nil
	}
	media, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	if response == nil {
		if media != "application/problem+json" {
			return fmt.Errorf("content type %q", media)
		}
		return nil
	}
	content := response.Value.Content[media]
	if content == nil {
		return fmt.Errorf("content type %q is not documented", media)
	}
	switch media {
	case "application/yaml":
		return nil
	case "text/plain":
		if !utf8.Valid(a.body) || a.header.Get("Content-Disposition") == "" {
			return fmt.Errorf("it is no text to save")
		}
		return nil
	case "text/html":
		if !strings.HasPrefix(string(a.body), "<!doctype html>") {
			return fmt.Errorf("it is no page")
		}
		return nil
	case "application/pdf":
		if a.status == 200 && !strings.HasPrefix(string(a.body), "%PDF-") {
			return fmt.Errorf("it is no PDF")
		}
		return nil
	case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
		if !strings.HasPrefix(string(a.body), "PK") {
			return fmt.Errorf("it is no workbook")
		}
		return nil
	}
	if content.Schema.Value.Format == "binary" {
		return nil
	}
	var value any
	if err := json.Unmarshal(a.body, &value); err != nil {
		return err
	}
	return content.Schema.Value.VisitJSON(value, openapi3.VisitAsResponse(), openapi3.MultiErrors())
}

// inside matches what only the server's maker may see: files, types, packages,
// queries, drivers' words and addresses.
var inside = regexp.MustCompile(`(?i)\.go\b|goroutine|runtime error|\bpanic|sqlite|\bsql\b|mongo|bson|fasthttp|fiber|openapi|strconv|kin-|` +
	`sotay/internal|contract\.|json:|unmarshal|invalid character|unexpected EOF|nil pointer|0x[0-9a-f]{6}|/tmp/|/home/|/root/|\.db\b|` +
	`duplicate key|collection|schema|regexp|\*[a-z]+\.[A-Z]|map\[|%!`)

var stableCode = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// checkProblem holds a problem answer to what all of them promise.
func checkProblem(t *testing.T, a *answer) {
	t.Helper()
	var p struct {
		Type, Title, Detail, Code, RequestID string
		Status                               int
		Errors                               []struct{ Pointer, Code, Detail string }
	}
	if a.path == "/readyz" {
		return // answers its checks, not a problem
	}
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Errorf("%s %s: problem is not JSON: %v in %s", a.method, a.path, err, a.body)
		return
	}
	if p.Status != a.status || p.RequestID != a.header.Get("X-Request-Id") || p.Title == "" || p.Detail == "" || !stableCode.MatchString(p.Code) {
		t.Errorf("%s %s: %d: problem does not keep its promises: %s", a.method, a.path, a.status, a.body)
	}
	said := p.Type + p.Title + p.Detail + p.Code
	for _, f := range p.Errors {
		said += f.Code + f.Detail
		if f.Detail == "" || !stableCode.MatchString(f.Code) {
			t.Errorf("%s %s: field error %+v does not keep its promises", a.method, a.path, f)
		}
	}
	if found := inside.FindString(said); found != "" {
		t.Errorf("%s %s: problem says %q: %s", a.method, a.path, found, a.body)
	}
	must := map[int]string{401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After"}
	if name := must[a.status]; name != "" && a.header.Get(name) == "" {
		t.Errorf("%s %s: %d without %s", a.method, a.path, a.status, name)
	}
	if a.header.Get("Cache-Control") != "no-store" || a.header.Get("ETag") != "" {
		t.Errorf("%s %s: problem may be cached: %v", a.method, a.path, a.header)
	}
	if a.status >= 500 {
		t.Errorf("%s %s: %s", a.method, a.path, a.body)
	}
}
