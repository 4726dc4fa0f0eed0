package formats

import (
	"strconv"
	"strings"

	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/quiz/question"
	"sotay/internal/sheet"
	"sotay/internal/viet"
)

// ReadTable reads a table of questions: .xlsx or .csv.
func ReadTable(src sheet.Source, size int64) (File, error) {
	r := &reading{file: File{Format: Table}}
	book, err := sheet.Open(src, size, limits())
	if err != nil {
		return File{}, err
	}
	t, missing, err := book.Read(allColumns())
	if err != nil {
		return File{}, err
	}
	if t == nil {
		for _, p := range missing {
			r.problem(ofSheet(p))
		}
		return r.file, nil
	}
	defer t.Close()
	for !r.full {
		rec, err := t.Next()
		if err != nil {
			return File{}, err
		}
		if rec == nil {
			break
		}
		readRow(r, rec)
	}
	for _, p := range t.Remarks() {
		r.problem(ofSheet(p))
	}
	return r.done(), nil
}

func ofSheet(p sheet.Problem) Problem {
	return Problem{Place: Place{Row: p.Row, Column: p.Column, Title: p.Title}, Code: p.Code, Text: fault.Text{VI: p.VI, EN: p.EN}, Warning: p.Warning}
}

// row is one row that is being read.
type row struct {
	rec *sheet.Record
	q   question.Question
	// options are the texts of the columns "Phương án", "" for an empty cell.
	options, matches [question.MaxOptions]string
	// places name the columns of parts of the question, by pointer.
	places map[string]string
}

func readRow(r *reading, rec *sheet.Record) {
	w := &row{rec: rec, places: map[string]string{"/text": "text", "/kind": "kind", "/explanation": "explanation", "/topic": "topic",
		"/difficulty": "difficulty", "/documentId": "document", "/sectionId": "section", "/choices": "answer", "/accepted": choiceKey(0),
		"/steps": choiceKey(0), "/pairs": choiceKey(0), "/spare": matchKey(0)}}
	w.q = question.Question{Text: rec.Lines("text"), Explanation: rec.Lines("explanation"), Topic: rec.Text("topic"),
		Difficulty: question.Difficulty(rec.Choice("difficulty", difficultyChoices)), DocumentID: rec.Code("document"), SectionID: rec.Code("section")}
	for i := range w.options {
		w.options[i], w.matches[i] = rec.Lines(choiceKey(i)), rec.Lines(matchKey(i))
	}
	item := Item{ID: rec.Code("id"), Place: Place{Row: rec.Row}}
	if item.ID != "" && !ident.Valid(item.ID) {
		rec.Fail("id", "invalid", "Đây không phải mã câu hỏi.", "This is not the id of a question.")
	}
	if n := rec.Code("revision"); n != "" && item.ID != "" {
		var err error
		if item.Revision, err = strconv.ParseInt(n, 10, 64); err != nil {
			rec.Fail("revision", "invalid", "Đây không phải số.", "This is not a number.")
		}
	}
	w.answers()
	failed := false
	for _, p := range rec.Problems {
		failed = failed || !p.Warning
		r.problem(ofSheet(p))
	}
	if failed {
		return
	}
	item.Question = w.q
	item.at = w.place
	r.take(item)
}

// place is the cell of what a pointer into the question names.
func (w *row) place(pointer string) Place {
	key := "text"
	for at := pointer; at != ""; at = at[:max(strings.LastIndexByte(at, '/'), 0)] {
		if k, ok := w.places[at]; ok {
			key = k
			break
		}
	}
	column, title := w.rec.Where(key)
	return Place{Row: w.rec.Row, Column: column, Title: title}
}

func (w *row) note(list string, n int, key string) {
	w.places["/"+list+"/"+strconv.Itoa(n)] = key
}

// answers reads what the kind needs of the row; a kind that is not given is
// told by what is filled in.
func (w *row) answers() {
	kind := question.Kind(w.rec.Choice("kind", kindChoices))
	if w.rec.Failed("kind") {
		return
	}
	answer := w.rec.Lines("answer")
	if kind == "" {
		if kind = w.guess(answer); kind == "" {
			w.rec.Fail("kind", "required", "Cần ghi loại câu hỏi.", "The kind of question is needed.")
			return
		}
	}
	w.q.Kind = kind
	partial, _ := w.rec.Bool("partial")
	w.q.Partial = partial
	switch kind {
	case question.Single, question.Multiple:
		w.choices(answer)
	case question.TrueFalse:
		w.trueFalse(answer)
	case question.Matching:
		w.matching()
	case question.Ordering:
		w.ordering(answer)
	case question.ShortAnswer:
		w.short(answer)
	}
	if kind != question.Matching {
		for i, m := range w.matches {
			if m != "" {
				w.rec.Fail(matchKey(i), "not_allowed", "Chỉ câu ghép cặp có cột này.", "Only matching has this column.")
			}
		}
	}
}

