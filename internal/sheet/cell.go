package sheet

import (
	"strings"
	"unicode"

	"sotay/internal/viet"
)

// Kind is what a cell holds.
type Kind byte

// The kinds of cells. A Day is a number that the office sees as a date. A
// formula counts as the value it last had; Unset is one that has none.
const (
	Empty Kind = iota
	Text
	Number
	Day
	Bool
	Failed // #N/A, #REF! and their like
	Unset
	Long // a text beyond Limits.CellChars, cut off
)

// Cell is one value: texts in NFC without blanks around them, numbers as the
// file writes them, a Bool as "1" or "0".
type Cell struct {
	Kind  Kind
	Value string
}

// Row is one row with something in it. Cells is only valid until the next one
// is read.
type Row struct {
	Number int // from 1, as the office sees it
	Hidden bool
	Cells  []Cell
}

// Cell returns a cell by its column, from 0.
func (r *Row) Cell(column int) Cell {
	if column < 0 || column >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[column]
}

func (r *Row) empty() bool {
	for _, c := range r.Cells {
		if c.Kind != Empty {
			return false
		}
	}
	return true
}

// Letters names a column, from 0, as spreadsheets do: A, B, … Z, AA.
func Letters(column int) string {
	var b [8]byte
	at := len(b)
	for n := column + 1; n > 0 && at > 0; n = (n - 1) / 26 {
		at--
		b[at] = byte('A' + (n-1)%26)
	}
	return string(b[at:])
}

// columnOf reads the letters of a reference such as "AB12"; -1 when it has none
// or names no column that a program knows.
func columnOf(ref []byte) int {
	n := 0
	for i := 0; i < len(ref); i++ {
		c := ref[i]
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > 16384 {
			return -1
		}
	}
	return n - 1
}

// textCell makes a cell of a text as it stands in the file.
func textCell(s string, l Limits) Cell {
	s = clean(s)
	if s == "" {
		return Cell{}
	}
	if len(s) > l.CellChars {
		if cut, long := firstChars(s, l.CellChars); long {
			return Cell{Kind: Long, Value: cut}
		}
	}
	return Cell{Kind: Text, Value: s}
}

// clean returns s in NFC, without blanks around it and without characters that
// nobody sees: offices paste them from web pages and chats.
func clean(s string) string {
	if plain(s) {
		return strings.TrimSpace(s)
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\u00a0' || r == '\u2007' || r == '\u202f':
			return ' '
		case r == '\ufeff' || r >= '\u200b' && r <= '\u200f' || r == '\u00ad' || r == '\u2060' || unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.TrimSpace(viet.NFC(s))
}

// plain tells whether a text is printable ASCII.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// firstChars returns at most n characters, and whether there are more.
func firstChars(s string, n int) (string, bool) {
	for i := range s {
		if n == 0 {
			return s[:i], true
		}
		n--
	}
	return s, false
}
