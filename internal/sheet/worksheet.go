package sheet

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxMerges bounds the merged ranges that are told about.
const maxMerges = 20

// worksheet reads the rows of one sheet.
type worksheet struct {
	book   *workbook
	limits Limits
	texts  *texts
	styles []bool
	xml    *xmlReader

	row      Row
	inData   bool // drawings and rules behind the data use the same names
	inRow    bool
	filled   int
	cell     rawCell
	merges   []string
	hidden   int // first hidden row
	finished bool
}

// rawCell is a cell as it is being read.
type rawCell struct {
	column  int
	kind    string
	date    bool
	formula bool
	valued  bool
	inValue bool
	value   []byte
	inline  run
}

func readWorkbook(a *archive, l Limits) (rows, error) {
	b := &budget{left: l.UnpackedBytes}
	w, err := findWorkbook(a, b)
	if err != nil {
		return nil, err
	}
	s := &worksheet{book: w, limits: l}
	if s.styles, err = readStyles(a, b, w.styles); err != nil {
		return nil, err
	}
	if s.texts, err = readTexts(a, b, w.texts); err != nil {
		return nil, err
	}
	s.xml, err = a.open(w.sheet, b)
	return s, err
}

func (s *worksheet) close() { s.xml.close() }

// next returns the next row with something in it.
func (s *worksheet) next() (*Row, error) {
	for !s.finished {
		t, err := s.xml.next()
		if errors.Is(err, io.EOF) {
			s.finished = true
			break
		}
		if err != nil {
			return nil, err
		}
		done, err := s.take(t)
		if err != nil {
			return nil, err
		}
		if done && !s.row.empty() {
			return s.count()
		}
	}
	return nil, nil
}

func (s *worksheet) count() (*Row, error) {
	if s.filled++; s.filled > s.limits.Rows {
		return nil, tooManyRows(s.limits)
	}
	if s.row.Hidden && s.hidden == 0 {
		s.hidden = s.row.Number
	}
	return &s.row, nil
}

// take handles one token; done tells that a row is complete.
func (s *worksheet) take(t *token) (done bool, err error) {
	switch t.kind {
	case startTag:
		return false, s.begin(t)
	case endTag:
		return s.end(t)
	case charData:
		if s.cell.inValue && len(s.cell.value) <= 4*s.limits.CellChars {
			s.cell.value = append(s.cell.value, t.text...)
		}
	}
	if s.cell.kind == "inlineStr" {
		s.cell.inline.take(t, s.limits.CellChars)
	}
	return false, nil
}

func (s *worksheet) begin(e *token) error {
	if !s.inData {
		switch string(e.name) {
		case "sheetData":
			s.inData = true
		case "mergeCell":
			if len(s.merges) < maxMerges {
				s.merges = append(s.merges, e.attr("ref"))
			}
		}
		return nil
	}
	switch string(e.name) {
	case "row":
		return s.beginRow(e)
	case "c":
		if !s.inRow {
			return damaged(errors.New("a cell outside any row"))
		}
		s.beginCell(e)
		return nil
	case "v":
		s.cell.inValue, s.cell.valued = true, true
	case "f":
		s.cell.formula = true
	}
	if s.cell.kind == "inlineStr" {
		s.cell.inline.take(e, s.limits.CellChars)
	}
	return nil
}

func (s *worksheet) beginRow(e *token) error {
	number := s.row.Number + 1
	if r := e.attr("r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n < number || n > maxRow {
			return damaged(fmt.Errorf("row %q behind row %d", r, s.row.Number))
		}
		number = n
	}
	if s.inRow || number > maxRow {
		return damaged(errors.New("a row within a row, or beyond the last"))
	}
	clear(s.row.Cells)
	s.row = Row{Number: number, Hidden: truth(e.attr("hidden")), Cells: s.row.Cells[:0]}
	s.inRow, s.cell.column = true, -1
	return nil
}

func (s *worksheet) beginCell(e *token) {
	c := rawCell{column: s.cell.column + 1, value: s.cell.value[:0]}
	for i := range e.attrs {
		value := e.attrs[i].value
		switch string(e.attrs[i].name) {
		case "r":
			if n := columnOf(value); n >= 0 {
				c.column = n
			}
		case "t":
			c.kind = cellType(value)
		case "s":
			n, err := strconv.Atoi(string(value))
			c.date = err == nil && n >= 0 && n < len(s.styles) && s.styles[n]
		}
	}
	s.cell = c
}

