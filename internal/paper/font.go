package paper

import (
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansbolditalic"
	"github.com/go-fonts/liberation/liberationsansitalic"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font/sfnt"

	"sotay/internal/viet"
)

// family is the one face: Liberation Sans, as wide as Arial, so that what was
// laid out for the one fits the other.
const family = "liberation"

// Weights of type.
const (
	regular    = ""
	bold       = "B"
	italic     = "I"
	boldItalic = "BI"
)

func addFonts(pdf *fpdf.Fpdf) {
	pdf.AddUTF8FontFromBytes(family, regular, liberationsansregular.TTF)
	pdf.AddUTF8FontFromBytes(family, bold, liberationsansbold.TTF)
}

// addSlanted adds the face of a weight that few papers have, when it is first
// wanted: each face that was added makes the file larger, used or not.
func addSlanted(pdf *fpdf.Fpdf, weight string) {
	switch weight {
	case italic:
		pdf.AddUTF8FontFromBytes(family, italic, liberationsansitalic.TTF)
	case boldItalic:
		pdf.AddUTF8FontFromBytes(family, boldItalic, liberationsansbolditalic.TTF)
	}
}

// glyphs tells which letters the face has.
var glyphs = sync.OnceValues(func() (*sfnt.Font, error) { return sfnt.Parse(liberationsansregular.TTF) })

// missing stands for a letter that the face does not have.
const missing = '?'

// printable makes a text fit to be set: letters in their composed form, spaces
// for all that separates, and a mark for what the face can't show. The PDF
// library would fail on letters beyond the basic plane.
func printable(s string) string {
	face, err := glyphs()
	if err != nil {
		return missingAll(s)
	}
	var buf sfnt.Buffer
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || r == '\u200b' || r == '\ufeff':
			return -1
		}
		if i, err := face.GlyphIndex(&buf, r); r > 0xffff || err != nil || i == 0 {
			return missing
		}
		return r
	}, viet.NFC(strings.ToValidUTF8(s, string(missing))))
}

func missingAll(s string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return missing
		}
		return r
	}, s)
}
