package fault

import (
	"errors"
	"time"
)

// Kind says whose fault it is; the edge maps it to a status.
type Kind int

// The kinds, with the HTTP status that each becomes.
const (
	Invalid     Kind = iota + 1 // 400: the request can't be understood
	Unknown                     // 401: who are you
	Forbidden                   // 403: your role may not
	Missing                     // 404: not there, or not yours to know
	Slow                        // 408: the request did not arrive in time
	Conflict                    // 409: the thing is in another state
	Stale                       // 412: If-Match names an older revision
	TooLarge                    // 413: the request is too large
	NoRange                     // 416: the range lies outside
	Unsuited                    // 422: understood, and refused by a rule
	Required                    // 428: a precondition is missing
	TooMany                     // 429: slow down, see RetryAfter
	Unavailable                 // 503: not now
)

// Text is a sentence in the two languages people may ask for.
type Text struct{ VI, EN string }

// Field is one thing wrong with the input. Pointer is a JSON pointer into the
// body (RFC 6901), or /query/name, /path/name, /header/name.
type Field struct {
	Pointer string
	Code    string
	Detail  Text
}

// Fault is an error that people may see.
type Fault struct {
	Kind   Kind
	Code   string
	Detail Text
	Fields []Field
	// RetryAfter is how long to wait, for TooMany and Unavailable.
	RetryAfter time.Duration
	cause      error
}

// New returns a fault with its sentence in Vietnamese and English.
func New(kind Kind, code, vi, en string) *Fault {
	return &Fault{Kind: kind, Code: code, Detail: Text{vi, en}}
}

func (f *Fault) Error() string {
	if f.cause != nil {
		return f.Code + ": " + f.cause.Error()
	}
	return f.Code
}

// Unwrap returns the cause, which never goes out.
func (f *Fault) Unwrap() error { return f.cause }

// Is makes two faults of one code equal to errors.Is.
func (f *Fault) Is(target error) bool {
	t, ok := target.(*Fault)
	return ok && t.Code == f.Code
}

// Because returns a copy that keeps its cause for the log.
func (f *Fault) Because(err error) *Fault {
	g := *f
	g.cause = err
	return &g
}

// At returns a copy that names a field of the input.
func (f *Fault) At(pointer, code, vi, en string) *Fault {
	g := *f
	g.Fields = append(append([]Field(nil), f.Fields...), Field{pointer, code, Text{vi, en}})
	return &g
}

// After returns a copy that says how long to wait.
func (f *Fault) After(d time.Duration) *Fault {
	g := *f
	g.RetryAfter = d
	return &g
}

// As returns the fault in err's chain, or nil.
func As(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Faults that several rooms answer with.
var (
	NotFound  = New(Missing, "not_found", "Không tìm thấy nội dung này.", "There is nothing here for you.")
	Denied    = New(Forbidden, "forbidden", "Vai trò của bạn không được thực hiện việc này.", "Your role may not do this.")
	BadInput  = New(Invalid, "invalid_request", "Yêu cầu có chỗ chưa đúng.", "Something in the request is not right.")
	BadCursor = New(Invalid, "invalid_cursor", "Con trỏ trang không hợp lệ.", "The cursor is not valid.").
			At("/query/cursor", "invalid", "Con trỏ không hợp lệ hoặc đã cũ; hãy đọc lại từ đầu.", "The cursor is not valid or too old; start again without it.")
)
