package question

import "slices"

// Bare returns the question without the ids of its options: what its author
// wrote.
func (q Question) Bare() Question { return q.Keeping(&Question{}) }

// Same tells whether two normal questions say the same, ids apart.
func Same(a, b *Question) bool {
	x, y := a.Bare(), b.Bare()
	return x.Kind == y.Kind && x.Text == y.Text && x.True == y.True && x.Partial == y.Partial && x.Explanation == y.Explanation &&
		x.Topic == y.Topic && x.Difficulty == y.Difficulty && x.DocumentID == y.DocumentID && x.SectionID == y.SectionID &&
		slices.Equal(x.Choices, y.Choices) && slices.Equal(x.Pairs, y.Pairs) && slices.Equal(x.Spare, y.Spare) &&
		slices.Equal(x.Steps, y.Steps) && slices.Equal(x.Accepted, y.Accepted)
}

// Texts are those of the options, in the author's order: what tells two
// questions of the same text apart.
func (q *Question) Texts() []string {
	out := slices.Clone(q.Accepted)
	for _, c := range q.Choices {
		out = append(out, c.Text)
	}
	for _, p := range q.Pairs {
		out = append(out, p.Prompt, p.Option)
	}
	for _, o := range slices.Concat(q.Spare, q.Steps) {
		out = append(out, o.Text)
	}
	return out
}

// KeepIDs gives options without an id that of the old question's option of the
// same text, so that an edit keeps what members answered comparable.
func (q *Question) KeepIDs(old *Question) {
	for i := range q.Choices {
		for _, c := range old.Choices {
			keep(&q.Choices[i].ID, c.Text == q.Choices[i].Text, c.ID)
		}
	}
	options := slices.Clone(old.Spare)
	for _, p := range old.Pairs {
		options = append(options, Option{p.OptionID, p.Option})
	}
	for i := range q.Pairs {
		for _, p := range old.Pairs {
			keep(&q.Pairs[i].PromptID, p.Prompt == q.Pairs[i].Prompt, p.PromptID)
		}
		for _, o := range options {
			keep(&q.Pairs[i].OptionID, o.Text == q.Pairs[i].Option, o.ID)
		}
	}
	keepAll(q.Spare, options)
	keepAll(q.Steps, old.Steps)
}

func keepAll(list, old []Option) {
	for i := range list {
		for _, o := range old {
			keep(&list[i].ID, o.Text == list[i].Text, o.ID)
		}
	}
}

func keep(id *string, same bool, old string) {
	if same && *id == "" {
		*id = old
	}
}
