package formats

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"sotay/internal/quiz/question"
)

// writeTag writes the comment before a question, when there is something to
// say.
func writeTag(b *bytes.Buffer, i *Item) {
	q := &i.Question
	t := giftTag{ID: i.ID, Revision: i.Revision, Document: q.DocumentID, Section: q.SectionID}
	if q.Difficulty != question.Medium {
		t.Difficulty = string(q.Difficulty)
	}
	switch q.Kind {
	case question.Multiple:
		t.Partial = &q.Partial
	case question.Matching, question.Ordering:
		if !q.Partial {
			t.Partial = &q.Partial
		}
	case question.Single, question.TrueFalse, question.ShortAnswer:
	}
	if q.Kind == question.Ordering {
		t.Kind = question.Ordering
	}
	if t == (giftTag{}) {
		return
	}
	line, err := json.Marshal(t)
	if err != nil { // texts and a number: it can't be
		return
	}
	b.WriteString("// " + tagMark + " ")
	b.Write(line)
	b.WriteByte('\n')
}

var giftEscapes = strings.NewReplacer(`\`, `\\`, `:`, `\:`, `#`, `\#`, `=`, `\=`, `{`, `\{`, `}`, `\}`, `~`, `\~`, "\n", `\n`)

// escaped is a text as it stands before the braces; inAnswers as it stands
// within, where an arrow and a format's mark would be read as such.
func escaped(s string) string { return giftEscapes.Replace(s) }

func inAnswers(s string) string {
	out := strings.ReplaceAll(giftEscapes.Replace(s), "->", `-\>`)
	if mark, _ := markOf(s); mark != "" {
		return "[plain]" + out
	}
	return out
}

// choiceText is a choice's text, which may begin like a weight.
func choiceText(s, weight string) string {
	if weightMark.MatchString(s) {
		return weight + inAnswers(s)
	}
	return inAnswers(s)
}

// maxTitle bounds the title that names a question in other programs, in
// characters.
const maxTitle = 60

func writeGIFT(b *bytes.Buffer, q *question.Question) {
	title := []rune(strings.Join(strings.Fields(q.Text), " "))
	b.WriteString("::" + escaped(string(title[:min(len(title), maxTitle)])) + "::[plain]" + escaped(q.Text) + "{")
	switch q.Kind {
	case question.TrueFalse:
		b.WriteString(map[bool]string{true: "TRUE", false: "FALSE"}[q.True])
	case question.Single:
		for _, c := range q.Choices {
			if c.Right {
				b.WriteString("\n=" + choiceText(c.Text, "%100%"))
			} else {
				b.WriteString("\n~" + choiceText(c.Text, "%0%"))
			}
		}
	case question.Multiple:
		writeMultiple(b, q)
	case question.Matching:
		for _, p := range q.Pairs {
			b.WriteString("\n=" + choiceText(p.Prompt, "%100%") + " -> " + inAnswers(p.Option))
		}
		for _, o := range q.Spare {
			b.WriteString("\n= -> " + inAnswers(o.Text))
		}
	case question.Ordering:
		for i, o := range q.Steps {
			b.WriteString("\n=" + strconv.Itoa(i+1) + " -> " + inAnswers(o.Text))
		}
	case question.ShortAnswer:
		for _, a := range q.Accepted {
			weight := ""
			if weightMark.MatchString(a) {
				weight = "%100%"
			}
			b.WriteString("\n=" + weight + strings.NewReplacer("->", `-\>`, "*", `\*`).Replace(escaped(a)))
		}
	}
	if q.Explanation != "" {
		b.WriteString("\n####" + inAnswers(q.Explanation))
	}
	if q.Kind != question.TrueFalse || q.Explanation != "" {
		b.WriteByte('\n')
	}
	b.WriteString("}\n\n")
}

// writeMultiple writes the choices with weights: the right ones share the mark;
// a wrong one takes a share away, or all of it when only all right ones count.
func writeMultiple(b *bytes.Buffer, q *question.Question) {
	right := 0
	for _, c := range q.Choices {
		if c.Right {
			right++
		}
	}
	share := 100 / float64(max(right, 1))
	loss := 100.0
	if q.Partial {
		loss = share
	}
	for _, c := range q.Choices {
		weight := share
		if !c.Right {
			weight = -loss
		}
		b.WriteString("\n~%" + weightOf(weight) + "%" + inAnswers(c.Text))
	}
}

// weightOf writes a weight as programs do: at most five decimals.
func weightOf(w float64) string {
	s := strconv.FormatFloat(w, 'f', 5, 64)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}
