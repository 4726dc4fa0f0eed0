package question

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"sotay/internal/fault"
	"sotay/internal/viet"
)

// MaxAnswer bounds a short answer, in characters.
const MaxAnswer = 500

// Response is what a member answered: the field that the kind asks for.
type Response struct {
	ChoiceIDs []string `bson:"choiceIds,omitempty"`
	Text      string   `bson:"text,omitempty"`
	Pairs     []Match  `bson:"pairs,omitempty"`
	Order     []string `bson:"order,omitempty"`
}

// Empty tells whether nothing is answered.
func (r *Response) Empty() bool {
	return len(r.ChoiceIDs) == 0 && r.Text == "" && len(r.Pairs) == 0 && len(r.Order) == 0
}

// Equal tells whether two responses say the same, in the same words.
func (r *Response) Equal(o *Response) bool {
	return r.Text == o.Text && slices.Equal(r.ChoiceIDs, o.ChoiceIDs) && slices.Equal(r.Pairs, o.Pairs) && slices.Equal(r.Order, o.Order)
}

// Normal returns the response in the form that is kept: choices and pairs
// sorted by id, for their order says nothing; text NFC and trimmed.
func (r Response) Normal() Response {
	r.ChoiceIDs = slices.Sorted(slices.Values(r.ChoiceIDs))
	r.Text = strings.TrimSpace(viet.NFC(r.Text))
	r.Pairs = slices.SortedFunc(slices.Values(r.Pairs), func(a, b Match) int { return strings.Compare(a.PromptID, b.PromptID) })
	return r
}

// Check tells what of a response does not fit the question, by field.
func (f *Face) Check(r *Response) *fault.Fault {
	bad := fault.BadInput
	bad = f.unwanted(bad, r)
	switch f.Kind {
	case Single, TrueFalse:
		if len(r.ChoiceIDs) != 1 {
			bad = bad.At("/choiceIds", "one_choice", "Câu này chọn đúng một phương án.", "This question takes exactly one choice.")
		}
	case Multiple:
		if len(r.ChoiceIDs) == 0 {
			bad = bad.At("/choiceIds", "required", "Cần ít nhất một phương án; để bỏ trống, dùng clear.", "It needs a choice; to empty it, use clear.")
		}
	case ShortAnswer:
		switch n := utf8.RuneCountInString(r.Text); {
		case strings.TrimSpace(r.Text) == "":
			bad = bad.At("/text", "required", "Chưa có câu trả lời; để bỏ trống, dùng clear.", "There is no answer; to empty it, use clear.")
		case n > MaxAnswer:
			bad = bad.At("/text", "too_long", fmt.Sprintf("Nhiều nhất %d ký tự.", MaxAnswer), fmt.Sprintf("At most %d characters.", MaxAnswer))
		}
	case Ordering:
		if len(r.Order) != len(f.Choices) {
			bad = bad.At("/order", "incomplete", "Cần xếp thứ tự tất cả các bước.", "It must name every step.")
		}
	case Matching:
		if len(r.Pairs) == 0 {
			bad = bad.At("/pairs", "required", "Cần ít nhất một cặp; để bỏ trống, dùng clear.", "It needs a pair; to empty it, use clear.")
		}
	}
	bad = known(bad, "/choiceIds", r.ChoiceIDs, f.Choices)
	bad = known(bad, "/order", r.Order, f.Choices)
	prompts, options := make([]string, len(r.Pairs)), make([]string, len(r.Pairs))
	for i, p := range r.Pairs {
		prompts[i], options[i] = p.PromptID, p.OptionID
	}
	bad = knownIn(bad, func(i int) string { return fmt.Sprintf("/pairs/%d/promptId", i) }, prompts, f.Prompts)
	bad = knownIn(bad, func(i int) string { return fmt.Sprintf("/pairs/%d/optionId", i) }, options, f.Options)
	if len(bad.Fields) == 0 {
		return nil
	}
	return bad
}

// unwanted refuses fields that the kind has no use for.
func (f *Face) unwanted(bad *fault.Fault, r *Response) *fault.Fault {
	wants := map[Kind]string{Single: "/choiceIds", Multiple: "/choiceIds", TrueFalse: "/choiceIds",
		ShortAnswer: "/text", Ordering: "/order", Matching: "/pairs"}[f.Kind]
	for _, given := range []struct {
		at  string
		has bool
	}{{"/choiceIds", len(r.ChoiceIDs) > 0}, {"/text", r.Text != ""}, {"/order", len(r.Order) > 0}, {"/pairs", len(r.Pairs) > 0}} {
		if given.has && given.at != wants {
			bad = bad.At(given.at, "not_allowed", "Loại câu hỏi này không trả lời theo cách đó.", "This kind of question is not answered so.")
		}
	}
	return bad
}

func known(bad *fault.Fault, at string, ids []string, of []Option) *fault.Fault {
	return knownIn(bad, func(i int) string { return fmt.Sprintf("%s/%d", at, i) }, ids, of)
}

// knownIn refuses ids that the question does not have, and ids that stand twice.
func knownIn(bad *fault.Fault, at func(int) string, ids []string, of []Option) *fault.Fault {
	for i, id := range ids {
		if !slices.ContainsFunc(of, func(o Option) bool { return o.ID == id }) {
			bad = bad.At(at(i), "unknown", "Câu hỏi không có mã này.", "The question has no such id.")
		} else if slices.Contains(ids[:i], id) {
			bad = bad.At(at(i), "duplicate", "Mã này được đưa hai lần.", "This id stands twice.")
		}
	}
	return bad
}
