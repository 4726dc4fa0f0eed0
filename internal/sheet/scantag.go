package sheet

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// span is a piece of the current token, counted from where it begins: the
// buffer moves while a token is read.
type span struct{ from, to int }

func (s *scanner) piece(p span) []byte { return s.buf[s.from+p.from : s.from+p.to] }

// The classes of bytes.
const (
	nameByte  = 1 << iota // may stand in a name
	nameStart             // may begin one
	blank
	plainByte // stands for itself in a text
)

var classes = func() (c [256]byte) {
	for b := 'a'; b <= 'z'; b++ {
		c[b], c[b-'a'+'A'] = nameByte|nameStart, nameByte|nameStart
	}
	for b := '0'; b <= '9'; b++ {
		c[b] = nameByte
	}
	c['-'], c['.'], c['_'], c[':'] = nameByte, nameByte, nameByte|nameStart, nameByte|nameStart
	for _, b := range " \t\r\n" {
		c[b] = blank
	}
	for b := ' '; b <= 0x7f; b++ {
		c[b] |= plainByte
	}
	c['\t'] |= plainByte
	c['\n'] |= plainByte
	c['&'] &^= plainByte
	return c
}()

func (s *scanner) space() error {
	for {
		for ; s.at < s.n; s.at++ {
			if classes[s.buf[s.at]]&blank == 0 {
				return nil
			}
		}
		if _, err := s.must(); err != nil {
			return err
		}
	}
}

// name reads a name with its prefix.
func (s *scanner) name() ([]byte, error) {
	p, err := s.nameSpan()
	if err != nil {
		return nil, err
	}
	return s.piece(p), nil
}

func (s *scanner) nameSpan() (p span, err error) {
	p.from = s.at - s.from
	for {
		for ; s.at < s.n; s.at++ {
			if classes[s.buf[s.at]]&nameByte == 0 {
				if p.to = s.at - s.from; p.to == p.from || s.buf[s.at] >= utf8.RuneSelf || classes[s.buf[s.from+p.from]]&nameStart == 0 {
					return p, errName
				}
				return p, nil
			}
		}
		if _, err := s.must(); err != nil {
			return p, err
		}
	}
}

// local returns a name without its prefix.
func local(name []byte) ([]byte, error) {
	k := bytes.IndexByte(name, ':')
	switch {
	case k < 0:
		return name, nil
	case bytes.IndexByte(name[k+1:], ':') >= 0:
		return nil, errName
	case k == 0 || k == len(name)-1:
		return name, nil
	}
	return name[k+1:], nil
}

func (s *scanner) endTag() (*token, error) {
	p, err := s.nameSpan()
	if err != nil {
		return nil, err
	}
	if err := s.space(); err != nil {
		return nil, err
	}
	if s.buf[s.at] != '>' {
		return nil, errTag
	}
	s.at++
	if s.made.name, err = local(s.piece(p)); err != nil {
		return nil, err
	}
	return s.done(endTag)
}

// startTag reads a tag to its end and then looks at its parts, for until then
// the buffer may move.
func (s *scanner) startTag() (*token, error) {
	name, err := s.nameSpan()
	if err != nil {
		return nil, err
	}
	var few [16]span
	parts := few[:0] // name and value of each attribute
	for {
		if err := s.space(); err != nil {
			return nil, err
		}
		switch s.buf[s.at] {
		case '>':
			s.at++
			return s.tag(name, parts)
		case '/':
			s.at++
			c, err := s.must()
			if err != nil {
				return nil, err
			}
			if s.at++; c != '>' {
				return nil, errTag
			}
			s.closes = true
			return s.tag(name, parts)
		}
		k, v, err := s.attribute()
		if err != nil {
			return nil, err
		}
		parts = append(parts, k, v)
	}
}

func (s *scanner) attribute() (k, v span, err error) {
	if k, err = s.nameSpan(); err != nil {
		return k, v, err
	}
	if err := s.space(); err != nil {
		return k, v, err
	}
	if s.buf[s.at] != '=' {
		return k, v, errTag
	}
	s.at++
	if err := s.space(); err != nil {
		return k, v, err
	}
	quote := s.buf[s.at]
	if quote != '"' && quote != '\'' {
		return k, v, errTag
	}
	s.at++
	v.from = s.at - s.from
	for {
		if end := bytes.IndexByte(s.buf[s.at:s.n], quote); end >= 0 {
			s.at += end + 1
			v.to = s.at - 1 - s.from
			return k, v, nil
		}
		s.at = s.n
		if _, err := s.must(); err != nil {
			return k, v, err
		}
	}
}

func (s *scanner) tag(name span, parts []span) (t *token, err error) {
	if s.made.name, err = local(s.piece(name)); err != nil {
		return nil, err
	}
	for i := 0; i < len(parts); i += 2 {
		var a attribute
		if a.name, err = local(s.piece(parts[i])); err != nil {
			return nil, err
		}
		raw := s.piece(parts[i+1])
		if bytes.IndexByte(raw, '<') >= 0 {
			return nil, errText
		}
		if a.value, err = s.plainText(raw, true); err != nil {
			return nil, err
		}
		s.made.attrs = append(s.made.attrs, a)
	}
	return s.done(startTag)
}

// plainText returns what a text stands for: the bytes themselves where nothing
// is escaped, else a copy in spare.
func (s *scanner) plainText(raw []byte, escapes bool) ([]byte, error) {
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case classes[c]&plainByte != 0:
			i++
		case c == '&' && !escapes:
			i++
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(raw[i:])
			if r == utf8.RuneError && size == 1 || r > 0xfffd && r < 0x10000 {
				return nil, errText
			}
			i += size
		case c == '&' || c == '\r':
			return s.rewritten(raw, i, escapes)
		default:
			return nil, errText
		}
	}
	return raw, nil
}

// rewritten is plainText from the first byte on that doesn't stand for itself.
// References are replaced, and all ends of lines are one.
func (s *scanner) rewritten(raw []byte, i int, escapes bool) ([]byte, error) {
	begin := len(s.spare)
	s.spare = append(s.spare, raw[:i]...)
	for i < len(raw) {
		switch c := raw[i]; {
		case c == '\r':
			if s.spare = append(s.spare, '\n'); i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
			i++
		case c == '&' && escapes:
			r, size := reference(raw[i:])
			if size == 0 {
				return nil, errText
			}
			s.spare, i = utf8.AppendRune(s.spare, r), i+size
		default:
			s.spare, i = append(s.spare, c), i+1
		}
	}
	text := s.spare[begin:len(s.spare):len(s.spare)]
	for j := 0; j < len(text); {
		r, size := utf8.DecodeRune(text[j:])
		if r == utf8.RuneError && size == 1 || r < ' ' && r != '\t' && r != '\n' && r != '\r' || r > 0xfffd && r < 0x10000 {
			return nil, errText
		}
		j += size
	}
	return text, nil
}

// reference reads "&amp;" and "&#38;" and their like; size 0 is none.
func reference(s []byte) (r rune, size int) {
	end := bytes.IndexByte(s, ';')
	if end < 0 {
		return 0, 0
	}
	switch name := string(s[1:end]); name {
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "amp":
		return '&', end + 1
	case "quot":
		return '"', end + 1
	case "apos":
		return '\'', end + 1
	default:
		if len(name) < 2 || name[0] != '#' {
			return 0, 0
		}
		digits, base := name[1:], 10
		if digits[0] == 'x' {
			digits, base = digits[1:], 16
		}
		n, err := strconv.ParseUint(digits, base, 64)
		if err != nil || n > unicode.MaxRune {
			return 0, 0
		}
		return rune(n), end + 1
	}
}
