package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/store"
)

// statuses maps kinds of faults to statuses, with the title of each.
var statuses = map[fault.Kind]struct {
	status int
	title  fault.Text
}{
	fault.Invalid:     {400, fault.Text{VI: "Yêu cầu chưa đúng", EN: "Bad request"}},
	fault.Unknown:     {401, fault.Text{VI: "Chưa đăng nhập", EN: "Not signed in"}},
	fault.Forbidden:   {403, fault.Text{VI: "Không được phép", EN: "Not allowed"}},
	fault.Missing:     {404, fault.Text{VI: "Không tìm thấy", EN: "Not found"}},
	fault.Slow:        {408, fault.Text{VI: "Yêu cầu đến quá chậm", EN: "Request timeout"}},
	fault.Conflict:    {409, fault.Text{VI: "Xung đột trạng thái", EN: "Conflict"}},
	fault.NoRange:     {416, fault.Text{VI: "Khoảng yêu cầu nằm ngoài tệp", EN: "Range not satisfiable"}},
	fault.Stale:       {412, fault.Text{VI: "Bản đã đọc không còn mới", EN: "Precondition failed"}},
	fault.TooLarge:    {413, fault.Text{VI: "Yêu cầu quá lớn", EN: "Too large"}},
	fault.Unsuited:    {422, fault.Text{VI: "Nội dung không được chấp nhận", EN: "Not acceptable"}},
	fault.Required:    {428, fault.Text{VI: "Thiếu điều kiện trước", EN: "Precondition required"}},
	fault.TooMany:     {429, fault.Text{VI: "Quá nhiều yêu cầu", EN: "Too many requests"}},
	fault.Unavailable: {503, fault.Text{VI: "Tạm thời chưa phục vụ được", EN: "Not available now"}},
}

var internalTitle = fault.Text{VI: "Lỗi máy chủ", EN: "Server error"}

// What the edge itself answers.
var (
	internalFault = fault.New(0, "internal_error",
		"Máy chủ gặp lỗi. Hãy thử lại; nếu vẫn lỗi, hãy báo mã yêu cầu này.", "Something went wrong here. Try again; if it stays, report the request id.")
	noRoute = fault.New(fault.Missing, "no_such_call",
		"Không có địa chỉ này.", "There is no such call.")
	wrongMethod = fault.New(fault.Missing, "method_not_allowed",
		"Địa chỉ này không nhận phương thức đó.", "This address does not take that method.")
	tooLarge = fault.New(fault.TooLarge, "request_too_large",
		"Yêu cầu vượt quá kích thước cho phép.", "The request is larger than allowed.")
	documentTooLarge = fault.New(fault.TooLarge, "document_too_large",
		"Nội dung vượt quá kích thước lưu trữ cho phép (4 MiB).", "The content is larger than can be stored (4 MiB).")
	unavailable = fault.New(fault.Unavailable, "unavailable",
		"Máy chủ tạm thời chưa phục vụ được. Hãy thử lại sau ít phút.", "The server can't serve this now. Try again in a few minutes.")
	timedOut = fault.New(fault.Unavailable, "timed_out",
		"Yêu cầu mất quá nhiều thời gian và đã dừng.", "The request took too long and was stopped.")
	slowClient = fault.New(fault.Slow, "timed_out",
		"Yêu cầu không đến hết trong thời gian cho phép. Hãy gửi lại.", "The request did not arrive in time. Send it again.")
	staleToken = fault.New(fault.Unknown, "token_stale",
		"Quyền của bạn vừa thay đổi; hãy làm mới phiên.", "Your rights have changed; refresh the session.")
)

// faultOf finds what people may hear of an error.
func faultOf(err error) *fault.Fault {
	if f := fault.As(err); f != nil {
		return f
	}
	var fe *fiber.Error
	switch {
	case errors.As(err, &fe):
		return fiberFault(fe)
	case errors.Is(err, store.ErrTooLarge):
		return documentTooLarge.Because(err)
	case isTimeout(err):
		return timedOut.Because(err)
	}
	return internalFault.Because(err)
}

