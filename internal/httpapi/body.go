package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gofiber/fiber/v2"

	"sotay/internal/fault"
	"sotay/internal/viet"
)

// validatedBody is where the generated code looks for the body that was
// validated, so that it binds that and nothing else.
const validatedBody = "x-oapi-codegen-validated-body"

// maxDepth bounds the nesting of a body, maxFields the faults of one answer.
const (
	maxDepth  = 32
	maxFields = 20
)

// checkBody decodes a request's body strictly and validates it against the
// operation's schema.
func (o *operation) checkBody(c *fiber.Ctx, body *incoming) error {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = body.all(); err != nil {
			return err
		}
		c.Request().SetBodyRaw(raw) // so that nobody reads on
	}
	if len(raw) == 0 {
		if o.needs {
			return fault.BadInput.At("", "required", "Cần thân yêu cầu JSON.", "A JSON body is required.")
		}
		c.Locals(validatedBody, map[string]any{}) // nothing said: the generated code would parse on
		return nil
	}
	media, _, _ := strings.Cut(string(c.Request().Header.ContentType()), ";")
	if m := strings.TrimSpace(strings.ToLower(media)); m != "application/json" {
		return fault.New(fault.Invalid, "unsupported_media_type", "Thân yêu cầu phải là application/json.", "The body must be application/json.").
			At("/header/Content-Type", "not_allowed", "Phải là application/json.", "It must be application/json.")
	}
	value, err := decodeJSON(raw)
	if err != nil {
		return err
	}
	if err := o.body.VisitJSON(value, openapi3.MultiErrors()); err != nil {
		return schemaFault(err)
	}
	c.Locals(validatedBody, value)
	return nil
}

// all reads the body as a whole.
func (b *incoming) all() ([]byte, error) {
	var buf bytes.Buffer
	if b.known > 0 && b.known <= b.limit {
		buf.Grow(b.known + bytes.MinRead) // so that the last read finds room
	}
	_, err := buf.ReadFrom(b)
	return buf.Bytes(), err
}

// decodeJSON reads one JSON value: no duplicate names, no trailing text, valid
// UTF-8, bounded nesting; strings come out in NFC.
func decodeJSON(raw []byte) (any, error) {
	d := &decoder{json.NewDecoder(bytes.NewReader(raw))}
	v, err := d.value("", 0)
	if err == nil {
		if _, terr := d.Token(); !errors.Is(terr, io.EOF) {
			err = badJSON("", "trailing_text", "Sau giá trị JSON còn chữ thừa.", "There is text behind the JSON value.")
		}
	}
	if err != nil && fault.As(err) == nil {
		err = badJSON("", "not_json", "Không phải JSON hợp lệ.", "It is not valid JSON.").Because(err)
	}
	return v, err
}

type decoder struct{ *json.Decoder }