// cellType keeps one copy of what cells say of their type.
func cellType(name []byte) string {
	for _, known := range []string{"s", "inlineStr", "str", "n", "b", "e", "d"} {
		if string(name) == known {
			return known
		}
	}
	return "n"
}

func (s *worksheet) end(e *token) (done bool, err error) {
	if !s.inData {
		return false, nil
	}
	switch string(e.name) {
	case "sheetData":
		s.inData = false
	case "v":
		s.cell.inValue = false
	case "c":
		return false, s.endCell()
	case "row":
		s.inRow = false
		return true, nil
	}
	if s.cell.kind == "inlineStr" {
		s.cell.inline.take(e, s.limits.CellChars)
	}
	return false, nil
}

func (s *worksheet) endCell() error {
	cell, err := s.value()
	column := s.cell.column
	s.cell = rawCell{column: column, value: s.cell.value[:0]}
	if err != nil || cell.Kind == Empty {
		return err
	}
	if column >= s.limits.Columns {
		return tooManyColumns(s.limits, s.row.Number)
	}
	for len(s.row.Cells) <= column {
		s.row.Cells = append(s.row.Cells, Cell{})
	}
	s.row.Cells[column] = cell
	return nil
}

// value says what the cell that was just read holds.
func (s *worksheet) value() (Cell, error) {
	if s.cell.formula && !s.cell.valued {
		return Cell{Kind: Unset}, nil
	}
	v := string(s.cell.value)
	switch s.cell.kind {
	case "inlineStr":
		return textCell(s.cell.inline.text(), s.limits), nil
	case "s":
		if v == "" {
			return Cell{}, nil
		}
		text, ok := s.texts.get(strings.TrimSpace(v))
		if !ok {
			return Cell{}, damaged(fmt.Errorf("row %d names a text that is not there", s.row.Number))
		}
		return textCell(text, s.limits), nil
	case "str", "d":
		return textCell(unescape(v), s.limits), nil
	}
	if v = strings.TrimSpace(v); v == "" {
		return Cell{}, nil
	}
	switch s.cell.kind {
	case "b":
		return Cell{Kind: Bool, Value: map[bool]string{true: "1", false: "0"}[truth(v)]}, nil
	case "e":
		return Cell{Kind: Failed, Value: shown(v, 20)}, nil
	}
	if _, err := strconv.ParseFloat(v, 64); err != nil {
		return textCell(v, s.limits), nil
	}
	if s.cell.date {
		return Cell{Kind: Day, Value: s.serial(v)}, nil
	}
	return Cell{Kind: Number, Value: s.serial(v)}, nil
}

// serial keeps a number as it is, except that days counted from 1904 are
// counted from 1900, as everywhere else; only numbers shown as dates are days.
func (s *worksheet) serial(v string) string {
	if !s.book.from1904 || !s.cell.date {
		return v
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return v
	}
	return strconv.FormatFloat(f+1462, 'f', -1, 64)
}

// remarks implements rows.
func (s *worksheet) remarks() []Problem {
	var out []Problem
	warn := func(row int, column, code, vi, en string) {
		out = append(out, Problem{Row: row, Column: column, Code: code, VI: vi, EN: en, Warning: true})
	}
	if s.hidden > 0 {
		warn(s.hidden, "", "hidden_rows", "Tệp có hàng ẩn; các hàng này cũng được đọc.", "The file has hidden rows; they are read as well.")
	}
	for _, ref := range s.merges {
		first, _, _ := strings.Cut(ref, ":")
		column := columnOf([]byte(first))
		row, err := strconv.Atoi(strings.TrimLeft(first, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		if err == nil && column >= 0 {
			warn(row, Letters(column), "merged_cells", "Các ô được gộp: chỉ ô đầu tiên có giá trị, các ô còn lại được coi là trống.",
				"Cells are merged: only the first has the value, the others count as empty.")
		}
	}
	for _, name := range s.book.others {
		if name == GuideSheet {
			continue
		}
		warn(0, "", "other_sheets", "Tệp có nhiều trang tính; chỉ trang đầu tiên được đọc.", "The file has several sheets; only the first is read.")
		break
	}
	return out
}
