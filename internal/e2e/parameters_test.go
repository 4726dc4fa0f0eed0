package e2e

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// badValues are values that a schema does not take, written as they stand in
// an address.
func badValues(s *openapi3.Schema, in string) []string {
	if s.Type.Is("array") {
		return badLists(s)
	}
	var out []string
	if s.Type.Is("integer") {
		out = []string{"abc", "1.5", "1e3", "0x10", "%201", "99999999999999999999", "-99999999999999999999", "1,2", "%D9%A3", "true"}
		if s.Min != nil {
			out = append(out, strconv.Itoa(int(*s.Min)-1), "-1")
		}
		if s.Max != nil {
			out = append(out, strconv.Itoa(int(*s.Max)+1))
		}
		if in == "query" {
			out = append(out, "")
		}
		return out
	}
	out = append(out, "%FF%FE", "a%00b", strings.Repeat("a", int(longest(s))+1))
	if in == "query" && (s.MinLength > 0 || s.Pattern != "" || len(s.Enum) > 0) {
		out = append(out, "")
	}
	if s.Pattern != "" {
		out = append(out, "A", "-a", "a_b", "a%20b", "%C4%91", "a%0A", "..%00", "a'b", `%22`)
	}
	if len(s.Enum) > 0 {
		out = append(out, "nope", strings.ToUpper(fmt.Sprint(s.Enum[0])), "%20"+fmt.Sprint(s.Enum[0]), fmt.Sprint(s.Enum[0])+",x")
	}
	return out
}

func longest(s *openapi3.Schema) uint64 {
	if s.MaxLength != nil {
		return *s.MaxLength
	}
	return 4096
}

func badLists(s *openapi3.Schema) []string {
	one := fmt.Sprint(s.Items.Value.Enum[0])
	out := []string{"", ",", one + ",", one + ",nope", "nope"}
	if s.MaxItems != nil {
		out = append(out, strings.TrimSuffix(strings.Repeat(one+",", int(*s.MaxItems)+1), ","))
	}
	return out
}

// goodPath puts harmless ids into a path.
func goodPath(o *operation) string {
	return strings.NewReplacer("{id}", "khong-co", "{documentId}", "khong-co", "{driveId}", "khong-co", "{freezeId}", "khong-co", "{enterpriseId}", "khong-co", "{year}", "2026", "{fileId}", "khong-co", "{questionId}", "q1", "{code}", "khong-co", "{installationId}", "khong-co", "{n}", "1", "{kind}", "members").Replace(o.path)
}

// goodQuery is what an operation needs at least.
func goodQuery(o *operation) url.Values {
	q := url.Values{}
	for _, p := range o.params {
		if p.Value.In == "query" && p.Value.Required {
			q.Set(p.Value.Name, "a")
			if p.Value.Schema.Value.Type.Is("integer") {
				q.Set(p.Value.Name, "1")
			}
			if list := p.Value.Schema.Value.Enum; len(list) > 0 {
				q.Set(p.Value.Name, fmt.Sprint(list[0]))
			}
		}
	}
	return q
}

// TestBadParameters sends each parameter of each call every value that its
// schema does not take, twice, and beside one that is not known.
func TestBadParameters(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	for _, o := range contractOf(t) {
		c, body := o.may(t, s), goodBody(t, o)
		for _, ref := range o.params {
			p := ref.Value
			for _, v := range badValues(p.Schema.Value, p.In) {
				refusesParameter(t, c, o, p, v, body)
			}
			if p.In == "query" {
				q := goodQuery(o)
				q.Del(p.Name)
				c.refuses(t, o.method, goodPath(o)+"?"+q.Encode()+"&"+p.Name+"=a&"+p.Name+"=a", body, "/query/"+p.Name, ifMatch(o)...)
				if p.Required {
					c.refuses(t, o.method, goodPath(o), body, "/query/"+p.Name, ifMatch(o)...)
				}
			}
		}
		q := goodQuery(o)
		for _, unknown := range []string{"zzz", "LIMIT", "limit[]", "_", "tr\u01b0\u1eddng"} {
			q.Set(unknown, "1")
			c.refuses(t, o.method, goodPath(o)+"?"+q.Encode(), body, "/query/"+unknown, ifMatch(o)...)
			q.Del(unknown)
		}
	}
}

func refusesParameter(t *testing.T, c *client, o *operation, p *openapi3.Parameter, v string, body any) {
	t.Helper()
	pointer := "/" + p.In + "/" + p.Name
	switch p.In {
	case "path":
		c.refuses(t, o.method, strings.Replace(goodPath(&operation{path: strings.Replace(o.path, "{"+p.Name+"}", "@@", 1)}), "@@", v, 1), body, pointer, ifMatch(o)...)
	case "query":
		q := goodQuery(o)
		q.Del(p.Name)
		c.refuses(t, o.method, goodPath(o)+"?"+q.Encode()+"&"+p.Name+"="+v, body, pointer, ifMatch(o)...)
	case "header":
		if v == strings.Repeat("a", len(v)) { // others can't be sent by this client
			c.refuses(t, o.method, goodPath(o), body, pointer, p.Name, v)
		}
	default:
		t.Fatalf("%s: parameter in %s is not tested", o.id, p.In)
	}
}

// refuses holds that a request is answered 400 and names what is wrong.
func (c *client) refuses(t *testing.T, method, path string, body any, pointer string, headers ...string) {
	t.Helper()
	a := c.do(t, method, path, body, headers...)
	if a.status != 400 || !a.names(t, pointer) {
		t.Errorf("%s %.200s: %d, want 400 with %s: %s", method, path, a.status, pointer, a.body)
	}
}

// TestIfMatch holds what a precondition may be.
func TestIfMatch(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	d := s.desk(t, "documents")
	i := d.create(t, document("Có điều kiện"))
	for _, bad := range []string{"1", "r1", `W/"r1"`, `"r0"`, `"r-1"`, `"r01"`, `"r1", "r2"`, `"x"`, `""`} {
		for _, call := range [][2]string{{"PATCH", d.path(i.ID)}, {"POST", d.path(i.ID, "submit")}} {
			var body any
			if call[0] == "PATCH" {
				body = fields{"abstract": "x"}
			}
			d.editor.refuses(t, call[0], call[1], body, "/header/If-Match", "If-Match", bad)
		}
	}
	d.editor.do(t, "POST", d.path(i.ID, "submit"), nil, "If-Match", `"r9"`).want(t, 412, "stale_revision")
	d.editor.do(t, "PATCH", d.path(i.ID), fields{"abstract": "x"}, "If-Match", `"r1"`).want(t, 200)
	d.editor.do(t, "PATCH", d.path(i.ID), fields{"abstract": "y"}, "If-Match", "*").want(t, 200)
	d.editor.do(t, "POST", d.path(i.ID, "submit"), nil, "If-Match", `"r3"`).want(t, 200)
}
