package sheet

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Chart is a picture of shares: for each row of a page a group of bars, one for
// each series, on an axis from 0 to 100 %. It follows the cells that it draws:
// rows that are filtered out are not in it.
type Chart struct {
	Title string
	// Page is the name of the page whose first rows are drawn, Rows how many.
	Page string
	Rows int
	// Label is the column of the names, from 0, Series are those of the shares;
	// a series is called as its heading is.
	Label  int
	Series []int
}

// seriesColours are dark, light and between: apart in print without colour too.
var seriesColours = []string{"9C1C1C", "E3A72F", "4F76B0", "6B8E4E"}

// Heights in pixels: of a bar, of the room between two groups, and of all but
// the bars.
const (
	barHigh   = 15
	groupRoom = 12
	aroundIt  = 150
)

// draw adds the chart to a page at a row. Bars lie, so that names of any length
// are read without turning one's head.
func (c *Chart) draw(f *excelize.File, on *Page, pages []Page, row int) error {
	of := c.page(pages)
	if of == nil || c.Rows < 1 {
		return fmt.Errorf("a chart of nothing, page %q", c.Page)
	}
	none, all, gap, overlap := 0.0, 1.0, uint(100*groupRoom/barHigh), 0
	return f.AddChart(on.Name, fmt.Sprintf("A%d", row), &excelize.Chart{
		Type: excelize.Bar, Series: c.series(of), GapWidth: &gap, Overlap: &overlap,
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: c.Title, Font: &excelize.Font{Bold: true, Size: 12, Color: "262626"}}}},
		Legend:    excelize.ChartLegend{Position: "top"},
		Dimension: excelize.ChartDimension{Width: on.pixels(), Height: uint(aroundIt + c.Rows*(groupRoom+barHigh*len(c.Series)))},
		// The first row is the uppermost.
		XAxis: excelize.ChartAxis{ReverseOrder: true, TickLabelSkip: 1, Font: excelize.Font{Size: 9, Color: "262626"}},
		YAxis: excelize.ChartAxis{Minimum: &none, Maximum: &all, MajorUnit: 0.2, MajorGridLines: true,
			NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0%"}, Font: excelize.Font{Size: 9, Color: "262626"}},
		PlotArea: excelize.ChartPlotArea{ShowVal: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: shareFormat}},
		Format:   excelize.GraphicOptions{AltText: c.Title},
	})
}

// series are references to cells, for a chart that follows them.
func (c *Chart) series(of *Page) []excelize.ChartSeries {
	head, out := of.headRow(), make([]excelize.ChartSeries, len(c.Series))
	cells := func(column, from, to int) string {
		letters := Letters(column)
		return fmt.Sprintf("%s!$%s$%d:$%s$%d", quoted(of.Name), letters, from, letters, to)
	}
	for i, column := range c.Series {
		out[i] = excelize.ChartSeries{Categories: cells(c.Label, head+1, head+c.Rows), Values: cells(column, head+1, head+c.Rows),
			Name:              fmt.Sprintf("%s!$%s$%d", quoted(of.Name), Letters(column), head),
			Fill:              excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{seriesColours[i%len(seriesColours)]}},
			DataLabel:         excelize.ChartDataLabel{Font: excelize.Font{Size: 8, Color: "404040"}},
			DataLabelPosition: excelize.ChartDataLabelsPositionOutsideEnd}
	}
	return out
}

func (c *Chart) page(pages []Page) *Page {
	for i := range pages {
		if pages[i].Name == c.Page {
			return &pages[i]
		}
	}
	return nil
}

// pixels is how wide the columns of a page are.
func (p *Page) pixels() uint {
	n := 0.0
	for i := range p.Headings {
		n += p.Headings[i].width()*7 + 5
	}
	return uint(n)
}

// quoted is the name of a page as references have it.
func quoted(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }
