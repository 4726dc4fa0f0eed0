package search

import (
	"html"
	"iter"
	"strings"
	"unicode/utf8"

	"sotay/internal/viet"
)

const (
	snippetChars = 160
	// leadChars is how much may stand before the best place.
	leadChars = 60
)

// snippet makes the excerpt of one hit.
func snippet(f found, p parsed) string {
	e := &f.seg.entries[f.entry]
	m := newMatcher(f.seg, p)
	m.align(f.entry)
	marked, best := m.highlights(f.exact, e.textPlace())
	if best < e.textPlace() {
		return excerpt(e.Title, spansFrom(e.Title, 0, 0), marked, best)
	}
	from, offset := uint32(0), 0
	if at := best - e.textPlace(); at > markEvery {
		k := (at - leadChars/2) / markEvery
		from, offset = k*markEvery, int(e.marks[k])
	}
	text := e.text()
	return excerpt(text, spansFrom(text, offset, e.textPlace()+from), marked, best)
}

// highlights returns the places to mark and the best one: the start of the
// query in one piece, else of a phrase, else of a word; in the text rather
// than the title. When the hit is exact, words spelled otherwise stay plain.
func (m *matcher) highlights(exact bool, textPlace uint32) (marked map[uint32]bool, best uint32) {
	marked = map[uint32]bool{}
	rank := -1
	try := func(place uint32, value int) {
		if place >= textPlace {
			value += 4
		}
		if value > rank {
			best, rank = place, value
		}
	}
	if m.all != nil {
		m.runs(m.all, func(place uint32, as bool) bool {
			if as || !exact {
				try(place, 2)
			}
			return true
		})
	}
	for _, u := range m.units {
		m.runs(u, func(place uint32, as bool) bool {
			if !as && exact {
				return true
			}
			try(place, min(len(u)-1, 1))
			for i := range u {
				marked[place+uint32(i)] = true
			}
			return true
		})
	}
	return marked, best
}

// span is one word of a text with its place in the entry.
type span struct {
	start, end int
	place      uint32
}

// spansFrom yields the words of s from a byte offset on, counting places.
func spansFrom(s string, offset int, place uint32) iter.Seq[span] {
	return func(yield func(span) bool) {
		for start, end := range viet.Spans(s[offset:]) {
			if !yield(span{offset + start, offset + end, place}) {
				return
			}
			place++
		}
	}
}

// excerpt cuts whole words around the best place and marks the words found.
func excerpt(s string, words iter.Seq[span], marked map[uint32]bool, best uint32) string {
	var window []span
	for w := range words {
		if w.place <= best {
			window = append(window, w)
			for len(window) > 1 && chars(s, window[0].start, w.start) > leadChars {
				window = window[1:]
			}
			continue
		}
		if len(window) > 0 && chars(s, window[0].start, w.end) > snippetChars {
			break
		}
		window = append(window, w)
	}
	if len(window) == 0 {
		return ""
	}
	return render(s, window, marked)
}

func chars(s string, from, to int) int { return utf8.RuneCountInString(s[from:to]) }

// render writes the window. Signs at the ends of the whole text are kept when
// there are few of them; elsewhere "…" shows the cut.
func render(s string, window []span, marked map[uint32]bool) string {
	var b strings.Builder
	first, last := window[0], window[len(window)-1]
	at := first.start
	if before, whole := edge(s, 0, first.start); whole {
		writePlain(&b, before)
	} else {
		b.WriteString("…")
	}
	for _, w := range window {
		writePlain(&b, s[at:w.start])
		word := html.EscapeString(s[w.start:w.end])
		if marked[w.place] {
			word = "<mark>" + word + "</mark>"
		}
		b.WriteString(word)
		at = w.end
	}
	if after, whole := edge(s, last.end, len(s)); whole {
		writePlain(&b, after)
	} else {
		b.WriteString("…")
	}
	return strings.TrimSpace(b.String())
}

// edge returns what lies between the window and an end of the text if it is
// only a few signs and no word.
func edge(s string, from, to int) (string, bool) {
	rest := s[from:to]
	if len(rest) > 32 || viet.Syllables(rest) > 0 {
		return "", false
	}
	return rest, true
}

// writePlain writes escaped text between words with white space made single.
// Long runs of signs, as in forms to fill in, are shortened.
func writePlain(b *strings.Builder, s string) {
	if len(s) > 64 {
		b.WriteString(" … ")
		return
	}
	blank := false
	for _, r := range html.EscapeString(s) {
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' {
			blank = true
			continue
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(r)
	}
	if blank {
		b.WriteByte(' ')
	}
}
