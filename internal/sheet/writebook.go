package sheet

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxCell is what a cell of a workbook may hold, in characters; formats allow
// no more.
const maxCell = 32_000

// WriteBook writes pages as a workbook, row by row. Every text is written as
// the text it is: only formulas compute, and none is written.
func WriteBook(w io.Writer, pages ...Page) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	l, err := newLooks(f)
	if err != nil {
		return err
	}
	for i := range pages {
		p := &pages[i]
		if i == 0 {
			err = f.SetSheetName(f.GetSheetName(0), p.Name)
		} else {
			_, err = f.NewSheet(p.Name)
		}
		if err != nil {
			return err
		}
		if err := writePage(f, p, pages, l); err != nil {
			return fmt.Errorf("sheet %s: %w", p.Name, err)
		}
	}
	return f.Write(w)
}

// pageWriter writes the rows of a page from the top.
type pageWriter struct {
	*excelize.StreamWriter
	page  *Page
	looks *looks
	row   int // the last that was written
}

func writePage(f *excelize.File, p *Page, pages []Page, l *looks) error {
	if err := layOut(f, p); err != nil {
		return err
	}
	s, err := f.NewStreamWriter(p.Name)
	if err != nil {
		return err
	}
	w := &pageWriter{StreamWriter: s, page: p, looks: l}
	if err := w.head(); err != nil {
		return err
	}
	for row := range p.Rows {
		if err := w.write(row, &l.body); err != nil {
			return err
		}
	}
	if err := filter(f, p, w.row); err != nil {
		return err
	}
	for _, row := range p.Foot {
		if err := w.write(row, &l.foot); err != nil {
			return err
		}
	}
	if p.Chart != nil { // the library takes it only before the page is closed
		if err := p.Chart.draw(f, p, pages, w.row+2); err != nil {
			return err
		}
	}
	return w.Flush()
}

// head writes what stands above the rows, and keeps it in sight.
func (w *pageWriter) head() error {
	p := w.page
	head := make([]any, len(p.Headings))
	for i := range p.Headings {
		h := &p.Headings[i]
		column, look := w.looks.body.text, w.looks.head
		if h.Number {
			column, look = w.looks.body.count, w.looks.headNumber
		}
		if err := w.SetColWidth(i+1, i+1, h.width()); err != nil {
			return err
		}
		if err := w.SetColStyle(i+1, i+1, column); err != nil {
			return err
		}
		title := h.Title
		if h.Required {
			title += " (*)"
		}
		head[i] = excelize.Cell{StyleID: look, Value: title}
	}
	panes := &excelize.Panes{Freeze: true, YSplit: p.headRow(), TopLeftCell: fmt.Sprintf("A%d", p.headRow()+1), ActivePane: "bottomLeft"}
	if p.Filter {
		panes.XSplit, panes.TopLeftCell, panes.ActivePane = 1, fmt.Sprintf("B%d", p.headRow()+1), "bottomRight"
	}
	if err := w.SetPanes(panes); err != nil {
		return err
	}
	for i, line := range p.Over {
		if err := w.over(line, i == 0); err != nil {
			return err
		}
	}
	w.row++
	return w.SetRow(fmt.Sprintf("A%d", w.row), head, w.height(head)...)
}

// headRow is the row of the header.
func (p *Page) headRow() int { return len(p.Over) + 1 }

// over writes a line over the whole width. No program fits the height of a row
// to cells that are joined.
func (w *pageWriter) over(line string, title bool) error {
	w.row++
	width := 0.0
	for i := range w.page.Headings {
		width += w.page.Headings[i].width()
	}
	style, high := w.looks.line, lineHigh*linesOf(line, width)
	if title {
		style, high = w.looks.title, titleHigh*linesOf(line, width*0.7) // its letters are larger
	}
	cut, _ := firstChars(line, maxCell)
	from := fmt.Sprintf("A%d", w.row)
	if err := w.SetRow(from, []any{excelize.Cell{StyleID: style, Value: cut}}, excelize.RowOpts{Height: high}); err != nil || len(w.page.Headings) < 2 {
		return err
	}
	return w.MergeCell(from, fmt.Sprintf("%s%d", Letters(len(w.page.Headings)-1), w.row))
}

// filter covers the header and the rows down to the last. The library doubles no
// quote in the name of the page: it must have none.
func filter(f *excelize.File, p *Page, last int) error {
	if !p.Filter || last == p.headRow() {
		return nil
	}
	if strings.Contains(p.Name, "'") {
		return errors.New("a page with a quote in its name has no filter")
	}
	return f.AutoFilter(p.Name, fmt.Sprintf("A%d:%s%d", p.headRow(), Letters(len(p.Headings)-1), last), nil)
}

func (w *pageWriter) write(row []any, l *cellLooks) error {
	cells := make([]any, len(row))
	for i, v := range row {
		c, err := l.cell(v)
		if err != nil {
			return err
		}
		cells[i] = c
	}
	w.row++
	return w.SetRow(fmt.Sprintf("A%d", w.row), cells, w.height(cells)...)
}
