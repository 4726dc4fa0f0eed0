package formats

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"sotay/internal/fault"
	"sotay/internal/quiz/question"
)

// ReadAiken reads an Aiken file: single choices and nothing else. A line that
// begins with "A." or "A)" begins the choices, but for the first line of a
// question, and each next choice must have the next letter: a name such as
// "V. I. Lênin" is no choice.
func ReadAiken(src []byte) (File, error) {
	s, err := plainText(src)
	if err != nil {
		return File{}, err
	}
	r := &aikenReader{reading: reading{file: File{Format: Aiken}}}
	n := 0
	for line := range strings.SplitSeq(s, "\n") {
		if n++; r.full {
			break
		}
		if line = strings.TrimSpace(line); line != "" {
			r.line(n, line)
		}
	}
	r.end(n)
	return r.done(), nil
}

var (
	aikenChoice = regexp.MustCompile(`^([A-Za-z])[.)](.*)$`)
	aikenAnswer = regexp.MustCompile(`^(?i:ANSWER|ĐÁP ÁN)\s*:\s*(.*)$`)
)

// aikenReader holds the question that is being read.
type aikenReader struct {
	reading
	first int
	text  []string
	// choices are those so far, lines where they stand.
	choices []string
	lines   []int
	// broken says that the question has an error and is read to its end.
	broken bool
}

func (r *aikenReader) line(n int, line string) {
	if len(r.text) == 0 {
		if aikenAnswer.MatchString(line) {
			r.fail(n, "answer_alone", "Dòng đáp án không thuộc câu hỏi nào.", "This answer belongs to no question.")
			return
		}
		r.first, r.text = n, []string{line}
		return
	}
	if m := aikenAnswer.FindStringSubmatch(line); m != nil {
		r.answer(n, m[1])
		return
	}
	m := aikenChoice.FindStringSubmatch(line)
	next := byte('A' + len(r.choices))
	switch {
	case m != nil && strings.ToUpper(m[1])[0] == next:
		r.choices, r.lines = append(r.choices, strings.TrimSpace(m[2])), append(r.lines, n)
		if len(r.choices) > question.MaxOptions {
			r.spoil(n, "too_many", fmt.Sprintf("Nhiều nhất %d phương án.", question.MaxOptions), fmt.Sprintf("At most %d choices.", question.MaxOptions))
			r.choices = r.choices[:1] // nothing more of it is kept
		}
	case len(r.choices) == 0:
		if len(r.text) < 1000 { // beyond that it is too long in any case
			r.text = append(r.text, line)
		}
	case m != nil:
		r.spoil(n, "letter_order", fmt.Sprintf("Phương án tiếp theo phải là %c.", next), fmt.Sprintf("The next choice must be %c.", next))
	default:
		r.spoil(n, "line_unexpected", "Dòng này không phải phương án (A. …) hay đáp án (ANSWER: …).", "This line is neither a choice (A. …) nor the answer (ANSWER: …).")
	}
}

// spoil reports the first thing wrong with a question's lines.
func (r *aikenReader) spoil(n int, code, vi, en string) {
	if !r.broken {
		r.broken = true
		r.fail(n, code, vi, en)
	}
}

// answer closes a question.
func (r *aikenReader) answer(n int, letter string) {
	letter = strings.ToUpper(strings.TrimSpace(letter))
	right := -1
	if len(letter) == 1 {
		right = int(letter[0]) - 'A'
	}
	if right < 0 || right >= len(r.choices) {
		r.spoil(n, "answer_unknown", "Đáp án phải là chữ cái của một phương án.", "The answer must be the letter of a choice.")
	}
	if !r.broken {
		q := question.Question{Kind: question.Single, Text: strings.Join(r.text, "\n")}
		places := map[string]int{}
		for i, c := range r.choices {
			q.Choices = append(q.Choices, question.Choice{Text: c, Right: i == right})
			places[fmt.Sprintf("/choices/%d", i)] = r.lines[i]
		}
		first := r.first
		r.take(Item{Question: q, Place: Place{Line: first}, at: func(pointer string) Place {
			if line, ok := places[strings.TrimSuffix(pointer, "/text")]; ok {
				return Place{Line: line}
			}
			return Place{Line: first}
		}})
	}
	r.first, r.text, r.choices, r.lines, r.broken = 0, nil, nil, nil, false
}

// end reports a question that the file ends within.
func (r *aikenReader) end(n int) {
	if len(r.text) > 0 && !r.full {
		r.fail(r.first, "answer_missing", "Câu hỏi không có dòng ANSWER.", "The question has no ANSWER line.")
	}
}

// UnfitForAiken says what of a question Aiken can't hold, "" for nothing. What
// it has no place for at all, such as the explanation, is not counted.
func UnfitForAiken(q *question.Question) fault.Text {
	switch {
	case q.Kind != question.Single:
		return fault.Text{VI: "Aiken chỉ chứa câu chọn một phương án.", EN: "Aiken holds single choices alone."}
	case strings.Contains(q.Text, "\n"):
		return fault.Text{VI: "Aiken chỉ chứa câu hỏi trên một dòng.", EN: "Aiken holds questions of one line."}
	case aikenAnswer.MatchString(q.Text):
		return fault.Text{VI: "Câu hỏi bắt đầu như một dòng đáp án.", EN: "The question begins like an answer."}
	}
	for _, c := range q.Choices {
		if strings.Contains(c.Text, "\n") {
			return fault.Text{VI: "Aiken chỉ chứa phương án trên một dòng.", EN: "Aiken holds choices of one line."}
		}
	}
	return fault.Text{}
}

// WriteAiken writes questions that are fit for it.
func WriteAiken(w io.Writer, items []Item) error {
	var b bytes.Buffer
	for i := range items {
		q := &items[i].Question
		if bad := UnfitForAiken(q); bad.EN != "" {
			return fmt.Errorf("question %d: %s", i+1, bad.EN)
		}
		b.WriteString(q.Text + "\n")
		right := 'A'
		for k, c := range q.Choices {
			fmt.Fprintf(&b, "%c. %s\n", 'A'+k, c.Text)
			if c.Right {
				right = 'A' + rune(k)
			}
		}
		fmt.Fprintf(&b, "ANSWER: %c\n\n", right)
		if _, err := b.WriteTo(w); err != nil {
			return err
		}
	}
	return nil
}
