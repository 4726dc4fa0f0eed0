package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"testing"
	"time"

	"sotay/internal/httpapi/contract"
)

// TestMethods calls every address with every method.
func TestMethods(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	c := s.as(t, both)
	allowed := map[string][]string{}
	for _, o := range contractOf(t) {
		allowed[o.path] = append(allowed[o.path], o.method)
		if o.method == "GET" {
			allowed[o.path] = append(allowed[o.path], "HEAD")
		}
	}
	order := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
	for path, methods := range allowed {
		target := goodPath(&operation{path: path})
		slices.SortFunc(methods, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
		for _, method := range append(order, "OPTIONS", "TRACE", "PROPFIND", "get") {
			if slices.Contains(methods, method) {
				continue
			}
			a := c.do(t, method, target, nil)
			if a.status != 405 || a.header.Get("Allow") != strings.Join(methods, ", ") {
				t.Errorf("%s %s: %d Allow %q, want 405 %v: %s", method, target, a.status, a.header.Get("Allow"), methods, a.body)
			}
		}
	}
}

// TestAddresses holds that an address is one spelling alone.
func TestAddresses(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	c := s.as(t, both)
	for _, o := range contractOf(t) {
		path := goodPath(o)
		for _, other := range []string{path + "/", strings.ToUpper(path), path + "x/y", "/" + path, path + ";a=b/c"} {
			if findOperation(t, o.method, other) != nil {
				continue
			}
			a := c.do(t, o.method, other, nil)
			if a.status != 404 {
				t.Errorf("%s %s: %d, want 404", o.method, other, a.status)
			}
		}
	}
	for _, path := range []string{"/", "/v1", "/v2/documents", "/metrics", "/debug/pprof/", "/.env", "/v1/documents/../../etc/passwd", "/%2e%2e/secret", "/v1/%64ocuments/"} {
		a := c.do(t, "GET", path, nil)
		if a.status != 404 && a.status != 400 {
			t.Errorf("GET %s: %d %s", path, a.status, a.body)
		}
	}
}

// TestHead answers like GET, without the body.
func TestHead(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	c := s.as(t, both)
	sampleID := c.documents(t)[0].Id
	for _, path := range []string{"/v1/documents/" + sampleID, "/v1/documents/" + sampleID + "/versions/1", "/v1/documents", "/v1/me", "/v1/documents/khong-co",
		"/v1/search?q=a", "/healthz", "/openapi.yaml", "/v1/sync?limit=0"} {
		for _, accept := range []string{"identity", "gzip", "br"} {
			get, head := c.do(t, "GET", path, nil, "Accept-Encoding", accept), c.do(t, "HEAD", path, nil, "Accept-Encoding", accept)
			for _, name := range []string{"Content-Type", "Content-Length", "ETag", "Content-Encoding", "Cache-Control", "Vary"} {
				if g, h := get.header.Get(name), head.header.Get(name); g != h {
					t.Errorf("%s (%s): %s of GET is %q, of HEAD %q", path, accept, name, g, h)
				}
			}
			if get.status != head.status {
				t.Errorf("%s: GET %d, HEAD %d", path, get.status, head.status)
			}
		}
	}
}

// TestRequestIDs takes over ids that can stand in a log, and no others.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	c := newEnv(t, "sqlite").serve(t).guest(t)
	for id, taken := range map[string]bool{"abcdefgh": true, "A-1234567": true, strings.Repeat("a", 64): true,
		"short": false, strings.Repeat("a", 65): false, "has space in it": false, `quote"quote"`: false, "tiếng-việt-đây": false, `{"level":"ERROR"}`: false} {
		a := c.do(t, "GET", "/healthz", nil, "X-Request-Id", id)
		if got := a.header.Get("X-Request-Id"); (got == id) != taken || !goodID(got) {
			t.Errorf("id %q was answered with %q", id, got)
		}
	}
}

func goodID(id string) bool {
	return len(id) >= 8 && len(id) <= 64 && !strings.ContainsFunc(id, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// exchange writes bytes to the server and reads one answer.
func (s *server) exchange(t *testing.T, text string) (*http.Response, []byte) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	// The server may answer and close before all is sent.
	_, _ = io.WriteString(conn, text)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%.100q: %v", text, err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp, body
}

// TestLimitsOfARequest goes beyond each limit on a real socket.
func TestLimitsOfARequest(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t, "HANDBOOK_BODY_LIMIT=65536")
	c := s.guest(t)
	body := func(n int) string {
		return `{"refreshToken":"` + strings.Repeat("a", n-len(`{"refreshToken":""}`)) + `"}`
	}
	c.do(t, "POST", "/v1/auth/refresh", raw{"application/json", body(65536)}).want(t, 400)
	const head = "POST /v1/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
	// The server answers without reading the rest and closes, which a client
	// that still writes may see as a reset; exchange reads what was answered.
	for name, text := range map[string]string{
		"one more":  head + "Content-Length: 65537\r\n\r\n" + body(65537),
		"announced": head + "Content-Length: 5000000000\r\n\r\n",
		"in chunks": head + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("2000\r\n"+strings.Repeat("a", 0x2000)+"\r\n", 10) + "0\r\n\r\n",
		"headers":   "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("a", 20000) + "\r\n\r\n",
		"address":   "GET /healthz?q=" + strings.Repeat("a", 20000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"many":      "GET /healthz HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-A: b\r\n", 5000) + "\r\n",
	} {
		resp, got := s.exchange(t, text)
		if resp.StatusCode != 413 && resp.StatusCode != 431 {
			t.Errorf("%s: %d %s", name, resp.StatusCode, got)
		}
		isProblem(t, name, resp, got)
	}
	for name, text := range map[string]string{
		"no HTTP":           "hello\r\n\r\n",
		"length of words":   head + "Content-Length: ten\r\n\r\n",
		"negative length":   head + "Content-Length: -1\r\n\r\n",
		"broken chunk size": head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
	} {
		resp, got := s.exchange(t, text)
		if resp.StatusCode < 400 || resp.StatusCode >= 500 {
			t.Errorf("%s: %d %s", name, resp.StatusCode, got)
		}
		isProblem(t, name, resp, got)
	}
	c.do(t, "GET", "/healthz", nil).want(t, 200)
}

