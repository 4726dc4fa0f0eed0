package paper

import (
	"strconv"

	"golang.org/x/net/html"
)

// maxColumns is how many columns a table has; what stands further right goes
// into the last one.
const maxColumns = 40

// cell is one of a table, which may go over several columns and rows.
type cell struct {
	row, col, rows, cols int
	head                 bool
	blocks               []*block
}

// grid is a table as it is read.
type grid struct {
	cells      []*cell
	rows, cols int
	col        int   // where the next cell of the row is looked for
	taken      []int // by column: the first row in which it is free
	open       *cell
	inHead     bool
	heads      int  // rows at the top that are repeated
	plain      bool // the row that is open has a cell that is no heading
	bodies     bool // a row that is no heading has been read
}

// startTable begins a table or a part of it. A table within a cell is set as
// the text of that cell.
func (m *markup) startTable(t *html.Token) {
	if t.Data == "table" {
		if m.tables++; m.tables == 1 {
			m.grid = &grid{}
		}
		return
	}
	if m.tables != 1 || m.grid == nil {
		return
	}
	g := m.grid
	switch t.Data {
	case "thead", "tbody":
		g.inHead = t.Data == "thead"
	case "tr":
		m.endCell()
		if g.endRow(); max(len(g.cells), g.rows) >= maxTable {
			m.goOn()
		}
		m.grid.row()
	case "th", "td":
		m.endCell()
		g.begin(t.Data == "th" || g.inHead, number(t, "colspan"), number(t, "rowspan"))
		m.base = outside{len(m.lists), m.quotes}
		m.mark = ""
		if g.open.head {
			m.looks[0]++
		}
	}
}

func number(t *html.Token, name string) int {
	n, err := strconv.Atoi(attr(t, name))
	if err != nil {
		return 1
	}
	return max(n, 1)
}

func (m *markup) endTable(name string) {
	if m.tables == 0 {
		return
	}
	if name == "table" {
		if m.tables--; m.tables == 0 {
			m.setTable()
		}
		return
	}
	if m.tables == 1 {
		m.endCell()
	}
}

func (m *markup) endCell() {
	if m.grid.open == nil {
		return
	}
	if m.grid.open.head {
		m.looks[0] = max(0, m.looks[0]-1)
	}
	m.lists, m.quotes = m.lists[:min(m.base.lists, len(m.lists))], m.base.quotes
	m.base, m.mark, m.grid.open = outside{}, "", nil
}

// setTable ends the table and sets it.
func (m *markup) setTable() {
	m.endCell()
	g := m.grid
	m.grid, m.tables = nil, 0
	if g.endRow(); len(g.cells) > 0 {
		m.block(&block{table: g})
	}
}

// goOn sets the table so far, and begins another for the rows to come.
func (m *markup) goOn() {
	g := m.grid
	m.grid = nil
	m.block(&block{table: g})
	m.grid = &grid{inHead: false, bodies: true}
}

// row begins a row.
func (g *grid) row() {
	g.rows++
	g.col, g.plain = 0, false
}

// endRow counts the row among the headings if all of it is one.
func (g *grid) endRow() {
	if g.rows == 0 || g.bodies {
		return
	}
	if n := len(g.cells); g.plain || n == 0 || g.cells[n-1].row != g.rows-1 {
		g.bodies = true
		return
	}
	g.heads = g.rows
}

// begin begins a cell at the next free place of the row.
func (g *grid) begin(head bool, cols, rows int) {
	if g.rows == 0 {
		g.row()
	}
	at := g.rows - 1
	for g.col < len(g.taken) && g.taken[g.col] > at {
		g.col++
	}
	g.plain = g.plain || !head
	if g.col >= maxColumns {
		if n := len(g.cells); n > 0 {
			g.open = g.cells[n-1]
			return
		}
	}
	g.col = min(g.col, maxColumns-1)
	c := &cell{row: at, col: g.col, rows: rows, head: head}
	for c.cols < cols && g.col < maxColumns && (g.col >= len(g.taken) || g.taken[g.col] <= at) {
		if g.col == len(g.taken) {
			g.taken = append(g.taken, 0)
		}
		g.taken[g.col] = at + rows
		g.col++
		c.cols++
	}
	g.cols = max(g.cols, g.col)
	g.cells = append(g.cells, c)
	g.open = c
}

// add puts a block into the cell that is open, and tells whether there is one.
func (g *grid) add(b *block) bool {
	if g.open == nil {
		return false
	}
	g.open.blocks = append(g.open.blocks, b)
	return true
}
