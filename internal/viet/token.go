package viet

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Token is one word of a text.
type Token struct {
	// Fold is the word as Fold gives it.
	Fold string
	// Exact is the word as Exact gives it: marks kept, one spelling.
	Exact string
	// Start and End are the byte offsets of the word in the text.
	Start, End int
}

// Tokens returns the words of s in order. A word is a run of letters and
// digits with the combining marks that follow them, so composed and
// decomposed text give the same words.
func Tokens(s string) []Token {
	var out []Token
	for start, end := range Spans(s) {
		w := s[start:end]
		out = append(out, Token{Fold: Fold(w), Exact: Exact(w), Start: start, End: end})
	}
	return out
}

// Spans yields the start and end offsets of each word of s. It is Tokens
// without the cost of folding, for callers that remember words.
func Spans(s string) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for at := 0; at < len(s); {
			start, end := nextWord(s, at)
			if start == end || !yield(start, end) {
				return
			}
			at = end
		}
	}
}

// nextWord finds the first word at or after from; both results are equal
// when there is none.
func nextWord(s string, from int) (start, end int) {
	start = -1
	for i := from; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case isWord(r):
			if start < 0 {
				start = i
			}
		case start >= 0 && !unicode.IsMark(r):
			return start, i
		}
		i += size
	}
	if start < 0 {
		return len(s), len(s)
	}
	return start, len(s)
}

func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	// The letters of Vietnamese, which the tables are slow to find.
	if r >= 0xc0 && r < 0x250 {
		return r != '×' && r != '÷'
	}
	if r >= 0x1ea0 && r <= 0x1ef9 {
		return true
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// Syllables returns the number of words in s. In Vietnamese a written word
// between blanks is one syllable, the unit in which reading time is counted.
func Syllables(s string) int {
	n := 0
	for range Spans(s) {
		n++
	}
	return n
}

// Exact returns the lower-case NFC form of one word with its tone mark moved
// to the traditional vowel, so that hoà and hòa are the same word.
func Exact(word string) string {
	if isASCII(word) {
		return strings.ToLower(word)
	}
	lower := strings.Map(func(r rune) rune { return unicode.ToLower(unifyD(r)) }, NFC(word))
	return placeTone(NFC(lower))
}
