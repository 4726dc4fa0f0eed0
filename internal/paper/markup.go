package paper

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// markup reads the HTML of the handbook's texts into blocks. It reads tags as
// they come and keeps no tree, so that no nesting can exhaust it; what it does
// not know is text.
type markup struct {
	size float64
	emit func(*block)

	runs    []run
	looks   [6]int // how many elements are open that make a look
	pre     int
	quotes  int
	lists   []list
	mark    string // of the item whose first paragraph is to come
	links   []string
	skipped string // an element whose text is not shown
	tables  int    // how many are open in each other
	grid    *grid
	base    outside
}

// list is one that is open.
type list struct {
	ordered bool
	kind    string // of numbers: 1, a, A, i, I
	next    int
}

// outside is what is open around the cell that is read.
type outside struct{ lists, quotes int }

// maxIn is how far lists and quotations are set in, in steps.
const maxIn = 8

// maxTable is how many cells or rows a table may have before it is set and goes on as
// another.
const maxTable = 4000

// readMarkup reads a text to its end, or until more tells to stop.
func readMarkup(src string, size float64, emit func(*block), more func() bool) {
	m := &markup{size: size, emit: emit}
	z := html.NewTokenizer(strings.NewReader(src))
	for more() {
		switch z.Next() {
		case html.ErrorToken:
			m.close()
			return
		case html.TextToken:
			if m.skipped == "" {
				m.text(z.Token().Data)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			if t := z.Token(); m.skipped == "" {
				m.start(&t)
			}
		case html.EndTagToken:
			m.end(z.Token().Data)
		}
	}
}

// lookOf are the elements that make a look, and its place in looks.
func lookOf(name string) (int, bool) {
	switch name {
	case "b", "strong", "th":
		return 0, true
	case "i", "em":
		return 1, true
	case "u":
		return 2, true
	case "s":
		return 3, true
	case "sup":
		return 4, true
	case "sub":
		return 5, true
	}
	return 0, false
}

func (m *markup) look() look {
	var l look
	for i, n := range m.looks {
		if n > 0 {
			l |= 1 << i
		}
	}
	if l&raised != 0 {
		l &^= lowered
	}
	return l
}

// text adds text in the look that is open. Only within pre line ends are ends
// of lines and blanks at their head stay.
func (m *markup) text(s string) {
	s = strings.ReplaceAll(s, "\r", "")
	if m.pre == 0 {
		s = strings.ReplaceAll(s, "\n", " ")
	} else {
		s = keepIndents(s)
	}
	m.runs = append(m.runs, run{s, m.look()})
}

// keepIndents makes the blanks at the head of each line such as stay.
func keepIndents(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\t", "    "), "\n")
	for i, l := range lines {
		n := len(l) - len(strings.TrimLeft(l, " "))
		lines[i] = strings.Repeat("\u00a0", n) + l[n:]
	}
	return strings.Join(lines, "\n")
}

func (m *markup) start(t *html.Token) {
	if at, ok := lookOf(t.Data); ok && t.Data != "th" {
		m.looks[at]++
		return
	}
	switch t.Data {
	case "br":
		m.runs = append(m.runs, run{text: "\n"})
	case "a":
		m.links = append(m.links, attr(t, "href"))
	case "code", "span":
	case "script", "style", "template":
		m.skipped = t.Data
	case "table", "thead", "tbody", "tr", "th", "td":
		m.paragraph()
		m.startTable(t)
	default:
		m.paragraph()
		m.startBlock(t)
	}
}

func (m *markup) startBlock(t *html.Token) {
	switch t.Data {
	case "ul":
		m.lists = append(m.lists, list{})
	case "ol":
		n, err := strconv.Atoi(attr(t, "start"))
		if err != nil {
			n = 1
		}
		m.lists = append(m.lists, list{ordered: true, kind: attr(t, "type"), next: n})
	case "li":
		m.mark = strings.TrimSpace(m.mark + " " + m.item())
	case "blockquote":
		m.quotes++
	case "pre":
		m.pre++
	case "hr":
		m.block(&block{rule: true})
	}
}

// item is the mark of the next item of the list that is open.
func (m *markup) item() string {
	if len(m.lists) <= m.base.lists {
		return "•"
	}
	l := &m.lists[len(m.lists)-1]
	if !l.ordered {
		return [...]string{"•", "–"}[(len(m.lists)-m.base.lists+1)%2]
	}
	l.next++
	return numeral(l.next-1, l.kind) + "."
}

func (m *markup) end(name string) {
	if m.skipped != "" {
		if name == m.skipped {
			m.skipped = ""
		}
		return
	}
	if at, ok := lookOf(name); ok && name != "th" {
		m.looks[at] = max(0, m.looks[at]-1)
		return
	}
	switch name {
	case "a":
		m.endLink()
		return
	case "br", "hr", "code", "span":
		return
	}
	m.paragraph()
	switch name {
	case "ul", "ol":
		if len(m.lists) > m.base.lists {
			m.lists = m.lists[:len(m.lists)-1]
		}
	case "li":
		m.mark = ""
	case "blockquote":
		m.quotes = max(m.base.quotes, m.quotes-1)
	case "pre":
		m.pre = max(0, m.pre-1)
	case "table", "tr", "td", "th":
		m.endTable(name)
	}
}

// close ends all that is open at the end of the text.
func (m *markup) close() {
	m.paragraph()
	if m.grid != nil {
		m.setTable()
	}
}

// paragraph ends the paragraph that is open.
func (m *markup) paragraph() {
	runs := m.runs
	m.runs = nil
	for _, r := range runs {
		if strings.IndexFunc(r.text, func(c rune) bool { return !parts(c) }) >= 0 {
			m.block(&block{runs: runs, keeps: leads(runs)})
			return
		}
	}
}

// short is how many bytes a paragraph may have that leads to what follows.
const short = 240

// leads tells whether a paragraph may not stand last on a page: a short one that
// is all bold, as headings are, or ends with a colon.
func leads(runs []run) bool {
	n, all, last := 0, true, ""
	for _, r := range runs {
		if n += len(r.text); n > short {
			return false
		}
		if t := strings.TrimSpace(r.text); t != "" {
			all, last = all && r.look&strong != 0, t
		}
	}
	return all || strings.HasSuffix(last, ":")
}

// block puts a block where it belongs: into the cell that is open, or out.
func (m *markup) block(b *block) {
	b.size = m.size
	b.depth = min(len(m.lists)-m.base.lists+m.quotes-m.base.quotes, maxIn)
	b.quote = m.quotes > m.base.quotes
	b.mark, m.mark = m.mark, ""
	if m.grid != nil && m.grid.add(b) {
		return
	}
	m.emit(b)
}

func attr(t *html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
