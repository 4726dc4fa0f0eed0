package sheet

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"sotay/internal/viet"
)

// Record is one row of a table, read by the keys of columns. What can't be
// read as what the caller asks for is put on Problems, with the place of the
// cell, and counts as empty.
type Record struct {
	Row      int
	Problems []Problem
	table    *Table
	row      *Row
}

func (r *Record) cell(key string) Cell {
	at, ok := r.table.at[key]
	if !ok {
		return Cell{}
	}
	return r.row.Cell(at)
}

// Fail puts a problem at a column of the row.
func (r *Record) Fail(key, code, vi, en string) {
	p := Problem{Row: r.Row, Code: code, VI: vi, EN: en}
	if at, ok := r.table.at[key]; ok {
		p.Column, p.Title = Letters(at), r.table.titles[at]
	}
	r.Problems = append(r.Problems, p)
}

// Where returns the letters of a column and its name in the header, "" when
// the file does not have it.
func (r *Record) Where(key string) (letters, title string) {
	at, ok := r.table.at[key]
	if !ok {
		return "", ""
	}
	return Letters(at), r.table.titles[at]
}

// Warn puts a note at a column of the row that keeps nothing from being taken
// over.
func (r *Record) Warn(key, code, vi, en string) {
	r.Fail(key, code, vi, en)
	r.Problems[len(r.Problems)-1].Warning = true
}

// Failed tells whether a column of the row has a problem already.
func (r *Record) Failed(key string) bool {
	at, ok := r.table.at[key]
	if !ok {
		return false
	}
	for _, p := range r.Problems {
		if p.Column == Letters(at) {
			return true
		}
	}
	return false
}

// usable reports cells that hold no value anybody meant.
func (r *Record) usable(key string, c Cell) bool {
	switch c.Kind {
	case Failed:
		r.Fail(key, "cell_error", "Ô chứa giá trị lỗi ("+c.Value+").", "The cell holds an error value ("+c.Value+").")
	case Unset:
		r.Fail(key, "cell_not_computed", "Công thức trong ô chưa được tính. Hãy mở tệp bằng chương trình bảng tính và lưu lại.",
			"The formula in the cell was not computed. Open the file in a spreadsheet program and save it again.")
	case Long:
		n := r.limits().CellChars
		r.Fail(key, "cell_too_long", fmt.Sprintf("Nội dung ô dài hơn %d ký tự.", n), fmt.Sprintf("The cell has more than %d characters.", n))
	default:
		return c.Kind != Empty
	}
	return false
}

func (r *Record) limits() Limits {
	switch t := r.table.rows.(type) {
	case *worksheet:
		return t.limits
	case *textRows:
		return t.limits
	}
	return Default()
}

// Text returns a cell as one line of text. A date where a text belongs is a
// problem: spreadsheet programs turn "12/5" into one without asking.
func (r *Record) Text(key string) string {
	c := r.cell(key)
	if !r.usable(key, c) {
		return ""
	}
	switch c.Kind {
	case Day:
		r.Fail(key, "cell_became_date", "Chương trình bảng tính đã đổi ô này thành ngày. Hãy định dạng cột là Văn bản (Text) và nhập lại.",
			"The spreadsheet program turned this cell into a date. Format the column as text and enter it again.")
		return ""
	case Number:
		if whole, ok := wholeNumber(c.Value); ok {
			return whole
		}
	}
	return oneLine(c.Value)
}

// Lines returns a cell as a text that may have several lines. A spreadsheet
// program that made a number or an answer of what was typed leaves a warning
// with what is read instead: "98%" lies there as 0.98.
func (r *Record) Lines(key string) string {
	c := r.cell(key)
	switch c.Kind {
	case Text:
		return c.Value
	case Bool:
		word := map[string]string{"1": "Đúng", "0": "Sai"}[c.Value]
		r.Warn(key, "cell_became_answer", "Chương trình bảng tính đã đổi ô này thành giá trị lô-gích; được đọc là “"+word+"”.",
			"The spreadsheet program turned this cell into a logical value; it is read as “"+word+"”.")
		return word
	}
	text := r.Text(key)
	if _, whole := wholeNumber(c.Value); c.Kind == Number && !whole && text != "" {
		r.Warn(key, "cell_is_number", "Ô này là số, được đọc là “"+text+"”. Nếu không đúng, hãy định dạng cột là Văn bản (Text) và nhập lại.",
			"This cell is a number and is read as “"+text+"”. If that is not right, format the column as text and enter it again.")
	}
	return text
}