func isProblem(t *testing.T, name string, resp *http.Response, body []byte) {
	t.Helper()
	a := &answer{method: "POST", path: "/not/in/the/contract", status: resp.StatusCode, header: resp.Header, body: body, wire: body}
	before := t.Failed()
	if checkAnswer(t, a); t.Failed() && !before {
		t.Errorf("in: %s", name)
	}
}

// TestSmuggling refuses two lengths for one body.
func TestSmuggling(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	inner := "GET /v1/me HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, headers := range map[string]string{
		"length and chunks":  fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\n", len(inner)+5),
		"two lengths":        "Content-Length: 0\r\nContent-Length: 30\r\n",
		"chunks of nonsense": "Transfer-Encoding: xchunked\r\n",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(patience))
		fmt.Fprintf(conn, "POST /v1/auth/refresh HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n0\r\n\r\n%s", headers, inner)
		all, _ := io.ReadAll(conn)
		conn.Close()
		if n := bytes.Count(all, []byte("HTTP/1.1 ")); n > 1 {
			t.Errorf("%s: %d answers to one request:\n%s", name, n, all)
		}
	}
}

// TestNothingOfARequestStays holds a trap of Fiber: strings of one request
// that are kept are overwritten by the next on the same connection.
func TestNothingOfARequestStays(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").watched(t).serve(t)
	c := s.guest(t)
	reused := 0
	trace := &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
		if i.Reused {
			reused++
		}
	}}
	base := c.http.Transport
	c.http.Transport = traced{base, trace}
	tokens := map[string]string{}
	for _, name := range []string{"alpha", "bravo", "delta"} { // of one length, one after the other
		tokens[name] = c.login(t, member, password, name).AccessToken
	}
	names := map[string]bool{}
	for _, x := range get[contract.SessionList](t, c.with(tokens["alpha"]), "/v1/auth/sessions").Items {
		names[x.DeviceName] = true
	}
	for name := range tokens {
		if !names["phone "+name] {
			t.Errorf("device %s is missing in %v", name, names)
		}
	}
	// Verified tokens are kept by their text.
	for range 3 {
		for _, who := range []string{member, exempt, leader, editor} {
			signed := s.env.signed[who]
			if got := get[contract.Me](t, c.with(signed.AccessToken), "/v1/me"); got.Id != signed.Member.Id {
				t.Fatalf("the token of %s is %s's", who, got.Name)
			}
		}
	}
	if reused < 12 {
		t.Errorf("the connection was used again %d times", reused)
	}
}

// traced counts how connections are used.
type traced struct {
	http.RoundTripper
	trace *httptrace.ClientTrace
}

func (r traced) RoundTrip(req *http.Request) (*http.Response, error) {
	return r.RoundTripper.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), r.trace)))
}

// TestGuardBites holds that the harness finds what it is there to find.
func TestGuardBites(t *testing.T) {
	t.Parallel()
	o := operationNamed(t, "listDocuments")
	ok := &answer{method: "GET", status: 200, header: http.Header{"Content-Type": {"application/json"}}, body: []byte(`{"items":[],"nextCursor":null}`)}
	if err := fits(o, ok); err != nil {
		t.Errorf("a good answer: %v", err)
	}
	for name, change := range map[string]func(*answer){
		"a field too many": func(a *answer) { a.body = []byte(`{"items":[],"nextCursor":null,"x":1}`) },
		"a field missing":  func(a *answer) { a.body = []byte(`{"items":[]}`) },
		"a wrong type":     func(a *answer) { a.body = []byte(`{"items":{},"nextCursor":null}`) },
		"another status":   func(a *answer) { a.status = 202 },
		"another type":     func(a *answer) { a.header = http.Header{"Content-Type": {"text/plain"}} },
	} {
		bad := *ok
		if change(&bad); fits(o, &bad) == nil {
			t.Errorf("%s is not found", name)
		}
	}
	for _, text := range []string{"store.go:12", "SQLITE_BUSY", "mongo: no documents", "*store.RuleError", "goroutine 7", "/tmp/x", "invalid character 'x'"} {
		if !inside.MatchString(text) {
			t.Errorf("%q is not found to be ours", text)
		}
	}
}
