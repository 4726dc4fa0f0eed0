package sheet

import (
	"fmt"
	"strings"

	"sotay/internal/viet"
)

// Column is one column that a table may have.
type Column struct {
	Key string
	// Names are what the header may say; the first is the one on templates.
	// They are compared without marks, case, blanks and what stands in
	// brackets.
	Names    []string
	Required bool
	// Note and Example explain the column on a template; Width is in
	// characters, 0 for the usual.
	Note, Example string
	Width         float64
}

// headRows is how far down the header may stand: letterheads come first.
const headRows = 25

// Table is what stands below a header.
type Table struct {
	rows    rows
	columns []Column
	at      map[string]int // key to column
	titles  []string       // by column, as the header has them
	head    int
	remarks []Problem
}

// Read finds the header and returns the table below it. Missing says which
// required columns the file does not have; then there is no table. Close ends
// the reading.
func (b *Book) Read(columns []Column) (t *Table, missing []Problem, err error) {
	r, err := b.read()
	if err != nil {
		return nil, nil, err
	}
	t = &Table{rows: r, columns: columns}
	if missing, err = t.findHead(); err != nil || len(missing) > 0 {
		r.close()
		return nil, missing, err
	}
	return t, nil, nil
}

// Close ends the reading.
func (t *Table) Close() { t.rows.close() }

// findHead takes the first row that names all required columns; when none does,
// it reports what the best one lacks.
func (t *Table) findHead() ([]Problem, error) {
	best, bestRow := []Problem(nil), -1
	for range headRows {
		row, err := t.rows.next()
		if err != nil {
			return nil, err
		}
		if row == nil {
			break
		}
		found := t.match(row)
		missing := t.missing(row.Number)
		if len(missing) == 0 && found > 0 {
			return nil, nil
		}
		if found > bestRow {
			best, bestRow = missing, found
		}
	}
	if bestRow < 1 {
		for i := range best {
			best[i].Row = 0
		}
	}
	if bestRow < 0 {
		return nil, errEmpty
	}
	return best, nil
}

// match reads a row as the header and returns how many columns it names.
func (t *Table) match(row *Row) int {
	t.at, t.titles, t.remarks, t.head = map[string]int{}, make([]string, len(row.Cells)), nil, row.Number
	for i, c := range row.Cells {
		if c.Kind == Empty {
			continue
		}
		t.titles[i] = shown(c.Value, 60)
		key := t.keyOf(c.Value)
		_, twice := t.at[key]
		switch {
		case key == "":
			t.remark(i, "column_unknown", "Không biết cột này; cột được bỏ qua.", "This column is not known; it is left out.")
		case twice:
			t.remark(i, "column_twice", "Cột này có hai lần; chỉ cột đầu tiên được đọc.", "This column is there twice; only the first is read.")
		default:
			t.at[key] = i
		}
	}
	return len(t.at)
}

// maxRemarks bounds the warnings about columns.
const maxRemarks = 20

func (t *Table) remark(column int, code, vi, en string) {
	if len(t.remarks) < maxRemarks {
		t.remarks = append(t.remarks, Problem{Row: t.head, Column: Letters(column), Title: t.titles[column], Code: code, VI: vi, EN: en, Warning: true})
	}
}

func (t *Table) keyOf(title string) string {
	if title = nameKey(title); title == "" {
		return ""
	}
	for _, c := range t.columns {
		for _, n := range c.Names {
			if nameKey(n) == title {
				return c.Key
			}
		}
	}
	return ""
}

func (t *Table) missing(row int) []Problem {
	var out []Problem
	for _, c := range t.columns {
		if _, ok := t.at[c.Key]; !ok && c.Required {
			out = append(out, Problem{Row: row, Title: c.Names[0], Code: "column_missing",
				VI: fmt.Sprintf("Thiếu cột “%s”.", c.Names[0]), EN: fmt.Sprintf("The column “%s” is missing.", c.Names[0])})
		}
	}
	return out
}

// nameKey is what the names of columns are compared by.
func nameKey(s string) string {
	s, _, _ = strings.Cut(s, "(")
	var b strings.Builder
	for _, r := range viet.Fold(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Has tells whether the file has a column.
func (t *Table) Has(key string) bool {
	_, ok := t.at[key]
	return ok
}

// Next returns the next row below the header, nil at the end.
func (t *Table) Next() (*Record, error) {
	row, err := t.rows.next()
	if row == nil || err != nil {
		return nil, err
	}
	return &Record{table: t, row: row, Row: row.Number}, nil
}

// Remarks are warnings about the file as a whole; complete once Next has
// returned nil.
func (t *Table) Remarks() []Problem {
	out := t.remarks
	for _, p := range t.rows.remarks() {
		if p.Code == "merged_cells" && p.Row <= t.head {
			continue // a title over several columns
		}
		out = append(out, p)
	}
	return out
}

// shown is a text of the file as a sentence about it may quote it.
func shown(s string, chars int) string {
	cut, _ := firstChars(oneLine(clean(s)), chars)
	return cut
}

// oneLine joins the words of a text by single blanks.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
