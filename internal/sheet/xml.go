package sheet

import (
	"errors"
	"io"
)

// xmlReader reads the tokens of a part within the limits: what each token is
// comes from its scanner, how they nest is tested here.
type xmlReader struct {
	scanner
	names  []byte // of the open elements, one behind the other
	ends   []int  // where each of them ends
	rooted bool
}

func newXMLReader(src io.ReadCloser, b *budget, l Limits) *xmlReader {
	return &xmlReader{scanner: scanner{src: src, budget: b, limits: l, buf: make([]byte, 32<<10)}}
}

// next returns the next token, valid until the one after it; io.EOF once the
// root element is closed and the part is read to its checksum.
func (x *xmlReader) next() (*token, error) {
	t, err := x.scan() // local names are compared here, spaces of names not at all
	if err != nil {
		return nil, x.ended(err)
	}
	switch t.kind {
	case startTag:
		if len(x.ends) >= x.limits.Depth {
			return nil, errBig
		}
		if len(x.ends) == 0 && x.rooted {
			return nil, damaged(errors.New("a second root"))
		}
		x.names, x.rooted = append(x.names, t.name...), true
		x.ends = append(x.ends, len(x.names))
	case endTag:
		last := len(x.ends) - 1
		if last < 0 {
			return nil, damaged(errors.New("an end without a beginning"))
		}
		from := 0
		if last > 0 {
			from = x.ends[last-1]
		}
		if string(x.names[from:]) != string(t.name) {
			return nil, damaged(errors.New("elements overlap"))
		}
		x.names, x.ends = x.names[:from], x.ends[:last]
	}
	return t, nil
}

// ended tells the end of a sound part from any other.
func (x *xmlReader) ended(err error) error {
	if errors.Is(err, io.EOF) && len(x.ends) == 0 && x.rooted {
		return io.EOF
	}
	return damaged(err)
}

func (x *xmlReader) close() { _ = x.src.Close() }

// each calls fn for every element that begins, until fn fails or the part ends.
func (x *xmlReader) each(fn func(e *token) error) error {
	for {
		t, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if t.kind == startTag {
			if err := fn(t); err != nil {
				return err
			}
		}
	}
}
