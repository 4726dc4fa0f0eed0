package sheet

import (
	"fmt"
	"io"

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
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F2E6CF"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
	if err != nil {
		return err
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}) // "@": what is typed stays a text
	if err != nil {
		return err
	}
	for i, p := range pages {
		if i == 0 {
			err = f.SetSheetName(f.GetSheetName(0), p.Name)
		} else {
			_, err = f.NewSheet(p.Name)
		}
		if err != nil {
			return err
		}
		if err := writePage(f, p, bold, text); err != nil {
			return fmt.Errorf("sheet %s: %w", p.Name, err)
		}
	}
	return f.Write(w)
}

func writePage(f *excelize.File, p Page, bold, text int) error {
	s, err := f.NewStreamWriter(p.Name)
	if err != nil {
		return err
	}
	head := make([]any, len(p.Headings))
	for i, h := range p.Headings {
		width := h.Width
		if width == 0 {
			width = 16
		}
		if err := s.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
		if err := s.SetColStyle(i+1, i+1, text); err != nil {
			return err
		}
		title := h.Title
		if h.Required {
			title += " (*)"
		}
		head[i] = excelize.Cell{StyleID: bold, Value: title}
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := s.SetRow("A1", head); err != nil {
		return err
	}
	number := 1
	for row := range p.Rows {
		number++
		if err := writeRow(s, number, row, text); err != nil {
			return err
		}
	}
	return s.Flush()
}

func writeRow(s *excelize.StreamWriter, number int, row []any, text int) error {
	cells := make([]any, len(row))
	for i, v := range row {
		switch v := v.(type) {
		case string:
			cut, _ := firstChars(v, maxCell)
			cells[i] = excelize.Cell{StyleID: text, Value: cut}
		case bool:
			word, err := plainValue(v)
			if err != nil {
				return err
			}
			cells[i] = excelize.Cell{StyleID: text, Value: word}
		case nil, int, int64, float64:
			cells[i] = v
		default:
			return fmt.Errorf("a %T has no place in a sheet", v)
		}
	}
	at, err := excelize.CoordinatesToCellName(1, number)
	if err != nil {
		return err
	}
	return s.SetRow(at, cells)
}
