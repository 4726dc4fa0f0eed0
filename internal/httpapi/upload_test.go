package httpapi

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
)

// post is a server with one call that takes a form and tells what it got, and
// one that takes JSON.
func post(t testing.TB, limits Limits) string {
	t.Helper()
	s := &Server{Deps: Deps{Limits: limits, Now: time.Now, Log: slog.New(slog.DiscardHandler)}, metrics: newMetrics(prometheus.NewRegistry())}
	s.app = s.newApp()
	text := openapi3.NewStringSchema().WithMaxLength(10)
	form := openapi3.NewObjectSchema().WithProperty("title", text).WithRequired([]string{"title"})
	form.AdditionalProperties.Has = new(bool)
	add := func(path string, op *operation, h fiber.Handler) {
		// Of guests and from memory: these tests have no accounts.
		op.id, op.guest, op.metrics, op.path = "healthz", true, s.metrics.unknown, path
		s.app.Post(path, s.pipeline(op, h))
	}
	add("/form", &operation{form: form}, func(c *fiber.Ctx) error {
		up, err := uploaded(c.UserContext())
		if err != nil {
			return err
		}
		b, err := io.ReadAll(up)
		if err != nil {
			return err
		}
		return c.SendString(fmt.Sprintf("%s|%s|%s|%d|%d", up.name, up.declared, up.text("title"), up.size, len(b)))
	})
	add("/json", &operation{body: openapi3.NewObjectSchema(), needs: true}, func(c *fiber.Ctx) error { return c.SendString("taken") })
	add("/none", &operation{}, func(c *fiber.Ctx) error { return c.SendString("done") })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Shutdown(time.Second) })
	return l.Addr().String()
}

func smallLimits() Limits {
	return Limits{Body: 100 << 10, Upload: 300 << 10, Timeout: 5 * time.Second, UploadTimeout: 10 * time.Second}
}

type part struct{ name, file, kind, content string }

// encodeForm writes a form.
func encodeForm(t testing.TB, parts ...part) (contentType string, body []byte) {
	t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		d := fmt.Sprintf(`form-data; name=%q`, p.name)
		if p.file != "" {
			d += fmt.Sprintf(`; filename=%q`, p.file)
		}
		h.Set("Content-Disposition", d)
		if p.kind != "" {
			h.Set("Content-Type", p.kind)
		}
		pw, err := w.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(pw, p.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), buf.Bytes()
}

