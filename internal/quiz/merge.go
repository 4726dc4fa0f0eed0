package quiz

import (
	"slices"
	"time"

	"sotay/internal/quiz/question"
)

// maxReplaced bounds the replaced values that are kept of one answer.
const maxReplaced = 20

// value is one save of an answer as it arrives; an empty response empties.
type value struct {
	seq          int64 // 0 counts on from the highest
	response     question.Response
	at, clientAt time.Time
}

// take merges a value into an answer. The highest sequence wins, of equal ones
// that which arrived later; a repeat changes nothing, also when another value
// came in between. It tells whether anything changed.
func (a *Answer) take(v value) bool {
	if v.seq == 0 {
		if a.Seq > 0 && v.response.Equal(&a.Response) {
			return false
		}
		v.seq = a.Seq + 1
	}
	switch {
	case v.seq == a.Seq && v.response.Equal(&a.Response):
		return false
	case v.seq <= a.Seq && a.has(v):
		return false
	case v.seq < a.Seq:
		a.keep(Replaced{v.seq, v.response, v.at})
		return true
	}
	if a.Seq > 0 {
		a.keep(Replaced{a.Seq, a.Response, a.At})
	}
	a.Seq, a.Response, a.At, a.ClientAt = v.seq, v.response, v.at, v.clientAt
	return true
}

// has tells whether the value is among those that were replaced.
func (a *Answer) has(v value) bool {
	return slices.ContainsFunc(a.Replaced, func(r Replaced) bool { return r.Seq == v.seq && r.Response.Equal(&v.response) })
}

// keep remembers a value that is not the answer. When there are too many, the
// one of the lowest sequence goes, which is the least likely to come again.
func (a *Answer) keep(r Replaced) {
	a.Replaced = append(a.Replaced, r)
	if len(a.Replaced) <= maxReplaced {
		return
	}
	lowest := 0
	for i := range a.Replaced {
		if a.Replaced[i].Seq < a.Replaced[lowest].Seq {
			lowest = i
		}
	}
	a.Replaced = slices.Delete(a.Replaced, lowest, lowest+1)
	a.Dropped++
}
