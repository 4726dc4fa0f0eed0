package sheet

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// formulas are texts that a spreadsheet program would compute or run.
var formulas = []string{"=1+1", "+84912345678", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\")", "=cmd|' /C calc'!A0", "'=1", "''=1", "'an"}

func page(rows ...[]any) Page {
	return Page{Name: "Dữ liệu", Headings: []Heading{{Title: "Họ và tên", Required: true}, {Title: "=Số"}}, Rows: slices.Values(rows)}
}

func TestCSVNeverHoldsAFormula(t *testing.T) {
	t.Parallel()
	var rows [][]any
	for _, f := range formulas {
		rows = append(rows, []any{f, 1})
	}
	var b bytes.Buffer
	must(t, WriteCSV(&b, page(append(rows, []any{"Lê", -2.5}, []any{true, nil})...)))
	text := b.String()
	if !strings.HasPrefix(text, "\ufeff") || !strings.Contains(text, ",'=Số\r\n") || !strings.HasSuffix(text, "Lê,-2.5\r\ncó,\r\n") {
		t.Fatalf("wrote %q", text)
	}
	for _, f := range formulas[:8] {
		if !strings.Contains(strings.ReplaceAll(text, `""`, `"`), "'"+strings.ReplaceAll(f, "\r", "")) {
			t.Errorf("%q is not armed", f)
		}
	}
	if err := WriteCSV(&b, page([]any{struct{}{}})); err == nil {
		t.Fatal("anything was written")
	}
}

func TestBooksHoldTextsNotFormulas(t *testing.T) {
	t.Parallel()
	var rows [][]any
	for _, f := range formulas {
		rows = append(rows, []any{f, 7})
	}
	var b bytes.Buffer
	must(t, WriteBook(&b, page(rows...), Page{Name: GuideSheet, Headings: []Heading{{Title: "x"}}, Rows: slices.Values([][]any{{"y", true, nil, 0.5}})}))
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	must(t, err)
	defer func() { _ = f.Close() }()
	for i, want := range formulas {
		at := fmt.Sprintf("A%d", i+2)
		formula, err := f.GetCellFormula("Dữ liệu", at)
		must(t, err)
		kind, err := f.GetCellType("Dữ liệu", at)
		must(t, err)
		got, err := f.GetCellValue("Dữ liệu", at)
		must(t, err)
		if formula != "" || kind != excelize.CellTypeInlineString || strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%s: %q (formula %q, type %v), want %q", at, got, formula, kind, want)
		}
	}
	if err := WriteBook(&b, page([]any{struct{}{}})); err == nil {
		t.Fatal("anything was written")
	}
	_, remarks, err := all(b.Bytes()[:0:0], Default())
	if codeOf(err) != "file_empty" || remarks != nil {
		t.Fatal(err)
	}
}

// What is written is read again, from either format; and from a workbook our
// reader and the library's agree.
func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	t.Parallel()
	cell := rapid.OneOf(rapid.SampledFrom(formulas), rapid.StringMatching(`[ -~Đđếộ\t;,"']{0,12}`), rapid.Just(""))
	rapid.Check(t, func(t *rapid.T) {
		var rows [][]any
		var want []string
		for i := range rapid.IntRange(1, 5).Draw(t, "rows") {
			a, n := cell.Draw(t, "text"), rapid.IntRange(-1e9, 1e9).Draw(t, "number")
			rows = append(rows, []any{a, n})
			if clean(a) != "" {
				want = append(want, fmt.Sprintf("A%d %s", i+2, clean(a)))
			}
			want = append(want, fmt.Sprintf("B%d %d", i+2, n))
		}
		var book, text bytes.Buffer
		if err := WriteBook(&book, page(rows...)); err != nil {
			t.Fatal(err)
		}
		if err := WriteCSV(&text, page(rows...)); err != nil {
			t.Fatal(err)
		}
		for name, file := range map[string][]byte{"xlsx": book.Bytes(), "csv": text.Bytes()} {
			got, _, err := all(file, Default())
			if err != nil {
				t.Fatal(name, err)
			}
			var values []string
			for _, c := range got[2:] { // below the header
				at, rest, _ := strings.Cut(c, " ")
				_, value, _ := strings.Cut(rest, " ")
				values = append(values, at+" "+value)
			}
			if !slices.Equal(values, want) {
				t.Fatalf("%s: got %q, want %q", name, values, want)
			}
		}
		agree(t, book.Bytes())
	})
}

// agree compares our reading with that of another reader.
func agree(t *rapid.T, file []byte) {
	f, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	grid, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for r, row := range grid {
		for c, v := range row {
			if v = clean(v); v != "" {
				want = append(want, fmt.Sprintf("%s%d %s", Letters(c), r+1, v))
			}
		}
	}
	got, _, err := all(file, Default())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range got {
		at, rest, _ := strings.Cut(c, " ")
		_, value, _ := strings.Cut(rest, " ")
		got[i] = at + " " + value
	}
	if !slices.Equal(got, want) {
		t.Fatalf("we read %q, the other %q", got, want)
	}
}
