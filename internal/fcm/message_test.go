package fcm

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"
	"time"

	"sotay/internal/fcm/standin"
	"sotay/internal/push"
)

// flat names every value of a JSON text by its path.
func flat(t *testing.T, text []byte) map[string]string {
	t.Helper()
	var root any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		if m, ok := v.(map[string]any); ok {
			for k, v := range m {
				walk(path+"/"+k, v)
			}
			return
		}
		out[path] = fmt.Sprint(v)
	}
	walk("", root)
	return out
}

func with(parts ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range parts {
		maps.Copy(out, m)
	}
	return out
}

// The whole message, value by value: what is not listed here is not sent. There
// is no title of a document in it, and nobody's name.
func TestTheWholeMessage(t *testing.T) {
	t.Parallel()
	common := map[string]string{
		"/token":               token(0),
		"/notification/title":  "Thông báo mới",
		"/notification/body":   "Vui lòng mở ứng dụng để xem nội dung.",
		"/data/notificationId": "n/1",
		"/data/kind":           "documentPublished",
	}
	document := map[string]string{"/data/documentId": "35-qd-tw", "/data/version": "2"}
	android := map[string]string{"/android/collapse_key": "document/35-qd-tw", "/android/priority": "high", "/android/ttl": "259200s",
		"/android/notification/tag": "document/35-qd-tw"}
	apple := map[string]string{"/apns/headers/apns-push-type": "alert", "/apns/headers/apns-priority": "10",
		"/apns/headers/apns-collapse-id": "document/35-qd-tw", "/apns/headers/apns-expiration": "1796194800"}
	normal := map[string]string{"/android/priority": "normal", "/apns/headers/apns-priority": "5"}
	for name, c := range map[string]struct {
		platform string
		change   func(*push.Message)
		want     map[string]string
	}{
		"Android":           {push.Android, func(*push.Message) {}, with(common, document, android)},
		"Apple":             {push.IOS, func(*push.Message) {}, with(common, document, apple)},
		"something else":    {"other", func(*push.Message) {}, with(common, document, android, apple)},
		"normal":            {"other", func(m *push.Message) { m.High = false }, with(common, document, android, apple, normal)},
		"about no document": {push.Android, func(m *push.Message) { m.DocumentID = "" }, with(common, android)},
		"a fraction of life": {push.Android, func(m *push.Message) { m.TTL = 1500 * time.Millisecond },
			with(common, document, android, map[string]string{"/android/ttl": "1.500000000s"})},
	} {
		fcm, s := bed(t, standin.Options{}, Options{})
		m := message()
		c.change(m)
		to := target(token(0))
		to.Platform = c.platform
		if out := s.Send(t.Context(), m, []push.Target{to}); out[0].Class != push.Accepted {
			t.Errorf("%s: %+v, %+v", name, out, fcm.Counts())
			continue
		}
		if got := flat(t, fcm.Recent()[0].Message); !maps.Equal(got, c.want) {
			t.Errorf("%s: got %v\nwant %v", name, got, c.want)
		}
	}
}
