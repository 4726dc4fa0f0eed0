package sheet

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// Formats of numbers. Which marks stand between thousands and before decimals
// is the program's to say; the mark in front asks for Vietnam's.
const (
	countFormat = "[$-42A]#,##0"
	shareFormat = "[$-42A]0.0%"
)

// looks are the styles of a workbook, by the numbers that it knows them by.
type looks struct {
	title, line, head, headNumber int
	body, foot                    cellLooks
}

// cellLooks are those of the cells of a row, by what a cell holds. 0 is a
// number as it is.
type cellLooks struct{ text, count, share int }

var (
	tint  = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F2E6CF"}}
	above = []excelize.Border{{Type: "top", Color: "7F7F7F", Style: 1}}
)

func newLooks(f *excelize.File) (*looks, error) {
	var l looks
	// The library names no font where only the weight is given.
	const family = "Calibri"
	bold, large := &excelize.Font{Bold: true, Family: family, Size: 11}, &excelize.Font{Bold: true, Family: family, Size: 14}
	// Numbers keep away from the texts to their right.
	text, number := &excelize.Alignment{Vertical: "top", WrapText: true}, &excelize.Alignment{Vertical: "top", Horizontal: "right", Indent: 1}
	head := &excelize.Alignment{Vertical: "center", WrapText: true}
	headNumber := &excelize.Alignment{Vertical: "center", WrapText: true, Horizontal: "right", Indent: 1}
	count, share := countFormat, shareFormat
	for _, x := range []struct {
		to    *int
		style excelize.Style
	}{
		{&l.title, excelize.Style{Font: large, Alignment: head}},
		{&l.line, excelize.Style{Alignment: text}},
		{&l.head, excelize.Style{Font: bold, Fill: tint, Alignment: head}},
		{&l.headNumber, excelize.Style{Font: bold, Fill: tint, Alignment: headNumber}},
		{&l.body.text, excelize.Style{NumFmt: 49, Alignment: text}}, // "@": what is typed stays a text
		{&l.body.count, excelize.Style{CustomNumFmt: &count, Alignment: number}},
		{&l.body.share, excelize.Style{CustomNumFmt: &share, Alignment: number}},
		{&l.foot.text, excelize.Style{Font: bold, Border: above, NumFmt: 49, Alignment: text}},
		{&l.foot.count, excelize.Style{Font: bold, Border: above, CustomNumFmt: &count, Alignment: number}},
		{&l.foot.share, excelize.Style{Font: bold, Border: above, CustomNumFmt: &share, Alignment: number}},
	} {
		var err error
		if *x.to, err = f.NewStyle(&x.style); err != nil {
			return nil, err
		}
	}
	return &l, nil
}

// cell is a value as the library writes it.
func (l *cellLooks) cell(v any) (any, error) {
	switch v := v.(type) {
	case string:
		cut, _ := firstChars(v, maxCell)
		return excelize.Cell{StyleID: l.text, Value: cut}, nil
	case bool:
		word, err := plainValue(v)
		return excelize.Cell{StyleID: l.text, Value: word}, err
	case Count:
		return excelize.Cell{StyleID: l.count, Value: int64(v)}, nil
	case Share:
		return excelize.Cell{StyleID: l.share, Value: float64(v)}, nil
	case nil, int, int64, float64:
		return v, nil
	}
	return nil, fmt.Errorf("a %T has no place in a sheet", v)
}
