package paper

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// The frame of a page: A4 in millimetres.
const (
	pageWidth, pageHeight = 210.0, 297.0
	margin                = 15.0
	footer                = 12.0
	// column is the width that text has.
	column = pageWidth - 2*margin
)

// leading is the height of a line over the size of its type, in millimetres
// over points.
const leading = 1.32 * 25.4 / 72

// largeType is how much larger type is set for those who ask for it.
const largeType = 1.4

// Options are what a document has as a whole.
type Options struct {
	// Title goes into the document's properties.
	Title string
	// Footer stands below each page, beside its number.
	Footer string
	// Made is when the paper was made.
	Made time.Time
	// Large sets all type larger.
	Large bool
}

// Document is a paper in the making. What goes wrong is told by Write.
type Document struct {
	pdf   *fpdf.Fpdf
	scale float64
	// told, if any, hears all type as it is set: what a PDF holds can't be read
	// out of it again.
	told func(text string)
}

// New begins a document. It has no page yet.
func New(o Options) *Document {
	pdf := fpdf.New("P", "mm", "A4", "")
	d := &Document{pdf: pdf, scale: 1}
	if o.Large {
		d.scale = largeType
	}
	addFonts(pdf)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetTitle(printable(o.Title), true)
	pdf.SetLang("vi")
	pdf.SetProducer("Sổ tay", true)
	pdf.SetCreationDate(o.Made)
	pdf.SetModificationDate(o.Made)
	pdf.SetCatalogSort(true)
	pdf.SetFooterFunc(func() {
		d.line(margin, pageHeight-footer, column-20, regular, 8, o.Footer)
		d.right(pageHeight-footer, 8, strconv.Itoa(pdf.PageNo()))
	})
	return d
}

// Page begins a page.
func (d *Document) Page() { d.pdf.AddPage() }

// Room is how much of the page is left, in millimetres.
func (d *Document) Room() float64 { return pageHeight - footer - 4 - d.pdf.GetY() }

// need begins a page unless so much is left of this one.
func (d *Document) need(height float64) {
	if d.pdf.PageNo() == 0 || d.Room() < height {
		d.Page()
	}
}

// Space leaves room.
func (d *Document) Space(mm float64) { d.pdf.SetY(d.pdf.GetY() + mm) }

// Heading writes a heading of level 1 to 3. It never stands last on a page.
func (d *Document) Heading(level int, text string) {
	size := []float64{17, 13.5, 11.5}[min(max(level, 1), 3)-1]
	lines := d.wrap(column, bold, size, text)
	d.need(d.height(size)*float64(len(lines)) + 12)
	d.lines(margin, bold, size, lines)
	d.Space(1.5)
}

// Paragraph writes a paragraph over as many pages as it needs.
func (d *Document) Paragraph(text string) { d.paragraph(regular, 11, text) }

// Small writes a paragraph in small type.
func (d *Document) Small(text string) { d.paragraph(regular, 8.5, text) }

func (d *Document) paragraph(weight string, size float64, text string) {
	for _, l := range d.wrap(column, weight, size, text) {
		d.need(d.height(size))
		d.lines(margin, weight, size, []string{l})
	}
	d.Space(1.5)
}

// height is that of a line.
func (d *Document) height(size float64) float64 { return size * d.scale * leading }

// set chooses the type.
func (d *Document) set(weight string, size float64) {
	addSlanted(d.pdf, weight)
	d.pdf.SetFont(family, weight, size*d.scale)
}

// wrap breaks a text into lines of a width: between words, and within a word
// that is wider than the line.
func (d *Document) wrap(width float64, weight string, size float64, text string) []string {
	d.set(weight, size)
	var out []string
	line := ""
	for word := range strings.FieldsSeq(printable(text)) {
		if joined := strings.TrimPrefix(line+" "+word, " "); d.pdf.GetStringWidth(joined) <= width {
			line = joined
			continue
		}
		if line != "" {
			out = append(out, line)
		}
		for line = word; d.pdf.GetStringWidth(line) > width; {
			n := d.fits(width, line)
			out, line = append(out, line[:n]), line[n:]
		}
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}

// fits is how many bytes of a text a width holds, one letter at least.
func (d *Document) fits(width float64, text string) int {
	n := 0
	for i := range text {
		if i > 0 && d.pdf.GetStringWidth(text[:i]) > width {
			break
		}
		n = i
	}
	if n == 0 {
		n = len(string([]rune(text)[0]))
	}
	return n
}

// lines writes lines below each other and moves on.
func (d *Document) lines(x float64, weight string, size float64, lines []string) {
	d.set(weight, size)
	h := d.height(size)
	for _, l := range lines {
		y := d.pdf.GetY()
		d.put(x, y+0.78*h, l)
		d.pdf.SetY(y + h)
	}
}

// smallest is the least size that type is shrunk to, over what it should be.
const smallest = 0.7

// line writes one line at a place. What is too wide is set smaller, and cut
// with an ellipsis when that does not help.
func (d *Document) line(x, y, width float64, weight string, size float64, text string) {
	text = printable(text)
	d.set(weight, size)
	if w := d.pdf.GetStringWidth(text); w > width {
		size = max(size*width/w*0.995, size*smallest)
		d.set(weight, size)
	}
	if d.pdf.GetStringWidth(text) > width {
		text = strings.TrimSpace(text[:d.fits(width-d.pdf.GetStringWidth("…"), text)]) + "…"
	}
	d.put(x, y, text)
}

// right writes a line that ends at the right margin.
func (d *Document) right(y, size float64, text string) {
	d.set(regular, size)
	d.put(pageWidth-margin-d.pdf.GetStringWidth(text), y, text)
}

// Write ends the document.
func (d *Document) Write(w io.Writer) error {
	if d.pdf.PageNo() == 0 {
		d.Page()
	}
	if err := d.pdf.Output(w); err != nil {
		return fmt.Errorf("make PDF: %w", err)
	}
	return nil
}
