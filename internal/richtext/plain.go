package richtext

import (
	"strings"

	"golang.org/x/net/html"

	"sotay/internal/viet"
)

// PlainText returns the text of the HTML in NFC: entities decoded, white
// space collapsed, one line for each block and table row. The contents of
// scripts and styles are left out.
func PlainText(src string) string {
	if text, ok := plainFast(src); ok {
		return text
	}
	return plainSlow(src)
}

// plainSlow is PlainText for any HTML.
func plainSlow(src string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(bound(src)))
	skip := ""
	for {
		switch z.Next() {
		case html.ErrorToken:
			return viet.NFC(collapse(b.String()))
		case html.TextToken:
			if skip == "" {
				writeFlat(&b, clean(z.Token().Data))
			}
		case html.StartTagToken:
			name := z.Token().Data
			if skip == "" && (name == "script" || name == "style" || name == "template") {
				skip = name
			}
			b.WriteString(breakOf(name))
		case html.SelfClosingTagToken:
			b.WriteString(breakOf(z.Token().Data))
		case html.EndTagToken:
			name := z.Token().Data
			if name == skip {
				skip = ""
			}
			b.WriteString(breakOf(name))
		}
	}
}

// writeFlat writes text with its own line ends as blanks: in HTML they mean
// no more than that.
func writeFlat(b *strings.Builder, t string) {
	b.WriteString(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, t))
}

// breakOf returns what a tag puts between the words before and after it.
func breakOf(name string) string {
	switch name {
	case "p", "br", "ul", "ol", "li", "table", "thead", "tbody", "tr", "blockquote", "pre", "hr", "div", "section",
		"article", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd", "caption", "header", "footer", "title":
		return "\n"
	case "td", "th":
		return " "
	}
	return ""
}

// collapse leaves single blanks within lines and no empty lines.
func collapse(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for line := range strings.SplitSeq(s, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		for i, w := range words {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(w)
		}
	}
	return b.String()
}
