package guide

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Source is the guide as it is written.
//
//go:embed huong-dan.md
var Source []byte

//go:embed page.css
var style string

// Page makes the whole page, and the Content-Security-Policy under which it
// shows: its own style, and nothing from anywhere.
func Page() (page []byte, policy string, err error) {
	md := goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithHeadingAttribute()))
	root := md.Parser().Parse(text.NewReader(Source))
	title, contents := outline(root)
	var out bytes.Buffer
	fmt.Fprintf(&out, `<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>%s</style>
</head>
<body>
<nav aria-label="Mục lục">
<ol>
%s</ol>
</nav>
<main>
`, title, style, contents)
	if err := md.Renderer().Render(&out, Source, root); err != nil {
		return nil, "", fmt.Errorf("guide: %w", err)
	}
	out.WriteString("</main>\n</body>\n</html>\n")
	sum := sha256.Sum256([]byte(style))
	policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return out.Bytes(), policy, nil
}

// outline reads the title and makes the list of chapters.
func outline(root ast.Node) (title string, contents []byte) {
	var list bytes.Buffer
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		h, ok := n.(*ast.Heading)
		if !ok || h.Level > 2 {
			continue
		}
		name := html.EscapeString(words(h))
		if h.Level == 1 {
			title = name
			continue
		}
		id, _ := h.AttributeString("id")
		key, _ := id.([]byte)
		fmt.Fprintf(&list, "<li><a href=\"#%s\">%s</a></li>\n", html.EscapeString(string(key)), name)
	}
	return title, list.Bytes()
}

// words is the plain text of a heading, without its number: the list counts by
// itself.
func words(h *ast.Heading) string {
	var b bytes.Buffer
	for n := h.FirstChild(); n != nil; n = n.NextSibling() {
		if t, ok := n.(*ast.Text); ok {
			b.Write(t.Value(Source))
		}
	}
	return string(bytes.TrimLeft(b.Bytes(), "0123456789. "))
}
