package question

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/viet"
)

// The bounds of a question, in characters and in numbers of things.
const (
	MaxText        = 4000
	MaxOption      = 1000
	MaxExplanation = 4000
	MaxTopic       = 200
	MaxOptions     = 20
	MaxSection     = 64
)

// Normal returns the question as it is kept: texts NFC and trimmed, fields that
// the kind has no use for emptied, ids given to what has none. Ids that are
// given stay, so that an edit keeps what members answered.
func (q Question) Normal() Question {
	n := Question{Kind: q.Kind, Text: clean(q.Text), Explanation: clean(q.Explanation), Topic: oneLine(q.Topic), Difficulty: q.Difficulty,
		DocumentID: strings.TrimSpace(q.DocumentID), SectionID: strings.TrimSpace(q.SectionID)}
	if n.Difficulty == "" {
		n.Difficulty = Medium
	}
	switch q.Kind {
	case Single, Multiple:
		for _, c := range q.Choices {
			n.Choices = append(n.Choices, Choice{idOf(c.ID), clean(c.Text), c.Right})
		}
		n.Partial = q.Partial && q.Kind == Multiple
	case TrueFalse:
		n.True = q.True
	case Matching:
		for _, p := range q.Pairs {
			n.Pairs = append(n.Pairs, Pair{idOf(p.PromptID), clean(p.Prompt), idOf(p.OptionID), clean(p.Option)})
		}
		n.Spare = normalOptions(q.Spare)
		n.Partial = q.Partial
	case Ordering:
		n.Steps = normalOptions(q.Steps)
		n.Partial = q.Partial
	case ShortAnswer:
		for _, a := range q.Accepted {
			n.Accepted = append(n.Accepted, oneLine(a))
		}
	}
	return n
}

// Keeping returns the question with only those ids that the stored one has. What
// an editor makes up might tell members what belongs together: right and wrong,
// p1 and o1, 1, 2 and 3.
func (q Question) Keeping(stored *Question) Question {
	known := map[string]bool{}
	for _, id := range stored.ids() {
		known[*id] = true
	}
	q.Choices, q.Pairs, q.Spare, q.Steps = slices.Clone(q.Choices), slices.Clone(q.Pairs), slices.Clone(q.Spare), slices.Clone(q.Steps)
	for _, id := range q.ids() {
		if !known[*id] {
			*id = ""
		}
	}
	return q
}

// ids are where the question's ids stand.
func (q *Question) ids() (out []*string) {
	for i := range q.Choices {
		out = append(out, &q.Choices[i].ID)
	}
	for i := range q.Pairs {
		out = append(out, &q.Pairs[i].PromptID, &q.Pairs[i].OptionID)
	}
	for i := range q.Spare {
		out = append(out, &q.Spare[i].ID)
	}
	for i := range q.Steps {
		out = append(out, &q.Steps[i].ID)
	}
	return out
}

func normalOptions(list []Option) (out []Option) {
	for _, o := range list {
		out = append(out, Option{idOf(o.ID), clean(o.Text)})
	}
	return out
}

// idOf keeps an id, or makes a random one: 40 bits in 8 letters.
func idOf(id string) string {
	if id != "" {
		return id
	}
	return ident.Token()[:8]
}

// clean returns a text as it is kept: what nobody sees is gone, as it is in
// spreadsheets and lists, so that a text comes back the same from any of them.
func clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\ufffd"))
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\u00a0' || r == '\u2007' || r == '\u202f': // blanks that don't break
			return ' '
		case unicode.IsControl(r) || r == '\ufffe' || r == '\uffff':
			return -1
		}
		return r
	}, viet.Seen(s))
	return strings.TrimSpace(viet.NFC(s))
}

