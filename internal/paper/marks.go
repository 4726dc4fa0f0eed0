package paper

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// How far a mark is lifted over one that is there already, and over a capital,
// and how far back it is moved there, in parts of the size of type.
const (
	liftMark    = 0.18
	liftCapital = 0.17
	back        = 0.05
)

// above is the class of marks that stand above their letter.
const above = 230

// lift tells how far the mark after a letter must be lifted. The PDF library
// sets marks where the face has them, above a small letter without any: on the
// ê̆ of Ê Đê and Ba Na two would fall into each other and read as ễ.
func lift(letter, mark rune) float64 {
	if !unicode.Is(unicode.Mn, mark) || norm.NFD.PropertiesString(string(mark)).CCC() != above {
		return 0
	}
	up := 0.0
	if unicode.IsUpper(letter) {
		up = liftCapital
	}
	for _, r := range norm.NFD.String(string(letter)) {
		if norm.NFD.PropertiesString(string(r)).CCC() == above {
			return up + liftMark
		}
	}
	return up
}

// put sets a line of type at a place, in the type that was chosen.
func (d *Document) put(x, y float64, text string) {
	if d.told != nil {
		d.told(text)
	}
	from, letter := 0, rune(0)
	for i, r := range text {
		up := lift(letter, r)
		if up == 0 {
			letter = r
			continue
		}
		end := i + len(string(r))
		if from < i {
			d.pdf.Text(x, y, text[from:i])
			x += d.pdf.GetStringWidth(text[from:i])
		}
		_, size := d.pdf.GetFontSize()
		d.pdf.Text(x-back*size, y-up*size, text[i:end])
		x += d.pdf.GetStringWidth(text[i:end])
		from = end
	}
	if from < len(text) {
		d.pdf.Text(x, y, text[from:])
	}
}
