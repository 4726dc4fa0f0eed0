package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// goodBodies are bodies with every field that a call has, but for those that
// exclude each other; the mutations below start from them.
func goodBodies() map[string]fields {
	texts := fields{"title": "T", "topics": []any{"a"}, "language": "vi", "secrecy": "none",
		"source":     fields{"author": "a", "title": "b", "publisher": "c", "date": "2026"},
		"visibility": fields{"kind": "all"},
		"sections":   []any{fields{"id": "a", "level": 1, "label": "1", "heading": "H", "html": "<p>x</p>"}}}
	doc := with(texts, fields{"type": "resolution", "number": "57-NQ/TW", "abstract": "a", "issuer": "i", "issuedOn": "2026-01-02",
		"effectiveOn": "2026-01-03", "term": "2025", "place": "p", "signer": "s",
		"relations": []any{fields{"kind": "amends", "documentId": "khong-co", "number": "1-NQ/TU"}}})
	mat := with(texts, fields{"documentId": "khong-co", "format": "text", "durationSeconds": 1, "audience": []any{"general"},
		"items": []any{fields{"id": "a", "question": "q", "answerHtml": "<p>a</p>", "sectionIds": []any{"a"}}}})
	reason := fields{"reason": "r"}
	bodies := map[string]fields{
		"login":             {"username": "u", "password": "p", "device": fields{"installationId": "i", "name": "n", "platform": "web"}},
		"loginWithFirebase": {"idToken": "t", "privacyNotice": "1", "device": aPhone},
		"loginWithOIDC":     {"idToken": "t", "nonce": "n", "privacyNotice": "1", "device": aPhone},
		"activate":          {"username": "u", "activationCode": "1", "newPassword": "n", "privacyNotice": "1", "device": fields{"installationId": "i", "name": "n", "platform": "web"}},
		"refresh":           {"refreshToken": "t"}, "changePassword": {"currentPassword": "c", "newPassword": "n"},
		"createDocument": with(doc, fields{"orgId": "khong-co"}), "updateDocument": doc,
		"createMaterial": with(mat, fields{"orgId": "khong-co", "kind": "qa"}), "updateMaterial": mat,
		"rejectDocument": reason, "withdrawDocument": reason, "rejectMaterial": reason, "withdrawMaterial": reason,
	}
	maps.Copy(bodies, directoryBodies())
	maps.Copy(bodies, quizBodies())
	maps.Copy(bodies, contestBodies())
	maps.Copy(bodies, bankBodies())
	maps.Copy(bodies, driveBodies())
	maps.Copy(bodies, pushBodies())
	maps.Copy(bodies, inboxBodies())
	return bodies
}

// goodBody is a body that fits the operation's schema, nil when it has none.
func goodBody(t *testing.T, o *operation) any {
	t.Helper()
	if o.spec.RequestBody == nil {
		return nil
	}
	if formSchema(o) != nil {
		return goodForms()[o.id]
	}
	body, ok := goodBodies()[o.id]
	if !ok {
		t.Fatalf("operation %s has no body in goodBodies", o.id)
	}
	return body
}

// mutation is a body with one fault, and where it is.
type mutation struct {
	what, pointer string
	body          any
}

// mutate lists what is wrong with a value in one place. put makes the whole
// body with another value there.
func mutate(s *openapi3.Schema, value any, at string, put func(any) any) []mutation {
	add := func(what string, v any) mutation { return mutation{what, at, put(v)} }
	out := []mutation{add("null", nil)}
	switch {
	case s.Type.Is("object"):
		out = append(out, mutateObject(s, value.(fields), at, put)...)
	case s.Type.Is("array"):
		out = append(out, add("object for a list", fields{}), add("text for a list", "a"))
		list := value.([]any)
		if s.MaxItems != nil {
			out = append(out, add("too many", slices.Repeat(list, int(*s.MaxItems)+1)))
		}
		out = append(out, mutate(s.Items.Value, list[0], at+"/0", func(v any) any { return put([]any{v}) })...)
	case s.Type.Is("integer"):
		out = append(out, add("text for a number", "1"), add("fraction", 1.5), add("huge", 1e30), add("too high", *s.Max+1), add("too low", *s.Min-1))
	case s.Type.Is("number"):
		out = append(out, add("text for a number", "1"), add("huge", 1e30), add("too high", *s.Max+1), add("too low", *s.Min-1))
	case s.Type.Is("string"):
		out = append(out, add("number for a text", 1), add("object for a text", fields{}), add("list for a text", []any{"a"}), add("truth for a text", true))
		out = append(out, mutateText(s, add)...)
	}
	return out
}

func mutateText(s *openapi3.Schema, add func(string, any) mutation) []mutation {
	out := []mutation{add("NUL", "a\x00b")}
	if s.MaxLength != nil {
		out = append(out, add("too long", strings.Repeat("a", int(*s.MaxLength)+1)))
		if *s.MaxLength < 1000 {
			out = append(out, add("too long in marks", strings.Repeat("ệ", int(*s.MaxLength)+1)))
		}
	}
	if s.MinLength > 0 {
		out = append(out, add("empty", ""))
	}
	if len(s.Enum) > 0 || s.Pattern != "" {
		out = append(out, add("not one of them", "Nope!"))
	}
	return out
}

