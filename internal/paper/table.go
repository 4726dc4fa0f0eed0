package paper

import "slices"

// pad is the white within a cell, in parts of the size of type.
const pad = 0.32

// shrinks are how much smaller the type of a table is set to make it fit.
var shrinks = []float64{1, 0.88, 0.76}

// Of a column: the widest word that it is made to hold unbroken, and how narrow
// it may be where words must be broken, in parts of the size of type.
const (
	widestWord = 14
	narrowest  = 3.6
)

// sheet is a table laid out for a width.
type sheet struct {
	doc    *Document
	grid   *grid
	texts  map[*block]*words
	size   float64 // points
	x      float64 // from the left edge of the page
	widths []float64
	lines  map[*cell][]line
	rows   [][]*cell
	height []float64 // of rows
	heads  int
}

// table sets a table.
func (f *flow) table(b *block) {
	d, g := f.doc, b.table
	x := margin + min(float64(b.depth)*step*d.em(b.size), column/4)
	s := &sheet{doc: d, grid: g, x: x, texts: map[*block]*words{}, lines: map[*cell][]line{}}
	for _, c := range g.cells {
		for _, p := range c.blocks {
			s.texts[p] = split(p.runs)
		}
	}
	if !s.fit(b.size, pageWidth-margin-x) {
		f.stack(g, b.size)
		return
	}
	s.arrange()
	f.sheet(s)
}

// fit chooses a size of type and widths of columns; false when the table has
// more columns than can be read beside each other.
func (s *sheet) fit(size, width float64) bool {
	for _, k := range shrinks {
		s.size = size * k
		least, most := s.needs()
		if sum(least) <= width {
			s.widths = share(least, most, width)
			return true
		}
		if k == shrinks[len(shrinks)-1] {
			s.widths = squeeze(least, width)
		}
	}
	return width/float64(s.grid.cols) >= (narrowest+2*pad)*s.doc.em(s.size)
}

// needs is the least width of each column, so that no word is broken, and the
// most, so that no line is.
func (s *sheet) needs() (least, most []float64) {
	least, most = make([]float64, s.grid.cols), make([]float64, s.grid.cols)
	for _, wide := range []bool{false, true} {
		for _, c := range s.grid.cells {
			if (c.cols > 1) == wide {
				lo, hi := s.needsOf(c)
				spread(least[c.col:c.col+c.cols], lo)
				spread(most[c.col:c.col+c.cols], hi)
			}
		}
	}
	return least, most
}

func (s *sheet) needsOf(c *cell) (least, most float64) {
	for _, b := range c.blocks {
		lo, hi := s.texts[b].extent()
		in := float64(b.depth) * step
		least, most = max(least, min(lo, widestWord)+in), max(most, hi+in)
	}
	em := s.doc.em(s.size)
	return (least + 2*pad) * em, (most+2*pad)*em + 0.01
}

// extent is the width of the widest word and of the widest line, in parts of
// the size of type.
func (w *words) extent() (least, most float64) {
	space, line := widthOf(" ", 0), 0.0
	for i := range w.list {
		x := &w.list[i]
		if x.ends || i == 0 {
			line = 0
		} else {
			line += space
		}
		line += x.width
		least, most = max(least, x.width), max(most, line)
	}
	return least, most
}

// spread widens columns alike until they have a width together.
func spread(widths []float64, want float64) {
	more := (want - sum(widths)) / float64(len(widths))
	for i := range widths {
		widths[i] += max(0, more)
	}
}

// share gives each column what it needs, and what is left to those that want
// more.
func share(least, most []float64, width float64) []float64 {
	if sum(most) <= width {
		return most
	}
	k := (width - sum(least)) / (sum(most) - sum(least))
	out := slices.Clone(least)
	for i := range out {
		out[i] += k * (most[i] - least[i])
	}
	return out
}

// squeeze makes the widest columns narrower until all fit: narrow ones, of
// figures, keep what they need.
func squeeze(least []float64, width float64) []float64 {
	sorted := slices.Sorted(slices.Values(least))
	limit, left := 0.0, width
	for i, w := range sorted {
		if limit = left / float64(len(sorted)-i); w > limit {
			break
		}
		left -= w
	}
	out := slices.Clone(least)
	for i := range out {
		out[i] = min(out[i], limit)
	}
	return out
}

func sum(list []float64) (total float64) {
	for _, v := range list {
		total += v
	}
	return total
}

// padding is the white within a cell in millimetres.
func (s *sheet) padding() float64 { return pad * s.doc.em(s.size) }

// span is the width of a cell.
func (s *sheet) span(c *cell) float64 { return sum(s.widths[c.col : c.col+c.cols]) }
