package httpapi

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/ident"
	"sotay/internal/study"
	"sotay/internal/study/evidence"
)

// RecordEvents implements the contract.
func (s *Server) RecordEvents(ctx context.Context, r contract.RecordEventsRequestObject) (contract.RecordEventsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	sentAt, f := instantOf(fault.BadInput, "/sentAt", r.Body.SentAt)
	if len(f.Fields) > 0 {
		return nil, f
	}
	results := make([]study.Result, len(r.Body.Events))
	var good []study.Event
	var places []int
	for i, given := range r.Body.Events {
		e, f := studyEvent(given)
		results[i] = study.Result{ID: e.ID, Fault: f}
		if f == nil {
			good, places = append(good, e), append(places, i)
		}
	}
	if len(good) > 0 {
		judged, err := s.Study.TakeEvents(ctx, who, sentAt, good)
		if err != nil {
			return nil, err
		}
		for k, i := range places {
			results[i] = judged[k]
		}
	}
	out := contract.RecordEvents200JSONResponse{Results: make([]contract.EventResult, len(results))}
	for i, x := range results {
		out.Results[i] = eventResult(x, inEnglish(ctx))
	}
	return out, nil
}

func eventResult(r study.Result, english bool) contract.EventResult {
	out := contract.EventResult{Id: r.ID, Status: contract.Accepted}
	f := r.Fault
	if f == nil {
		return out
	}
	out.Status = contract.Refused
	code, detail := f.Code, said(english, f.Detail.VI, f.Detail.EN)
	if len(f.Fields) > 0 {
		x := &f.Fields[0]
		code, detail, out.Field = x.Code, said(english, x.Detail.VI, x.Detail.EN), &x.Pointer
	}
	out.Code, out.Detail = &code, &detail
	return out
}

// Bounds of the texts of an event, and of its whole numbers: those that every
// reader of JSON takes for the same.
const (
	maxEventText = 64
	maxWhole     = 1 << 53
)

var eventFields = []string{"id", "kind", "documentId", "materialId", "version", "sectionId", "sessionId", "foregroundMillis", "reachedEnd", "played", "at"}

// studyEvent reads one event strictly. Its fault is for this event alone; the
// id is returned with it when there is one.
func studyEvent(given contract.StudyEvent) (study.Event, *fault.Fault) {
	r := eventReader{given: given}
	e := study.Event{ID: r.text("id", true), Kind: r.text("kind", true)}
	if r.fault == nil && e.Kind != study.ProgressEvent {
		r.refuse("/kind", "unknown_kind", "Không có loại sự kiện này.", "There is no such kind of event.")
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(eventFields, name) {
			r.refuse("/"+escapePointer(name), "unknown", "Không có trường này.", "There is no such field.")
		}
	}
	e.TextKind, e.TextID = r.item()
	e.SectionID, e.SessionID = r.text("sectionId", false), r.text("sessionId", true)
	e.Version, e.ForegroundMillis = r.whole(given, "", "version"), r.whole(given, "", "foregroundMillis")
	e.ReachedEnd, e.Played = r.truth("reachedEnd"), r.played()
	e.At = r.instant("at")
	return e, r.fault
}

// eventReader reads the fields of an event and keeps the first fault.
type eventReader struct {
	given map[string]any
	fault *fault.Fault
}

func (r *eventReader) refuse(at, code, vi, en string) {
	if r.fault == nil {
		r.fault = fault.New(fault.Unsuited, code, vi, en).At(at, code, vi, en)
	}
}

func (r *eventReader) wrongType(at, kind string) {
	r.refuse(at, "wrong_type", "Sai kiểu dữ liệu; cần "+kind+".", "Wrong type; it must be "+kind+".")
}

func (r *eventReader) text(name string, required bool) string {
	at := "/" + name
	v, there := r.given[name]
	if !there {
		if required {
			r.refuse(at, "required", "Thiếu trường bắt buộc.", "The field is required.")
		}
		return ""
	}
	s, ok := v.(string)
	switch n := utf8.RuneCountInString(s); {
	case !ok:
		r.wrongType(at, "string")
	case n > maxEventText:
		r.refuse(at, "too_long", fmt.Sprintf("Tối đa %d ký tự.", maxEventText), fmt.Sprintf("It may have at most %d characters.", maxEventText))
		return ""
	case n == 0 && required:
		r.refuse(at, "too_short", "Không được để trống.", "It may not be empty.")
	}
	return s
}

// item is the document or the material that the event is about.
func (r *eventReader) item() (kind, id string) {
	_, document := r.given["documentId"]
	_, material := r.given["materialId"]
	if document == material {
		r.refuse("/documentId", "one_of", "Cần đúng một trong documentId và materialId.", "Exactly one of documentId and materialId is needed.")
		return "", ""
	}
	kind = "document"
	if material {
		kind = "material"
	}
	if id = r.text(kind+"Id", true); !ident.Valid(id) {
		r.refuse("/"+kind+"Id", "invalid", "Giá trị không đúng dạng.", "The value has not the right form.")
	}
	return kind, id
}

// whole is a whole number of an object, 0 when it is not given.
func (r *eventReader) whole(object map[string]any, base, name string) int64 {
	v, there := object[name]
	if !there {
		return 0
	}
	n, ok := v.(float64)
	switch {
	case !ok || n != math.Trunc(n):
		r.wrongType(base+"/"+name, "integer")
	case math.Abs(n) > maxWhole:
		r.refuse(base+"/"+name, "out_of_range", "Số nằm ngoài khoảng cho phép.", "The number is out of range.")
	default:
		return int64(n)
	}
	return 0
}

func (r *eventReader) truth(name string) bool {
	v, there := r.given[name]
	b, ok := v.(bool)
	if there && !ok {
		r.wrongType("/"+name, "boolean")
	}
	return b
}

func (r *eventReader) played() []evidence.Interval {
	v, there := r.given["played"]
	list, ok := v.([]any)
	if there && !ok {
		r.wrongType("/played", "array")
	}
	out := make([]evidence.Interval, 0, len(list))
	for k, v := range list {
		at := fmt.Sprintf("/played/%d", k)
		x, ok := v.(map[string]any)
		if !ok {
			r.wrongType(at, "object")
			return nil
		}
		for _, name := range []string{"from", "to"} {
			if _, there := x[name]; !there {
				r.refuse(at+"/"+name, "required", "Thiếu trường bắt buộc.", "The field is required.")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(x)) {
			if name != "from" && name != "to" {
				r.refuse(at+"/"+escapePointer(name), "unknown", "Không có trường này.", "There is no such field.")
			}
		}
		out = append(out, evidence.Interval{From: r.whole(x, at, "from"), To: r.whole(x, at, "to")})
	}
	return out
}

func (r *eventReader) instant(name string) time.Time {
	s := r.text(name, true)
	t, f := instant(fault.BadInput, "/"+name, &s)
	if len(f.Fields) > 0 {
		x := &f.Fields[0]
		r.refuse(x.Pointer, x.Code, x.Detail.VI, x.Detail.EN)
	}
	return t
}
