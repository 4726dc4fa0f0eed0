package library

import (
	"strings"
	"unicode"
)

// RunOp says what a run of text is to the two versions.
type RunOp string

// The kinds of runs.
const (
	Equal  RunOp = "equal"
	Insert RunOp = "inserted"
	Remove RunOp = "deleted"
)

// Run is a piece of text in both versions or in one.
type Run struct {
	Op   RunOp
	Text string
}

// maxEdits bounds the words that differ between two texts: comparing costs the
// text's length times these. What differs more is told as a whole.
const maxEdits = 400

// diffText compares two texts word by word. All runs but the deleted ones are
// the new text, all but the inserted ones the old.
func diffText(before, after string) []Run {
	a, b := splitWords(before), splitWords(after)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out runs
	out.add(Equal, a[:head]...)
	out.between(a[head:len(a)-tail], b[head:len(b)-tail])
	out.add(Equal, a[len(a)-tail:]...)
	return out
}

// splitWords cuts a text behind each run of blanks, losing nothing.
func splitWords(s string) []string {
	var out []string
	start, blank := 0, false
	for i, r := range s {
		space := unicode.IsSpace(r)
		if blank && !space {
			out = append(out, s[start:i])
			start = i
		}
		blank = space
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

type runs []Run

// add appends words, joining them with a run of the same kind before.
func (r *runs) add(op RunOp, words ...string) {
	if len(words) == 0 {
		return
	}
	text := strings.Join(words, "")
	if n := len(*r); n > 0 && (*r)[n-1].Op == op {
		(*r)[n-1].Text += text
		return
	}
	*r = append(*r, Run{op, text})
}

// between is Myers' greedy comparison ("An O(ND) difference algorithm", 1986):
// the furthest points reached with d edits on each diagonal, kept for the way
// back.
func (r *runs) between(a, b []string) {
	n, m := len(a), len(b)
	limit := min(n+m, maxEdits)
	reach := make([]int, 2*limit+3)
	at := func(k int) *int { return &reach[k+limit+1] }
	var trail [][]int
	for d := 0; d <= limit; d++ {
		trail = append(trail, append([]int(nil), reach...))
		for k := -d; k <= d; k += 2 {
			x := *at(k - 1) + 1 // a word of a deleted
			if k == -d || k != d && *at(k - 1) < *at(k + 1) {
				x = *at(k + 1) // a word of b inserted
			}
			y := x - k
			for x < n && y < m && a[x] == b[y] {
				x, y = x+1, y+1
			}
			*at(k) = x
			if x >= n && y >= m {
				r.follow(a, b, trail, limit)
				return
			}
		}
	}
	r.add(Remove, a...)
	r.add(Insert, b...)
}

// follow walks back from the end and adds the runs in their order.
func (r *runs) follow(a, b []string, trail [][]int, limit int) {
	type step struct {
		op   RunOp
		word string
	}
	var back []step
	x, y := len(a), len(b)
	for d := len(trail) - 1; d >= 0; d-- {
		reach := trail[d]
		k := x - y
		from := k - 1
		if k == -d || k != d && reach[k-1+limit+1] < reach[k+1+limit+1] {
			from = k + 1
		}
		fromX := reach[from+limit+1]
		fromY := fromX - from
		if d == 0 {
			fromX, fromY = 0, 0
		}
		for x > fromX && y > fromY {
			x, y = x-1, y-1
			back = append(back, step{Equal, a[x]})
		}
		if d == 0 {
			break
		}
		if x == fromX {
			y--
			back = append(back, step{Insert, b[y]})
		} else {
			x--
			back = append(back, step{Remove, a[x]})
		}
	}
	for i := len(back) - 1; i >= 0; i-- {
		r.add(back[i].op, back[i].word)
	}
}
