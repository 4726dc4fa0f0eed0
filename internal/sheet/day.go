package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// The years that a date may lie in. They also tell a date's serial number from
// a year that somebody typed: 1985 is not the fifth of June 1905.
const (
	firstYear = 1900
	lastYear  = 2100
)

// Day returns a cell as a calendar day, YYYY-MM-DD; "" when it is empty or none.
func (r *Record) Day(key string) string {
	c := r.cell(key)
	if !r.usable(key, c) {
		return ""
	}
	day, code := "", ""
	switch c.Kind {
	case Day, Number:
		day, code = serialDay(c.Value, c.Kind == Day)
	case Text:
		day, code = textDay(c.Value)
	default:
		code = "not_a_date"
	}
	switch code {
	case "date_incomplete":
		r.Fail(key, code, "Cần đủ ngày, tháng, năm (ví dụ 03/02/1990).", "Day, month and year are needed (such as 03/02/1990).")
	case "not_a_date":
		r.Fail(key, code, "Không phải ngày hợp lệ; hãy viết như 03/02/1990.", "This is no valid date; write it like 03/02/1990.")
	}
	return day
}

// serialDay reads a number of days since the end of 1899. Spreadsheet programs
// believe in a 29 February 1900, so that the days before it count one less.
func serialDay(v string, shownAsDate bool) (day, code string) {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsNaN(f) {
		return "", "not_a_date"
	}
	if !shownAsDate && f == math.Trunc(f) && f >= firstYear && f <= lastYear {
		return "", "date_incomplete"
	}
	if f < 1 || f >= 73_051 { // 1 January 2100
		return "", "not_a_date"
	}
	n := int(f)
	if n < 60 {
		n++
	} else if n == 60 {
		return "", "not_a_date"
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format(time.DateOnly), ""
}

// textDay reads dd/mm/yyyy with any usual sign between, or yyyy-mm-dd, with or
// without a time behind it.
func textDay(s string) (day, code string) {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "T")
	s, _, _ = strings.Cut(s, " ")
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '-' || r == '.' })
	for _, p := range parts {
		if strings.Trim(p, "0123456789") != "" || len(p) > 4 {
			return "", "not_a_date"
		}
	}
	if len(parts) == 1 && len(parts[0]) == 4 || len(parts) == 2 && (len(parts[1]) == 4 || len(parts[0]) == 4) {
		return "", "date_incomplete"
	}
	if len(parts) != 3 {
		return "", "not_a_date"
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	if len(parts[2]) != 4 || len(parts[0]) > 2 || len(parts[1]) > 2 {
		return "", "not_a_date"
	}
	d, _ := strconv.Atoi(parts[0])
	m, _ := strconv.Atoi(parts[1])
	y, _ := strconv.Atoi(parts[2])
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if y < firstYear || y > lastYear || t.Day() != d || int(t.Month()) != m {
		return "", "not_a_date"
	}
	return t.Format(time.DateOnly), ""
}
