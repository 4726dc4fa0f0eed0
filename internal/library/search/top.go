package search

import (
	"container/heap"
	"math"
	"slices"
)

// top keeps the best hits seen, at most room of them, the worst at the root.
type top struct {
	room int
	list []found
}

func (t *top) offer(f found) {
	if len(t.list) < t.room {
		heap.Push(t, f)
		return
	}
	if f.compare(t.list[0]) < 0 {
		t.list[0] = f
		heap.Fix(t, 0)
	}
}

// least is the score below which no hit is taken any more.
func (t *top) least() float64 {
	if len(t.list) < t.room {
		return math.Inf(-1)
	}
	return t.list[0].score
}

func (t *top) sorted() []found {
	slices.SortFunc(t.list, found.compare)
	return t.list
}

// Len is part of heap.Interface.
func (t *top) Len() int { return len(t.list) }

// Less is part of heap.Interface: the worse hit comes first.
func (t *top) Less(i, j int) bool { return t.list[i].compare(t.list[j]) > 0 }

// Swap is part of heap.Interface.
func (t *top) Swap(i, j int) { t.list[i], t.list[j] = t.list[j], t.list[i] }

// Push is part of heap.Interface.
func (t *top) Push(v any) { t.list = append(t.list, v.(found)) }

// Pop is part of heap.Interface.
func (t *top) Pop() any {
	last := t.list[len(t.list)-1]
	t.list = t.list[:len(t.list)-1]
	return last
}
