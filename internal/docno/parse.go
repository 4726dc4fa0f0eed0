package docno

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sotay/internal/viet"
)

// ErrInvalid is returned for text that is no number of a document.
var ErrInvalid = errors.New("not a document number and symbol")

// maxLen bounds the text that is looked at; real ones have about 20 letters.
const maxLen = 100

// Parse reads a number and symbol as people type it: blanks around the
// dashes, long dashes, "Số" or the type's name in front, missing marks, lower
// case, the symbol left out. It also reads the style of state bodies.
func Parse(s string) (Number, error) {
	if len(s) > maxLen || !utf8.ValidString(s) {
		return Number{}, ErrInvalid
	}
	digits, rest := split(tidy(s))
	number, err := strconv.Atoi(digits)
	if err != nil || number < 1 {
		return Number{}, ErrInvalid
	}
	if rest == "" {
		return Number{Number: number}, nil
	}
	return parseSuffix(number, rest)
}

// tidy composes the text, makes all dashes one and drops blanks around
// separators and the words before the number.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Pd, r) || r == '−' {
			return '-'
		}
		return r
	}, viet.NFC(s))
	s = strings.Join(strings.Fields(s), " ")
	s = regexp.MustCompile(` ?([-/]) ?`).ReplaceAllString(s, "$1")
	return dropLead(s)
}

// dropLead takes "Kế hoạch số:" and the like off the front: the name of a
// known type, then the word for number, both optional.
func dropLead(s string) string {
	for _, t := range Types() {
		if rest, ok := cutFold(s, t.Name); ok {
			s = rest
			break
		}
	}
	for _, word := range []string{"Số", "No.", "No"} {
		if rest, ok := cutFold(s, word); ok {
			s = rest
			break
		}
	}
	return strings.TrimLeft(s, " :.")
}

// cutFold cuts a prefix that is equal but for marks and case and does not end
// within a word.
func cutFold(s, prefix string) (string, bool) {
	want := viet.Fold(prefix)
	end := 0
	for range utf8.RuneCountInString(want) {
		_, size := utf8.DecodeRuneInString(s[end:])
		end += size
	}
	if viet.Fold(s[:end]) != want {
		return s, false
	}
	rest := s[end:]
	if r, _ := utf8.DecodeRuneInString(rest); unicode.IsLetter(r) || rest == "" {
		return s, false
	}
	return strings.TrimLeft(rest, " "), true
}

// split separates up to five leading digits from the rest.
func split(s string) (digits, rest string) {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if end > 5 {
		return "", s
	}
	return s[:end], s[end:]
}

// parseSuffix reads what follows the digits. Only a known type symbol may
// follow without a dash: "15a" is no document of type A.
func parseSuffix(number int, rest string) (Number, error) {
	sep, body := rest[:1], rest[1:]
	switch sep {
	case "-", "/":
	case " ":
		sep = "-"
	default:
		sep, body = "-", rest
		if first, _ := cutCode(body); !isTypeSymbol(canonical(first)) {
			return Number{}, ErrInvalid
		}
	}
	year := ""
	if sep == "/" && len(body) > 5 && isYear(body[:4]) && body[4] == '/' {
		year, body = body[:4], body[5:]
	}
	first, tail := cutCode(body)
	if first == "" || !hasLetter(first) {
		return Number{}, ErrInvalid
	}
	join, issuer := "", ""
	if tail != "" {
		join, issuer = tail[:1], tail[1:]
		if !isIssuer(issuer) {
			return Number{}, ErrInvalid
		}
	}
	return compose(number, sep, year, canonical(first), join, canonical(issuer)), nil
}

// compose decides between the Party's style and the state's. A slash between
// type and issuer is the Party's even when the dash was typed as a slash, and
// a dash between them is forgiven when a dash came first.
func compose(number int, sep, year, symbol, join, issuer string) Number {
	if sep == "-" || year == "" && join == "/" {
		return party(number, symbol, issuer)
	}
	return state(number, year, symbol, issuer)
}

// cutCode cuts the first run of letters and digits.
func cutCode(s string) (code, rest string) {
	for i, r := range s {
		if !isCodeRune(r) {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

func isCodeRune(r rune) bool {
	return unicode.IsLetter(r) || r >= '0' && r <= '9'
}

// isIssuer accepts letters, digits and single separators between them.
func isIssuer(s string) bool {
	prev := '.'
	for _, r := range s {
		sep := r == '-' || r == '.' || r == '/'
		if !sep && !isCodeRune(r) || sep && !isCodeRune(prev) {
			return false
		}
		prev = r
	}
	return isCodeRune(prev) && hasLetter(s)
}

func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

func isYear(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 1900 && n < 2200
}
