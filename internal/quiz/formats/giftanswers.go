package formats

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"sotay/internal/quiz/question"
)

var weightMark = regexp.MustCompile(`^\s*%(-?\d{1,3}(?:[.,]\d{1,10})?)%`)

// answers reads what stands between the braces into the question.
func (r *giftReader) answers(a *giftParts, q *question.Question, t *giftTag) {
	line := a.block.line(a.innerAt + blankBefore(a.inner))
	inner := strings.TrimSpace(a.inner)
	if inner == "" || inner[0] == '#' {
		r.fail(line, "kind_unsupported", "Loại câu hỏi này (tự luận hoặc số có sai số) chưa được hỗ trợ.", "This kind of question (essay, or a number with a tolerance) is not supported.")
		return
	}
	if !r.split(a) {
		return
	}
	wrong, arrows := 0, 0
	for _, g := range a.answers {
		if !g.right {
			wrong++
		}
		if find(g.text, "->") >= 0 {
			arrows++
		}
	}
	switch {
	case len(a.answers) > 2*question.MaxOptions:
		r.fail(line, "too_many", "Câu hỏi có quá nhiều phương án.", "The question has too many answers.")
	case len(a.answers) == 0:
		r.trueFalse(a, q, line)
	case wrong == 0 && arrows > 0:
		r.matching(a, q, t)
	case wrong == 0:
		r.short(a, q)
	case wrong < len(a.answers):
		r.single(a, q)
	default:
		r.multiple(a, q, t)
	}
	if t.Kind == question.Ordering && q.Kind != question.Ordering && q.Kind != question.Matching && q.Kind != "" {
		r.fail(a.block.tagLine, "not_ordering", "Câu sắp thứ tự cần các bước dạng =1 -> bước một.", "Ordering needs steps such as =1 -> the first step.")
	}
}

// split cuts the answers apart at the signs that are not escaped.
func (r *giftReader) split(a *giftParts) bool {
	s, at := a.inner, 0
	next := func() int {
		for i := at; i < len(s); i++ {
			switch s[i] {
			case '\\':
				i++
			case '=', '~':
				return i
			}
		}
		return len(s)
	}
	begin := next()
	if begin == len(s) {
		a.word = r.answer(a, s, 0)
		return true
	}
	if strings.TrimSpace(s[:begin]) != "" {
		r.fail(a.block.line(a.innerAt+blankBefore(s)), "answers_unreadable", `Mỗi phương án bắt đầu bằng = (đúng) hoặc ~ (sai); nếu là chữ, hãy viết \= hoặc \~.`,
			`Each answer begins with = (right) or ~ (wrong); write \= or \~ for the signs.`)
		return false
	}
	for begin < len(s) && len(a.answers) <= 2*question.MaxOptions {
		at = begin + 1
		end := next()
		g := r.answer(a, s[begin+1:end], begin+1)
		g.right = s[begin] == '='
		a.answers = append(a.answers, g)
		begin = end
	}
	return true
}

// answer reads one answer that begins at an offset of the inner text.
func (r *giftReader) answer(a *giftParts, raw string, offset int) giftAnswer {
	g := giftAnswer{line: a.block.line(a.innerAt + offset)}
	if m := weightMark.FindStringSubmatch(raw); m != nil {
		g.weight, _ = strconv.ParseFloat(strings.ReplaceAll(m[1], ",", "."), 64)
		g.weighted, raw = true, raw[len(m[0]):]
	}
	if k := find(raw, "#"); k >= 0 {
		raw, g.feedback = raw[:k], raw[k+1:]
	}
	g.text = raw
	return g
}

func (r *giftReader) trueFalse(a *giftParts, q *question.Question, line int) {
	switch word := strings.ToUpper(strings.TrimSpace(a.word.text)); word {
	case "T", "TRUE", "F", "FALSE":
		q.Kind, q.True = question.TrueFalse, word[0] == 'T'
		a.word.text = map[bool]string{true: "Đúng", false: "Sai"}[q.True]
		if wrong, right, two := cutMark(a.word.feedback); two { // what is said of a wrong answer, and of the right one
			a.word.feedback = strings.TrimSpace(wrong) + "\n" + strings.TrimSpace(right)
		}
	default:
		r.fail(line, "answers_unreadable", `Mỗi phương án bắt đầu bằng = (đúng) hoặc ~ (sai); câu đúng – sai ghi {T} hoặc {F}.`,
			`Each answer begins with = (right) or ~ (wrong); true/false is {T} or {F}.`)
	}
}

func cutMark(s string) (before, after string, found bool) {
	if k := find(s, "#"); k >= 0 {
		return s[:k], s[k+1:], true
	}
	return s, "", false
}

