package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// scanner splits a part into tokens. It reads what spreadsheets are written
// in: XML in UTF-8 whose names are ASCII, without declarations of its own, so
// that no entity stands for more than one character. A province's list has
// millions of tokens; a token that it gives lies in its buffer and costs no
// memory of its own. What it takes, encoding/xml takes, and in the same way: a
// fuzz test holds one against the other.
type scanner struct {
	src    io.ReadCloser
	budget *budget
	limits Limits
	buf    []byte
	from   int // where the current token begins
	at, n  int // what is read, and what there is
	made   token
	spare  []byte // texts that are not the bytes of the file
	closes bool   // the last tag closed itself
	err    error
}

// kind of a token.
type tokenKind byte

const (
	startTag tokenKind = iota + 1
	endTag
	charData
	aside // a comment or an instruction
)

// token is one token; all of it is valid until the next one.
type token struct {
	kind  tokenKind
	name  []byte // without its prefix
	text  []byte
	attrs []attribute
}

type attribute struct{ name, value []byte }

// attr returns an attribute by its local name.
func (t *token) attr(name string) string {
	for i := range t.attrs {
		if string(t.attrs[i].name) == name {
			return string(t.attrs[i].value)
		}
	}
	return ""
}

// What XML forbids.
var (
	errName    = errors.New("a name is missing, or not as the format has them")
	errTag     = errors.New("a tag is not as tags are")
	errComment = errors.New("a comment is not as comments are")
	errText    = errors.New("a text holds what texts may not")
	errVersion = errors.New("another version or coding of XML")
)

// scan returns the next token; io.EOF at the end of the part.
func (s *scanner) scan() (*token, error) {
	if s.closes {
		s.closes, s.made.kind = false, endTag
		return &s.made, nil
	}
	s.from, s.spare = s.at, s.spare[:0]
	s.made = token{attrs: s.made.attrs[:0]}
	c, err := s.peek()
	if err != nil {
		return nil, err
	}
	if c != '<' {
		return s.content()
	}
	s.at++
	switch c, err = s.must(); {
	case err != nil:
		return nil, err
	case c == '/':
		s.at++
		return s.endTag()
	case c == '?':
		s.at++
		return s.instruction()
	case c == '!':
		s.at++
		return s.marked()
	}
	return s.startTag()
}

// peek returns the next byte and leaves it there.
func (s *scanner) peek() (byte, error) {
	if s.at == s.n {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	return s.buf[s.at], nil
}

// must is peek within a token, where the part can't end.
func (s *scanner) must() (byte, error) {
	c, err := s.peek()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return c, err
}

// fill reads on. The bytes of the current token stay, and move to the front;
// one that is longer than allowed is cut off before it is held.
func (s *scanner) fill() error {
	if s.err != nil {
		return s.err
	}
	if s.from > 0 {
		s.n = copy(s.buf, s.buf[s.from:s.n])
		s.at -= s.from
		s.from = 0
	}
	if s.at > s.limits.Token {
		return s.fail(errBig)
	}
	if s.n == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := s.src.Read(s.buf[s.n:])
	if s.budget.left -= int64(n); s.budget.left < 0 {
		return s.fail(errBig)
	}
	if s.n += n; n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return s.fail(err)
}

func (s *scanner) fail(err error) error {
	if s.err == nil {
		s.err = err
	}
	return s.err
}

// done ends a token that was read.
func (s *scanner) done(kind tokenKind) (*token, error) {
	if s.at-s.from > s.limits.Token {
		return nil, s.fail(errBig)
	}
	s.made.kind = kind
	return &s.made, nil
}

// until reads to behind a mark and returns what stands before it.
func (s *scanner) until(mark string) ([]byte, error) {
	begin := s.at - s.from
	for look := begin; ; {
		token := s.buf[s.from:s.n]
		if k := bytes.Index(token[look:], []byte(mark)); k >= 0 {
			s.at = s.from + look + k + len(mark)
			return token[begin : look+k], nil
		}
		look = max(begin, len(token)-len(mark)+1)
		s.at = s.n
		if _, err := s.must(); err != nil {
			return nil, err
		}
	}
}

// content is a text up to the next tag or the end.
func (s *scanner) content() (*token, error) {
	for {
		if k := bytes.IndexByte(s.buf[s.at:s.n], '<'); k >= 0 {
			s.at += k
			break
		}
		s.at = s.n
		if _, err := s.peek(); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
	}
	raw := s.buf[s.from:s.at]
	if bytes.Contains(raw, []byte("]]>")) {
		return nil, errText
	}
	var err error
	if s.made.text, err = s.plainText(raw, true); err != nil {
		return nil, err
	}
	return s.done(charData)
}

// marked is what begins with "<!": a comment, a literal text, or a declaration.
func (s *scanner) marked() (*token, error) {
	for _, start := range []string{"--", "[CDATA["} {
		for i := 0; i < len(start); i++ {
			c, err := s.must()
			if err != nil {
				return nil, err
			}
			if c != start[i] && i > 0 {
				return nil, errComment
			}
			if c != start[i] {
				break
			}
			if s.at++; i == len(start)-1 {
				if start == "--" {
					return s.comment()
				}
				return s.literal()
			}
		}
	}
	return nil, errXML // a DOCTYPE, and with it entities
}

func (s *scanner) comment() (*token, error) {
	if _, err := s.until("--"); err != nil {
		return nil, err
	}
	c, err := s.must()
	if err != nil {
		return nil, err
	}
	if s.at++; c != '>' {
		return nil, errComment
	}
	return s.done(aside)
}

func (s *scanner) literal() (*token, error) {
	raw, err := s.until("]]>")
	if err != nil {
		return nil, err
	}
	if s.made.text, err = s.plainText(raw, false); err != nil {
		return nil, err
	}
	return s.done(charData)
}

// instruction is what begins with "<?"; that of XML itself may ask for no other
// coding than ours.
func (s *scanner) instruction() (*token, error) {
	name, err := s.name()
	if err != nil {
		return nil, err
	}
	xml := string(name) == "xml"
	if err := s.space(); err != nil {
		return nil, err
	}
	text, err := s.until("?>")
	if err != nil {
		return nil, err
	}
	if xml {
		version, coding := declared(string(text), "version"), declared(string(text), "encoding")
		if version != "" && version != "1.0" || coding != "" && !strings.EqualFold(coding, "utf-8") {
			return nil, errVersion
		}
	}
	return s.done(aside)
}

// declared returns what an XML declaration says of a name.
func declared(text, name string) string {
	for {
		_, rest, ok := strings.Cut(text, name+"=")
		if !ok || rest == "" {
			return ""
		}
		if rest[0] == '"' || rest[0] == '\'' {
			value, _, ok := strings.Cut(rest[1:], rest[:1])
			if !ok {
				return ""
			}
			return value
		}
		text = rest[1:]
	}
}
