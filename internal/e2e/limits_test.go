package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"sotay/internal/httpapi/contract"
)

// TestLimitsOfARequest are held on a real socket.
func TestLimitsOfARequest(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t, "HANDBOOK_BODY_LIMIT=65536")
	c := s.as(t, editor)
	body := raw{"application/json", `{"title":"` + strings.Repeat("a", 70_000) + `"}`}
	if a, err := c.try(t, "POST", "/v1/editor/documents", body); err == nil {
		a.want(t, 413, "request_too_large")
	}
	if a, err := c.try(t, "GET", "/v1/me", nil, "X-Filler", strings.Repeat("a", 20_000)); err == nil && a.status < 400 {
		t.Errorf("headers of 20 KB: %d", a.status)
	}
	c.do(t, "GET", "/v1/me", nil).want(t, 200)

	a := c.do(t, "DELETE", "/v1/documents", nil).want(t, 405, "method_not_allowed")
	if got := a.header.Get("Allow"); got != "GET, HEAD" {
		t.Errorf("Allow: %q", got)
	}
	for _, path := range []string{"/v1/Documents", "/v1/documents/", "/V1/documents", "/v1/documents/a/b", "/", "/v1//documents"} {
		c.do(t, "GET", path, nil).want(t, 404, "no_such_call")
	}
	head, full := c.do(t, "HEAD", "/v1/documents", nil).want(t, 200), c.do(t, "GET", "/v1/documents", nil)
	if len(head.wire) != 0 || head.header.Get("ETag") != full.header.Get("ETag") {
		t.Errorf("HEAD: %d bytes, tag %q and %q", len(head.wire), head.header.Get("ETag"), full.header.Get("ETag"))
	}
	for id, taken := range map[string]bool{"a-good-request-id": true, "bad id\"": false, "x": false} {
		a := c.do(t, "GET", "/v1/me", nil, "X-Request-Id", id)
		if got := a.header.Get("X-Request-Id"); (got == id) != taken || got == "" {
			t.Errorf("request id %q became %q", id, got)
		}
	}
	garbage(t, s)
}

// garbage is answered or cut off, and harms nobody.
func garbage(t *testing.T, s *server) {
	for _, text := range []string{"\x16\x03\x01\x02\x00", "GET / HTTP/9.9\r\n\r\n", "GET /v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
		"GET " + strings.Repeat("/a", 9000) + " HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\n\r\n", "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, text)
		_ = conn.(*net.TCPConn).CloseWrite()
		all, _ := io.ReadAll(conn)
		_ = conn.Close()
		if strings.HasPrefix(string(all), "HTTP/1.1 2") || strings.Contains(string(all), ".go:") {
			t.Errorf("%.20q was answered with %s", text, all)
		}
	}
}

// TestStringsOutliveTheirRequest pins that what a room keeps of a request is
// not changed by the next one on the same connection: Fiber and fasthttp use
// their buffers again.
func TestStringsOutliveTheirRequest(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	c := s.as(t, member)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	docs := get[contract.DocumentList](t, c, "/v1/documents").Items
	for _, d := range docs {
		fmt.Fprintf(conn, "PUT /v1/me/bookmarks/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 0\r\n\r\n", d.Id, c.token)
		resp, err := http.ReadResponse(in, nil)
		if err != nil || resp.StatusCode != 204 {
			t.Fatalf("%v %+v", err, resp)
		}
	}
	marks := map[string]bool{}
	for _, b := range get[contract.BookmarkList](t, c, "/v1/me/bookmarks").Items {
		marks[b.DocumentId] = true
	}
	for _, d := range docs {
		if !marks[d.Id] {
			t.Errorf("%s is not among %v", d.Id, marks)
		}
	}
}
