package ingest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"sotay/internal/viet"
)

// ClassifiedLine reports whether a text of one line, such as a title, a
// heading or the name of a file, is marked as a state secret. In a body a mark
// is a line of its own; in a line it stands before or behind the words, in
// brackets, between signs, or in capitals amid small letters. Words that have
// "mật" in them, and sentences that speak of degrees of secrecy, do not count.
// A text of several lines is read line by line.
func ClassifiedLine(text string) bool {
	if ClassifiedMark(text) {
		return true
	}
	for line := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == '\n' || c == '\r' }) {
		if marksLine(plainLetters(line)) {
			return true
		}
	}
	return false
}

var (
	bracketed = regexp.MustCompile(`[(\[{]([^()\[\]{}]*)[)\]}]`)
	suffix    = regexp.MustCompile(`\.[A-Za-z0-9]{2,5}$`)
	wordsOf   = regexp.MustCompile(`[\pL\pM]+`)
)

func marksLine(s string) bool {
	for _, m := range bracketed.FindAllStringSubmatch(s, -1) {
		if isStamp(strings.ToUpper(m[1])) { // in brackets small letters do as well
			return true
		}
	}
	l := &line{text: strings.TrimSpace(suffix.ReplaceAllString(s, ""))}
	l.words = wordsOf.FindAllStringIndex(l.text, -1)
	for k := range l.words {
		if l.namesDegree(k) || l.isStamped(k) {
			return true
		}
	}
	return false
}

// line is a line and where its words stand.
type line struct {
	text  string
	words [][]int
}

func (l *line) word(k int) string {
	if k < 0 || k >= len(l.words) {
		return ""
	}
	return l.text[l.words[k][0]:l.words[k][1]]
}

// before is what stands between a word and the one before it.
func (l *line) before(k int) string {
	from, to := 0, len(l.text)
	if k > 0 {
		from = l.words[k-1][1]
	}
	if k < len(l.words) {
		to = l.words[k][0]
	}
	return l.text[from:to]
}

// apart tells whether a sign or an end stands before a word.
func (l *line) apart(k int) bool {
	return k == 0 || k == len(l.words) || strings.Trim(l.before(k), " ,;\t\"'“”") != ""
}

// isProse tells whether the word before makes a sentence or another word of
// what follows: "bí mật", "độ Tối mật".
func (l *line) isProse(k int) bool {
	return !l.apart(k) && slices.Contains([]string{"độ", "mức", "loại", "cấp", "dấu", "bí", "bảo", "cơ", "không"}, strings.ToLower(l.word(k-1)))
}

// capital tells whether a word is in capitals; there is none beside the line.
func (l *line) capital(k int) bool {
	w := l.word(k)
	return w != "" && w == strings.ToUpper(w)
}

// namesDegree finds "tối mật" and "tuyệt mật" at a word, with or without
// diacritics, where it is no part of a sentence.
func (l *line) namesDegree(k int) bool {
	if !isOneOf(l.word(k), "tối", "toi", "tuyệt", "tuyet") || !isOneOf(l.word(k+1), "mật", "mat") || l.isProse(k) {
		return false
	}
	capitals := l.capital(k) && l.capital(k+1)
	sentence := strings.HasSuffix(l.text, "?") || strings.HasSuffix(l.text, ".")
	switch first, last := k == 0, k+2 == len(l.words); {
	case l.apart(k) && l.apart(k+2):
		return true
	case capitals && !l.capital(k-1) && !l.capital(k+2):
		return true
	case first || last:
		return capitals || !sentence
	}
	return false
}

// isStamped finds "MẬT" at a word: between signs, or amid small letters.
func (l *line) isStamped(k int) bool {
	if l.word(k) != "MẬT" || l.isProse(k) {
		return false
	}
	return l.apart(k) && l.apart(k+1) || !l.capital(k-1) && !l.capital(k+1)
}

func isOneOf(word string, list ...string) bool { return slices.Contains(list, strings.ToLower(word)) }

// plainLetters gives letters that look like those of a mark as these: of other
// alphabets, of full width, and with signs between them that nobody sees.
func plainLetters(s string) string {
	decomposed := norm.NFKD.String(strings.ToValidUTF8(s, "\ufffd"))
	return viet.NFC(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		if latin, ok := lookAlikes[r]; ok {
			return latin
		}
		return r
	}, decomposed))
}

// lookAlikes are the Cyrillic and Greek letters of "mật", "tối" and "tuyệt".
var lookAlikes = map[rune]rune{
	'М': 'M', 'А': 'A', 'Т': 'T', 'О': 'O', 'І': 'I', 'Е': 'E', 'У': 'Y', 'Ү': 'Y',
	'м': 'm', 'а': 'a', 'т': 't', 'о': 'o', 'і': 'i', 'е': 'e', 'у': 'y', 'ү': 'y',
	'Μ': 'M', 'Α': 'A', 'Τ': 'T', 'Ο': 'O', 'Ι': 'I', 'Ε': 'E', 'Υ': 'Y',
	'α': 'a', 'τ': 't', 'ο': 'o', 'ι': 'i', 'ε': 'e', 'υ': 'u', 'μ': 'm',
}
