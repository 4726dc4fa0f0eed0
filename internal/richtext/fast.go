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
		n := 0
		switch c := src[i]; {
		case c == '<':
			n = w.tag(src[i:])
		case c == '&':
			n = w.entity(src[i:])
		case c == ' ' || c == '\n' || c == '\t':
			w.blank, n = true, 1
		default:
			n = w.words(src[i:])
		}
		if n == 0 {
			return "", false
		}
		i += n
	}
	if w.odd {
		return viet.NFC(w.b.String()), true
	}
	return w.b.String(), true
}

// words copies words with single blanks between them, as they stand, and
// returns how much it took; 0 when there is something that may not be.
func (w *flat) words(s string) int {
	at := 0
	for at < len(s) {
		c := s[at]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[at:])
			if r < 0xa0 || r == 0xfffe || r == 0xffff {
				return 0
			}
			if unicode.IsSpace(r) {
				if at == 0 {
					w.blank = true
					return size
				}
				break
			}
			w.odd = w.odd || !settled(r)
			at += size
			continue
		}
		if c == ' ' && at > 0 && at+1 < len(s) && s[at+1] > ' ' && s[at+1] < utf8.RuneSelf && s[at+1] != '<' && s[at+1] != '&' {
			at++
			continue
		}
		if c == '<' || c == '&' || c == ' ' || c == '\n' || c == '\t' {
			break
		}
		if c < ' ' || c == 0x7f {
			return 0
		}
		at++
	}
	w.settle()
	w.b.WriteString(s[:at])
	return at
}

// settled tells of most runes that a text of nothing else is in NFC, whatever
// stands beside them: they neither compose nor decompose any further.
func settled(r rune) bool {
	return r < 0x300 || r >= 0x1e00 && r <= 0x1eff || r >= 0x2010 && r <= 0x205e
}

// flat writes words with single blanks and line ends between them.
type flat struct {
	b           strings.Builder
	blank, line bool // what stands between the last word and the next
	odd         bool // there is a rune that may not be in NFC where it stands
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
