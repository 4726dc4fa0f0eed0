package richtext

import (
	"strings"
	"unicode/utf8"
)

// Sanitize returns the HTML with only the elements and attributes the
// handbook keeps, properly nested and in NFC. Headings and foreign blocks
// become paragraphs, the contents of scripts and styles go, other tags go
// and leave their text. Sanitizing twice is the same as once.
func Sanitize(html string) string {
	// Composing waits until the tags are read: a mark after ">" would eat it.
	return shape(newPolicy().Sanitize(bound(html)))
}

// bound cuts s at maxBytes and drops what no text may hold: invalid UTF-8 and
// control characters other than tab and line ends.
func bound(s string) string {
	if len(s) > maxBytes {
		cut := maxBytes
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut]
	}
	return clean(strings.ToValidUTF8(s, "\ufffd"))
}

// clean drops control characters and noncharacters, and makes every line end
// a single line feed.
func clean(s string) string {
	if strings.ContainsRune(s, '\r') {
		s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return r
		case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xfffe, r == 0xffff:
			return -1
		}
		return r
	}, s)
}
