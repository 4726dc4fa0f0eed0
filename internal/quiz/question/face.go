package question

import (
	"slices"
	"strings"
)

// Face is what a member sees of a question. It holds nothing of the key, in no
// order and no id.
type Face struct {
	Kind Kind   `bson:"kind"`
	Text string `bson:"text"`
	// Choices are those of single, multiple and true/false; the steps of
	// ordering are Choices too, in the order of their ids.
	Choices []Option `bson:"choices"`
	// Prompts and Options are those of matching, Options in the order of their
	// ids.
	Prompts []Option `bson:"prompts"`
	Options []Option `bson:"options"`
}

// Key is what grading needs of a question, and what may be shown afterwards.
type Key struct {
	Kind Kind `bson:"kind"`
	// Right are the ids of the right choices; of ordering, all in order.
	Right []string `bson:"right"`
	// Pairs are the right pairs of matching.
	Pairs []Match `bson:"pairs"`
	// Accepted are short answers as written; Folded as they are compared.
	Accepted []string `bson:"accepted"`
	Folded   []string `bson:"folded"`
	Partial  bool     `bson:"partial"`

	Explanation string `bson:"explanation"`
	DocumentID  string `bson:"documentId"`
	SectionID   string `bson:"sectionId"`
}

// Match is a prompt with an option chosen for it.
type Match struct {
	PromptID string `bson:"promptId"`
	OptionID string `bson:"optionId"`
}

// Face returns what a member sees of the question.
func (q *Question) Face() Face {
	f := Face{Kind: q.Kind, Text: q.Text}
	switch q.Kind {
	case Single, Multiple:
		for _, c := range q.Choices {
			f.Choices = append(f.Choices, Option{c.ID, c.Text})
		}
	case TrueFalse:
		f.Choices = []Option{{TrueID, "Đúng"}, {FalseID, "Sai"}}
	case Ordering:
		f.Choices = byID(slices.Clone(q.Steps))
	case Matching:
		for _, p := range q.Pairs {
			f.Prompts = append(f.Prompts, Option{p.PromptID, p.Prompt})
			f.Options = append(f.Options, Option{p.OptionID, p.Option})
		}
		f.Options = byID(append(f.Options, q.Spare...))
	case ShortAnswer:
	}
	return f
}

func byID(list []Option) []Option {
	slices.SortFunc(list, func(a, b Option) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Key returns what grading needs of the question.
func (q *Question) Key() Key {
	k := Key{Kind: q.Kind, Partial: q.Partial, Explanation: q.Explanation, DocumentID: q.DocumentID, SectionID: q.SectionID}
	switch q.Kind {
	case Single, Multiple:
		for _, c := range q.Choices {
			if c.Right {
				k.Right = append(k.Right, c.ID)
			}
		}
	case TrueFalse:
		k.Right = []string{FalseID}
		if q.True {
			k.Right = []string{TrueID}
		}
	case Ordering:
		for _, s := range q.Steps {
			k.Right = append(k.Right, s.ID)
		}
	case Matching:
		for _, p := range q.Pairs {
			k.Pairs = append(k.Pairs, Match{p.PromptID, p.OptionID})
		}
	case ShortAnswer:
		k.Accepted = slices.Clone(q.Accepted)
		for _, a := range q.Accepted {
			k.Folded = append(k.Folded, fold(a))
		}
	}
	return k
}
