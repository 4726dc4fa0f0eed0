package search

import (
	"errors"
	"slices"
	"unicode/utf8"

	"sotay/internal/viet"
)

var (
	// ErrEmptyQuery is returned when a query holds no word.
	ErrEmptyQuery = errors.New("query holds no word")
	// ErrQueryTooLong is returned for more than 16 words or 200 characters.
	ErrQueryTooLong = errors.New("query is too long")
)

const (
	maxQueryWords = 16
	maxQueryChars = 200
	defaultLimit  = 20
	maxLimit      = 200
)

// Query says what to look for.
type Query struct {
	// Text is what the reader typed. Words must all occur in one entry; words
	// in quotation marks must follow each other.
	Text string
	// Kinds limits the hits to these kinds; none means all.
	Kinds []Kind
	// Visible says whether the reader may see an owner's entries. It is asked
	// once per owner and search; nil shows nothing, so that a forgotten check
	// cannot leak.
	Visible func(ownerID string) bool
	// Limit is the number of hits wanted: 20 when it is 0, at most 200.
	Limit int
	// After continues behind an earlier page.
	After *Position
}

// word is one word of a query.
type word struct {
	fold, exact string
	marked      bool // typed with marks, so its spelling counts
}

// unit is what must be found in an entry: one word, or a phrase.
type unit []word

// parsed is a query taken apart.
type parsed struct {
	units []unit
	// all is every word in order: where the whole query stands in one piece,
	// an entry ranks higher. Nil when the query is one unit anyway.
	all unit
}

func parse(text string) (parsed, error) {
	if len(text) > 4*maxQueryChars*3 {
		return parsed{}, ErrQueryTooLong
	}
	text = viet.NFC(text)
	if utf8.RuneCountInString(text) > maxQueryChars {
		return parsed{}, ErrQueryTooLong
	}
	var p parsed
	for i, piece := range splitQuotes(text) {
		words := wordsOf(piece)
		p.all = append(p.all, words...)
		if i%2 == 1 {
			p.add(words)
			continue
		}
		for _, w := range words {
			p.add(unit{w})
		}
	}
	switch {
	case len(p.all) == 0:
		return parsed{}, ErrEmptyQuery
	case len(p.all) > maxQueryWords:
		return parsed{}, ErrQueryTooLong
	case len(p.units) == 1 && len(p.all) == len(p.units[0]):
		p.all = nil
	}
	return p, nil
}

// add appends a unit that is not there yet.
func (p *parsed) add(u unit) {
	if len(u) == 0 || slices.ContainsFunc(p.units, func(v unit) bool { return slices.Equal(u, v) }) {
		return
	}
	p.units = append(p.units, u)
}

// splitQuotes cuts the text at quotation marks, straight or curly; every
// second piece was quoted. A quotation never ended is read as plain words.
func splitQuotes(text string) []string {
	var pieces []string
	start := 0
	for i, r := range text {
		switch r {
		case '"', '“', '”', '„', '«', '»':
			pieces = append(pieces, text[start:i])
			start = i + utf8.RuneLen(r)
		}
	}
	rest := text[start:]
	if len(pieces)%2 == 1 {
		last := len(pieces) - 1
		pieces[last] += " " + rest
		return pieces
	}
	return append(pieces, rest)
}

func wordsOf(s string) unit {
	var out unit
	for _, t := range viet.Tokens(s) {
		out = append(out, word{fold: t.Fold, exact: t.Exact, marked: t.Exact != t.Fold})
	}
	return out
}
