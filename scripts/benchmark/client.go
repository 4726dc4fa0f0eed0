package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"time"
)

// client is one connection that sends one request at a time. It costs a
// fraction of net/http, so that one core of load is enough.
type client struct {
	addr string
	conn net.Conn
	in   *bufio.Reader
	buf  []byte
}

func dial(addr string) (*client, error) {
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &client{addr: addr, conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

func (c *client) close() { _ = c.conn.Close() }

// do sends a request and returns the answer's status and body. extra is more
// header lines, each with its line end.
func (c *client) do(method, path, token, extra, body string) (status int, answer []byte, err error) {
	b := append(c.buf[:0], method...)
	b = append(append(b, ' '), path...)
	b = append(append(b, " HTTP/1.1\r\nHost: "...), c.addr...)
	if token != "" {
		b = append(append(b, "\r\nAuthorization: Bearer "...), token...)
	}
	if body != "" {
		b = append(b, "\r\nContent-Type: application/json"...)
	}
	if method != http.MethodGet {
		b = strconv.AppendInt(append(b, "\r\nContent-Length: "...), int64(len(body)), 10)
	}
	b = append(append(append(append(b, "\r\n"...), extra...), "\r\n"...), body...)
	c.buf = b
	if err := c.conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return 0, nil, err
	}
	if _, err := c.conn.Write(b); err != nil {
		return 0, nil, err
	}
	return c.read()
}

func (c *client) read() (status int, body []byte, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 {
		return 0, nil, fmt.Errorf("status line %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, err
	}
	length := 0
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return 0, nil, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte{':'})
		if strings.EqualFold(textproto.TrimString(string(name)), "content-length") {
			length, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
		}
	}
	if length == 0 || status == http.StatusNoContent || status == http.StatusNotModified {
		return status, nil, nil
	}
	body = make([]byte, length)
	_, err = io.ReadFull(c.in, body)
	return status, body, err
}

// get reads JSON.
func (c *client) get(path, token string, into any) error {
	status, body, err := c.do(http.MethodGet, path, token, "", "")
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("GET %s: %d %s", path, status, body)
	}
	return json.Unmarshal(body, into)
}

// dialMany opens the connections of a load.
func dialMany(addr string, n int) ([]*client, error) {
	out := make([]*client, n)
	for i := range out {
		var err error
		if out[i], err = dial(addr); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func closeAll(clients []*client) {
	for _, c := range clients {
		c.close()
	}
}
