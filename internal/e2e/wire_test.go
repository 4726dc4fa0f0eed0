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

// TestGarbageOnTheWire is answered or cut off, and harms nobody.
func TestGarbageOnTheWire(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
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
	s.guest(t).do(t, "GET", "/healthz", nil).want(t, 200)
}

// TestStringsOutliveTheirRequest pins that what a room keeps of a request is
// not changed by the next one on the same connection: Fiber and fasthttp use
// their buffers again.
func TestStringsOutliveTheirRequest(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").watched(t).serve(t)
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
