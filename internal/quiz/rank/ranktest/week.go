// Package ranktest makes the facts of a contest's round from a seed, for tests
// and figures.
package ranktest

import (
	"fmt"
	"math/rand/v2"

	"sotay/internal/ident"
	"sotay/internal/quiz/rank"
)

// Week says how large a round is.
type Week struct {
	Attempts, People, AllRight int
	// Questions is how many an attempt has, MaxAttempts how many a person may
	// make, Units how many organisations there are.
	Questions, MaxAttempts, Units int
	// OpensAt and ClosesAt are in milliseconds.
	OpensAt, ClosesAt int64
}

// Real is the week of a national contest whose numbers were published: 106,252
// people, 282,294 attempts, 7,171 people with all ten right.
func Real(opensAt, closesAt int64) Week {
	return Week{Attempts: 282_294, People: 106_252, AllRight: 7171, Questions: 10, MaxAttempts: 7, Units: 4000, OpensAt: opensAt, ClosesAt: closesAt}
}

// Facts are those of the week, in the order of their submits; guesses are of
// how many have all right.
func (w Week) Facts(seed uint64) []rank.Fact {
	r := rand.New(rand.NewPCG(seed, 15))
	number := make([]int, w.People)
	for p := range number {
		number[p] = 1
	}
	for left := w.Attempts - w.People; left > 0; {
		if p := r.IntN(w.People); number[p] < w.MaxAttempts {
			number[p]++
			left--
		}
	}
	// Who has all right has it in the last attempt.
	right := map[int]bool{}
	for len(right) < w.AllRight {
		right[r.IntN(w.People)] = true
	}
	members := make([]string, w.People)
	for p := range members {
		members[p] = ident.Derive("week", fmt.Sprint(seed), fmt.Sprint(p))
	}
	var order []int
	for p, n := range number {
		for range n {
			order = append(order, p)
		}
	}
	r.Shuffle(len(order), func(i, k int) { order[i], order[k] = order[k], order[i] })
	made := make([]int, w.People)
	out := make([]rank.Fact, len(order))
	for i, p := range order {
		made[p]++
		// The later half comes in the last tenth of the time.
		share := float64(i) / float64(len(order))
		at := share * 1.8
		if share > 0.5 {
			at = 0.9 + (share-0.5)/5
		}
		q := int64(w.Questions)
		got := int64(r.IntN(w.Questions))
		if made[p] == number[p] && right[p] {
			got = q
		}
		out[i] = rank.Fact{Member: members[p], Number: int64(made[p]), Unit: fmt.Sprintf("unit-%d", p%w.Units), Device: fmt.Sprintf("device-%d", p), Right: got,
			Total: q, Mark: got * 60, Guess: int64(r.IntN(3 * w.AllRight)), SubmittedAt: w.OpensAt + int64(at*float64(w.ClosesAt-w.OpensAt)), Duration: 60_000 + r.Int64N(540_000)}
	}
	return out
}
