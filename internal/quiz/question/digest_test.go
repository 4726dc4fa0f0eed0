package question

import (
	"testing"
)

// What a phone hashes is among the digests exactly when the answer has the full
// mark.
func TestDigestsTellTheFullMark(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		q    Question
		r    Response
		full bool
	}{
		"the right choice":                {Question{Kind: Single, Choices: choices("b", "a", "b")}, Response{ChoiceIDs: []string{"b"}}, true},
		"a wrong choice":                  {Question{Kind: Single, Choices: choices("b", "a", "b")}, Response{ChoiceIDs: []string{"a"}}, false},
		"true for true":                   {Question{Kind: TrueFalse, True: true}, Response{ChoiceIDs: []string{TrueID}}, true},
		"false for true":                  {Question{Kind: TrueFalse, True: true}, Response{ChoiceIDs: []string{FalseID}}, false},
		"all right choices, in any order": {Question{Kind: Multiple, Choices: choices("ac", "a", "b", "c")}, Response{ChoiceIDs: []string{"c", "a"}}, true},
		"half of them":                    {Question{Kind: Multiple, Choices: choices("ac", "a", "b", "c"), Partial: true}, Response{ChoiceIDs: []string{"c"}}, false},
		"all steps":                       {Question{Kind: Ordering, Steps: steps("x", "y", "z")}, Response{Order: []string{"x", "y", "z"}}, true},
		"two steps changed":               {Question{Kind: Ordering, Steps: steps("x", "y", "z"), Partial: true}, Response{Order: []string{"y", "x", "z"}}, false},
		"all pairs, in any order":         {Question{Kind: Matching, Pairs: pairs(2)}, Response{Pairs: []Match{{"p1", "o1"}, {"p0", "o0"}}}, true},
		"one pair":                        {Question{Kind: Matching, Pairs: pairs(2), Partial: true}, Response{Pairs: []Match{{"p1", "o1"}}}, false},
		"an accepted text, as one writes": {Question{Kind: ShortAnswer, Accepted: []string{"Quảng Nam", "QN"}}, Response{Text: " quang  NAM. "}, true},
		"the other accepted text":         {Question{Kind: ShortAnswer, Accepted: []string{"Quảng Nam", "QN"}}, Response{Text: "qn"}, true},
		"another text":                    {Question{Kind: ShortAnswer, Accepted: []string{"Quảng Nam"}}, Response{Text: "Quảng Ninh"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := c.q.Key()
			found := false
			for _, d := range k.Digests("salt") {
				found = found || d == Digest("salt", Canon(c.q.Kind, &c.r))
			}
			if found != c.full || (k.Grade(&c.r) == Full) != c.full {
				t.Errorf("found %v, mark %d", found, k.Grade(&c.r))
			}
			for _, d := range k.Digests("other") {
				if d == Digest("salt", Canon(c.q.Kind, &c.r)) {
					t.Error("the salt says nothing")
				}
			}
		})
	}
}

// The digest is what the contract describes: a phone written by it agrees.
func TestDigestIsAsDocumented(t *testing.T) {
	t.Parallel()
	// printf 'salt\nquang nam' | sha256sum
	if got := Digest("salt", "quang nam"); got != "d4eeecc4f960e660379a265e11b3c908fde1ff2863dc5896d2727601b17caab3" {
		t.Error(got)
	}
}
