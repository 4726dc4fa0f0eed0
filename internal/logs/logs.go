package logs

import (
	"io"
	"log/slog"
	"strconv"
	"sync"
	"time"
)

// flushEvery is how long a line may wait in the buffer.
const flushEvery = 100 * time.Millisecond

// maxBuffered is when the buffer is written out at once, in bytes.
const maxBuffered = 1 << 20

// Buffer gathers lines and writes them every 100 ms and at Close, so that a
// request does not wait for the log.
type Buffer struct {
	w    io.Writer
	mu   sync.Mutex
	buf  []byte
	stop chan struct{}
	done chan struct{}
}

// NewBuffer starts a buffer in front of w.
func NewBuffer(w io.Writer) *Buffer {
	b := &Buffer{w: w, stop: make(chan struct{}), done: make(chan struct{})}
	go b.run()
	return b
}

func (b *Buffer) run() {
	defer close(b.done)
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-b.stop:
			b.flush()
			return
		case <-tick.C:
			b.flush()
		}
	}
}

// Write takes one or more whole lines. It implements io.Writer for slog.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	b.buf = append(b.buf, p...)
	full := len(b.buf) > maxBuffered
	b.mu.Unlock()
	if full {
		b.flush()
	}
	return len(p), nil
}

// flush writes what has gathered. What can't be written is lost: a full disk
// must not stop the service.
func (b *Buffer) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.buf) > 0 {
		_, _ = b.w.Write(b.buf)
		b.buf = b.buf[:0]
	}
}

// Close writes what is left and stops.
func (b *Buffer) Close() {
	close(b.stop)
	<-b.done
}

// New returns the program's logger.
func New(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
}

// Request is a line of the access log.
type Request struct {
	At        time.Time
	ID        string
	Method    string
	Route     string
	Status    int
	Bytes     int
	Took      time.Duration
	ErrorCode string
}

// Access writes the access log. It makes its lines by hand, in the shape that
// slog gives them: on the hottest path slog's own encoding would cost more
// than the read itself has left.
type Access struct{ buf *Buffer }

// NewAccess returns an access log on a buffer; nil writes nothing.
func NewAccess(buf *Buffer) *Access { return &Access{buf} }

// Log writes one line. All strings are ours: ids are checked, methods, routes
// and codes come from the contract.
func (a *Access) Log(r *Request) {
	if a == nil || a.buf == nil {
		return
	}
	b := a.buf
	b.mu.Lock()
	p := append(b.buf, `{"time":"`...)
	p = r.At.AppendFormat(p, "2006-01-02T15:04:05.000Z07:00")
	p = append(p, `","level":"INFO","msg":"request","request_id":"`...)
	p = append(p, r.ID...)
	p = append(p, `","method":"`...)
	p = append(p, r.Method...)
	p = append(p, `","route":"`...)
	p = append(p, r.Route...)
	p = append(p, `","status":`...)
	p = strconv.AppendInt(p, int64(r.Status), 10)
	p = append(p, `,"bytes":`...)
	p = strconv.AppendInt(p, int64(r.Bytes), 10)
	p = append(p, `,"took_us":`...)
	p = strconv.AppendInt(p, r.Took.Microseconds(), 10)
	if r.ErrorCode != "" {
		p = append(p, `,"code":"`...)
		p = append(p, r.ErrorCode...)
		p = append(p, '"')
	}
	b.buf = append(p, '}', '\n')
	full := len(b.buf) > maxBuffered
	b.mu.Unlock()
	if full {
		b.flush()
	}
}
