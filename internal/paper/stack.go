package paper

import "strings"

// stack sets a table with more columns than a page holds as a list: for each
// row, what each column says, under the name of the column.
func (f *flow) stack(g *grid, size float64) {
	names := g.names()
	row := -1
	for _, c := range g.cells {
		if c.row < g.heads && g.heads < g.rows {
			continue
		}
		if c.row != row {
			f.add(&block{rule: true, size: size})
			row = c.row
		}
		for i, b := range c.blocks {
			at := *b
			if name := names[c.col]; i == 0 && name != "" {
				at.runs = append([]run{{name + ": ", strong}}, b.runs...)
			}
			at.keeps = false
			f.add(&at)
		}
	}
	f.add(&block{rule: true, size: size})
}

// names are what the headings say above each column.
func (g *grid) names() []string {
	out := make([]string, g.cols)
	for _, c := range g.cells {
		if c.row >= g.heads {
			break
		}
		name := c.text()
		for k := c.col; k < c.col+c.cols; k++ {
			out[k] = strings.TrimPrefix(out[k]+" – "+name, " – ")
		}
	}
	return out
}

// text is the text of a cell in one line.
func (c *cell) text() string {
	var b strings.Builder
	for _, p := range c.blocks {
		for _, r := range p.runs {
			b.WriteString(r.text)
		}
		b.WriteByte(' ')
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
