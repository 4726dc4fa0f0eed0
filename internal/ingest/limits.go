package ingest

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

const (
	// maxMarkers bounds the quote and list signs a line may begin with.
	maxMarkers = 32
	// maxSigns bounds the formatting signs of one paragraph. Some of the
	// parser's work grows with their square; a dense page has a hundred.
	maxSigns = 4000
	// maxIndent bounds the blanks a line may begin with: lists nested by
	// indentation alone are as deep as that.
	maxIndent = 200
	// maxHeadings bounds the sections of one file; the longest laws have a
	// tenth of it.
	maxHeadings = 5000
)

// tooDeep returns the first line, from 1, that nests beyond the limits, or 0.
func tooDeep(src string) int {
	signs, number := 0, 0
	for line := range strings.SplitSeq(src, "\n") {
		number++
		markers, indent := leading(line)
		if strings.TrimSpace(line) == "" {
			signs = 0
			continue
		}
		for i := 0; i < len(line); i++ {
			if strings.IndexByte("*_[]!`<~&\\(", line[i]) >= 0 {
				signs++
			}
		}
		if markers > maxMarkers || indent > maxIndent || signs > maxSigns {
			return number
		}
	}
	return 0
}

// leading counts the container signs and the blanks before the text of a
// line. A rule such as "-----" counts as one sign.
func leading(line string) (markers, indent int) {
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == ' ' || c == '\t':
			indent++
		case c == '>':
			markers++
		case c == '-' || c == '*' || c == '+' || c == '.' || c == ')':
			if i+1 < len(line) && (line[i+1] == ' ' || line[i+1] == '\t') {
				markers++
			}
		case c < '0' || c > '9':
			return markers, indent
		}
	}
	return markers, indent
}

// warnDropped warns once for each kind of thing that a body may hold and a
// section may not.
func (r *report) warnDropped(b *body) {
	images, raw := false, false
	// The walker only returns what the function below returns: no error.
	_ = ast.Walk(b.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n.Kind() {
		case ast.KindImage:
			if !images {
				r.warn(b.line(n), "body", "image_dropped", "Hình ảnh trong tệp được bỏ qua.", "Images in the file are left out.")
			}
			images = true
		case ast.KindRawHTML, ast.KindHTMLBlock:
			if !raw {
				r.warn(b.line(n), "body", "raw_html_dropped", "Thẻ HTML trong tệp được bỏ qua.", "HTML tags in the file are left out.")
			}
			raw = true
		}
		return ast.WalkContinue, nil
	})
}
