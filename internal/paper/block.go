package paper

// align is where the lines of a block stand.
type align int

const (
	left align = iota
	centre
	flushRight
)

// block is a paragraph, a rule, or a table.
type block struct {
	runs  []run
	depth int    // how many steps further in
	mark  string // that of a list, before the first line
	quote bool
	rule  bool
	table *grid

	size  float64 // points
	align align
	// keeps holds a heading together with what comes after it.
	keeps bool
	// wide leaves more room above it.
	wide bool
}

// line is a line of type, ready to be set into a box.
type line struct {
	parts []part
	x     float64 // from the left edge of the box
	size  float64 // points
	gap   float64 // millimetres above it
	mark  string
	at    float64 // where the mark stands
	quote bool
	rule  bool
}

// airy is the height of a line of reading text over the size of its type; what
// is read at length stands further apart than what is filled in.
const airy = leading * 1.06

// step is how much further in each level of a list stands, in parts of the size
// of type.
const step = 1.5

// em is a size of type in millimetres.
func (d *Document) em(size float64) float64 { return size * d.scale * 25.4 / 72 }

// tall is the height of a line without its gap.
func (d *Document) tall(l *line) float64 {
	if l.rule {
		return 1
	}
	return l.size * d.scale * airy
}

// room is the height of lines with their gaps.
func (d *Document) room(lines []line) float64 {
	h := 0.0
	for i := range lines {
		h += lines[i].gap + d.tall(&lines[i])
	}
	return h
}

// lay breaks a block into lines of a width.
func (d *Document) lay(b *block, w *words, width float64) []line {
	em := d.em(b.size)
	if b.rule {
		return []line{{rule: true, size: b.size, gap: 0.8 * em}}
	}
	x := min(float64(b.depth)*step*em, width/2)
	at := max(0, x-step*em)
	first := 0.0
	if b.mark != "" {
		first = min(max(0, at+(widthOf(b.mark, 0)+0.35)*em-x), (width-x)/2)
	}
	var out []line
	for i, parts := range w.fill(em, width-x, first) {
		l := line{parts: parts, x: x, size: b.size, at: at, quote: b.quote}
		if i == 0 {
			if l.mark, l.gap = b.mark, 0.45*em; b.wide {
				l.gap = em
			}
		}
		if b.align != left {
			l.x += d.slack(parts, em, width-x) * float64(b.align) / 2
		}
		out = append(out, l)
	}
	return out
}

// slack is what a line leaves of its width.
func (d *Document) slack(parts []part, em, width float64) float64 {
	if len(parts) == 0 {
		return 0
	}
	last := &parts[len(parts)-1]
	return max(0, width-last.x-widthOf(last.text, last.look)*em)
}

// write sets a line into a box whose left edge is x, with its top at y.
func (d *Document) write(x, y, width float64, l *line) {
	h := d.tall(l)
	if l.rule {
		d.hair(x, y+h/2, x+width, y+h/2)
		return
	}
	if l.quote {
		d.bar(x+l.at+0.2*d.em(l.size), y, h)
	}
	base := y + 0.76*h
	if l.mark != "" {
		d.set(regular, l.size)
		d.put(x+l.at, base, l.mark)
	}
	for i := range l.parts {
		d.part(x+l.x, base, l.size, &l.parts[i])
	}
}

// part sets a part of a line with what is drawn under and through it.
func (d *Document) part(x, base, size float64, p *part) {
	em, y := d.em(size), base
	switch {
	case p.look&raised != 0:
		y -= upwards * em
	case p.look&lowered != 0:
		y += down * em
	}
	d.set(p.look.weight(), size*p.look.size())
	d.put(x+p.x, y, p.text)
	width := widthOf(p.text, p.look) * em
	if p.look&underlined != 0 {
		d.hair(x+p.x, y+0.11*em, x+p.x+width, y+0.11*em)
	}
	if p.look&struck != 0 {
		d.hair(x+p.x, y-0.28*em, x+p.x+width, y-0.28*em)
	}
}

// hair draws a thin line.
func (d *Document) hair(x1, y1, x2, y2 float64) {
	d.pdf.SetDrawColor(70, 70, 70)
	d.pdf.SetLineWidth(0.2)
	d.pdf.Line(x1, y1, x2, y2)
}

// bar draws the line beside a quotation.
func (d *Document) bar(x, y, height float64) {
	d.pdf.SetDrawColor(150, 150, 150)
	d.pdf.SetLineWidth(0.6)
	d.pdf.Line(x, y, x, y+height)
}