func (d *decoder) value(at string, depth int) (any, error) {
	if depth > maxDepth {
		return nil, badJSON(at, "too_deep", "JSON lồng quá sâu.", "The JSON is nested too deeply.")
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch v := t.(type) {
	case json.Delim:
		if v == '{' {
			return d.object(at, depth)
		}
		return d.array(at, depth)
	case string:
		return d.text(at, v)
	}
	return t, nil
}

func (d *decoder) text(at, s string) (string, error) {
	// encoding/json puts U+FFFD where the bytes were not UTF-8.
	if strings.ContainsRune(s, 0) || strings.ContainsRune(s, '\uFFFD') {
		return "", badJSON(at, "invalid_text", "Chuỗi không hợp lệ (UTF-8, không có ký tự NUL).", "The string is not valid (UTF-8, no NUL).")
	}
	if labels[at[strings.LastIndexByte(at, '/')+1:]] && viet.HasUnseen(s) {
		return "", badJSON(at, "invisible_character", "Có ký tự không nhìn thấy được (độ rộng bằng không hoặc đổi chiều chữ); hãy gõ lại.",
			"It holds a character that cannot be seen (of no width, or one that turns the direction); type it again.")
	}
	return viet.NFC(s), nil
}

// labels are the fields that people tell things apart by, in every body: what
// nobody sees makes two of them out of one. Free text and passwords may hold
// anything.
var labels = map[string]bool{"name": true, "title": true, "shortTitle": true, "code": true, "number": true, "issuer": true, "signer": true,
	"decisionNo": true, "heading": true}

func (d *decoder) object(at string, depth int) (any, error) {
	out := map[string]any{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := t.(string)
		if !ok {
			return nil, badJSON(at, "not_json", "Không phải JSON hợp lệ.", "It is not valid JSON.")
		}
		if _, err := d.text(at, name); err != nil {
			return nil, err
		}
		inner := at + "/" + escapePointer(name)
		if _, twice := out[name]; twice {
			return nil, badJSON(inner, "duplicate", "Trường được nêu hai lần.", "The field is given twice.")
		}
		if out[name], err = d.value(inner, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token() // the closing brace
	return out, err
}

func (d *decoder) array(at string, depth int) (any, error) {
	out := []any{}
	for d.More() {
		v, err := d.value(fmt.Sprintf("%s/%d", at, len(out)), depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	_, err := d.Token() // the closing bracket
	return out, err
}

func badJSON(at, code, vi, en string) *fault.Fault { return fault.BadInput.At(at, code, vi, en) }

// escapePointer writes a name as a token of a JSON pointer (RFC 6901 §3).
func escapePointer(name string) string {
	if len(name) > 64 {
		name = strings.ToValidUTF8(name[:64], "")
	}
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

// schemaFault turns the validator's findings into fields. Its own sentences
// stay inside: they quote the schema.
func schemaFault(err error) error {
	f := fault.BadInput
	var walk func(error)
	walk = func(err error) {
		var many openapi3.MultiError
		var one *openapi3.SchemaError
		switch {
		case len(f.Fields) >= maxFields:
		case errors.As(err, &many):
			for _, e := range many {
				walk(e)
			}
		case errors.As(err, &one):
			at := ""
			for _, p := range one.JSONPointer() {
				at += "/" + escapePointer(p)
			}
			code, vi, en := sentence(one)
			if code == "unknown" {
				f = unknownFields(f, at, one, vi, en)
				return
			}
			f = f.At(at, code, vi, en)
		default:
			f = f.At("", "invalid", "Giá trị không hợp lệ.", "The value is not valid.")
		}
	}
	walk(err)
	return f
}

// sentence says in people's words which rule of the schema a value breaks.
func sentence(e *openapi3.SchemaError) (code, vi, en string) {
	s := e.Schema
	switch e.SchemaField {
	case "required":
		return "required", "Thiếu trường bắt buộc.", "The field is required."
	case "properties", "additionalProperties":
		return "unknown", "Không có trường này.", "There is no such field."
	case "type", "nullable":
		kinds := "?"
		if s.Type != nil {
			kinds = strings.Join(s.Type.Slice(), ", ")
		}
		return "wrong_type", "Sai kiểu dữ liệu; cần " + kinds + ".", "Wrong type; it must be " + kinds + "."
	case "enum":
		var list []string
		for _, v := range s.Enum {
			list = append(list, fmt.Sprint(v))
		}
		all := strings.Join(list, ", ")
		return "not_allowed", "Giá trị phải là một trong: " + all + ".", "It must be one of: " + all + "."
	case "minLength":
		return "too_short", fmt.Sprintf("Cần ít nhất %d ký tự.", s.MinLength), fmt.Sprintf("It needs at least %d characters.", s.MinLength)
	case "maxLength":
		return "too_long", fmt.Sprintf("Tối đa %d ký tự.", *s.MaxLength), fmt.Sprintf("It may have at most %d characters.", *s.MaxLength)
	case "maxItems":
		return "too_many", fmt.Sprintf("Tối đa %d phần tử.", *s.MaxItems), fmt.Sprintf("There may be at most %d.", *s.MaxItems)
	case "minItems":
		return "too_few", fmt.Sprintf("Cần ít nhất %d phần tử.", s.MinItems), fmt.Sprintf("There must be at least %d.", s.MinItems)
	case "minimum", "maximum":
		return "out_of_range", "Số nằm ngoài khoảng cho phép.", "The number is out of range."
	case "pattern":
		return "invalid", "Giá trị không đúng dạng.", "The value has not the right form."
	}
	return "invalid", "Giá trị không hợp lệ.", "The value is not valid."
}

// unknownFields names each field that an object may not have; the validator
// reports them one by one, all at the object.
func unknownFields(f *fault.Fault, at string, e *openapi3.SchemaError, vi, en string) *fault.Fault {
	object, _ := e.Value.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if _, known := e.Schema.Properties[name]; known || len(f.Fields) >= maxFields {
			continue
		}
		pointer := at + "/" + escapePointer(name)
		if !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Pointer == pointer }) {
			f = f.At(pointer, "unknown", vi, en)
		}
	}
	return f
}