func mutateObject(s *openapi3.Schema, object fields, at string, put func(any) any) []mutation {
	out := []mutation{{"text for an object", at, put("x")}, {"list for an object", at, put([]any{})}}
	if open := s.AdditionalProperties.Has; open != nil && *open {
		return out
	}
	out = append(out, []mutation{{"unknown field", at + "/zzz", put(with(object, fields{"zzz": 1}))},
		{"field in another case", at + "/Title", put(with(object, fields{"Title": "x"}))},
		{"field of JavaScript", at + "/__proto__", put(with(object, fields{"__proto__": fields{}}))}}...)
	for _, name := range s.Required {
		less := maps.Clone(object)
		delete(less, name)
		out = append(out, mutation{"missing", at + "/" + name, put(less)})
	}
	for name, p := range s.Properties {
		v, ok := object[name]
		if !ok {
			continue
		}
		out = append(out, mutate(p.Value, v, at+"/"+name, func(v any) any { return put(with(object, fields{name: v})) })...)
	}
	return out
}

// TestBadBodies breaks every body in every place, one fault at a time.
func TestBadBodies(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	for _, o := range contractOf(t) {
		if o.spec.RequestBody == nil || formSchema(o) != nil {
			continue
		}
		c := o.may(t, s)
		schema := o.spec.RequestBody.Value.Content.Get("application/json").Schema.Value
		n := 0
		for _, m := range mutate(schema, goodBody(t, o), "", func(v any) any { return v }) {
			if m.body == nil && !o.spec.RequestBody.Value.Required {
				continue // no body at all
			}
			n++
			a := c.do(t, o.method, goodPath(o), m.body, ifMatch(o)...)
			if a.status != 400 || !a.names(t, m.pointer) {
				t.Errorf("%s: %s at %q: %d: %.400s", o.id, m.what, m.pointer, a.status, a.body)
			}
		}
		t.Logf("%s: %d faulty bodies", o.id, n)
		for name, r := range badJSON(t, goodBody(t, o)) {
			if r.body == "" && !o.spec.RequestBody.Value.Required {
				continue
			}
			if a := c.do(t, o.method, goodPath(o), r, ifMatch(o)...); a.status != 400 {
				t.Errorf("%s: %s: %d: %.400s", o.id, name, a.status, a.body)
			}
		}
	}
}

// ifMatch are the headers that an operation needs.
func ifMatch(o *operation) []string {
	if p := o.params.GetByInAndName("header", "If-Match"); p != nil && p.Required {
		return []string{"If-Match", "*"}
	}
	return nil
}

// badJSON are bodies that are not one JSON value as we read it.
func badJSON(t *testing.T, good any) map[string]raw {
	t.Helper()
	text, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	const js = "application/json"
	object := strings.TrimSuffix(string(text), "}")
	out := map[string]raw{
		"no body": {js, ""}, "blank": {js, "  "}, "not JSON": {js, "{"}, "words": {js, "hello"}, "null": {js, "null"}, "list": {js, "[" + string(text) + "]"},
		"two values": {js, string(text) + string(text)}, "trailing text": {js, string(text) + "x"}, "comment": {js, "/* */" + string(text)},
		"byte order mark": {js, "\ufeff" + string(text)}, "UTF-16": {js, "\xff\xfe{\x00}\x00"}, "NaN": {js, object + `,"zzz":NaN}`},
		"duplicate field":         {js, object + `,` + string(text)[1:]},
		"duplicate, other escape": {js, object + fmt.Sprintf(`,"\u%04x%s":1}`, firstKey(good)[0], firstKey(good)[1:])},
		"deep nesting":            {js, object + `,"zzz":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + "}"},
		"deep and unclosed":       {js, object + `,"zzz":` + strings.Repeat(`{"a":`, 10000)},
		"invalid UTF-8":           {js, object + ",\"zzz\":\"a\xff\"}"}, "lone surrogate": {js, object + `,"zzz":"\ud800"}`},
		"escaped NUL": {js, object + `,"zzz":"a\u0000"}`}, "NUL in a name": {js, object + `,"z\u0000":1}`},
		"plain text": {"text/plain", string(text)}, "form": {"application/x-www-form-urlencoded", "a=b"}, "no type": {"", string(text)},
		"XML": {"application/xml", "<a/>"}, "JSON of another kind": {"application/merge-patch+json", string(text)}, "type of nonsense": {";;", string(text)},
	}
	return out
}

func firstKey(good any) string { return slices.Sorted(maps.Keys(good.(fields)))[0] }

// TestDuplicateNamesField holds that the problem names what stands twice.
func TestDuplicateNamesField(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	c := s.as(t, both)
	for body, pointer := range map[string]string{
		`{"refreshToken":"a","refreshToken":"b"}`:                    "/refreshToken",
		`{"refreshToken":{"a":{"b~/c":1,"b~/c":2}}}`:                 "/refreshToken/a/b~0~1c",
		`{"refreshToken":[1,{"a":1,"a":2}]}`:                         "/refreshToken/1/a",
		`{"refreshToken":"a","x":1,"y":2}`:                           "/y",
		`{"refreshToken":"a","` + strings.Repeat("z", 5000) + `":1}`: "/" + strings.Repeat("z", 64),
	} {
		a := c.do(t, "POST", "/v1/auth/refresh", raw{"application/json", body})
		if a.status != 400 || !a.names(t, pointer) || len(a.body) > 4000 {
			t.Errorf("%.100s: %d, want %s: %.400s", body, a.status, pointer, a.body)
		}
	}
	// Good bodies are good in other dress.
	for _, kind := range []string{"application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"} {
		c.do(t, "POST", "/v1/auth/refresh", raw{kind, "\n {\"refreshToken\" : \"a\"}\n"}).want(t, 401, "invalid_refresh_token")
	}
}
