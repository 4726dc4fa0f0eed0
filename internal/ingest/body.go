package ingest

import (
	"bytes"
	"regexp"
	"sort"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"sotay/internal/richtext"
	"sotay/internal/viet"
)

// body is a parsed Markdown text.
type body struct {
	md     goldmark.Markdown
	src    []byte
	root   ast.Node
	starts []int // byte offset of each line
	before int   // lines of the file before the body
}

// part is a heading with the blocks up to the next one. The first part has no
// heading when text comes before all headings.
type part struct {
	heading *ast.Heading
	blocks  []ast.Node
}

// parseBody reads Markdown with tables and strikethrough and without raw
// HTML. It reports false when the nesting is beyond all reason, which would
// cost the parser and every walk after it a deep stack.
func (r *report) parseBody(src string, before int) (*body, bool) {
	b := &body{src: []byte(src), before: before, starts: []int{0}}
	for i, c := range b.src {
		if c == '\n' {
			b.starts = append(b.starts, i+1)
		}
	}
	if line := tooDeep(src); line > 0 {
		r.fail(before+line, "body", "nesting_too_deep", "Nội dung lồng nhau quá nhiều cấp hoặc quá nhiều ký hiệu định dạng.", "The text is nested too deeply or holds too many formatting signs.")
		return nil, false
	}
	b.md = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough))
	b.root = b.md.Parser().Parse(text.NewReader(b.src))
	if n := b.countHeadings(); n > maxHeadings {
		r.fail(before+1, "body", "too_many_headings", "Nội dung có quá 5.000 đề mục.", "The text has more than 5,000 headings.")
		return nil, false
	}
	r.warnDropped(b)
	return b, true
}

// parts cuts the body at the top-level headings that cut accepts.
func (b *body) parts(cut func(*ast.Heading) bool) []part {
	var out []part
	for n := b.root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && cut(h) {
			out = append(out, part{heading: h})
			continue
		}
		if len(out) == 0 {
			out = append(out, part{})
		}
		last := &out[len(out)-1]
		last.blocks = append(last.blocks, n)
	}
	return out
}

func (b *body) countHeadings() int {
	count := 0
	for n := b.root.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Kind() == ast.KindHeading {
			count++
		}
	}
	return count
}

// html renders blocks and sanitises them.
func (b *body) html(blocks []ast.Node) string {
	var buf bytes.Buffer
	for _, n := range blocks {
		// A bytes.Buffer cannot fail, and the renderer knows every node.
		if err := b.md.Renderer().Render(&buf, b.src, n); err != nil {
			return ""
		}
	}
	return strings.TrimSpace(richtext.Sanitize(buf.String()))
}

// title returns the plain text of a heading on one line.
func (b *body) title(h *ast.Heading) string {
	return strings.ReplaceAll(richtext.PlainText(b.html([]ast.Node{h})), "\n", " ")
}

// line returns the line in the file of a node, 0 if it is not known.
func (b *body) line(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
			return b.lineAt(n.Lines().At(0).Start)
		}
	}
	return 0
}

func (b *body) lineAt(offset int) int { return b.before + b.index(offset) + 1 }

// index returns the number of the line, from 0, that holds a byte offset.
func (b *body) index(offset int) int {
	return sort.Search(len(b.starts), func(i int) bool { return b.starts[i] > offset }) - 1
}

// headings reads heading lines and remembers the ids given.
type headings struct {
	r    *report
	b    *body
	seen map[string]bool
}

// read returns the id and the text of a heading.
func (hs *headings) read(h *ast.Heading) (id, title string) {
	title = hs.b.title(h)
	at := strings.LastIndex(title, "{#")
	if at < 0 || !strings.HasSuffix(title, "}") {
		return "", title
	}
	id, title = title[at+2:len(title)-1], strings.TrimSpace(title[:at])
	line := hs.b.line(h)
	switch {
	case !isID(id):
		hs.r.fail(line, "body", "bad_id", "Mã {#…} chỉ gồm chữ thường không dấu, chữ số và gạch nối, nhiều nhất 64 ký tự.",
			"An id {#...} holds lower-case letters, digits and hyphens, at most 64.")
		return "", title
	case hs.seen[id]:
		hs.r.fail(line, "body", "duplicate_id", "Mã {#"+id+"} dùng hai lần.", "The id {#"+id+"} is used twice.")
		return "", title
	}
	hs.seen[id] = true
	return id, title
}

func isID(s string) bool {
	return regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`).MatchString(s)
}

// sections reads a body into sections.
func (r *report) sections(src string, before int) []Section {
	b, ok := r.parseBody(src, before)
	if !ok {
		return nil
	}
	hs := &headings{r: r, b: b, seen: map[string]bool{}}
	patterns := labelPatterns()
	var out []Section
	for _, p := range b.parts(func(*ast.Heading) bool { return true }) {
		s := Section{Level: 1, HTML: b.html(p.blocks)}
		if p.heading == nil && s.HTML == "" {
			continue
		}
		if p.heading != nil {
			var title string
			s.Level = p.heading.Level
			s.ID, title = hs.read(p.heading)
			s.Label, s.Heading = splitLabel(patterns, title)
			s.Heading = viet.NFC(s.Heading)
			if title == "" {
				r.warn(b.line(p.heading), "body", "empty_heading", "Có đề mục không có chữ.", "A heading has no text.")
			}
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		r.warn(before+1, "body", "empty_body", "Tệp không có nội dung.", "The file has no text.")
	}
	return out
}
