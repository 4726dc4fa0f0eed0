package paper

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// run is a stretch of text in one look, as it was written. A line end within
// it ends a line on paper.
type run struct {
	text string
	look look
}

// piece is a part of a word in one look, as it is printed.
type piece struct {
	text string
	look look
}

// word is what stands between two blanks: pieces of its text, and a width in
// parts of the size of type.
type word struct {
	from, to int
	width    float64
	// ends tells that the line before it was ended by hand.
	ends bool
}

// words is a text that can be broken into lines of any width.
type words struct {
	pieces []piece
	list   []word
}

// blanks is how many lines by hand are kept empty in a row.
const blanks = 1

// split reads the words of runs. A word may go through several looks.
func split(runs []run) *words {
	w := &words{}
	open, ends := false, 0
	for _, r := range runs {
		for rest := r.text; rest != ""; {
			if n := strings.IndexFunc(rest, parts); n != 0 {
				if n < 0 {
					n = len(rest)
				}
				if t := printable(rest[:n]); t != "" {
					w.add(t, r.look, open, ends)
					open, ends = true, 0
				}
				rest = rest[n:]
				continue
			}
			c, n := utf8.DecodeRuneInString(rest)
			if open = false; c == '\n' {
				ends++
			}
			rest = rest[n:]
		}
	}
	return w
}

// parts tells which letters stand between words: all blanks but those that
// hold two words together.
func parts(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' }

// add puts a piece at the end, into the open word or a new one.
func (w *words) add(text string, l look, open bool, ends int) {
	if !open {
		if len(w.list) > 0 {
			for range min(ends-1, blanks) {
				w.list = append(w.list, word{len(w.pieces), len(w.pieces), 0, true})
			}
		}
		w.list = append(w.list, word{from: len(w.pieces), to: len(w.pieces), ends: ends > 0 && len(w.list) > 0})
	}
	last := &w.list[len(w.list)-1]
	w.pieces = append(w.pieces, piece{text, l})
	last.to++
	last.width += widthOf(text, l)
}

// part is a piece at its place in a line.
type part struct {
	x    float64 // from the left edge of the line
	text string
	look look
}

// filler fills lines with words.
type filler struct {
	em, width float64 // millimetres
	space     float64
	lines     [][]part
	line      []part
	x         float64 // where the next word begins
	apart     bool    // it does not go on what stands before it
}

// fill breaks words into lines of a width, at a size of type in millimetres.
// The first line begins further in.
func (w *words) fill(em, width, first float64) [][]part {
	f := filler{em: em, width: width, space: em * widthOf(" ", 0), x: first}
	begun := false // something stands in the line
	for _, word := range w.list {
		wide := word.width * em
		if begun && (word.ends || f.x+f.space+wide > width) {
			f.end()
			begun = false
		}
		if begun {
			f.blank()
		}
		f.set(w.pieces[word.from:word.to], f.x+wide > width)
		begun = true
	}
	if begun {
		f.end()
	}
	return f.lines
}

func (f *filler) end() {
	f.lines = append(f.lines, f.line)
	f.line, f.x, f.apart = nil, 0, false
}

// blank sets a space. It joins what stands before it, so that words in one look
// are written in one go.
func (f *filler) blank() {
	if n := len(f.line); n > 0 && f.line[n-1].look.size() == 1 {
		f.line[n-1].text += " "
	} else {
		f.apart = true
	}
	f.x += f.space
}

// set puts the pieces of a word into the line; one that is too wide is broken.
func (f *filler) set(pieces []piece, broken bool) {
	for _, p := range pieces {
		for rest := p.text; rest != ""; {
			n := len(rest)
			if broken {
				n = fitting(rest, p.look, f.em, f.width-f.x)
			}
			if n == 0 && f.x == 0 { // one letter at least
				_, n = utf8.DecodeRuneInString(rest)
			}
			if n > 0 {
				f.put(rest[:n], p.look)
			}
			if rest = rest[n:]; rest != "" {
				f.end()
			}
		}
	}
}

// longestPart bounds what is written in one go, so that pieces without width,
// such as marks, can't be joined for ever.
const longestPart = 4096

// put sets text at the end of the line.
func (f *filler) put(text string, l look) {
	if n := len(f.line); n > 0 && f.line[n-1].look == l && !f.apart && len(f.line[n-1].text) < longestPart {
		f.line[n-1].text += text
	} else {
		f.line = append(f.line, part{f.x, text, l})
	}
	f.apart = false
	f.x += widthOf(text, l) * f.em
}

// fitting is how many bytes of a word a width holds: up to a sign after which
// addresses and symbols are best broken, or else up to any letter.
func fitting(text string, l look, em, width float64) int {
	n, good, x := 0, 0, 0.0
	for i, r := range text {
		wide := widthOf(string(r), l) * em
		if x+wide > width && wide > 0 {
			break
		}
		x += wide
		n = i + utf8.RuneLen(r)
		if strings.ContainsRune("/-–?&=_.,;:", r) {
			good = n
		}
	}
	if n < len(text) && good > n/2 {
		return good
	}
	return n
}