// fiberFault translates what Fiber itself refuses.
func fiberFault(e *fiber.Error) *fault.Fault {
	switch e.Code {
	case fiber.StatusRequestEntityTooLarge, fiber.StatusRequestHeaderFieldsTooLarge:
		return tooLarge.Because(e)
	case fiber.StatusNotFound:
		return noRoute
	case fiber.StatusMethodNotAllowed:
		return wrongMethod
	case fiber.StatusBadRequest, fiber.StatusUnprocessableEntity, fiber.StatusUnsupportedMediaType:
		return fault.BadInput.Because(e)
	case fiber.StatusRequestTimeout:
		return slowClient.Because(e)
	}
	return internalFault.Because(e)
}

// writeProblem renders a fault as application/problem+json (RFC 9457) and
// returns its status.
func writeProblem(c *fiber.Ctx, f *fault.Fault, requestID string) int {
	status, title := 500, internalTitle
	if s, ok := statuses[f.Kind]; ok {
		status, title = s.status, s.title
	}
	if f.Code == wrongMethod.Code {
		status = fiber.StatusMethodNotAllowed
	}
	say := func(t fault.Text) string { return t.VI }
	lang := "vi"
	if prefersEnglish(c.Get(fiber.HeaderAcceptLanguage)) {
		say, lang = func(t fault.Text) string { return t.EN }, "en"
	}
	p := contract.Problem{Type: "urn:sotay:problem:" + f.Code, Title: say(title), Status: status,
		Detail: say(f.Detail), Code: f.Code, RequestId: requestID}
	if len(f.Fields) > 0 {
		list := make([]contract.FieldError, len(f.Fields))
		for i, x := range f.Fields {
			list[i] = contract.FieldError{Pointer: x.Pointer, Code: x.Code, Detail: say(x.Detail)}
		}
		p.Errors = &list
	}
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte(`{"code":"internal_error","status":500}`)
	}
	// What a handler had set for its own answer must not stay.
	h := &c.Response().Header
	h.Del(fiber.HeaderETag)
	h.Del(fiber.HeaderContentEncoding)
	h.Set(fiber.HeaderContentType, "application/problem+json")
	h.Set(fiber.HeaderContentLanguage, lang)
	h.Set(fiber.HeaderCacheControl, "no-store")
	if f.RetryAfter > 0 {
		h.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	if status == fiber.StatusUnauthorized {
		h.Set(fiber.HeaderWWWAuthenticate, "Bearer")
	}
	c.Status(status)
	c.Response().SetBodyRaw(body)
	return status
}

// prefersEnglish tells whether Accept-Language asks for English before
// Vietnamese; with neither named, Vietnamese it is.
func prefersEnglish(header string) bool {
	best, english := 0.0, false
	for part := range strings.SplitSeq(header, ",") {
		tag, q := quality(part)
		tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
		if (tag == "en" || tag == "vi") && q > best {
			best, english = q, tag == "en"
		}
	}
	return english
}

// maxLanguages bounds the languages that a reader asks for.
const maxLanguages = 8

// languagesOf lists the languages that Accept-Language asks for, best first.
func languagesOf(ctx context.Context) []string {
	c, ok := ctx.Value(requestKey{}).(*fiber.Ctx)
	if !ok {
		return nil
	}
	type wish struct {
		tag string
		q   float64
	}
	var wishes []wish
	for part := range strings.SplitSeq(c.Get(fiber.HeaderAcceptLanguage), ",") {
		tag, q := quality(part)
		tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
		known := slices.ContainsFunc(wishes, func(w wish) bool { return w.tag == tag })
		if q > 0 && len(tag) >= 2 && len(tag) <= 3 && !known && len(wishes) < maxLanguages {
			wishes = append(wishes, wish{tag, q})
		}
	}
	slices.SortStableFunc(wishes, func(a, b wish) int { return cmp.Compare(b.q, a.q) })
	out := make([]string, len(wishes))
	for i, w := range wishes {
		out[i] = w.tag
	}
	return out
}

// quality splits one element of an Accept header into its value and weight
// (RFC 9110 §12.4.2).
func quality(part string) (value string, q float64) {
	value, params, _ := strings.Cut(part, ";")
	value, q = strings.TrimSpace(value), 1
	for p := range strings.SplitSeq(params, ";") {
		if w, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(p)), "q="); ok {
			f, err := strconv.ParseFloat(w, 64)
			if err != nil || f < 0 || f > 1 {
				return value, 0
			}
			q = f
		}
	}
	return value, q
}
