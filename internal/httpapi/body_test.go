package httpapi

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"sotay/internal/fault"
	"sotay/internal/viet"
)

func TestDecodeJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body    string
		want          any
		pointer, code string
	}{
		{"object", `{"a":1,"b":["x",null,true]}`, map[string]any{"a": 1.0, "b": []any{"x", nil, true}}, "", ""},
		{"decomposed text comes out composed", `{"a":"hoc ta\u0323p"}`, map[string]any{"a": "hoc tạp"}, "", ""},
		{"duplicate names", `{"a":1,"b":{"c":1,"c":2}}`, nil, "/b/c", "duplicate"},
		{"trailing text", `{} x`, nil, "", "trailing_text"},
		{"two values", `{}{}`, nil, "", "trailing_text"},
		{"not JSON", `{"a":`, nil, "", "not_json"},
		{"empty", ` `, nil, "", "not_json"},
		{"NUL", `{"a":["b\u0000"]}`, nil, "/a/0", "invalid_text"},
		{"broken UTF-8", "{\"a\":\"\xff\"}", nil, "/a", "invalid_text"},
		{"lone surrogate", `{"a":"\ud800"}`, nil, "/a", "invalid_text"},
		{"too deep", strings.Repeat("[", 100) + strings.Repeat("]", 100), nil, strings.Repeat("/0", 33), "too_deep"},
		{"name with slash", `{"a/b~":"\u0000"}`, nil, "/a~1b~0", "invalid_text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := decodeJSON([]byte(c.body))
			if c.code == "" {
				if err != nil || !reflect.DeepEqual(got, c.want) {
					t.Fatalf("got %v, %v; want %v", got, err, c.want)
				}
				return
			}
			f := fault.As(err)
			if f == nil || f.Kind != fault.Invalid || f.Fields[0].Pointer != c.pointer || f.Fields[0].Code != c.code {
				t.Fatalf("got %+v, want %s at %q", f, c.code, c.pointer)
			}
		})
	}
}

func FuzzDecodeJSON(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `[1,{"b":"ạ"}]`, `{"a":1,"a":2}`, `"\ud800"`, `1e999`, `[[[[`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := decodeJSON(raw)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("a bad body must be a fault, got %v", err)
			}
			return
		}
		again, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("decoded %q to something that is not JSON: %v", raw, err)
		}
		if !utf8.Valid(again) || !viet.IsNFC(string(again)) {
			t.Fatalf("decoded %q to text that is not NFC", raw)
		}
	})
}

func TestSchemaFaultNamesEachField(t *testing.T) {
	t.Parallel()
	s := openapi3.NewObjectSchema().
		WithProperty("name", openapi3.NewStringSchema().WithMaxLength(3)).
		WithProperty("age", openapi3.NewIntegerSchema().WithMin(1)).
		WithProperty("tags", openapi3.NewArraySchema().WithItems(openapi3.NewStringSchema().WithEnum("a", "b")))
	s.Required = []string{"name", "age", "must"}
	s.AdditionalProperties = openapi3.AdditionalProperties{Has: openapi3.Ptr(false)}
	err := s.VisitJSON(map[string]any{"name": "long", "age": 0.0, "tags": []any{"a", "c"}, "z": 1.0, "y": 1.0}, openapi3.MultiErrors())
	f := fault.As(schemaFault(err))
	got := map[string]string{}
	for _, x := range f.Fields {
		got[x.Pointer] = x.Code
		if x.Detail.VI == "" || x.Detail.EN == "" {
			t.Errorf("%s says nothing", x.Pointer)
		}
	}
	want := map[string]string{"/name": "too_long", "/age": "out_of_range", "/tags/1": "not_allowed", "/must": "required", "/y": "unknown", "/z": "unknown"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