func send(t testing.TB, url, kind string, body io.Reader) (int, string) {
	t.Helper()
	resp, err := http.Post(url, kind, body)
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// hasAll tells whether a text has all words.
func hasAll(text, words string) bool {
	for _, w := range strings.Fields(words) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// chunked hides the length of a body, so that it is sent in chunks.
type chunked struct{ io.Reader }

func TestForms(t *testing.T) {
	t.Parallel()
	base := "http://" + post(t, smallLimits()) + "/form"
	title := part{name: "title", content: "Tên"}
	file := func(content string) part { return part{"file", `C:\a\b.docx`, "application/x-docx; a=b", content} }
	for name, c := range map[string]struct {
		parts  []part
		status int
		want   string
	}{
		"good":            {[]part{title, file("abc")}, 200, "b.docx|application/x-docx|Tên|3|3"},
		"file first":      {[]part{file("abc"), title}, 200, "b.docx|application/x-docx|Tên|3|3"},
		"no name":         {[]part{title, {name: "file", content: "abc"}}, 200, "||Tên|3|3"},
		"the largest":     {[]part{title, file(strings.Repeat("a", 300<<10))}, 200, "|307200|307200"},
		"one more":        {[]part{title, file(strings.Repeat("a", 300<<10+1))}, 413, "request_too_large"},
		"no file":         {[]part{title}, 400, `"required" "/file"`},
		"empty file":      {[]part{title, file("")}, 400, `"empty" "/file"`},
		"two files":       {[]part{title, file("a"), file("b")}, 400, `"repeated" "/file"`},
		"text missing":    {[]part{file("a")}, 400, `"required" "/title"`},
		"text twice":      {[]part{title, title, file("a")}, 400, `"repeated" "/title"`},
		"text too long":   {[]part{{name: "title", content: "01234567890"}, file("a")}, 400, `"too_long" "/title"`},
		"text far longer": {[]part{{name: "title", content: strings.Repeat("a", 70<<10)}, file("a")}, 400, `"too_long" "/title"`},
		"text of bytes":   {[]part{{name: "title", content: "\xff"}, file("a")}, 400, `"invalid_text" "/title"`},
		"text with NUL":   {[]part{{name: "title", content: "a\x00"}, file("a")}, 400, `"invalid_text" "/title"`},
		"unknown part":    {[]part{title, file("a"), {name: "zzz"}}, 400, `"unknown" "/zzz"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kind, body := encodeForm(t, c.parts...)
			for _, r := range []io.Reader{bytes.NewReader(body), chunked{bytes.NewReader(body)}} {
				if status, got := send(t, base, kind, r); status != c.status || !hasAll(got, c.want) {
					t.Errorf("%d %s, want %d %s", status, got, c.status, c.want)
				}
			}
		})
	}
	kind, body := encodeForm(t, title, file("abc"))
	for name, c := range map[string]struct {
		kind string
		body []byte
		want string
	}{
		"JSON":        {"application/json", body, "unsupported_media_type"},
		"no boundary": {"multipart/form-data", body, "unsupported_media_type"},
		"nonsense":    {kind, []byte("hello"), `"/file"`},
		"cut off":     {kind, body[:len(body)-20], "broken_form"},
		"nothing":     {kind, nil, `"/file"`},
	} {
		if status, got := send(t, base, c.kind, bytes.NewReader(c.body)); status != 400 || !strings.Contains(got, c.want) {
			t.Errorf("%s: %d %s", name, status, got)
		}
	}
}

// A refused body used to reset the connection, and its answer was lost to a
// client that was still writing.
func TestTooLargeIsAlwaysHeard(t *testing.T) {
	t.Parallel()
	addr := post(t, smallLimits())
	for _, path := range []string{"/json", "/form", "/none"} {
		for _, size := range []int{110 << 10, 600 << 10, 4 << 20} {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
			fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", path, size)
			// The whole body, by a client that listens only when it is done.
			if _, err := conn.Write(bytes.Repeat([]byte("a"), size)); err != nil {
				t.Errorf("%s of %d: cut off: %v", path, size, err)
			}
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatalf("%s of %d: %v", path, size, err)
			}
			want := map[string]int{"/json": 413, "/form": 400, "/none": 200}[path]
			if size > 300<<10+framing {
				want = 413
			}
			if resp.StatusCode != want {
				t.Errorf("%s of %d: %d, want %d", path, size, resp.StatusCode, want)
			}
			resp.Body.Close()
			conn.Close()
		}
	}
}

// What an announced body leaves unread is never taken for the next request.
func TestBodiesDoNotLeak(t *testing.T) {
	t.Parallel()
	addr := post(t, smallLimits())
	inner := "POST /none HTTP/1.1\r\nHost: x\r\n\r\n"
	for _, path := range []string{"/json", "/form", "/none"} {
		for _, pad := range []int{0, 20 << 10, 90 << 10, 200 << 10} {
			body := strings.Repeat("a", pad) + inner
			length := fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
			chunks := fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body)
			for _, framed := range []string{length, chunks} {
				conn, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
				// A second request tells where the server thinks the first ends.
				fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%s", path, framed)
				fmt.Fprint(conn, "POST /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: the-second-one\r\n\r\n")
				all, _ := io.ReadAll(conn)
				conn.Close()
				if n := bytes.Count(all, []byte("HTTP/1.1 ")); n > 2 || n == 2 && !bytes.Contains(all, []byte("the-second-one")) || n == 0 {
					t.Errorf("%s after %d bytes: %d answers\n%.600s", path, pad, n, all)
				}
			}
		}
	}
}

func TestNamesOfFiles(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ệ", 100) + ".pdf"
	for given, want := range map[string]string{"a.pdf": "a.pdf", "../../etc/passwd": "passwd", `C:\x\Bài 1.mp3`: "Bài 1.mp3", "": "", "/": "", ".": "", "..": "",
		"a\r\nb\x00.pdf": "ab.pdf", "x\u202efdp.exe": "xfdp.exe", `a"b<c>.png`: "abc.png", ".htaccess": "htaccess", "b\xffc.txt": "bc.txt"} {
		if got := cleanName(given); got != want {
			t.Errorf("%q became %q, want %q", given, got, want)
		}
	}
	if got := cleanName(long); len(got) > maxName || !strings.HasSuffix(got, ".pdf") {
		t.Errorf("%q", got)
	}
}

func FuzzForm(f *testing.F) {
	kind, body := encodeForm(f, part{name: "title", content: "T"}, part{"file", "a.pdf", "application/pdf", "abc"})
	_, boundary, _ := strings.Cut(kind, "boundary=")
	f.Add(body, boundary)
	f.Add([]byte("--x\r\n\r\n--x--"), "x")
	f.Add([]byte("--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc\r\n--x--"), "x")
	text := openapi3.NewObjectSchema().WithProperty("title", openapi3.NewStringSchema())
	f.Fuzz(func(t *testing.T, body []byte, boundary string) {
		up := &upload{file: tempFile(t), texts: map[string]any{}, size: -1}
		if err := up.take(multipart.NewReader(bytes.NewReader(body), boundary), text, 100); err != nil {
			if faultOf(err) == internalFault || faultOf(err).Code == internalFault.Code {
				t.Fatalf("the server's fault: %v", err)
			}
			return
		}
		if got, err := io.ReadAll(up); err != nil || int64(len(got)) != up.size || up.size > 100 || cleanName(up.name) != up.name {
			t.Fatalf("%d bytes of %d, name %q, %v", len(got), up.size, up.name, err)
		}
	})
}

func tempFile(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "upload"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// A body that does not arrive in time is the client's matter: 408, and no alarm
// in the log (it used to be an error of ours).
func TestSlowBody(t *testing.T) {
	t.Parallel()
	limits := smallLimits()
	limits.Timeout = 300 * time.Millisecond
	addr := post(t, limits)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintf(conn, "POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20000\r\n\r\n{%s", strings.Repeat(" ", 9000)); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusRequestTimeout || !strings.Contains(string(body), `"timed_out"`) {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}
