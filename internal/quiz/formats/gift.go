package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"sotay/internal/ident"
	"sotay/internal/quiz/question"
)

// ReadGIFT reads a GIFT file.
func ReadGIFT(src []byte) (File, error) {
	s, err := plainText(src)
	if err != nil {
		return File{}, err
	}
	r := &giftReader{reading: reading{file: File{Format: GIFT}}}
	in := blocks{lines: strings.Split(s, "\n")}
	for !r.full {
		b := in.read()
		if b == nil {
			break
		}
		r.question(b)
	}
	return r.done(), nil
}

type giftReader struct{ reading }

// giftTag is what the comment before a question says of it.
type giftTag struct {
	ID         string        `json:"id,omitempty"`
	Revision   int64         `json:"revision,omitempty"`
	Kind       question.Kind `json:"kind,omitempty"` // ordering alone: GIFT has no word for it
	Difficulty string        `json:"difficulty,omitempty"`
	Partial    *bool         `json:"partial,omitempty"`
	Document   string        `json:"document,omitempty"`
	Section    string        `json:"section,omitempty"`
}

func (r *giftReader) tag(b *block) (t giftTag) {
	if b.tag == "" {
		return t
	}
	d := json.NewDecoder(strings.NewReader(b.tag))
	d.DisallowUnknownFields()
	err := d.Decode(&t)
	if _, more := d.Token(); err != nil || more != io.EOF || t.ID != "" && !ident.Valid(t.ID) || t.Kind != "" && t.Kind != question.Ordering {
		r.fail(b.tagLine, "tag_unreadable", "Không đọc được chú thích “sotay:” của câu hỏi này.", "The comment “sotay:” of this question can't be read.")
		return giftTag{}
	}
	return t
}

// question reads one question.
func (r *giftReader) question(b *block) {
	if len(b.text) > maxBlock {
		r.fail(b.first, "question_too_long", "Câu hỏi dài quá mức; có thể thiếu dấu } hoặc dòng trống sau nó.", "The question is far too long; a } or a blank line after it may be missing.")
		return
	}
	before := len(r.file.Problems)
	t := r.tag(b)
	q := question.Question{Topic: b.topic, Difficulty: question.Difficulty(t.Difficulty), DocumentID: t.Document, SectionID: t.Section}
	item := Item{ID: t.ID, Revision: t.Revision, Place: Place{Line: b.first}}
	a := r.parts(b)
	if a == nil {
		return
	}
	mark, text := markOf(a.text)
	a.mark = mark
	q.Text = r.plain(text, mark, b.line(a.textAt))
	q.Explanation = r.formatted(a.general, a, b.line(a.generalAt))
	a.places = map[string]int{"/explanation": b.line(a.generalAt)}
	if b.tag != "" {
		a.places["/difficulty"], a.places["/documentId"], a.places["/sectionId"] = b.tagLine, b.tagLine, b.tagLine
	}
	r.answers(a, &q, &t)
	r.feedback(a, &q)
	if slices.ContainsFunc(r.file.Problems[before:], func(p Problem) bool { return !p.Warning }) {
		return
	}
	item.Question = q
	item.at = func(pointer string) Place { return Place{Line: a.lineOf(pointer)} }
	r.take(item)
}

// giftAnswer is one of the answers within the braces.
type giftAnswer struct {
	right bool // begins with "="
	// weight is what stands between per cent signs, weighted whether any does.
	weight   float64
	weighted bool
	text     string
	feedback string
	line     int
}

// giftParts are the parts of a question.
type giftParts struct {
	block   *block
	text    string
	textAt  int
	inner   string // between the braces, without the general feedback
	innerAt int
	general string // feedback for the question as a whole
	// generalAt is where that begins.
	generalAt int
	mark      string // of the question's text, and of what has none of its own
	answers   []giftAnswer
	// word is the answer of true/false.
	word giftAnswer
	// places are the lines of parts of the question, by pointer.
	places map[string]int
}

// lineOf is the line of what a pointer into the question names: of its longest
// part that is known.
func (a *giftParts) lineOf(pointer string) int {
	for at := pointer; at != ""; at = at[:max(strings.LastIndexByte(at, '/'), 0)] {
		if line, ok := a.places[at]; ok {
			return line
		}
	}
	return a.block.first
}

