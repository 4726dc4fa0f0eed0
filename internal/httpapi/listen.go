package httpapi

import (
	"io"
	"net"
	"time"
)

// slack is how far a deadline may lag behind the one that was asked for.
const slack = time.Second

// lazyListener accepts connections whose deadlines are moved at most once a
// second. fasthttp moves both for every request; each costs a timer in the
// runtime, which shows on a read of a few microseconds, and no limit of a
// connection is meant to the second.
type lazyListener struct{ net.Listener }

// Accept implements net.Listener.
func (l lazyListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &lazyConn{Conn: c}, nil
}

// lazyConn is used by one goroutine at a time, as fasthttp does.
type lazyConn struct {
	net.Conn
	read, write time.Time
	// lingers says that the other side may still be sending what nobody reads.
	lingers bool
}

// How much is still taken from a client that has its answer and sends on, and
// for how long.
const (
	lingerBytes = 8 << 20
	lingerTime  = 3 * time.Second
)

// Close implements net.Conn. Closing while bytes arrive resets the connection,
// and a reset can overtake the answer: the client would never see why it was
// refused. So the answer is ended, and what still comes is read for a while.
func (c *lazyConn) Close() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.lingers && half.CloseWrite() == nil {
		if c.Conn.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			_, _ = io.CopyN(io.Discard, c.Conn, lingerBytes)
		}
	}
	return c.Conn.Close()
}

// SetReadDeadline implements net.Conn.
func (c *lazyConn) SetReadDeadline(t time.Time) error {
	if near(c.read, t) {
		return nil
	}
	c.read = t
	return c.Conn.SetReadDeadline(t)
}

// SetWriteDeadline implements net.Conn.
func (c *lazyConn) SetWriteDeadline(t time.Time) error {
	if near(c.write, t) {
		return nil
	}
	c.write = t
	return c.Conn.SetWriteDeadline(t)
}

// near tells whether the deadline that is set serves for the one asked for.
func near(set, asked time.Time) bool {
	return !set.IsZero() && !asked.IsZero() && !asked.Before(set) && asked.Sub(set) < slack
}
