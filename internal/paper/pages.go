package paper

// maxPages bounds a paper. A report to a congress has 200 in large type; what
// is longer than this is no paper any more.
const maxPages = 1500

// flow sets blocks one after the other over as many pages as they need.
type flow struct {
	doc *Document
	// held are headings that wait for what comes after them.
	held []line
	// pages is how many it may have; full tells that it has them.
	pages int
	full  bool
}

// page is the height of what a page holds.
const page = pageHeight - footer - 4 - margin

// add sets a block.
func (f *flow) add(b *block) {
	switch {
	case f.full:
	case b.table != nil:
		f.table(b)
	default:
		lines := f.doc.lay(b, split(b.runs), column)
		if b.keeps && f.doc.room(f.held)+f.doc.room(lines) < page/2 {
			f.held = append(f.held, lines...)
			return
		}
		f.lines(lines)
	}
}

// begin makes room for the headings that wait and so much after them, and sets
// them.
func (f *flow) begin(height float64) {
	held := f.held
	f.held = nil
	f.need(min(page, f.doc.room(held)+height))
	for i := range held {
		f.line(&held[i])
	}
}

// need begins a page unless so much is left of this one.
func (f *flow) need(height float64) {
	d := f.doc
	if d.pdf.PageNo() >= f.pages && d.Room() < height {
		f.full = true
		return
	}
	d.need(height)
}

// lines sets a paragraph. No line of it stands alone on a page.
func (f *flow) lines(lines []line) {
	for i := range lines {
		together := 1
		if i == 0 || i == len(lines)-2 {
			together = 2
		}
		if i == 0 && len(lines) == 3 {
			together = 3
		}
		h := f.doc.room(lines[i:min(i+together, len(lines))])
		if i == 0 {
			f.begin(h)
		} else {
			f.need(h)
		}
		if f.full {
			return
		}
		f.line(&lines[i])
	}
}

// line sets a line where the page stands. At its top there is no gap.
func (f *flow) line(l *line) {
	d := f.doc
	y := d.pdf.GetY()
	if y > margin {
		y += l.gap
	}
	d.write(margin, y, column, l)
	d.pdf.SetY(y + d.tall(l))
}

// end sets headings that nothing came after.
func (f *flow) end() {
	if !f.full {
		f.begin(0)
	}
}
