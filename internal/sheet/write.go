package sheet

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
)

// GuideSheet is the name of the sheet that explains a template; a reader passes
// it over.
const GuideSheet = "Hướng dẫn"

// Heading is one column of a sheet that is written.
type Heading struct {
	Title string
	Width float64 // in characters; 0 for 16
	// Required marks the heading.
	Required bool
	// Number says that numbers stand below: what is typed there later is no text.
	Number bool
}

// Page is a sheet that is written: a header and rows of string, int, int64,
// float64, bool, Count, Share or nil. Of what follows the rows a .csv file has
// nothing.
type Page struct {
	Name     string
	Headings []Heading
	Rows     iter.Seq[[]any]
	// Over are lines above the header, a title first. Foot are rows that sum up
	// those above them; sorting and filtering leave them in their place.
	Over []string
	Foot [][]any
	// Filter lets who reads the rows sort and filter them, and keeps the first
	// column in sight.
	Filter bool
	// Chart stands below the rows; nil for none.
	Chart *Chart
}

// Count is a whole number that is shown with its thousands apart.
type Count int64

// Share is a part of a whole, 1 being all of it, that is shown as a percentage
// with one decimal.
type Share float64

// dangerous tells a text that a spreadsheet program would take for a formula
// or a command.
func dangerous(s string) bool {
	return s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0
}

// Armed returns a text that no spreadsheet program computes when it opens a
// .csv file: an apostrophe goes before what begins like a formula.
func Armed(s string) string {
	if dangerous(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// WriteCSV writes a page as UTF-8 with the mark by which spreadsheet programs
// know it.
func WriteCSV(w io.Writer, p Page) error {
	b := bufio.NewWriter(w)
	if _, err := b.WriteString("\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(b)
	c.UseCRLF = true
	line := make([]string, len(p.Headings))
	for i, h := range p.Headings {
		line[i] = Armed(h.Title)
	}
	if err := c.Write(line); err != nil {
		return err
	}
	for row := range p.Rows {
		line = line[:0]
		for _, v := range row {
			s, err := plainValue(v)
			if err != nil {
				return err
			}
			line = append(line, s)
		}
		if err := c.Write(line); err != nil {
			return err
		}
	}
	if c.Flush(); c.Error() != nil {
		return c.Error()
	}
	return b.Flush()
}

// plainValue writes a value for .csv. Only texts are armed: a number that
// begins with a minus is a number.
func plainValue(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return Armed(v), nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case Count:
		return strconv.FormatInt(int64(v), 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case Share:
		return strconv.FormatFloat(float64(v), 'f', -1, 64), nil
	case bool:
		if v {
			return "có", nil
		}
		return "không", nil
	}
	return "", fmt.Errorf("a %T has no place in a sheet", v)
}
