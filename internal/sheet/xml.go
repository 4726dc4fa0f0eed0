package sheet

import (
	"encoding/xml"
	"errors"
	"io"
)

// xmlReader reads the tokens of a part within the limits. The decoder takes its
// bytes one by one from here, so that a token that never ends is cut off before
// it is held in memory.
type xmlReader struct {
	src    io.ReadCloser
	budget *budget
	limits Limits
	dec    *xml.Decoder
	buf    []byte
	at, n  int
	token  int // bytes of the current token
	open   []string
	rooted bool
	err    error
}

func newXMLReader(src io.ReadCloser, b *budget, l Limits) *xmlReader {
	x := &xmlReader{src: src, budget: b, limits: l, buf: make([]byte, 32<<10)}
	x.dec = xml.NewDecoder(x)
	return x
}

// ReadByte feeds the decoder.
func (x *xmlReader) ReadByte() (byte, error) {
	if x.at == x.n {
		if err := x.fill(); err != nil {
			return 0, err
		}
	}
	if x.token++; x.token > x.limits.Token {
		return 0, x.fail(errBig)
	}
	c := x.buf[x.at]
	x.at++
	return c, nil
}

// Read is there because the decoder wants an io.Reader; it uses ReadByte.
func (x *xmlReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := x.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}

func (x *xmlReader) fill() error {
	if x.err != nil {
		return x.err
	}
	n, err := x.src.Read(x.buf)
	if x.budget.left -= int64(n); x.budget.left < 0 {
		return x.fail(errBig)
	}
	if x.at, x.n = 0, n; n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return x.fail(err)
}

func (x *xmlReader) fail(err error) error {
	if x.err == nil {
		x.err = err
	}
	return x.err
}

// next returns the next token, valid until the one after it; io.EOF once the
// root element is closed and the part is read to its checksum.
func (x *xmlReader) next() (xml.Token, error) {
	x.token = 0
	t, err := x.dec.RawToken() // names are compared here, spaces of names not at all
	if err != nil {
		return nil, x.ended(err)
	}
	switch e := t.(type) {
	case xml.StartElement:
		if len(x.open) >= x.limits.Depth {
			return nil, errBig
		}
		if len(x.open) == 0 && x.rooted {
			return nil, damaged(errors.New("a second root"))
		}
		x.open, x.rooted = append(x.open, e.Name.Local), true
	case xml.EndElement:
		last := len(x.open) - 1
		if last < 0 || x.open[last] != e.Name.Local {
			return nil, damaged(errors.New("elements overlap"))
		}
		x.open = x.open[:last]
	case xml.Directive:
		return nil, errXML // a DOCTYPE, and with it entities
	}
	return t, nil
}

// ended tells the end of a sound part from any other.
func (x *xmlReader) ended(err error) error {
	if x.err != nil && x.err != io.EOF {
		return damaged(x.err)
	}
	if errors.Is(err, io.EOF) && len(x.open) == 0 && x.rooted {
		return io.EOF
	}
	return damaged(err)
}

func (x *xmlReader) close() { _ = x.src.Close() }

// attr returns an attribute by its local name.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// each calls fn for every element that begins, until fn fails or the part ends.
func (x *xmlReader) each(fn func(e xml.StartElement) error) error {
	for {
		t, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := t.(xml.StartElement); ok {
			if err := fn(e); err != nil {
				return err
			}
		}
	}
}
