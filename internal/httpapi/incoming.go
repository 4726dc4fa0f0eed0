package httpapi

import (
	"errors"
	"io"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"sotay/internal/fault"
)

// headerTooLarge marks a request whose announced length nothing here takes.
// fasthttp asks about a request when its headers are read, and leaves no other
// way to say what was found.
const headerTooLarge = "X-Sotay-Too-Large"

// framing is what a form may add to its file: boundaries, headers and texts.
const framing = 1 << 20

// announced is told of each request's headers. It keeps a body that is too
// large for every call from being waited for; who may call is judged first.
func (s *Server) announced(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	if h.ContentLength() > s.Limits.Upload+framing {
		h.SetContentLength(0)
		h.Set(headerTooLarge, "1")
	}
	return fasthttp.RequestConfig{}
}

// incoming is the body of a request, which may still be on its way: only its
// first kilobytes have been read when the request is judged.
type incoming struct {
	conn   *lazyConn
	stream io.Reader
	// known is the announced length, -1 for a body in chunks.
	known int
	limit int // how much is taken
	read  int
	ended bool
	err   error
	// Each read may wait for pause, all of them until last.
	pause time.Duration
	last  time.Time
}

// incomingOf returns the body of a request, nil when there is none.
func (s *Server) incomingOf(c *fiber.Ctx, start time.Time) *incoming {
	stream := c.Request().BodyStream()
	if stream == nil {
		return nil
	}
	conn, _ := c.Context().Conn().(*lazyConn)
	return &incoming{conn: conn, stream: stream, known: c.Request().Header.ContentLength(), limit: s.Limits.Body,
		pause: s.Limits.Timeout, last: start.Add(s.Limits.Timeout)}
}

// Read implements io.Reader. It gives no more than the limit, and never reads
// behind the end: what follows is the next request.
func (b *incoming) Read(p []byte) (int, error) {
	switch {
	case b.err != nil:
		return 0, b.err
	case b.ended:
		return 0, io.EOF
	case b.known > b.limit || b.read > b.limit:
		b.err = tooLarge
		return 0, b.err
	}
	if b.conn != nil {
		until := time.Now().Add(b.pause)
		if until.After(b.last) {
			until = b.last
		}
		if err := b.conn.SetReadDeadline(until); err != nil {
			return 0, err
		}
	}
	n, err := b.stream.Read(p[:min(len(p), b.limit-b.read+1)])
	b.read += n
	switch {
	case errors.Is(err, io.EOF):
		b.ended = true
	case err != nil:
		b.err = brokenBody(err)
		return n, b.err
	}
	if b.read > b.limit {
		b.err = tooLarge
		return n, b.err
	}
	if b.read == b.known {
		b.ended = true
	}
	return n, err
}

// brokenBody says why a body could not be read to its end.
func brokenBody(err error) error {
	if isTimeout(err) {
		return slowClient.Because(err) // not our fault, and no alarm
	}
	return fault.BadInput.At("", "broken_body", "Thân yêu cầu bị đứt hoặc không đúng dạng.", "The body is cut off or not well-formed.").Because(err)
}

// How much of a body that nobody wants is still read to keep the connection,
// and for how long.
const (
	drainBytes = 64 << 10
	drainTime  = time.Second
)

// settle leaves the connection where the next request begins, or gives it up.
func (b *incoming) settle(c *fiber.Ctx) {
	if b.ended {
		return
	}
	broken := b.err != nil && !errors.Is(b.err, tooLarge)
	if broken || b.known-b.read > drainBytes {
		abandon(c)
	} else {
		b.limit, b.err = b.read+drainBytes, nil
		b.pause, b.last = drainTime, time.Now().Add(drainTime)
		if _, err := io.Copy(io.Discard, b); err != nil {
			abandon(c)
		}
	}
	b.ended = true // whatever is left is nobody's
}

// abandon closes the connection behind the answer.
func abandon(c *fiber.Ctx) {
	c.Response().SetConnectionClose()
	if conn, ok := c.Context().Conn().(*lazyConn); ok {
		conn.lingers = true
	}
}

// checkSize refuses what announced itself as too large for every call.
func checkSize(c *fiber.Ctx) error {
	if len(c.Request().Header.Peek(headerTooLarge)) == 0 {
		return nil
	}
	abandon(c)
	return tooLarge
}
