package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"sotay/internal/fault"
)

// textRows reads the rows of a .csv file.
type textRows struct {
	limits Limits
	lines  *meter
	csv    *csv.Reader
	row    Row
	filled int
	inner  int // line breaks inside the cells so far: rows are not lines
}

// buffered is how far the reading runs ahead of a record.
const buffered = 64 << 10

func readCSV(file io.Reader, c coding, l Limits) (rows, error) {
	m := &meter{src: c.reader(file), most: l.Columns*l.CellChars*utf8.UTFMax + buffered}
	b := bufio.NewReaderSize(m, buffered)
	first, err := b.Peek(16 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, textFault(err)
	}
	t := &textRows{limits: l, lines: m, csv: csv.NewReader(b)}
	comma, told := separator(first)
	if told { // by a line of its own
		if _, err := b.ReadString('\n'); err != nil && !errors.Is(err, io.EOF) {
			return nil, textFault(err)
		}
	}
	t.csv.Comma, t.csv.FieldsPerRecord, t.csv.ReuseRecord = comma, -1, true
	return t, nil
}

// separator finds out what stands between the cells: what a first line "sep=;"
// says, else the sign that the first line has most of outside quotes.
func separator(head []byte) (comma rune, told bool) {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	line = bytes.TrimRight(line, "\r")
	if rest, ok := bytes.CutPrefix(line, []byte("sep=")); ok && len(rest) == 1 && strings.IndexByte(",;\t", rest[0]) >= 0 {
		return rune(rest[0]), true
	}
	counts, quoted := map[byte]int{}, false
	for _, c := range head {
		if c == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		if c == '\n' && len(counts) > 0 {
			break // title lines above the header have none
		}
		if c == ',' || c == ';' || c == '\t' {
			counts[c]++
		}
	}
	comma = ','
	for _, c := range []byte{';', '\t'} {
		if counts[c] > counts[byte(comma)] {
			comma = rune(c)
		}
	}
	return comma, false
}

func (t *textRows) close()             {}
func (t *textRows) remarks() []Problem { return nil }

// next returns the next row with something in it.
func (t *textRows) next() (*Row, error) {
	for {
		t.lines.used = 0
		record, err := t.csv.Read()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, textFault(err)
		}
		line, _ := t.csv.FieldPos(0)
		if err := t.fill(record, line-t.inner); err != nil {
			return nil, err
		}
		for _, field := range record {
			t.inner += strings.Count(field, "\n")
		}
		if t.row.empty() {
			continue
		}
		if t.filled++; t.filled > t.limits.Rows {
			return nil, tooManyRows(t.limits)
		}
		return &t.row, nil
	}
}

func (t *textRows) fill(record []string, number int) error {
	t.row = Row{Number: number, Cells: t.row.Cells[:0]}
	for i, field := range record {
		if !utf8.ValidString(field) {
			return errUTF8
		}
		cell := textCell(disarmed(field), t.limits)
		if i >= t.limits.Columns {
			if cell.Kind != Empty {
				return tooManyColumns(t.limits, number)
			}
			continue
		}
		t.row.Cells = append(t.row.Cells, cell)
	}
	return nil
}

// disarmed takes away the apostrophe that Armed, or an office program, put
// before a text that begins like a formula.
func disarmed(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && dangerous(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return s
}

// textFault says in people's words why a .csv file can't be read on.
func textFault(err error) error {
	if f := fault.As(err); f != nil {
		return f
	}
	var p *csv.ParseError
	if errors.As(err, &p) {
		return refuse("file_bad_quotes", fmt.Sprintf("Dòng %d của tệp .csv có dấu nháy kép không hợp lệ.", p.Line),
			fmt.Sprintf("Line %d of the .csv file has quotes that do not fit.", p.Line)).Because(err)
	}
	return err
}

// meter cuts off a record that never ends, such as one whose quote is not
// closed: the parser would hold all of it.
type meter struct {
	src        io.Reader
	used, most int
}

var errRecord = refuse("file_row_too_long", "Một hàng của tệp .csv quá dài (có thể thiếu dấu nháy kép đóng).",
	"A row of the .csv file is too long (perhaps a closing quote is missing).")

func (m *meter) Read(p []byte) (int, error) {
	if m.used > m.most {
		return 0, errRecord
	}
	n, err := m.src.Read(p)
	m.used += n
	return n, err
}
