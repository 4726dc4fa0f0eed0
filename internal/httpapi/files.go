package httpapi

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/library"
)

// noRange answers a range that lies outside the file.
var noRange = fault.New(fault.NoRange, "range_not_satisfiable",
	"Khoảng byte yêu cầu nằm ngoài tệp.", "The range of bytes lies outside the file.").
	At("/header/Range", "out_of_range", "Nằm ngoài tệp.", "It lies outside the file.")

// GetFile implements the contract.
func (s *Server) GetFile(ctx context.Context, r contract.GetFileRequestObject) (contract.GetFileResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	a, err := s.Library.File(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	return fileAnswer{s, ctx, &a}, nil
}

// fileAnswer sends an attachment or a part of it.
type fileAnswer struct {
	server *Server
	ctx    context.Context
	file   *library.Attachment
}

// VisitGetFileResponse implements the contract.
func (r fileAnswer) VisitGetFileResponse(c *fiber.Ctx) error {
	a := r.file
	sum := a.Key[strings.LastIndexByte(a.Key, '/')+1:]
	tag := `"` + sum[:min(32, len(sum))] + `"`
	h := &c.Response().Header
	h.Set(fiber.HeaderVary, "Authorization")
	h.Set(fiber.HeaderCacheControl, "private, no-cache")
	h.Set(fiber.HeaderETag, tag)
	h.Set(fiber.HeaderAcceptRanges, "bytes")
	if matches(c.Request().Header.Peek(fiber.HeaderIfNoneMatch), tag) {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	at := byteRange{0, a.Size}
	if wanted := c.Get(fiber.HeaderRange); wanted != "" && ifRange(c.Get(fiber.HeaderIfRange), tag) {
		part, ok := parseRange(wanted, a.Size)
		switch {
		case ok && part.length == 0:
			h.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes */%d", a.Size))
			return noRange
		case ok:
			at = part
			c.Status(fiber.StatusPartialContent)
			h.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", at.first, at.first+at.length-1, a.Size))
		}
	}
	h.SetContentType(a.MediaType)
	h.Set(fiber.HeaderContentDisposition, disposition(a.Name))
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	// The body is read when this call is over, and its context with it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), r.server.Limits.UploadTimeout)
	body, err := r.server.Library.OpenFile(ctx, a, at.first, at.length)
	if err != nil {
		cancel()
		return err
	}
	conn, _ := c.Context().Conn().(*lazyConn)
	c.Response().SetBodyStream(&outgoing{ReadCloser: body, cancel: cancel, conn: conn, pause: r.server.Limits.Timeout}, int(at.length))
	return nil
}

// outgoing is a body on its way out. The time limit of an answer is moved with
// each piece: a phone with a weak signal may take long, if only it goes on.
type outgoing struct {
	io.ReadCloser
	cancel context.CancelFunc
	conn   *lazyConn
	pause  time.Duration
}

// Read implements io.Reader.
func (o *outgoing) Read(p []byte) (int, error) {
	if o.conn != nil {
		if err := o.conn.SetWriteDeadline(time.Now().Add(o.pause)); err != nil {
			return 0, err
		}
	}
	return o.ReadCloser.Read(p)
}

// Close implements io.Closer.
func (o *outgoing) Close() error {
	defer o.cancel()
	return o.ReadCloser.Close()
}

// byteRange is a part of a file; none of it when length is 0.
type byteRange struct{ first, length int64 }

// ifRange tells whether a range is to be heeded: only of the very file that
// the client has a part of (RFC 9110 §13.1.5). We send no dates.
func ifRange(header, tag string) bool { return header == "" || header == tag }

// parseRange reads one range of bytes (RFC 9110 §14.1.2). ok is false for what
// is to be answered with the whole file: several ranges, other units, and what
// is no range. A range that lies outside has the length 0.
func parseRange(header string, size int64) (r byteRange, ok bool) {
	unit, spec, found := strings.Cut(header, "=")
	if !found || !strings.EqualFold(strings.TrimSpace(unit), "bytes") || strings.Contains(spec, ",") {
		return r, false
	}
	from, to, found := strings.Cut(strings.TrimSpace(spec), "-")
	if !found {
		return r, false
	}
	if from == "" {
		n, ok := digits(to)
		n = min(n, size)
		return byteRange{size - n, n}, ok
	}
	first, ok := digits(from)
	if !ok {
		return r, false
	}
	last := size - 1
	if to != "" {
		if last, ok = digits(to); !ok || last < first {
			return r, false
		}
		last = min(last, size-1)
	}
	if first >= size {
		return byteRange{}, true
	}
	return byteRange{first, last - first + 1}, true
}

// digits reads a number without a sign. What is too large for a file is as
// good as the largest.
func digits(s string) (int64, bool) {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 1<<62 - 1, true
	}
	return n, true
}

// disposition names the file to be saved (RFC 6266, RFC 8187).
func disposition(name string) string {
	if name == "" {
		return "attachment"
	}
	return "attachment; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
