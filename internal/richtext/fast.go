package richtext

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sotay/internal/viet"
)

// plainFast is PlainText for HTML as Sanitize writes it, in one pass without a
// tokenizer: at the start of a server it reads all that is out. ok is false
// for anything else.
func plainFast(src string) (text string, ok bool) {
	if len(src) > maxBytes || !utf8.ValidString(src) {
		return "", false
	}
	w := flat{}
	w.b.Grow(len(src))
	for i := 0; i < len(src); {
		switch c := src[i]; {
		case c == '<':
			n := w.tag(src[i:])
			if n == 0 {
				return "", false
			}
			i += n
		case c == '&':
			n := w.entity(src[i:])
			if n == 0 {
				return "", false
			}
			i += n
		case c == ' ' || c == '\n' || c == '\t':
			w.blank = true
			i++
		case c < ' ' || c == 0x7f:
			return "", false
		case c < utf8.RuneSelf:
			w.settle()
			w.b.WriteByte(c)
			i++
		default:
			r, size := utf8.DecodeRuneInString(src[i:])
			switch {
			case r < 0xa0 || r == 0xfffe || r == 0xffff:
				return "", false
			case unicode.IsSpace(r):
				w.blank = true
			default:
				w.settle()
				w.b.WriteString(src[i : i+size])
			}
			i += size
		}
	}
	return viet.NFC(w.b.String()), true
}

// flat writes words with single blanks and line ends between them.
type flat struct {
	b           strings.Builder
	blank, line bool // what stands between the last word and the next
}

func (w *flat) settle() {
	if w.b.Len() > 0 {
		switch {
		case w.line:
			w.b.WriteByte('\n')
		case w.blank:
			w.b.WriteByte(' ')
		}
	}
	w.blank, w.line = false, false
}

// tag reads a tag and returns its length, 0 for one that Sanitize would not
// have written.
func (w *flat) tag(s string) int {
	at := 1
	if at < len(s) && s[at] == '/' {
		at++
	}
	from := at
	for at < len(s) && (s[at] >= 'a' && s[at] <= 'z' || at > from && s[at] >= '0' && s[at] <= '9') {
		at++
	}
	name := s[from:at]
	if name == "" || at == len(s) || holdsRaw(name) {
		return 0
	}
	switch s[at] {
	case '>', ' ', '/':
	default:
		return 0
	}
	for ; at < len(s); at++ {
		switch s[at] {
		case '>':
			switch breakOf(name) {
			case "\n":
				w.line = true
			case " ":
				w.blank = true
			}
			return at + 1
		case '"':
			if s[at-1] != '=' {
				return 0
			}
			end := strings.IndexByte(s[at+1:], '"')
			if end < 0 {
				return 0
			}
			at += end + 1
		case '\'', '<', '&', '`':
			return 0
		}
	}
	return 0
}

// holdsRaw tells whether what follows a tag is no HTML.
func holdsRaw(name string) bool {
	switch name {
	case "script", "style", "template", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript", "plaintext":
		return true
	}
	return false
}

// entity reads one of the entities that are written by html.EscapeString.
func (w *flat) entity(s string) int {
	for _, e := range [...]struct{ name, text string }{{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&#34;", `"`}, {"&#39;", "'"}} {
		if strings.HasPrefix(s, e.name) {
			w.settle()
			w.b.WriteString(e.text)
			return len(e.name)
		}
	}
	return 0
}
