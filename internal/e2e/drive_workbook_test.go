package e2e

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"sotay/internal/httpapi/contract"
)

// workbookRows are the rows of workbooks of drives.
func workbookRows() map[string]rule {
	return map[string]rule{"getDriveWorkbook": {reads("/v1/reports/drives/%s/table.xlsx", sampleDrive),
		only(map[string]int{secretary: 200, secretary2: 200, leader: 200, inspector: 200, admin: 200})}}
}

// TestDriveWorkbook holds the numbers of the workbook against those of the
// report, unit by unit.
func TestDriveWorkbook(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		id := s.drive(t, driveBody("Đợt học = bảng tính", s.twoSections(t).document))
		s.as(t, secretary).do(t, "POST", "/v1/drives/"+id+"/completions", onBehalf("m04")).want(t, 201)
		path, c := "/v1/reports/drives/"+id, s.as(t, leader)
		eventually(t, patience, "the completion is counted", func() (bool, string) {
			a := c.do(t, "GET", path, nil).want(t, 200)
			return parse[contract.DriveReport](t, a).Unit.Counts.OnBehalf == 1, string(a.body)
		})
		report := get[contract.DriveReport](t, c, path+"?depth=6")
		f := savedBook(t, c, path+"/table.xlsx?depth=6")
		if got := f.GetSheetList(); !slices.Equal(got, []string{"Tổng hợp", "Cấp 1", "Cấp 2"}) {
			t.Errorf("sheets: %q", got)
		}
		first := rawRows(t, f, "Tổng hợp")
		if first[0][0] != report.Title || first[1][0] != "Tổ chức: "+report.Unit.Name || first[4][1] != strconv.Itoa(onTheRoll) {
			t.Errorf("the first sheet: %q", first)
		}
		units := report.Unit.Units
		for level := 1; len(units) > 0; level++ {
			rows := rawRows(t, f, fmt.Sprintf("Cấp %d", level))
			var next []contract.DriveUnit
			for i := range units {
				holdRow(t, rows[i+1], &units[i])
				next = append(next, units[i].Units...)
			}
			holdRow(t, rows[len(rows)-1], &contract.DriveUnit{Name: "Tổng cộng", Counts: report.Unit.Counts, RateAll: report.Unit.RateAll,
				RateObliged: report.Unit.RateObliged, RatePresent: report.Unit.RatePresent})
			units = next
		}
		own := savedBook(t, s.as(t, secretary), path+"/table.xlsx")
		if own.SheetCount != 1 || rawRows(t, own, "Tổng hợp")[4][1] != "12" {
			t.Errorf("the branch by itself: %q", own.GetSheetList())
		}
		s.as(t, secretary).do(t, "GET", path+"/table.xlsx?orgId="+org("kp2"), nil).want(t, 404, "not_found")
		c.do(t, "GET", path+"/table.xlsx?asOf=hom-nay", nil).want(t, 400)
	})
}

// savedBook is a workbook as it is saved.
func savedBook(t *testing.T, c *client, path string) *excelize.File {
	t.Helper()
	a := c.do(t, "GET", path, nil).want(t, 200)
	if a.header.Get("Content-Type") != "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" || a.header.Get("Cache-Control") != "no-store" ||
		a.header.Get("Content-Disposition") != `attachment; filename="dot-hoc-tap-`+today()+`.xlsx"` {
		t.Errorf("%s: %v", path, a.header)
	}
	f, err := excelize.OpenReader(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func rawRows(t *testing.T, f *excelize.File, name string) [][]string {
	t.Helper()
	rows, err := f.GetRows(name, excelize.Options{RawCellValue: true})
	if err != nil || len(rows) < 3 {
		t.Fatalf("%s: %q, %v", name, rows, err)
	}
	return rows
}

// holdRow compares a row with the unit that it is of.
func holdRow(t *testing.T, row []string, u *contract.DriveUnit) {
	t.Helper()
	n := u.Counts
	want := []string{u.Name}
	for _, x := range []int64{n.Total, n.Exempt, n.TemporarilyExempt, n.Obliged, n.CompletedObliged, n.CompletedExempt, n.OnBehalf, n.Session, n.Voluntary, n.InProgress,
		n.QuizPassed, n.Added, n.Removed, n.ExemptedSince, n.MovedSince, n.SuspendedSince, n.LeftSince, n.DiedSince} {
		want = append(want, strconv.FormatInt(x, 10))
	}
	for _, x := range []*float64{u.RateAll, u.RateObliged, u.RatePresent} {
		if x == nil {
			want = append(want, "")
			continue
		}
		want = append(want, fmt.Sprintf("%.12f", *x))
	}
	got := append([]string{row[0]}, row[2:]...)
	for len(got) < len(want) {
		got = append(got, "") // cells at the end that are empty
	}
	for i, v := range got {
		if x, err := strconv.ParseFloat(v, 64); err == nil && i > len(want)-4 {
			got[i] = fmt.Sprintf("%.12f", x)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("row %s, want %s", strings.Join(got, "|"), strings.Join(want, "|"))
	}
}
