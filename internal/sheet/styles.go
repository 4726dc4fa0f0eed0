package sheet

import (
	"strconv"
	"strings"
)

// readStyles tells for each cell style of a workbook whether it shows a number
// as a date.
func readStyles(a *archive, b *budget, part string) ([]bool, error) {
	if part == "" {
		return nil, nil
	}
	x, err := a.open(part, b)
	if err != nil || x == nil {
		return nil, err
	}
	defer x.close()
	dates := map[string]bool{}
	var styles []bool
	inCells := false
	err = x.each(func(e *token) error {
		switch string(e.name) {
		case "numFmt":
			if len(dates) < a.limits.Styles && showsDate(e.attr("formatCode")) {
				dates[e.attr("numFmtId")] = true
			}
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if !inCells {
				return nil
			}
			if len(styles) >= a.limits.Styles {
				return errBig
			}
			id := e.attr("numFmtId")
			styles = append(styles, dates[id] || builtinDate(id))
		}
		return nil
	})
	return styles, err
}

// builtinDate knows the numbers of the date formats that no file spells out.
func builtinDate(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58)
}

// showsDate reads a number format: one with a day or a year outside quotes,
// brackets and escapes shows a date. Formats of times alone do not.
func showsDate(code string) bool {
	code, _, _ = strings.Cut(code, ";")
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			i = skipTo(code, i, '"')
		case '[':
			i = skipTo(code, i, ']')
		case '\\', '_', '*':
			i++
		case 'd', 'D', 'y', 'Y':
			return true
		case 'G', 'g': // General
			return false
		}
	}
	return false
}

func skipTo(s string, from int, end byte) int {
	if at := strings.IndexByte(s[from+1:], end); at >= 0 {
		return from + 1 + at
	}
	return len(s)
}
