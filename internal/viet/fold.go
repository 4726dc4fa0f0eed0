package viet

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// NFC returns s in Unicode normal form C, the one form the server stores.
func NFC(s string) string { return norm.NFC.String(s) }

// IsNFC reports whether s is in Unicode normal form C already.
func IsNFC(s string) bool { return norm.NFC.IsNormalString(s) }

// Fold returns s in lower case without marks, with đ as d, so that
// "Đường", "duong" and the decomposed spelling of either compare equal.
func Fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	if folded, ok := foldFast(s); ok {
		return folded
	}
	return foldSlow(s)
}

// foldFast folds text of ASCII and of the letters in the table: all that is
// written in Vietnamese, composed.
func foldFast(s string) (string, bool) {
	table := latin()
	out := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case 'A' <= r && r <= 'Z':
			out = append(out, byte(r)+'a'-'A')
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case int(r) < len(table) && table[r] != 0:
			out = append(out, table[r])
		default:
			return "", false
		}
	}
	return string(out), true
}

// latin holds the one sign into which a letter is folded, for the letters of
// Latin that fold into one of ASCII.
var latin = sync.OnceValue(func() *[0x1f00]byte {
	var t [0x1f00]byte
	for r := rune(0xc0); r < rune(len(t)); r++ {
		if r == 0x250 {
			r = 0x1e00
		}
		if f := foldSlow(string(r)); len(f) == 1 {
			t[r] = f[0]
		}
	}
	return &t
})

// foldSlow folds any text.
func foldSlow(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	// The normaliser passes broken bytes on, and text beside them unnormalised.
	for _, r := range norm.NFD.String(strings.ToValidUTF8(s, "\ufffd")) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		r = unicode.ToLower(unifyD(r))
		if r == 'đ' {
			r = 'd'
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

// unifyD maps the Icelandic and African letters that look like Đ onto it.
// Old Vietnamese fonts and converters left them in many files, and nobody
// who reads the page can tell.
func unifyD(r rune) rune {
	switch r {
	case 'Ð', 'Ɖ':
		return 'Đ'
	case 'ð', 'ɖ':
		return 'đ'
	}
	return r
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
