package e2e

import (
	"bytes"
	"fmt"
	"maps"
	"mime/multipart"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// form is a body with a file and texts.
type form struct {
	name, kind, content string // of the file
	texts               map[string]string
}

// goodForms are forms with every part that a call has; badForms start from
// them.
func goodForms() map[string]form {
	attachment := pdfForm("Phụ lục")
	attachment.texts["altText"] = "Một trang"
	return map[string]form{"attachToDocument": attachment, "attachToMaterial": attachment,
		"createImport": {name: "dv.csv", kind: "text/csv", content: memberList}, "importQuestions": {name: "cau-hoi.txt", content: bankFile}}
}

// pdfForm is an attachment that is taken.
func pdfForm(title string) form {
	return form{"phu-luc.pdf", "application/pdf", "%PDF-1.7\n" + title + strings.Repeat(" nội dung", 200), map[string]string{"title": title}}
}

// formPart is one part as it is sent; of a text file is "".
type formPart struct{ name, file, kind, content string }

func (f form) parts() []formPart {
	var out []formPart
	for _, name := range slices.Sorted(maps.Keys(f.texts)) {
		out = append(out, formPart{name: name, content: f.texts[name]})
	}
	return append(out, formPart{"file", f.name, f.kind, f.content})
}

// encodeForm writes parts as multipart/form-data.
func encodeForm(parts ...formPart) (raw, error) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for _, p := range parts {
		h := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name=%q`, p.name)}}
		if p.file != "" {
			h.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename=%q`, p.name, p.file))
		}
		if p.kind != "" {
			h.Set("Content-Type", p.kind)
		}
		to, err := w.CreatePart(h)
		if err != nil {
			return raw{}, err
		}
		if _, err := to.Write([]byte(p.content)); err != nil {
			return raw{}, err
		}
	}
	err := w.Close()
	return raw{w.FormDataContentType(), buf.String()}, err
}

// formSchema is the schema of an operation's form, nil when it takes none.
func formSchema(o *operation) *openapi3.Schema {
	if o.spec.RequestBody == nil {
		return nil
	}
	if media := o.spec.RequestBody.Value.Content["multipart/form-data"]; media != nil {
		return media.Schema.Value
	}
	return nil
}

// badForm is a form with one fault, and where it is.
type badForm struct {
	what, pointer string
	parts         []formPart
}

func badForms(s *openapi3.Schema, good form) []badForm {
	all := good.parts()
	file := all[len(all)-1]
	out := []badForm{{"no file", "/file", all[:len(all)-1]}, {"two files", "/file", append(slices.Clone(all), file)},
		{"unknown part", "/zzz", append(slices.Clone(all), formPart{name: "zzz", content: "x"})},
		{"empty file", "/file", append(slices.Clone(all[:len(all)-1]), formPart{"file", file.file, file.kind, ""})}}
	for name, p := range s.Properties {
		if name == "file" {
			continue
		}
		put := func(what, value string) {
			texts := maps.Clone(good.texts)
			texts[name] = value
			out = append(out, badForm{what, "/" + name, form{good.name, good.kind, good.content, texts}.parts()})
		}
		put("NUL", "a\x00b")
		put("bytes", "a\xff")
		if p.Value.MaxLength != nil {
			put("too long", strings.Repeat("ệ", int(*p.Value.MaxLength)+1))
		}
		if p.Value.Enum != nil || p.Value.Pattern != "" {
			put("not one of them", "Nope!")
		}
		out = append(out, badForm{"twice", "/" + name, append(slices.Clone(all), formPart{name: name, content: good.texts[name]})})
		if slices.Contains(s.Required, name) {
			texts := maps.Clone(good.texts)
			delete(texts, name)
			out = append(out, badForm{"missing", "/" + name, form{good.name, good.kind, good.content, texts}.parts()})
		}
	}
	return out
}

// TestBadForms breaks every form in every part, one fault at a time.
func TestBadForms(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	for _, o := range contractOf(t) {
		schema := formSchema(o)
		if schema == nil {
			continue
		}
		c := o.may(t, s)
		good, ok := goodForms()[o.id]
		if !ok {
			t.Fatalf("operation %s has no form in goodForms", o.id)
		}
		for _, f := range badForms(schema, good) {
			body, err := encodeForm(f.parts...)
			if err != nil {
				t.Fatal(err)
			}
			if a := c.do(t, o.method, goodPath(o)+"?"+goodQuery(o).Encode(), body, ifMatch(o)...); a.status != 400 || !a.names(t, f.pointer) {
				t.Errorf("%s: %s at %q: %d: %.400s", o.id, f.what, f.pointer, a.status, a.body)
			}
		}
		whole, err := encodeForm(good.parts()...)
		if err != nil {
			t.Fatal(err)
		}
		for name, r := range map[string]raw{"no body": {}, "JSON": {"application/json", "{}"}, "no boundary": {"multipart/form-data", whole.body},
			"cut off": {whole.contentType, whole.body[:len(whole.body)-30]}, "other boundary": {"multipart/form-data; boundary=x", whole.body}} {
			if a := c.do(t, o.method, goodPath(o)+"?"+goodQuery(o).Encode(), r, ifMatch(o)...); a.status != 400 {
				t.Errorf("%s: %s: %d: %.400s", o.id, name, a.status, a.body)
			}
		}
	}
}
