package viet

import (
	"strings"
	"unicode"
)

// unseen tells whether a rune takes no place on paper: it joins, parts or turns
// what stands around it, or ends a line. Two names that differ in one look the
// same, and one that turns the direction makes a name read as another.
func unseen(r rune) bool { return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) }

// HasUnseen tells whether a text holds characters that nobody can see.
func HasUnseen(s string) bool { return strings.ContainsFunc(s, unseen) }

// Seen returns a text without the characters that nobody can see.
func Seen(s string) string {
	if !HasUnseen(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unseen(r) {
			return -1
		}
		return r
	}, s)
}
