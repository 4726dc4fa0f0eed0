package ident

import (
	"crypto/rand"
	"strings"
	"unicode"
)

// codeLetters is the length of a code, codeGroup how many stand together when
// it is printed.
const (
	codeLetters = 20
	codeGroup   = 5
)

// Code returns 100 random bits in 20 characters. Whoever has it knows it from
// paper: nobody guesses it.
func Code() string {
	var b [13]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return encoding.EncodeToString(b[:])[:codeLetters]
}

// PrintCode writes a code as it stands on paper: in capitals and groups.
func PrintCode(code string) string {
	var b strings.Builder
	for i, c := range strings.ToUpper(code) {
		if i > 0 && i%codeGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// ParseCode reads a code as people type it: in either case, with spaces and
// hyphens anywhere, and with the letters that our alphabet leaves out because
// they look like digits.
func ParseCode(typed string) (code string, ok bool) {
	var b strings.Builder
	for _, r := range typed {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			continue
		}
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		switch r {
		case 'o':
			r = '0'
		case 'i', 'l':
			r = '1'
		}
		if b.Len() == codeLetters || !strings.ContainsRune(alphabet, r) {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), b.Len() == codeLetters
}
