package httpapi

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"sotay/internal/study"
)

// Whatever a phone sends as an event is taken or refused, and what is taken is
// whole.
func FuzzStudyEvent(f *testing.F) {
	for _, seed := range []string{
		`{"id":"1","kind":"progress","documentId":"a","version":1,"sectionId":"s","sessionId":"p","foregroundMillis":10,"reachedEnd":true,"at":"2026-11-25T08:00:00Z"}`,
		`{"id":"1","kind":"progress","materialId":"a","version":1,"sessionId":"p","played":[{"from":0,"to":5}],"at":"2026-11-25T08:00:00+07:00"}`,
		`{"id":"1","kind":"progress","documentId":"a","materialId":"b"}`,
		`{"id":1,"kind":"other"}`,
		`{"played":[{"from":1e300}],"version":1.5}`,
		`{"played":{"from":[]},"at":5,"~1/":null}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var given map[string]any
		if json.Unmarshal(body, &given) != nil || given == nil {
			t.Skip()
		}
		e, bad := studyEvent(given)
		if bad != nil {
			if len(bad.Fields) != 1 || bad.Code == "" {
				t.Fatalf("a refusal that names no field: %+v", bad)
			}
			return
		}
		switch {
		case e.ID == "" || e.SessionID == "" || e.TextID == "" || e.Kind != study.ProgressEvent || e.At.IsZero():
			t.Fatalf("taken without what it needs: %+v", e)
		case utf8.RuneCountInString(e.ID) > maxEventText, e.Version < 0, e.ForegroundMillis < 0:
			t.Fatalf("taken out of bounds: %+v", e)
		}
	})
}
