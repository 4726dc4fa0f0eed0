package question

import (
	"slices"
	"strings"

	"sotay/internal/viet"
)

// Full is the mark of a right answer; marks count thousandths of a question.
const Full int64 = 1000

// Grade returns the mark of a response, 0 to Full; nil is no answer. It is pure.
//
// With partial credit a multiple question gives the share of the right choices
// chosen less that of wrong ones chosen to right ones; matching gives the share
// of right pairs, ordering that of steps in their place. Shares are rounded
// down, so that only a right answer has the full mark.
func (k *Key) Grade(r *Response) int64 {
	if r == nil || r.Empty() {
		return 0
	}
	switch k.Kind {
	case Single, TrueFalse:
		return whole(len(r.ChoiceIDs) == 1 && slices.Contains(k.Right, r.ChoiceIDs[0]))
	case Multiple:
		return k.gradeMultiple(r.ChoiceIDs)
	case ShortAnswer:
		return whole(slices.Contains(k.Folded, fold(r.Text)))
	case Matching:
		right := 0
		for _, m := range r.Pairs {
			if slices.Contains(k.Pairs, m) {
				right++
			}
		}
		return k.share(right, len(k.Pairs))
	case Ordering:
		right := 0
		for i, id := range r.Order {
			if i < len(k.Right) && k.Right[i] == id {
				right++
			}
		}
		return k.share(right, len(k.Right))
	}
	return 0
}

func (k *Key) gradeMultiple(chosen []string) int64 {
	right, wrong := 0, 0
	for _, id := range chosen {
		if slices.Contains(k.Right, id) {
			right++
		} else {
			wrong++
		}
	}
	if !k.Partial {
		return whole(right == len(k.Right) && wrong == 0)
	}
	return k.share(max(right-wrong, 0), len(k.Right))
}

// share is part of the mark with partial credit, else all or nothing.
func (k *Key) share(right, of int) int64 {
	if of == 0 || !k.Partial && right < of {
		return 0
	}
	return Full * int64(right) / int64(of)
}

func whole(right bool) int64 {
	if right {
		return Full
	}
	return 0
}

// fold is a short answer as it is compared: without marks, case, doubled blanks
// and the punctuation around words; signs that are part of a number stay.
func fold(s string) string {
	words := strings.Fields(viet.Fold(s))
	kept := words[:0]
	for _, w := range words {
		if w = strings.Trim(w, ".,;:!?\"'()[]…“”‘’«»"); w != "" {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}