func (w *row) guess(answer string) question.Kind {
	for _, m := range w.matches {
		if m != "" {
			return question.Matching
		}
	}
	if _, ok := truth(answer); ok {
		return question.TrueFalse
	}
	switch letters := lettersOf(answer); {
	case len(letters) == 1:
		return question.Single
	case len(letters) > 1:
		return question.Multiple
	}
	return ""
}

func truth(s string) (is, ok bool) {
	switch viet.Fold(strings.TrimSpace(s)) {
	case "dung", "d", "true", "t", "1":
		return true, true
	case "sai", "s", "false", "f", "0":
		return false, true
	}
	return false, false
}

// lettersOf reads "A", "A; C", "a,c" or "AC"; nil when it is something else.
func lettersOf(s string) []int {
	var out []int
	words := strings.FieldsFunc(strings.ToUpper(s), func(r rune) bool { return strings.ContainsRune(",;/&+. \n\t", r) })
	for _, w := range words {
		for _, c := range []byte(w) {
			if c < 'A' || c >= 'A'+question.MaxOptions {
				return nil
			}
			out = append(out, int(c-'A'))
		}
	}
	return out
}

// right returns the columns that the answer names: by letters, or by the text
// of one of them.
func (w *row) right(answer string) []int {
	out := lettersOf(answer)
	for _, i := range out {
		if w.options[i] == "" { // then it is a word
			out = nil
			break
		}
	}
	if len(out) == 0 && answer != "" {
		for i, o := range w.options {
			if o != "" && viet.Fold(o) == viet.Fold(answer) {
				return []int{i}
			}
		}
	}
	if len(out) == 0 {
		w.rec.Fail("answer", "answer_unknown", "Đáp án phải là chữ cái của phương án có nội dung, như B hoặc A; C.", "The answer must be letters of choices that are filled in, such as B or A; C.")
	}
	return out
}

func (w *row) choices(answer string) {
	rights := map[int]bool{}
	for _, i := range w.right(answer) {
		rights[i] = true
	}
	for i, o := range w.options {
		if o != "" {
			w.note("choices", len(w.q.Choices), choiceKey(i))
			w.q.Choices = append(w.q.Choices, question.Choice{Text: o, Right: rights[i]})
		}
	}
}

// trueFalse takes the answer as a word, or as the letter of a choice that is
// one.
func (w *row) trueFalse(answer string) {
	is, ok := truth(answer)
	for i, o := range w.options {
		_, word := truth(o)
		switch letters := lettersOf(answer); {
		case o == "":
		case !word:
			w.rec.Fail(choiceKey(i), "not_allowed", "Câu đúng sai không có phương án khác.", "True/false has no other choices.")
		case len(letters) == 1 && letters[0] == i:
			is, ok = truth(o)
		}
	}
	if !ok && !w.rec.Failed("answer") {
		w.rec.Fail("answer", "answer_unknown", "Đáp án là đúng hoặc sai.", "The answer is đúng (true) or sai (false).")
	}
	w.q.True = is
}

func (w *row) matching() {
	for i := range w.options {
		prompt, option := w.options[i], w.matches[i]
		switch {
		case prompt == "" && option == "":
		case option == "":
			w.rec.Fail(matchKey(i), "required", "Vế trái này chưa có vế phải.", "This prompt has no option.")
		case prompt == "":
			w.note("spare", len(w.q.Spare), matchKey(i))
			w.q.Spare = append(w.q.Spare, question.Option{Text: option})
		default:
			at := "/pairs/" + strconv.Itoa(len(w.q.Pairs))
			w.places[at], w.places[at+"/option"] = choiceKey(i), matchKey(i)
			w.q.Pairs = append(w.q.Pairs, question.Pair{Prompt: prompt, Option: option})
		}
	}
}

// ordering takes the steps as they stand, or in the order that the answer gives
// their letters.
func (w *row) ordering(answer string) {
	var order []int
	for i, o := range w.options {
		if o != "" {
			order = append(order, i)
		}
	}
	if answer != "" {
		seen := map[int]bool{}
		letters := w.right(answer)
		for _, i := range letters {
			seen[i] = true
		}
		if !w.rec.Failed("answer") && (len(letters) != len(order) || len(seen) != len(order)) {
			w.rec.Fail("answer", "order_incomplete", "Thứ tự đúng phải nêu mỗi bước một lần, hoặc để trống.", "The right order names each step once, or is left empty.")
		}
		order = letters
	}
	for _, i := range order {
		w.note("steps", len(w.q.Steps), choiceKey(i))
		w.q.Steps = append(w.q.Steps, question.Option{Text: w.options[i]})
	}
}

func (w *row) short(answer string) {
	for i, o := range w.options {
		if o != "" {
			w.note("accepted", len(w.q.Accepted), choiceKey(i))
			w.q.Accepted = append(w.q.Accepted, o)
		}
	}
	if answer != "" {
		w.note("accepted", len(w.q.Accepted), "answer")
		w.q.Accepted = append(w.q.Accepted, answer)
	}
}