func (r *giftReader) single(a *giftParts, q *question.Question) {
	q.Kind = question.Single
	for i, g := range a.answers {
		a.place("choices", i, g.line)
		if g.weighted && (g.right && g.weight != 100 || !g.right && g.weight != 0) {
			r.fail(g.line, "weight_unsupported", "Câu chọn một không cho điểm từng phần; câu chọn nhiều ghi mọi phương án bằng ~.",
				"A single choice gives no part of the mark; with several right ones every choice begins with ~.")
		}
		q.Choices = append(q.Choices, question.Choice{Text: r.formatted(g.text, a, g.line), Right: g.right})
	}
}

// weightSlack is how far a weight may be from a share: programs round them.
const weightSlack = 0.02

func near(x, y float64) bool { return math.Abs(x-y) <= weightSlack }

// multiple reads choices with weights. The right ones share the mark; what a
// wrong one takes away says whether part of an answer has part of the mark.
func (r *giftReader) multiple(a *giftParts, q *question.Question, t *giftTag) {
	q.Kind = question.Multiple
	right := 0
	for i, g := range a.answers {
		a.place("choices", i, g.line)
		isRight := g.weight > 0
		if isRight {
			right++
		}
		q.Choices = append(q.Choices, question.Choice{Text: r.formatted(g.text, a, g.line), Right: isRight})
	}
	if right == 0 {
		return // Check says so
	}
	share := 100 / float64(right)
	allLost, shareLost, unequal := true, true, false
	for _, g := range a.answers {
		switch {
		case g.weight > 0 && !near(g.weight, share):
			unequal = true
			r.fail(g.line, "weights_unequal", "Các phương án đúng phải có trọng số bằng nhau, tổng là 100%.", "The right choices must have equal weights that make 100%.")
		case g.weight <= 0:
			allLost = allLost && near(g.weight, -100)
			shareLost = shareLost && near(g.weight, -share)
		}
	}
	q.Partial = shareLost || !allLost
	if t.Partial != nil && (*t.Partial && shareLost || !*t.Partial && allLost) {
		q.Partial = *t.Partial
		return
	}
	switch {
	case unequal:
	case !q.Partial:
		r.warn(a.block.first, "all_or_nothing", "Câu này chỉ được điểm khi chọn đúng tất cả.", "This question is marked all or nothing.")
	case !shareLost:
		r.warn(a.block.first, "deduction_differs", "Mỗi phương án sai trừ bằng điểm của một phương án đúng, khác với trọng số trong tệp.",
			"Each wrong choice takes away as much as a right one gives, other than the file says.")
	}
}

func (r *giftReader) matching(a *giftParts, q *question.Question, t *giftTag) {
	q.Kind, q.Partial = question.Matching, t.Partial == nil || *t.Partial
	for _, g := range a.answers {
		k := find(g.text, "->")
		if k < 0 || g.weighted && g.weight != 100 {
			r.fail(g.line, "pair_unreadable", "Câu ghép cặp cần mọi dòng dạng =vế trái -> vế phải.", "Matching needs every line as =prompt -> option.")
			continue
		}
		prompt, option := r.formatted(g.text[:k], a, g.line), r.formatted(g.text[k+2:], a, g.line)
		if prompt == "" {
			a.place("spare", len(q.Spare), g.line)
			q.Spare = append(q.Spare, question.Option{Text: option})
		} else {
			a.place("pairs", len(q.Pairs), g.line)
			q.Pairs = append(q.Pairs, question.Pair{Prompt: prompt, Option: option})
		}
	}
	if t.Kind == question.Ordering {
		r.ordering(a, q)
	}
}

// ordering makes steps of pairs of numbers and steps.
func (r *giftReader) ordering(a *giftParts, q *question.Question) {
	steps := make([]question.Option, len(q.Pairs))
	seen := make([]bool, len(q.Pairs))
	for _, p := range q.Pairs {
		n, err := strconv.Atoi(p.Prompt)
		if err != nil || n < 1 || n > len(steps) || seen[n-1] {
			r.fail(a.block.first, "not_ordering", "Câu sắp thứ tự cần các bước được đánh số 1, 2, 3 …, mỗi số một lần.", "Ordering needs steps numbered 1, 2, 3 …, each once.")
			return
		}
		seen[n-1], steps[n-1] = true, question.Option{Text: p.Option}
	}
	q.Kind, q.Steps, q.Pairs, q.Spare = question.Ordering, steps, nil, nil
}

func (r *giftReader) short(a *giftParts, q *question.Question) {
	q.Kind = question.ShortAnswer
	for i, g := range a.answers {
		a.place("accepted", i, g.line)
		if g.weighted && g.weight != 100 {
			r.fail(g.line, "weight_unsupported", "Câu trả lời ngắn không cho điểm từng phần.", "A short answer gives no part of the mark.")
		}
		if find(g.text, "*") >= 0 {
			r.fail(g.line, "wildcard_unsupported", `Dấu * thay cho chữ bất kỳ chưa được hỗ trợ; nếu là chữ, hãy viết \*.`, `The wildcard * is not supported; write \* for the sign.`)
		}
		q.Accepted = append(q.Accepted, unescape(strings.TrimSpace(g.text), "*"))
	}
}
