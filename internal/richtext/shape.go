package richtext

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"sotay/internal/viet"
)

// shaper writes well-nested HTML from a stream of tags. Text is held back
// until a tag is written, so that text on both sides of a dropped tag is
// normalised as one piece.
type shaper struct {
	known map[string]element
	out   strings.Builder
	text  strings.Builder
	open  []openTag
}

// openTag is an element not closed yet. A paragraph waits unwritten until it
// has something to hold; empty ones leave no trace.
type openTag struct {
	name    string
	waiting bool
}

// shape closes what was left open, drops ends without a start and elements in
// impossible places, and writes everything out in one way.
func shape(src string) string {
	s := shaper{known: elements()}
	z := html.NewTokenizer(strings.NewReader(src))
	for {
		switch z.Next() {
		case html.ErrorToken:
			s.closeTo(0)
			s.flush()
			return s.out.String()
		case html.TextToken:
			s.writeText(clean(z.Token().Data))
		case html.StartTagToken, html.SelfClosingTagToken:
			s.start(z.Token())
		case html.EndTagToken:
			s.end(z.Token().Data)
		}
	}
}

func (s *shaper) writeText(t string) {
	// The solidus may be lost in flush, so it alone fills no paragraph.
	if strings.Trim(t, " \t\n\f\u0338") != "" {
		s.settle()
	}
	s.text.WriteString(t)
}

func (s *shaper) start(t html.Token) {
	e, ok := s.known[t.Data]
	if !ok || len(s.open) >= maxDepth {
		return
	}
	if e.as != "" {
		t.Data, t.Attr = e.as, nil
	}
	if !s.makeRoom(t.Data, e) {
		return
	}
	attrs := attributes(t)
	if t.Data == "a" && attrs == "" {
		return
	}
	if t.Data == "p" {
		s.open = append(s.open, openTag{name: "p", waiting: true})
		return
	}
	s.settle()
	s.flush()
	s.out.WriteString("<" + t.Data + attrs + ">")
	if !e.void {
		s.open = append(s.open, openTag{name: t.Data})
	}
}

// makeRoom closes what may not stay open around the new element and reports
// whether there is a place for it at all.
func (s *shaper) makeRoom(name string, e element) bool {
	if e.within != "" {
		at := s.find(strings.Fields(e.within), "table")
		if at < 0 {
			return false
		}
		s.closeTo(at + 1)
		return true
	}
	if e.block {
		if at := s.find([]string{"p"}, "li", "td", "th", "blockquote", "table", "pre"); at >= 0 {
			s.closeTo(at)
		}
	}
	if name == "a" {
		if at := s.find([]string{"a"}, "td", "th"); at >= 0 {
			s.closeTo(at)
		}
	}
	return true
}

// end closes the innermost element of that name. Tags inside a table cell
// cannot close what is open outside it.
func (s *shaper) end(name string) {
	e, ok := s.known[name]
	if !ok || e.void {
		return
	}
	if e.as != "" {
		name = e.as
	}
	walls := []string{"td", "th"}
	switch name {
	case "table", "thead", "tbody", "tr", "td", "th":
		walls = []string{"table"}
	}
	if at := s.find([]string{name}, walls...); at >= 0 {
		s.closeTo(at)
	}
}

// find returns the index of the innermost open element with one of the names,
// not looking past a wall, or -1.
func (s *shaper) find(names []string, walls ...string) int {
	for i := len(s.open) - 1; i >= 0; i-- {
		if slices.Contains(names, s.open[i].name) {
			return i
		}
		if slices.Contains(walls, s.open[i].name) {
			return -1
		}
	}
	return -1
}

func (s *shaper) closeTo(n int) {
	for len(s.open) > n {
		last := s.open[len(s.open)-1]
		s.open = s.open[:len(s.open)-1]
		if last.waiting {
			// The paragraph held nothing, but it kept words apart.
			s.text.WriteByte('\n')
			continue
		}
		s.flush()
		s.out.WriteString("</" + last.name + ">")
	}
}

// settle writes the paragraphs that waited for contents.
func (s *shaper) settle() {
	for i := range s.open {
		if s.open[i].waiting {
			s.flush()
			s.out.WriteString("<" + s.open[i].name + ">")
			s.open[i].waiting = false
		}
	}
}

// flush writes the text held back. A text that begins with the long solidus
// would join the ">" before it in NFC and break the tag, so it loses it.
func (s *shaper) flush() {
	if s.text.Len() == 0 {
		return
	}
	t := viet.NFC(s.text.String())
	s.text.Reset()
	if s.out.Len() > 0 {
		t = strings.TrimLeft(t, "\u0338")
	}
	s.out.WriteString(html.EscapeString(t))
}

func attributes(t html.Token) string {
	var b strings.Builder
	var seen []string
	for _, a := range t.Attr {
		v, ok := keptAttr(t.Data, a)
		if !ok || slices.Contains(seen, a.Key) {
			continue
		}
		seen = append(seen, a.Key)
		b.WriteString(" " + a.Key + `="` + html.EscapeString(viet.NFC(v)) + `"`)
	}
	return b.String()
}
