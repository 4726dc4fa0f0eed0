package sheet

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// charted is a workbook of a page with a chart of another.
func charted() []Page {
	rows := [][]any{{"Một", Count(1234), Share(0.5)}, {"Hai", Count(0), nil}}
	data := Page{Name: "Đơn vị", Filter: true, Rows: slices.Values(rows), Foot: [][]any{{"Cộng", Count(1234), Share(0.5)}},
		Headings: []Heading{{Title: "Tên"}, {Title: "Số", Number: true}, {Title: "Tỷ lệ", Number: true}}}
	first := Page{Name: "Đầu", Over: []string{"=Tên", "dòng hai"}, Headings: []Heading{{Title: "a", Width: 30}, {Title: "b"}}, Rows: slices.Values([][]any{{"x", Count(1)}}),
		Chart: &Chart{Title: "Tỷ lệ <&>", Page: data.Name, Rows: 2, Series: []int{2}}}
	return []Page{first, data}
}

// partOf is a part of a workbook as text.
func partOf(t *testing.T, file []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	r, err := z.Open(name)
	must(t, err)
	defer func() { _ = r.Close() }()
	b, err := io.ReadAll(r)
	must(t, err)
	return string(b)
}

func TestChart(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	must(t, WriteBook(&b, charted()...))
	chart := partOf(t, b.Bytes(), "xl/charts/chart1.xml")
	for _, part := range []string{"<f>&#39;Đơn vị&#39;!$A$2:$A$3</f>", "!$C$2:$C$3</f>", "!$C$1</f>", `<max val="1"></max>`, `<min val="0"></min>`, "Tỷ lệ &lt;&amp;&gt;", `formatCode="0%"`} {
		if !strings.Contains(chart, part) {
			t.Errorf("no %s in %s", part, chart)
		}
	}
	if first := partOf(t, b.Bytes(), "xl/worksheets/sheet1.xml"); !strings.Contains(first, "<drawing ") {
		t.Errorf("the page has no chart: %s", first)
	}
	pages := charted()
	pages[0].Chart.Page = "Không có"
	if err := WriteBook(io.Discard, pages...); err == nil {
		t.Error("a chart of no page was drawn")
	}
	if got := quoted("a'b"); got != "'a''b'" {
		t.Errorf("quoted: %s", got)
	}
}

// The filter covers the rows and not what sums them up; numbers are numbers and
// shown as their kind is.
func TestPagesOfNumbers(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	must(t, WriteBook(&b, charted()...))
	data := partOf(t, b.Bytes(), "xl/worksheets/sheet2.xml")
	for _, part := range []string{`<autoFilter ref="$A$1:$C$3"`, `xSplit="1"`, `orientation="landscape"`} {
		if !strings.Contains(data, part) {
			t.Errorf("no %s in %s", part, data)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	must(t, err)
	defer func() { _ = f.Close() }()
	for at, want := range map[string]string{"B2": "1,234", "C2": "50.0%", "B3": "0", "C3": "", "A4": "Cộng", "B4": "1,234"} {
		if got, err := f.GetCellValue("Đơn vị", at); err != nil || got != want {
			t.Errorf("%s is shown as %q, want %q, %v", at, got, want, err)
		}
	}
	if got, err := f.GetCellValue("Đầu", "A1"); err != nil || got != "=Tên" {
		t.Errorf("over the header: %q, %v", got, err)
	}
	merged, err := f.GetMergeCells("Đầu")
	if err != nil || len(merged) != 2 {
		t.Errorf("merged %v, %v", merged, err)
	}
	var csv bytes.Buffer
	must(t, WriteCSV(&csv, charted()[1]))
	if want := "\ufeffTên,Số,Tỷ lệ\r\nMột,1234,0.5\r\nHai,0,\r\n"; csv.String() != want {
		t.Errorf("csv: %q", csv.String())
	}
}