// Code returns a cell that identifies something: a code, a card, a phone or a
// citizen id. Digits that a spreadsheet program has thrown away are a problem,
// for what is left would name something else.
func (r *Record) Code(key string) string {
	c := r.cell(key)
	text := r.Text(key)
	lost := false
	switch c.Kind {
	case Number:
		whole, ok := wholeNumber(c.Value)
		lost = !ok || len(strings.TrimLeft(whole, "-")) > 15
	case Text:
		lost = scientific(text)
	}
	if lost {
		r.Fail(key, "digits_lost", "Chương trình bảng tính đã làm mất chữ số của ô này. Hãy định dạng cột là Văn bản (Text) và nhập lại.",
			"The spreadsheet program has lost digits of this cell. Format the column as text and enter it again.")
		return ""
	}
	return text
}

// wholeNumber writes a number without point or exponent; false when it is not
// whole or too large to be exact.
func wholeNumber(v string) (string, bool) {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return "", false
	}
	return strconv.FormatFloat(f, 'f', 0, 64), true
}

// scientific tells texts such as "3,8205E+11".
func scientific(s string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(s), "E+")
	if !ok || mantissa == "" || exponent == "" {
		return false
	}
	return strings.Trim(mantissa, "0123456789.,-") == "" && strings.Trim(exponent, "0123456789") == ""
}

// yes and no are the answers that offices write; a lone x is a tick.
var answers = map[string]bool{
	"co": true, "c": true, "x": true, "1": true, "yes": true, "y": true, "true": true, "dung": true, "v": true,
	"khong": false, "k": false, "0": false, "no": false, "n": false, "false": false, "sai": false,
}

// Bool returns a cell as an answer; ok is false when the cell is empty or no
// answer.
func (r *Record) Bool(key string) (yes, ok bool) {
	text := r.Text(key)
	if text == "" {
		return false, false
	}
	yes, ok = answers[viet.Fold(text)]
	if !ok {
		r.Fail(key, "not_yes_no", "Cần “có” hoặc “không”.", "It must be “có” (yes) or “không” (no).")
	}
	return yes, ok
}

// Choice returns what a cell's text stands for, compared like the names of
// columns; "" when it is empty or not among them.
func (r *Record) Choice(key string, choices []Choice) string {
	text := r.Text(key)
	if text == "" {
		return ""
	}
	if value, ok := ChoiceOf(text, choices); ok {
		return value
	}
	var names []string
	for _, c := range choices {
		names = append(names, c.Names[0])
	}
	all := strings.Join(names, ", ")
	r.Fail(key, "not_allowed", "Giá trị phải là một trong: "+all+".", "It must be one of: "+all+".")
	return ""
}

// Choice is one value that a column may have and the names that people give
// it; the first is the one on templates.
type Choice struct {
	Value string
	Names []string
}

// ChoiceOf finds a value by one of its names.
func ChoiceOf(text string, choices []Choice) (string, bool) {
	key := nameKey(text)
	for _, c := range choices {
		for _, n := range c.Names {
			if choiceKey(n) == key {
				return c.Value, true
			}
		}
	}
	return "", false
}

// choiceKeys remembers the keys of names that programs offer: each row of a
// long list asks for the same few.
var choiceKeys sync.Map

func choiceKey(name string) string {
	if key, ok := choiceKeys.Load(name); ok {
		return key.(string)
	}
	key := nameKey(name)
	choiceKeys.Store(name, key)
	return key
}
