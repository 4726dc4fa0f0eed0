package ingest

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// items reads a body of questions and answers: each level-2 heading is a
// question. A level-1 heading is the title of the collection or of a group
// and belongs to no answer.
func (r *report) items(src string, before int) []Item {
	b, ok := r.parseBody(src, before)
	if !ok {
		return nil
	}
	isCut := func(h *ast.Heading) bool { return h.Level <= 2 }
	refs := b.takeReferences(b.parts(isCut))
	// The lines with references are blank now; the second reading has the
	// same headings in the same places.
	b.root = b.md.Parser().Parse(text.NewReader(b.src))
	hs := &headings{r: r, b: b, seen: map[string]bool{}}
	var out []Item
	for i, p := range b.parts(isCut) {
		answer := b.html(p.blocks)
		if p.heading == nil || p.heading.Level == 1 {
			if answer != "" {
				r.warn(b.firstLine(p), "body", "text_outside_answers", "Đoạn văn nằm ngoài các câu hỏi được bỏ qua.", "Text that belongs to no question is left out.")
			}
			continue
		}
		item := Item{AnswerHTML: answer, SectionIDs: refs[i]}
		item.ID, item.Question = hs.read(p.heading)
		item.Question = dropNumber(item.Question)
		line := b.line(p.heading)
		if item.Question == "" {
			r.fail(line, "body", "empty_question", "Có câu hỏi không có chữ.", "A question has no text.")
		}
		if answer == "" {
			r.fail(line, "body", "empty_answer", "Có câu hỏi chưa có phần trả lời.", "A question has no answer.")
		}
		out = append(out, item)
	}
	if len(out) == 0 {
		r.fail(before+1, "body", "no_questions", "Không có câu hỏi nào; mỗi câu hỏi là một đề mục cấp hai (##).", "There is no question; each is a level-2 heading (##).")
	}
	return out
}

// takeReferences finds the line "Mục: #a, #b" that ends an answer and blanks
// it in the source. It returns the ids by the number of the part.
func (b *body) takeReferences(parts []part) map[int][]string {
	refs := map[int][]string{}
	form := regexp.MustCompile(`^ {0,3}Mục:[ \t]*(#[a-z0-9][a-z0-9-]{0,63}(?:[ \t]*,[ \t]*#[a-z0-9][a-z0-9-]{0,63})*)[ \t]*$`)
	for i, p := range parts {
		if p.heading == nil || len(p.blocks) == 0 {
			continue
		}
		last, ok := p.blocks[len(p.blocks)-1].(*ast.Paragraph)
		if !ok || last.Lines().Len() == 0 {
			continue
		}
		n := b.index(last.Lines().At(last.Lines().Len() - 1).Start)
		start, end := b.starts[n], len(b.src)
		if n+1 < len(b.starts) {
			end = b.starts[n+1] - 1
		}
		m := form.FindStringSubmatch(string(b.src[start:end]))
		if m == nil {
			continue
		}
		for id := range strings.SplitSeq(m[1], ",") {
			refs[i] = append(refs[i], strings.TrimPrefix(strings.TrimSpace(id), "#"))
		}
		for at := start; at < end; at++ {
			b.src[at] = ' '
		}
	}
	return refs
}

func (b *body) firstLine(p part) int {
	for _, n := range p.blocks {
		if line := b.line(n); line > 0 {
			return line
		}
	}
	return b.before + 1
}
