package standin

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

const path = "/v1/projects/p/messages:send"

func ask(s *Server, method, path, body string, header ...string) (int, string) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	text, _ := io.ReadAll(w.Result().Body) // a buffer
	return w.Code, string(text)
}

func body(token, id string) string {
	return fmt.Sprintf(`{"message":{"token":%q,"data":{"notificationId":%q,"kind":"k","documentId":"d","version":"3"},"notification":{"title":"t","body":"b"}}}`, token, id)
}

func TestScriptsAreFollowedInOrder(t *testing.T) {
	t.Parallel()
	s := New(Options{Otherwise: func(token string, nth int) Answer {
		if token == "b" && nth > 1 {
			return Internal()
		}
		return OK()
	}})
	s.Script("a", Unavailable(3), Unavailable(0).Delivered(), OK())
	s.Always("a", Unregistered())
	var got []int
	for i := range 4 {
		status, _ := ask(s, "POST", path, body("a", fmt.Sprintf("n%d", i)))
		got = append(got, status)
	}
	for range 2 {
		status, _ := ask(s, "POST", path, body("b", "m"))
		got = append(got, status)
	}
	if want := []int{503, 503, 200, 404, 200, 500}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := s.Delivered("a"); !slices.Equal(got, []string{"n1", "n2"}) || s.Requests("a") != 4 {
		t.Errorf("a was given %v in %d requests", got, s.Requests("a"))
	}
	if all := s.AllDelivered(); len(all) != 2 || !slices.Equal(all["b"], []string{"m"}) {
		t.Errorf("all that was delivered: %v", all)
	}
	if c, want := s.Counts(), (Counts{Requests: 6, Delivered: 3}); c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
	d := s.Recent()[0]
	if d.Token != "b" || d.NotificationID != "m" || d.Kind != "k" || d.DocumentID != "d" || d.Version != 3 || d.Title != "t" || d.Body != "b" {
		t.Errorf("%+v", d)
	}
}

func TestAValidationDeliversNothing(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	s.Script("dead", Unregistered())
	check := func(token string) int {
		status, _ := ask(s, "POST", path, strings.Replace(body(token, "n"), "{", `{"validate_only":true,`, 1))
		return status
	}
	if a, b := check("a"), check("dead"); a != 200 || b != 404 {
		t.Errorf("%d and %d", a, b)
	}
	if c, want := s.Counts(), (Counts{Requests: 2, Validated: 2}); c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

// What FCM would refuse is refused, with FCM's word where FCM has one.
func TestRefusals(t *testing.T) {
	t.Parallel()
	message := func(more string) string { return `{"message":{"token":"a",` + more + `}}` }
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		says               string
	}{
		"another method":      {"GET", path, "", 405, ""},
		"another path":        {"POST", "/v2/projects/p/messages:send", "", 404, ""},
		"another call":        {"POST", "/v1/projects/p/messages:batch", "", 404, ""},
		"another project":     {"POST", "/v1/projects/q/messages:send", body("a", "n"), 403, "PERMISSION_DENIED"},
		"not JSON":            {"POST", path, "x", 400, ""},
		"two values":          {"POST", path, body("a", "n") + "{}", 400, ""},
		"a field of no one":   {"POST", path, message(`"titel":"x"`), 400, "titel"},
		"too long":            {"POST", path, strings.Repeat(" ", maxBody+1), 400, ""},
		"no token":            {"POST", path, `{"message":{}}`, 400, "FcmError"},
		"too long a payload":  {"POST", path, message(`"data":{"k":"` + strings.Repeat("v", 4096) + `"}`), 400, "FcmError"},
		"a reserved key":      {"POST", path, message(`"data":{"from":"x"}`), 400, "FcmError"},
		"a life of minutes":   {"POST", path, message(`"android":{"ttl":"3m"}`), 400, "FcmError"},
		"too long a life":     {"POST", path, message(`"android":{"ttl":"2419201s"}`), 400, "FcmError"},
		"a priority of one's": {"POST", path, message(`"android":{"priority":"highest"}`), 400, "FcmError"},
		"a long collapse id":  {"POST", path, message(`"apns":{"headers":{"apns-collapse-id":"` + strings.Repeat("c", 65) + `"}}`), 400, "FcmError"},
		"data in a hurry":     {"POST", path, message(`"apns":{"headers":{"apns-priority":"10"}}`), 400, "FcmError"},
		"Apple's priority":    {"POST", path, message(`"apns":{"headers":{"apns-priority":"7"}}`), 400, "FcmError"},
	} {
		s := New(Options{Project: "p"})
		status, text := ask(s, c.method, c.path, c.body)
		if status != c.status || !strings.Contains(text, c.says) || c.says == "" && strings.Contains(text, "FcmError") {
			t.Errorf("%s: %d %s", name, status, text)
		}
		if n := s.Counts(); n.Requests != 0 || n.Delivered != 0 {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

func TestBearer(t *testing.T) {
	t.Parallel()
	s := New(Options{Bearer: "x"})
	for token, want := range map[string]int{"": 401, "Bearer y": 401, "Bearer x": 200} {
		if status, text := ask(s, "POST", path, body("a", "n"), "Authorization", token); status != want || strings.Contains(text, "FcmError") {
			t.Errorf("%q: %d %s", token, status, text)
		}
	}
}

func TestTheNewestAreKept(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	for i := range kept + 3 {
		if status, _ := ask(s, "POST", path, body("a", fmt.Sprint(i))); status != http.StatusOK {
			t.Fatal(status)
		}
	}
	got := s.Recent()
	if len(got) != kept || got[0].NotificationID != fmt.Sprint(kept+2) || got[kept-1].NotificationID != "3" {
		t.Errorf("%d, from %s to %s", len(got), got[0].NotificationID, got[len(got)-1].NotificationID)
	}
	if n := len(s.Delivered("a")); n != kept+3 {
		t.Errorf("%d delivered", n)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 50 {
				token := fmt.Sprint("token-", i)
				s.Script(token, Internal())
				ask(s, "POST", path, body(token, fmt.Sprint(g)))
				s.Delivered(token)
				s.AllDelivered()
				s.Recent()
			}
		})
	}
	all.Wait()
	if c := s.Counts(); c.Requests != 400 || c.Delivered != 0 {
		t.Errorf("%+v", c)
	}
}
