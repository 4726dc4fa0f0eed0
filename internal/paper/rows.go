package paper

import "slices"

// arrange breaks the text of cells into lines and finds the height of rows.
func (s *sheet) arrange() {
	g := s.grid
	s.heads = g.heads
	s.rows = make([][]*cell, g.rows)
	for _, c := range g.cells {
		end := g.rows
		if c.row < g.heads {
			end = g.heads // headings stand apart from what is below them
		}
		c.rows = min(c.rows, end-c.row)
		s.rows[c.row] = append(s.rows[c.row], c)
		s.lines[c] = s.layCell(c)
	}
	s.height = make([]float64, g.rows)
	s.stretch(0, g.rows)
	if s.heads == g.rows || sum(s.height[:s.heads]) > page/3 {
		s.heads = 0
	}
}

// layCell breaks a cell's text into lines. The first has no gap above it.
func (s *sheet) layCell(c *cell) []line {
	var out []line
	for _, b := range c.blocks {
		at := *b
		at.size = s.size
		if c.row < s.grid.heads {
			at.align = centre
		}
		out = append(out, s.doc.lay(&at, s.texts[b], s.span(c)-2*s.padding())...)
	}
	if len(out) > 0 {
		out[0].gap = 0
	}
	return out
}

// stretch makes rows as high as their cells need; what a cell over several rows
// lacks goes to the last of them.
func (s *sheet) stretch(from, to int) {
	for r := from; r < to; r++ {
		s.height[r] = 0
		if len(s.rows[r]) > 0 {
			s.height[r] = s.doc.em(s.size)
		}
	}
	for _, many := range []bool{false, true} {
		for r := from; r < to; r++ {
			for _, c := range s.rows[r] {
				if (c.rows > 1) == many {
					last := c.row + c.rows - 1
					s.height[last] += max(0, s.tall(c)-sum(s.height[c.row:last+1]))
				}
			}
		}
	}
}

func (s *sheet) tall(c *cell) float64 { return s.doc.room(s.lines[c]) + 2*s.padding() }

// together is the row after those that hang together with a row by cells over
// several rows.
func (s *sheet) together(row int) int {
	end := row + 1
	for r := row; r < end; r++ {
		for _, c := range s.rows[r] {
			end = max(end, c.row+c.rows)
		}
	}
	return end
}

// part takes rows apart that hang together and would not fit on a page. Below
// each cell that goes over several stand empty ones.
func (s *sheet) part(from, to int) {
	for r := from; r < to; r++ {
		for _, c := range slices.Clone(s.rows[r]) {
			for k := 1; k < c.rows; k++ {
				s.rows[r+k] = append(s.rows[r+k], &cell{row: r + k, col: c.col, cols: c.cols, rows: 1, head: c.head})
			}
			c.rows = 1
		}
	}
	s.stretch(from, to)
}

// sheet sets a table that was laid out, its headings again on each page.
func (f *flow) sheet(s *sheet) {
	first := true
	for r := s.heads; r < len(s.rows) && !f.full; {
		end := s.together(r)
		if h := sum(s.height[r:end]); end > r+1 && h > page/2 {
			s.part(r, end)
			end = r + 1
		}
		h := sum(s.height[r:end])
		heads := sum(s.height[:s.heads])
		whole := h <= page-heads
		if !whole {
			h = page / 4
		}
		switch {
		case first:
			f.begin(h + heads + s.padding()*2)
			f.doc.Space(s.padding() * 2)
			if f.doc.Room() < h+heads { // headings before it took the room
				f.turn(s)
			} else {
				f.heads(s)
			}
		case f.doc.Room() < h:
			f.turn(s)
		}
		first = false
		if f.full {
			return
		}
		if whole {
			s.set(r, end)
		} else {
			f.broken(s, r)
		}
		r = end
	}
	f.doc.Space(s.padding() * 3)
}

// turn begins a page with the table's headings.
func (f *flow) turn(s *sheet) {
	if f.need(page); !f.full {
		f.heads(s)
	}
}

func (f *flow) heads(s *sheet) {
	if !f.full && s.heads > 0 {
		s.set(0, s.heads)
	}
}

// set draws whole rows where the page stands.
func (s *sheet) set(from, to int) {
	top := s.doc.pdf.GetY()
	for r := from; r < to; r++ {
		for _, c := range s.rows[r] {
			y := top + sum(s.height[from:r])
			s.frame(c, y, sum(s.height[r:r+c.rows]))
			s.fill(c, y, s.lines[c])
		}
	}
	s.doc.pdf.SetY(top + sum(s.height[from:to]))
}

// broken draws a row that no page holds over several.
func (f *flow) broken(s *sheet, row int) {
	left := map[*cell][]line{}
	for _, c := range s.rows[row] {
		left[c] = s.lines[c]
	}
	for more := true; more && !f.full; {
		top, height := s.doc.pdf.GetY(), 2*s.padding()
		more = false
		cut := map[*cell]int{}
		for _, c := range s.rows[row] {
			n, h := s.fitting(left[c], s.doc.Room()-2*s.padding())
			cut[c], height = n, max(height, h+2*s.padding())
			more = more || n < len(left[c])
		}
		if more {
			height = s.doc.Room()
		}
		for _, c := range s.rows[row] {
			s.frame(c, top, height)
			s.fill(c, top, left[c][:cut[c]])
			left[c] = left[c][cut[c]:]
		}
		s.doc.pdf.SetY(top + height)
		if more {
			f.turn(s)
		}
	}
}

// fitting is how many lines a height holds, one at least, and how high they are.
func (s *sheet) fitting(lines []line, height float64) (n int, h float64) {
	for n = range lines {
		next := h + lines[n].gap + s.doc.tall(&lines[n])
		if n > 0 && next > height {
			return n, h
		}
		h = next
	}
	return len(lines), h
}

// frame draws the frame of a cell.
func (s *sheet) frame(c *cell, y, height float64) {
	p := s.doc.pdf
	x := s.x + sum(s.widths[:c.col])
	p.SetDrawColor(90, 90, 90)
	p.SetLineWidth(0.2)
	style := "D"
	if c.head {
		p.SetFillColor(238, 238, 238)
		style = "FD"
	}
	p.Rect(x, y, s.span(c), height, style)
}

// fill writes lines into a cell.
func (s *sheet) fill(c *cell, y float64, lines []line) {
	x := s.x + sum(s.widths[:c.col]) + s.padding()
	y += s.padding()
	for i := range lines {
		y += lines[i].gap
		s.doc.write(x, y, s.span(c)-2*s.padding(), &lines[i])
		y += s.doc.tall(&lines[i])
	}
}