func oneLine(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// Check adds to f what is wrong with a normal question, at pointers below base.
func (q *Question) Check(f *fault.Fault, base string) *fault.Fault {
	if !slices.Contains(Kinds(), q.Kind) {
		return f.At(base+"/kind", "unknown", "Loại câu hỏi không có.", "There is no such kind of question.")
	}
	if !slices.Contains(Difficulties(), q.Difficulty) {
		f = f.At(base+"/difficulty", "unknown", "Độ khó là easy, medium hoặc hard.", "The difficulty is easy, medium or hard.")
	}
	f = text(f, base+"/text", q.Text, MaxText, true)
	f = text(f, base+"/explanation", q.Explanation, MaxExplanation, false)
	f = text(f, base+"/topic", q.Topic, MaxTopic, false)
	switch {
	case q.DocumentID != "" && !ident.Valid(q.DocumentID):
		f = f.At(base+"/documentId", "invalid", "Đây không phải mã văn bản.", "This is not the id of a document.")
	case q.SectionID != "" && q.DocumentID == "":
		f = f.At(base+"/documentId", "required", "Mục thuộc văn bản nào?", "Which document has this section?")
	}
	f = text(f, base+"/sectionId", q.SectionID, MaxSection, false)
	switch q.Kind {
	case Single, Multiple:
		f = q.checkChoices(f, base)
	case Matching:
		f = q.checkPairs(f, base)
	case Ordering:
		f = count(f, base+"/steps", len(q.Steps), 2)
		f = options(f, base+"/steps", "/text", q.Steps)
	case ShortAnswer:
		f = count(f, base+"/accepted", len(q.Accepted), 1)
		for i, a := range q.Accepted {
			at := fmt.Sprintf("%s/accepted/%d", base, i)
			f = text(f, at, a, MaxAnswer, true)
			if a != "" && fold(a) == "" {
				f = f.At(at, "invalid", "Đáp án cần có chữ hoặc số.", "The answer needs a letter or digit.")
			}
		}
	case TrueFalse:
	}
	return f
}

func (q *Question) checkChoices(f *fault.Fault, base string) *fault.Fault {
	f = count(f, base+"/choices", len(q.Choices), 2)
	right := 0
	list := make([]Option, len(q.Choices))
	for i, c := range q.Choices {
		list[i] = Option{c.ID, c.Text}
		if c.Right {
			right++
		}
	}
	f = options(f, base+"/choices", "/text", list)
	if q.Kind == Single && right != 1 {
		f = f.At(base+"/choices", "one_right", "Câu chọn một cần đúng một phương án đúng.", "It needs exactly one right choice.")
	}
	if q.Kind == Multiple && right == 0 {
		f = f.At(base+"/choices", "none_right", "Cần ít nhất một phương án đúng.", "It needs a right choice.")
	}
	return f
}

func (q *Question) checkPairs(f *fault.Fault, base string) *fault.Fault {
	f = count(f, base+"/pairs", len(q.Pairs), 2)
	prompts, matches := make([]Option, len(q.Pairs)), make([]Option, len(q.Pairs))
	for i, p := range q.Pairs {
		prompts[i], matches[i] = Option{p.PromptID, p.Prompt}, Option{p.OptionID, p.Option}
	}
	f = options(f, base+"/pairs", "/prompt", prompts)
	f = options(f, base+"/pairs", "/option", matches)
	if len(q.Pairs)+len(q.Spare) > MaxOptions {
		f = f.At(base+"/spare", "too_many", "Quá nhiều phương án.", "There are too many options.")
	}
	before := len(f.Fields)
	f = options(f, base+"/spare", "/text", q.Spare)
	if len(f.Fields) > before {
		return f
	}
	for i, s := range q.Spare {
		if slices.ContainsFunc(matches, func(m Option) bool { return m.ID == s.ID || m.Text == s.Text }) {
			f = f.At(fmt.Sprintf("%s/spare/%d", base, i), "duplicate", "Trùng với một phương án khác.", "It stands among the options already.")
		}
	}
	return f
}

func count(f *fault.Fault, at string, n, least int) *fault.Fault {
	if n < least {
		return f.At(at, "too_few", fmt.Sprintf("Cần ít nhất %d.", least), fmt.Sprintf("It needs at least %d.", least))
	}
	if n > MaxOptions {
		return f.At(at, "too_many", fmt.Sprintf("Nhiều nhất %d.", MaxOptions), fmt.Sprintf("At most %d.", MaxOptions))
	}
	return f
}

// options checks a list of texts with ids, neither of which may stand twice.
func options(f *fault.Fault, base, field string, list []Option) *fault.Fault {
	for i, o := range list {
		at := fmt.Sprintf("%s/%d", base, i)
		f = text(f, at+field, o.Text, MaxOption, true)
		for _, other := range list[:i] {
			if other.ID == o.ID {
				f = f.At(at, "duplicate", "Mã này đứng hai lần.", "This id stands twice.")
			} else if other.Text == o.Text && o.Text != "" {
				f = f.At(at+field, "duplicate", "Nội dung này đứng hai lần.", "This text stands twice.")
			}
		}
		if !ident.Valid(o.ID) {
			f = f.At(at, "invalid", "Mã không hợp lệ.", "This is not an id.")
		}
	}
	return f
}

func text(f *fault.Fault, at, s string, most int, must bool) *fault.Fault {
	switch {
	case s == "" && must:
		return f.At(at, "required", "Không được để trống.", "It may not be empty.")
	case utf8.RuneCountInString(s) > most:
		return f.At(at, "too_long", fmt.Sprintf("Nhiều nhất %d ký tự.", most), fmt.Sprintf("At most %d characters.", most))
	}
	return f
}
