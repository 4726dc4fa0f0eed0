package httpapi

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"sotay/internal/fault"
)

// checkParams tests a request's parameters against the contract's bounds, so
// that the generated binders meet only values that fit.
func (o *operation) checkParams(c *fiber.Ctx) error {
	f := fault.BadInput
	for i := range o.params {
		p := &o.params[i]
		var value string
		var present bool
		switch p.in {
		case "path":
			// As the handler gets it: what can't be unescaped is no UTF-8 either.
			value, present = c.Params(p.name), true
			if plain, err := url.PathUnescape(value); err == nil {
				value = plain
			}
		case "query":
			raw := c.Request().URI().QueryArgs().PeekMulti(p.name)
			if len(raw) > 1 {
				f = f.At(p.pointer(), "repeated", "Tham số chỉ được nêu một lần.", "The parameter may be given once.")
				continue
			}
			if present = len(raw) == 1; present {
				value = string(raw[0])
			}
		case "header":
			raw := c.Request().Header.Peek(p.name)
			value, present = string(raw), len(raw) > 0
		}
		if !present {
			if p.required {
				if p.in == "header" {
					return missingHeader(p)
				}
				f = f.At(p.pointer(), "required", "Thiếu tham số bắt buộc.", "The parameter is required.")
			}
			continue
		}
		f = p.check(f, value)
	}
	f = o.unknownQuery(f, c)
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// missingHeader answers 428 (RFC 6585 §3): the only required header is a
// precondition.
func missingHeader(p *param) error {
	return fault.New(fault.Required, "precondition_required",
		"Cần tiêu đề If-Match với ETag của bản đã đọc.", "If-Match with the ETag that was read is required.").
		At(p.pointer(), "required", "Thiếu tiêu đề bắt buộc.", "The header is required.")
}

// unknownQuery refuses query parameters that the call does not have: a
// misspelt filter would else give the whole list in silence.
func (o *operation) unknownQuery(f *fault.Fault, c *fiber.Ctx) *fault.Fault {
	args := c.Request().URI().QueryArgs()
	if args.Len() == 0 {
		return f
	}
	args.VisitAll(func(key, _ []byte) {
		name := string(key)
		known := slices.ContainsFunc(o.params, func(p param) bool { return p.in == "query" && p.name == name })
		if !known && len(f.Fields) < maxFields {
			if !utf8.ValidString(name) || len(name) > 64 {
				name = "?"
			}
			f = f.At("/query/"+name, "unknown", "Không có tham số này.", "There is no such parameter.")
		}
	})
	return f
}

func (p *param) check(f *fault.Fault, value string) *fault.Fault {
	if !p.array {
		return p.checkOne(f, value)
	}
	values := strings.Split(value, ",")
	if p.maxItems > 0 && len(values) > p.maxItems {
		return f.At(p.pointer(), "too_many", "Có quá nhiều giá trị.", "There are too many values.")
	}
	for _, v := range values {
		if g := p.checkOne(f, v); g != f {
			return g
		}
	}
	return f
}

func (p *param) checkOne(f *fault.Fault, value string) *fault.Fault {
	at := p.pointer()
	if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		return f.At(at, "invalid_text", "Giá trị không phải UTF-8 hợp lệ.", "The value is not valid UTF-8.")
	}
	if p.integer {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return f.At(at, "not_a_number", "Cần một số nguyên.", "It must be a whole number.")
		}
		if p.min != nil && float64(n) < *p.min || p.max != nil && float64(n) > *p.max {
			return f.At(at, "out_of_range", "Số nằm ngoài khoảng "+bounds(p)+".", "The number is not within "+bounds(p)+".")
		}
		return f
	}
	if n := utf8.RuneCountInString(value); n < p.minLen || n > p.maxLen {
		return f.At(at, "length", "Độ dài phải từ "+strconv.Itoa(p.minLen)+" đến "+strconv.Itoa(p.maxLen)+" ký tự.",
			"It must have "+strconv.Itoa(p.minLen)+" to "+strconv.Itoa(p.maxLen)+" characters.")
	}
	if len(p.enum) > 0 && !slices.Contains(p.enum, value) {
		list := strings.Join(p.enum, ", ")
		return f.At(at, "not_allowed", "Giá trị phải là một trong: "+list+".", "It must be one of: "+list+".")
	}
	if p.pattern != nil && !p.pattern(value) {
		return f.At(at, "invalid", "Giá trị không đúng dạng.", "The value has not the right form.")
	}
	return f
}

func bounds(p *param) string {
	low, high := "…", "…"
	if p.min != nil {
		low = strconv.FormatFloat(*p.min, 'f', -1, 64)
	}
	if p.max != nil {
		high = strconv.FormatFloat(*p.max, 'f', -1, 64)
	}
	return low + "–" + high
}