// place notes where a part of the question stands.
func (a *giftParts) place(list string, n, line int) {
	a.places["/"+list+"/"+strconv.Itoa(n)] = line
}

// parts cuts a question into text, answers and feedback; nil when that can't be
// done.
func (r *giftReader) parts(b *block) *giftParts {
	s, from := b.text, 0
	if trimmed := strings.TrimLeft(s, " \t"); strings.HasPrefix(trimmed, "::") {
		start := len(s) - len(trimmed) + 2
		if end := find(s[start:], "::"); end >= 0 { // the title names it elsewhere
			from = start + end + 2
		}
	}
	open := find(s[from:], "{")
	stray := find(s[from:], "}")
	switch {
	case stray >= 0 && (open < 0 || stray < open):
		r.fail(b.line(from+stray), "brace_stray", `Dấu } không có dấu { đi trước; nếu là chữ, hãy viết \}.`, `A } without a { before it; write \} for the sign.`)
		return nil
	case open < 0:
		r.fail(b.first, "answers_missing", "Câu hỏi không có phần trả lời { … }.", "The question has no answers { … }.")
		return nil
	}
	open += from
	length := find(s[open+1:], "}")
	if length < 0 {
		r.fail(b.line(open), "brace_unclosed", "Dấu { chưa được đóng bằng }.", "The { is not closed by a }.")
		return nil
	}
	a := &giftParts{block: b, text: s[from:open], textAt: from + blankBefore(s[from:open]), inner: s[open+1 : open+1+length], innerAt: open + 1}
	if nested := find(a.inner, "{"); nested >= 0 {
		r.fail(b.line(open+1+nested), "brace_nested", `Dấu { đứng trong phần trả lời; nếu là chữ, hãy viết \{.`, `A { within the answers; write \{ for the sign.`)
		return nil
	}
	if rest := s[open+1+length+1:]; strings.TrimSpace(rest) != "" {
		if again := max(find(rest, "{"), find(rest, "}")); again >= 0 {
			r.fail(b.line(open+1+length+1+again), "answers_twice", "Một câu hỏi chỉ có một phần trả lời { … }; các câu cách nhau bằng một dòng trống.",
				"A question has one part of answers { … }; a blank line parts questions.")
			return nil
		}
		a.text = strings.TrimSpace(a.text) + " _____ " + strings.TrimSpace(rest) // the missing word
	}
	if at := find(a.inner, "####"); at >= 0 {
		a.general, a.generalAt = a.inner[at+4:], a.innerAt+at+4
		a.generalAt += blankBefore(a.general)
		a.inner = a.inner[:at]
	}
	return a
}

// blankBefore counts the white space that a text begins with.
func blankBefore(s string) int { return len(s) - len(strings.TrimLeft(s, " \t\n")) }

// feedback puts what is said of single answers into the explanation.
func (r *giftReader) feedback(a *giftParts, q *question.Question) {
	var said []string
	for _, g := range append(slices.Clip(a.answers), a.word) {
		f := r.formatted(g.feedback, a, g.line)
		if strings.TrimSpace(f) == "" {
			continue
		}
		said = append(said, fmt.Sprintf("“%s”: %s", strings.TrimSpace(r.formatted(g.text, a, g.line)), strings.TrimSpace(f)))
	}
	if len(said) == 0 {
		return
	}
	q.Explanation = strings.TrimSpace(strings.TrimSpace(q.Explanation) + "\n" + strings.Join(said, "\n"))
	r.warn(a.block.first, "feedback_joined", "Phản hồi của từng phương án được gộp vào phần giải thích.", "What is said of single answers is put into the explanation.")
}

// WriteGIFT writes questions as GIFT.
func WriteGIFT(w io.Writer, items []Item) error {
	var b bytes.Buffer
	topic := ""
	for i := range items {
		q := &items[i].Question
		if q.Topic != topic {
			topic = q.Topic
			b.WriteString(categoryMark + " " + categoryOf(topic) + "\n\n")
		}
		writeTag(&b, &items[i])
		writeGIFT(&b, q)
		if _, err := b.WriteTo(w); err != nil {
			return err
		}
	}
	return nil
}
