package sheet

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// layOut says how a page is printed that is meant to be: as wide as the paper,
// the header of rows on each sheet of it. It comes first, for it stands first in
// the file.
func layOut(f *excelize.File, p *Page) error {
	if !p.printed() {
		return nil
	}
	fit, a4, long, side, margin, band := true, 9, 0, "portrait", 0.5, 0.3
	if p.Filter {
		side = "landscape"
	}
	if err := f.SetSheetProps(p.Name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := f.SetPageLayout(p.Name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &side, FitToHeight: &long}); err != nil {
		return err
	}
	if err := f.SetPageMargins(p.Name, &excelize.PageLayoutMarginsOptions{Top: &margin, Bottom: &margin, Left: &margin, Right: &margin, Header: &band, Footer: &band}); err != nil {
		return err
	}
	if !p.Filter {
		return nil
	}
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: p.Name,
		RefersTo: fmt.Sprintf("%s!$%d:$%d", quoted(p.Name), p.headRow(), p.headRow())})
}

func (p *Page) printed() bool { return p.Filter || p.Over != nil }

// usualWidth is that of a column whose heading gives none, in characters.
const usualWidth = 16

func (h *Heading) width() float64 {
	if h.Width == 0 {
		return usualWidth
	}
	return h.Width
}

// Heights of lines, in points; mostLines bounds a row's, for what stands above
// the header stays in sight, and the rows want room too.
const (
	lineHigh  = 15
	titleHigh = 20
	mostLines = 6
)

// linesOf reckons how many lines a text takes in a width.
func linesOf(text string, width float64) float64 {
	lines, at := 1.0, 0.0
	for word := range strings.FieldsSeq(text) {
		long := float64(utf8.RuneCountInString(word))
		if at > 0 && at+1+long > width {
			lines, at = lines+1, 0
		}
		if at > 0 {
			at++
		}
		at += long
		for ; at > width; at -= width { // a word that no line holds
			lines++
		}
	}
	return min(lines, mostLines)
}

// height is that of a row of a page that is printed, when its texts take more
// than a line. Programs fit rows to their texts by themselves, but not all do so
// on a sheet that is not in sight.
func (w *pageWriter) height(cells []any) []excelize.RowOpts {
	lines := 1.0
	for i, v := range cells {
		c, _ := v.(excelize.Cell)
		if text, ok := c.Value.(string); ok && w.page.printed() && i < len(w.page.Headings) {
			lines = max(lines, linesOf(text, w.page.Headings[i].width()-1.5)) // less the margins
		}
	}
	if lines == 1 {
		return nil
	}
	return []excelize.RowOpts{{Height: lines * lineHigh}}
}
