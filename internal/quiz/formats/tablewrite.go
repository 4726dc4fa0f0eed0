package formats

import (
	"io"
	"strings"

	"sotay/internal/quiz/question"
	"sotay/internal/sheet"
)

// WriteTable writes questions as a workbook.
func WriteTable(w io.Writer, items []Item) error {
	page, guide := pages(items)
	return sheet.WriteBook(w, page, guide)
}

// WriteCSV writes questions as a .csv file.
func WriteCSV(w io.Writer, items []Item) error {
	page, _ := pages(items)
	return sheet.WriteCSV(w, page)
}

func pages(items []Item) (data, guide sheet.Page) {
	choices, matches := usual, 0
	for i := range items {
		q := &items[i].Question
		choices = max(choices, len(q.Choices), len(q.Steps), len(q.Accepted), len(q.Pairs)+len(q.Spare))
		if q.Kind == question.Matching {
			matches = max(matches, len(q.Pairs)+len(q.Spare))
		}
	}
	cols := columns(choices, matches, true)
	data = sheet.Page{Name: "Câu hỏi", Headings: sheet.Headings(cols), Rows: func(yield func([]any) bool) {
		for i := range items {
			cells := cellsOf(&items[i])
			line := make([]any, len(cols))
			for k, c := range cols {
				line[k] = cells[c.Key]
			}
			if !yield(line) {
				return
			}
		}
	}}
	return data, sheet.Guide(cols)
}

// cellsOf are the cells of a question, by the keys of columns.
func cellsOf(i *Item) map[string]any {
	q := &i.Question
	out := map[string]any{"text": q.Text, "kind": nameOf(string(q.Kind), kindChoices), "explanation": q.Explanation, "topic": q.Topic,
		"difficulty": nameOf(string(q.Difficulty), difficultyChoices), "document": q.DocumentID, "section": q.SectionID}
	if i.ID != "" {
		out["id"], out["revision"] = i.ID, i.Revision
	}
	switch q.Kind {
	case question.Multiple, question.Matching, question.Ordering:
		out["partial"] = q.Partial
	case question.TrueFalse:
		out["answer"] = map[bool]string{true: "đúng", false: "sai"}[q.True]
	case question.Single, question.ShortAnswer:
	}
	var right []string
	for k, c := range q.Choices {
		out[choiceKey(k)] = c.Text
		if c.Right {
			right = append(right, letter(k))
		}
	}
	if len(right) > 0 {
		out["answer"] = strings.Join(right, "; ")
	}
	for k, p := range q.Pairs {
		out[choiceKey(k)], out[matchKey(k)] = p.Prompt, p.Option
	}
	for k, o := range q.Spare {
		out[matchKey(len(q.Pairs)+k)] = o.Text
	}
	for k, o := range q.Steps {
		out[choiceKey(k)] = o.Text
	}
	for k, a := range q.Accepted {
		out[choiceKey(k)] = a
	}
	return out
}
