package paper

import (
	"fmt"
	"io"
	"strings"
	"time"

	"sotay/internal/docno"
	"sotay/internal/library"
)

// Readings prints documents to be read on paper.
type Readings struct{}

// ReadingLayout names how Readings sets a document: it changes when the same
// version comes out otherwise than before, so that nobody keeps the old paper.
const ReadingLayout = 1

// Sizes of type in points.
const (
	bodySize  = 12.0
	titleSize = 15.0
	noteSize  = 9.5
)

// maxLetters is how many bytes of a document's text are printed, some six
// times as many as the longest report has.
const maxLetters = 2 << 20

// cutShort ends a paper that does not hold all of its document.
const cutShort = "Văn bản dài hơn mức in được. Bản in dừng ở đây; phần còn lại xem trong ứng dụng Sổ tay."

// reading is the paper of one document in the making.
type reading struct {
	flow
	p    *library.Printable
	left int // of maxLetters
}

// Layout implements the printer of the edge.
func (Readings) Layout() int { return ReadingLayout }

// Write prints a version of a document. The same version gives the same paper.
func (Readings) Write(w io.Writer, p *library.Printable, large bool) error {
	return beginReading(p, large).set().Write(w)
}

func beginReading(p *library.Printable, large bool) *reading {
	d := New(Options{Title: p.Document.Title, Footer: footerOf(p), Made: p.PublishedAt, Large: large})
	return &reading{flow: flow{doc: d, pages: maxPages}, p: p, left: maxLetters}
}

// set sets the whole paper.
func (r *reading) set() *Document {
	r.doc.Page()
	r.head()
	for i := range r.p.Document.Sections {
		r.section(&r.p.Document.Sections[i])
	}
	r.foot()
	return r.doc
}

// footerOf stands below each page. The version comes first: a long title is cut
// at its end.
func footerOf(p *library.Printable) string {
	return fmt.Sprintf("Phiên bản %d · %s", p.Version, strings.TrimPrefix(numberOf(&p.Document)+" · "+p.Document.Title, " · "))
}

func numberOf(d *library.Document) string {
	if d.Number == "" {
		return ""
	}
	return "Số " + d.Number
}

// one sets a paragraph in one look.
func (r *reading) one(text string, l look, size float64, a align) {
	if strings.TrimSpace(text) != "" {
		r.add(&block{runs: []run{{text, l}}, size: size, align: a})
	}
}

// head sets what stands above the text.
func (r *reading) head() {
	d := &r.p.Document
	r.one(d.Issuer, strong, bodySize, left)
	r.one(numberOf(d), 0, bodySize, left)
	r.one(placeAndDay(d), slanted, bodySize, flushRight)
	r.doc.Space(r.doc.em(bodySize) * 1.2)
	r.one(typeLine(d.Type), strong, titleSize, centre)
	r.one(d.Title, strong, titleSize, centre)
	r.doc.Space(r.doc.em(bodySize) * 0.6)
	r.one(d.Abstract, slanted, bodySize, left)
	r.doc.Space(r.doc.em(bodySize) * 0.4)
}

// typeLine is the name of a type as it stands above a document.
func typeLine(id string) string {
	t, ok := docno.FindType(id)
	if !ok {
		return ""
	}
	return strings.ToUpper(t.Name)
}

// placeAndDay is the line of place and date.
func placeAndDay(d *library.Document) string {
	on, err := time.Parse(time.DateOnly, d.IssuedOn)
	if err != nil {
		return d.Place
	}
	day := "ngày " + longDay(on)
	if d.Place == "" {
		return "Ngày" + strings.TrimPrefix(day, "ngày")
	}
	return d.Place + ", " + day
}

// longDay writes a day as papers do: a small day or month has a nought before
// it, so that no figure can be added.
func longDay(on time.Time) string {
	month := fmt.Sprint(int(on.Month()))
	if on.Month() <= time.February {
		month = "0" + month
	}
	return fmt.Sprintf("%02d tháng %s năm %d", on.Day(), month, on.Year())
}

// section sets a section with its heading.
func (r *reading) section(s *library.Section) {
	if heading := headingOf(s); heading != "" {
		size := bodySize + max(0, 2-float64(s.Level-1))*0.75
		r.add(&block{runs: []run{{heading, strong}}, size: size, keeps: true, wide: true})
	}
	text := s.HTML
	if len(text) > r.left {
		text = text[:r.left]
	}
	r.left -= len(text)
	readMarkup(text, bodySize, func(b *block) { r.add(b) }, func() bool { return !r.full })
	r.full = r.full || len(text) < len(s.HTML)
}

// headingOf is the label and the heading of a section.
func headingOf(s *library.Section) string {
	label := strings.TrimSpace(s.Label)
	if label == "" || s.Heading == "" {
		return label + s.Heading
	}
	if !strings.HasSuffix(label, ".") && !strings.HasSuffix(label, ":") && !strings.HasSuffix(label, ")") {
		label += "."
	}
	return label + " " + s.Heading
}

// foot ends the paper: who signed, where the text comes from, and which version
// it is.
func (r *reading) foot() {
	r.end()
	if r.full {
		r.full = false
		r.doc.Page()
		r.pages = maxPages + 10 // room for what follows
		r.one(cutShort, strong, bodySize, left)
	}
	d := &r.p.Document
	r.doc.Space(r.doc.em(bodySize))
	r.one(d.Signer, strong, bodySize, flushRight)
	r.doc.Space(r.doc.em(bodySize) * 0.6)
	r.add(&block{rule: true, size: noteSize})
	r.one(sourceOf(d.Source), 0, noteSize, left)
	if on, err := time.Parse(time.DateOnly, d.EffectiveOn); err == nil {
		r.one("Có hiệu lực từ ngày "+on.Format("02/01/2006")+".", 0, noteSize, left)
	}
	r.one(fmt.Sprintf("Hết. Phiên bản %d trong Sổ tay, phát hành ngày %s. Bản in để đọc, không thay cho văn bản chính thức.",
		r.p.Version, day(r.p.PublishedAt)), 0, noteSize, left)
}

// sourceOf names where a text comes from.
func sourceOf(s library.Source) string {
	var known []string
	for _, x := range []string{s.Author, s.Title, s.Publisher, s.Date} {
		if x != "" {
			known = append(known, x)
		}
	}
	if len(known) == 0 {
		return ""
	}
	return "Nguồn: " + strings.Join(known, ", ") + "."
}
