package study

import (
	"fmt"
	"io"
	"slices"
	"time"

	"sotay/internal/clock"
	"sotay/internal/sheet"
	"sotay/internal/study/tally"
)

// bookRates are the rates of a workbook, with what they mean in words.
var bookRates = []struct {
	title, means string
	of           func(tally.Rates) *float64
}{
	{"Tỷ lệ trên tổng số", "Số đã hoàn thành (cả phải học và được miễn) chia cho tổng số.", func(r tally.Rates) *float64 { return r.All }},
	{"Tỷ lệ trên số phải học", "Số phải học đã hoàn thành chia cho số phải học.", func(r tally.Rates) *float64 { return r.Obliged }},
	{"Tỷ lệ trên số phải học và số được miễn đã hoàn thành",
		"Số đã hoàn thành chia cho số phải học cộng số được miễn đã hoàn thành; người được miễn chưa hoàn thành không tính vào số chia.",
		func(r tally.Rates) *float64 { return r.Present }},
}

// maxCharted is how many units a chart draws: more are not read on a screen.
const maxCharted = 40

// summarySheet is the name of the first sheet; units have their levels' names.
const summarySheet = "Tổng hợp"

func levelSheet(level int) string { return fmt.Sprintf("Cấp %d", level) }

// placed is a unit with the name of the one above it.
type placed struct {
	*Unit
	above string
}

// WriteWorkbook writes the report as a workbook: a sheet that sums it up, with
// a chart of the units of the first level, and a sheet for each level.
func (r *Report) WriteWorkbook(w io.Writer) error {
	pages := []sheet.Page{r.summary()}
	for at := below([]placed{{Unit: &r.Unit}}); len(at) > 0; at = below(at) {
		pages = append(pages, r.level(len(pages), at))
	}
	return sheet.WriteBook(w, pages...)
}

// below are the units one level down, in the order of the tree.
func below(units []placed) []placed {
	var out []placed
	for _, u := range units {
		for i := range u.Units {
			out = append(out, placed{Unit: &u.Units[i], above: u.Name})
		}
	}
	return out
}

// summary is the first sheet.
func (r *Report) summary() sheet.Page {
	var rows [][]any
	for _, c := range tableCounts {
		rows = append(rows, []any{c.title, sheet.Count(c.of(&r.Unit.Counts))})
	}
	rates := r.Unit.Counts.Rates()
	for _, x := range bookRates {
		rows = append(rows, []any{x.title, share(x.of(rates)), x.means})
	}
	return sheet.Page{Name: summarySheet, Rows: slices.Values(rows), Chart: r.chart(),
		Headings: []sheet.Heading{{Title: "Chỉ tiêu", Width: 42}, {Title: "Số liệu", Width: 13, Number: true}, {Title: "Cách tính", Width: 66}},
		Over: []string{r.Title, "Tổ chức: " + r.Unit.Name,
			"Danh sách lập theo ngày " + vietnameseDay(r.RollDate) + "; số liệu tính đến " + r.AsOf.In(clock.Vietnam).Format("15:04 ngày 02/01/2006") + "."}}
}

// chart draws the rates of the first level, nil when none has any.
func (r *Report) chart() *sheet.Chart {
	units := r.Unit.Units
	drawn := units[:min(len(units), maxCharted)]
	if !slices.ContainsFunc(drawn, func(u Unit) bool { rates := u.Counts.Rates(); return rates != tally.Rates{} }) {
		return nil
	}
	title := "Tỷ lệ hoàn thành của các tổ chức cấp 1"
	if len(drawn) < len(units) {
		title += fmt.Sprintf(" (%d tổ chức đầu trong tổng số %d)", len(drawn), len(units))
	}
	c := &sheet.Chart{Title: title, Page: levelSheet(1), Rows: len(drawn)}
	for i := range bookRates {
		c.Series = append(c.Series, levelNames+len(tableCounts)+i)
	}
	return c
}

// levelNames is how many columns of names stand before the counts.
const levelNames = 2

// level is the sheet of the units so many levels below. What the units do not
// hold stands in units above them, for members may belong to any: it has a row
// of its own, and the last row is always what the report's unit has.
func (r *Report) level(number int, units []placed) sheet.Page {
	p := sheet.Page{Name: levelSheet(number), Filter: true, Headings: levelHeadings()}
	rest := r.Unit.Counts
	for _, u := range units {
		rest.Less(&u.Counts)
	}
	p.Rows = func(yield func([]any) bool) {
		for _, u := range units {
			if !yield(levelRow(u.Name, u.above, &u.Counts)) {
				return
			}
		}
	}
	if rest != (tally.Counts{}) {
		p.Foot = append(p.Foot, levelRow("Thuộc trực tiếp tổ chức cấp trên", "", &rest))
	}
	p.Foot = append(p.Foot, levelRow("Tổng cộng", r.Unit.Name, &r.Unit.Counts))
	return p
}

func levelHeadings() []sheet.Heading {
	out := []sheet.Heading{{Title: "Tổ chức", Width: 40}, {Title: "Tổ chức cấp trên", Width: 32}}
	for _, c := range tableCounts {
		out = append(out, sheet.Heading{Title: c.title, Width: 10, Number: true})
	}
	for _, x := range bookRates {
		out = append(out, sheet.Heading{Title: x.title, Width: 13, Number: true})
	}
	return out
}

func levelRow(name, above string, c *tally.Counts) []any {
	row := make([]any, 0, levelNames+len(tableCounts)+len(bookRates))
	row = append(row, name, above)
	for _, x := range tableCounts {
		row = append(row, sheet.Count(x.of(c)))
	}
	rates := c.Rates()
	for _, x := range bookRates {
		row = append(row, share(x.of(rates)))
	}
	return row
}

// share is a rate as a cell, empty for none.
func share(rate *float64) any {
	if rate == nil {
		return nil
	}
	return sheet.Share(*rate)
}

// vietnameseDay writes YYYY-MM-DD as people do.
func vietnameseDay(day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return d.Format("02/01/2006")
}
