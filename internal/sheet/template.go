package sheet

import "iter"

// Template is an empty sheet with the header, and a second one that explains
// each column with an example: an example among the data would be imported one
// day.
func Template(columns []Column) []Page {
	data := Page{Name: "Dữ liệu", Headings: Headings(columns), Rows: func(func([]any) bool) {}}
	return []Page{data, Guide(columns)}
}

// Headings are those of columns.
func Headings(columns []Column) []Heading {
	out := make([]Heading, len(columns))
	for i, c := range columns {
		out[i] = Heading{Title: c.Names[0], Width: c.Width, Required: c.Required}
	}
	return out
}

// Guide is the sheet that explains columns; a reader passes it over.
func Guide(columns []Column) Page {
	return Page{Name: GuideSheet, Rows: guideRows(columns),
		Headings: []Heading{{Title: "Cột", Width: 28}, {Title: "Bắt buộc", Width: 12}, {Title: "Cách ghi", Width: 80}, {Title: "Ví dụ", Width: 24}}}
}

func guideRows(columns []Column) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, c := range columns {
			if !yield([]any{c.Names[0], c.Required, c.Note, c.Example}) {
				return
			}
		}
	}
}
