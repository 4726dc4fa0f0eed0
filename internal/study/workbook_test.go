package study

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"sotay/internal/study/tally"
)

// workbook writes a report and opens what was written. The reader of package
// sheet reads one sheet, so that the library does it here.
func workbook(t *testing.T, r *Report) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteWorkbook(&b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// raw are the cells of a sheet as they are stored.
func raw(t *testing.T, f *excelize.File, name string) [][]string {
	t.Helper()
	rows, err := f.GetRows(name, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// cellOf is a cell as a program shows it.
func cellOf(t *testing.T, f *excelize.File, name, at string) string {
	t.Helper()
	v, err := f.GetCellValue(name, at)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// sampleReport has members who stand in the upper units, a branch without
// members, and one at the first level without units below it.
func sampleReport() *Report {
	branch := tally.Counts{Total: 1234, Exempt: 34, Obliged: 1200, CompletedObliged: 800, CompletedExempt: 2, OnBehalf: 3, DiedSince: 1}
	ward, alone := branch, tally.Counts{Total: 10, Obliged: 10}
	ward.Add(&tally.Counts{Total: 2, Obliged: 2, CompletedObliged: 2})
	all := ward
	all.Add(&alone)
	return &Report{Title: "Học tập nghị quyết", RollDate: "2026-11-01", AsOf: time.Date(2026, 11, 28, 17, 5, 0, 0, time.UTC), Unit: Unit{Name: "Đảng bộ tỉnh", Counts: all, Units: []Unit{
		{Name: "Đảng bộ phường", Counts: ward, Units: []Unit{{Name: "Chi bộ 1", Counts: branch}, {Name: "Chi bộ trống"}}},
		{Name: "Chi bộ cơ sở", Counts: alone},
	}}}
}

func TestWorkbook(t *testing.T) {
	t.Parallel()
	r := sampleReport()
	f := workbook(t, r)
	if got := f.GetSheetList(); !slices.Equal(got, []string{"Tổng hợp", "Cấp 1", "Cấp 2"}) {
		t.Fatalf("sheets: %q", got)
	}
	first := raw(t, f, "Tổng hợp")
	for i, want := range []string{"Học tập nghị quyết", "Tổ chức: Đảng bộ tỉnh", "Danh sách lập theo ngày 01/11/2026; số liệu tính đến 00:05 ngày 29/11/2026."} {
		if first[i][0] != want {
			t.Errorf("line %d: %q, want %q", i+1, first[i], want)
		}
	}
	for i, c := range tableCounts {
		if row := first[4+i]; row[0] != c.title || row[1] != fmt.Sprint(c.of(&r.Unit.Counts)) {
			t.Errorf("count %q: %q", c.title, row)
		}
	}
	if row := first[4+len(tableCounts)+1]; row[0] != "Tỷ lệ trên số phải học" || !strings.HasPrefix(row[1], "0.6617161716171") || row[2] == "" { // 802 of 1212
		t.Errorf("rate: %q", row)
	}
	if a, b := cellOf(t, f, "Tổng hợp", "B5"), cellOf(t, f, "Tổng hợp", fmt.Sprintf("B%d", 6+len(tableCounts))); a != "1,246" || b != "66.2%" {
		t.Errorf("shown as %q, %q", a, b)
	}
	// Whoever stands in a unit above those of the sheet is not lost from the sum.
	holdRows(t, raw(t, f, "Cấp 1"), "Tổ chức|Tổ chức cấp trên|Tổng số", "Đảng bộ phường|Đảng bộ tỉnh|1236", "Chi bộ cơ sở|Đảng bộ tỉnh|10", "Tổng cộng|Đảng bộ tỉnh|1246")
	holdRows(t, raw(t, f, "Cấp 2"), "Tổ chức|Tổ chức cấp trên|Tổng số", "Chi bộ 1|Đảng bộ phường|1234", "Chi bộ trống|Đảng bộ phường|0",
		"Thuộc trực tiếp tổ chức cấp trên||12", "Tổng cộng|Đảng bộ tỉnh|1246")
}

// holdRows compares the first three cells of each row.
func holdRows(t *testing.T, rows [][]string, want ...string) {
	t.Helper()
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d: %q", len(rows), len(want), rows)
	}
	for i, row := range rows {
		if got := strings.Join(row[:3], "|"); got != want[i] {
			t.Errorf("row %d: %q, want %q", i+1, got, want[i])
		}
	}
}

// A rate that nobody has is an empty cell, and numbers are numbers.
func TestWorkbookHoldsNumbers(t *testing.T) {
	t.Parallel()
	f := workbook(t, sampleReport())
	columns := levelNames + len(tableCounts) + len(bookRates)
	for column := levelNames + 1; column <= columns; column++ {
		for row := 2; row <= 5; row++ {
			at, err := excelize.CoordinatesToCellName(column, row)
			if err != nil {
				t.Fatal(err)
			}
			kind, err := f.GetCellType("Cấp 2", at)
			if err != nil || kind != excelize.CellTypeNumber && kind != excelize.CellTypeUnset {
				t.Errorf("%s is of type %v, %v", at, kind, err)
			}
			v := cellOf(t, f, "Cấp 2", at)
			if rate := column > columns-len(bookRates); rate && (row == 3) != (v == "") || rate && v != "" && !strings.HasSuffix(v, "%") {
				t.Errorf("%s is shown as %q", at, v)
			}
		}
	}
}

// What units are called is no formula, whatever it is, and names no sheet.
func TestWorkbookOfHostileNames(t *testing.T) {
	t.Parallel()
	names := []string{"=cmd|' /C calc'!A0", "@SUM(A1)", "+84", "-1", "[a]:*?/\\'b", strings.Repeat("Chi bộ rất dài ", 40), "Chi bo\u0323\u0302", "a\x00b<c>&\"d\"", ""}
	r := &Report{Title: "=1+1", Unit: Unit{Name: names[4]}}
	for _, n := range names {
		r.Unit.Units = append(r.Unit.Units, Unit{Name: n, Units: []Unit{{Name: "dưới"}}})
	}
	f := workbook(t, r)
	if got := f.GetSheetList(); !slices.Equal(got, []string{"Tổng hợp", "Cấp 1", "Cấp 2"}) {
		t.Fatalf("sheets: %q", got)
	}
	if v := cellOf(t, f, "Tổng hợp", "A1"); v != "=1+1" {
		t.Errorf("title: %q", v)
	}
	for i, n := range names {
		for name, at := range map[string]string{"Cấp 1": fmt.Sprintf("A%d", i+2), "Cấp 2": fmt.Sprintf("B%d", i+2)} {
			kind, err := f.GetCellType(name, at)
			if err != nil || n != "" && kind != excelize.CellTypeInlineString {
				t.Errorf("%s %s: type %v, %v", name, at, kind, err)
			}
			if formula, err := f.GetCellFormula(name, at); err != nil || formula != "" {
				t.Errorf("%s %s: formula %q, %v", name, at, formula, err)
			}
			if got, want := cellOf(t, f, name, at), strings.ReplaceAll(n, "\x00", "\ufffd"); got != want {
				t.Errorf("%s %s: %q, want %q", name, at, got, want)
			}
		}
	}
}

// The chart draws what there is: not units without members, nor more than can
// be read.
func TestWorkbookChart(t *testing.T) {
	t.Parallel()
	one := tally.Counts{Total: 1, Obliged: 1}
	units := func(n int, c tally.Counts) []Unit {
		return slices.Repeat([]Unit{{Name: "Chi bộ", Counts: c}}, n)
	}
	for name, c := range map[string]struct {
		units  []Unit
		sheets int
		rows   int
		title  string
	}{
		"no units":        {nil, 1, 0, ""},
		"nobody in them":  {units(2, tally.Counts{}), 2, 0, ""},
		"one":             {units(1, one), 2, 1, "Tỷ lệ hoàn thành của các tổ chức cấp 1"},
		"forty":           {units(40, one), 2, 40, "Tỷ lệ hoàn thành của các tổ chức cấp 1"},
		"more than drawn": {units(41, one), 2, 40, "Tỷ lệ hoàn thành của các tổ chức cấp 1 (40 tổ chức đầu trong tổng số 41)"},
	} {
		r := &Report{Unit: Unit{Name: "Đảng bộ", Units: c.units}}
		chart := r.chart()
		if (chart != nil) != (c.rows > 0) || chart != nil && (chart.Rows != c.rows || chart.Title != c.title) {
			t.Errorf("%s: %+v", name, chart)
		}
		if f := workbook(t, r); f.SheetCount != c.sheets {
			t.Errorf("%s: %d sheets, want %d", name, f.SheetCount, c.sheets)
		}
	}
}
