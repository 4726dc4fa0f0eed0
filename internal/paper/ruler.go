package paper

import (
	"sync"

	"codeberg.org/go-pdf/fpdf"
)

// look is how a stretch of text looks.
type look uint8

const (
	strong look = 1 << iota
	slanted
	underlined
	struck
	raised
	lowered
)

// Raised and lowered type: its size, and how far it is moved, in parts of the
// size of type around it.
const (
	smaller = 0.65
	upwards = 0.35
	down    = 0.13
)

// weight is the face of a look.
func (l look) weight() string {
	return [...]string{regular, bold, italic, boldItalic}[l&(strong|slanted)]
}

// size is that of a look over the size of the text around it.
func (l look) size() float64 {
	if l&(raised|lowered) != 0 {
		return smaller
	}
	return 1
}

// basic is the number of letters of the basic plane: the faces have no others.
const basic = 1 << 16

// rulers hold the width of each letter in each face, in thousandths of the size
// of type. The PDF library could be asked for each word, but it writes a change
// of face into the page for every question.
var rulers = sync.OnceValue(func() *[4][basic]uint16 {
	pdf := fpdf.New("P", "mm", "A4", "")
	addFonts(pdf)
	var out [4][basic]uint16
	for l := range out {
		addSlanted(pdf, look(l).weight())
		pdf.SetFont(family, look(l).weight(), 10)
		for r := range rune(basic) {
			out[l][r] = uint16(min(pdf.GetStringSymbolWidth(string(r)), 1<<16-1))
		}
	}
	return &out
})

// widthOf is the width of a text in parts of the size of the type around it.
func widthOf(text string, l look) float64 {
	widths := &rulers()[l&(strong|slanted)]
	n := 0
	for _, r := range text {
		n += int(widths[r&(basic-1)])
	}
	return float64(n) / 1000 * l.size()
}
