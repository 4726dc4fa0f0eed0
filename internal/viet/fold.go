package viet

import (
	"strings"
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
