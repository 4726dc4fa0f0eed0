package study

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"sotay/internal/sheet"
	"sotay/internal/study/tally"
)

// tableCounts are the columns of a table that count, in the order of
// tally.Counts.
var tableCounts = []struct {
	title string
	of    func(*tally.Counts) int64
}{
	{"Tổng số", func(c *tally.Counts) int64 { return c.Total }},
	{"Miễn", func(c *tally.Counts) int64 { return c.Exempt }},
	{"Trong đó tạm miễn", func(c *tally.Counts) int64 { return c.TemporarilyExempt }},
	{"Phải học", func(c *tally.Counts) int64 { return c.Obliged }},
	{"Phải học, đã hoàn thành", func(c *tally.Counts) int64 { return c.CompletedObliged }},
	{"Được miễn, đã hoàn thành", func(c *tally.Counts) int64 { return c.CompletedExempt }},
	{"Bí thư ghi nhận thay", func(c *tally.Counts) int64 { return c.OnBehalf }},
	{"Học tập trung", func(c *tally.Counts) int64 { return c.Session }},
	{"Tự nguyện học", func(c *tally.Counts) int64 { return c.Voluntary }},
	{"Đang học", func(c *tally.Counts) int64 { return c.InProgress }},
	{"Đạt bài kiểm tra", func(c *tally.Counts) int64 { return c.QuizPassed }},
	{"Thêm sau khi mở", func(c *tally.Counts) int64 { return c.Added }},
	{"Đưa ra sau khi mở", func(c *tally.Counts) int64 { return c.Removed }},
	{"Được miễn sau khi mở", func(c *tally.Counts) int64 { return c.ExemptedSince }},
	{"Chuyển đi sau khi mở", func(c *tally.Counts) int64 { return c.MovedSince }},
	{"Bị đình chỉ sau khi mở", func(c *tally.Counts) int64 { return c.SuspendedSince }},
	{"Ra khỏi Đảng sau khi mở", func(c *tally.Counts) int64 { return c.LeftSince }},
	{"Từ trần sau khi mở", func(c *tally.Counts) int64 { return c.DiedSince }},
}

// Table is a report as lines of cells: a header, then each unit in the order of
// the tree. No cell is one that a spreadsheet program would compute.
func (r *Report) Table() [][]string {
	header := []string{"Cấp", "Tổ chức"}
	for _, c := range tableCounts {
		header = append(header, c.title)
	}
	header = append(header, "Tỷ lệ trên tổng số (%)", "Tỷ lệ trên số phải học (%)", "Tỷ lệ trên số phải học và số được miễn đã hoàn thành (%)")
	return r.Unit.lines([][]string{header}, 0)
}

// lines adds those of a unit and the units below it.
func (u *Unit) lines(to [][]string, level int) [][]string {
	line := []string{strconv.Itoa(level), sheet.Armed(u.Name)}
	for _, c := range tableCounts {
		line = append(line, strconv.FormatInt(c.of(&u.Counts), 10))
	}
	rates := u.Counts.Rates()
	to = append(to, append(line, perCent(rates.All), perCent(rates.Obliged), perCent(rates.Present)))
	for i := range u.Units {
		to = u.Units[i].lines(to, level+1)
	}
	return to
}

// perCent writes a rate as Vietnamese does, "66,7"; "" for none.
func perCent(rate *float64) string {
	if rate == nil {
		return ""
	}
	return strings.Replace(strconv.FormatFloat(*rate*100, 'f', 1, 64), ".", ",", 1)
}

// WriteTable writes the table as UTF-8 with the mark by which spreadsheet
// programs know it. Semicolons stand between the cells, for rates have commas.
func (r *Report) WriteTable(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.Comma, c.UseCRLF = ';', true
	return c.WriteAll(r.Table())
}
