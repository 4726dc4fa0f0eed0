package rank

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// gather puts facts in the order of members and numbers, each once. People are
// put in order first, and their facts beside them: to sort the facts themselves
// would compare ids a hundred times as often.
func gather(pages [][]Fact) []Fact {
	total := 0
	for _, p := range pages {
		total += len(p)
	}
	type person struct {
		high, low uint64 // the first bytes of the id, as numbers
		id        string
		count, at int
	}
	var people []*person
	byID := make(map[string]*person, total/2)
	whose := make([]*person, 0, total)
	for _, facts := range pages {
		for i := range facts {
			id := facts[i].Member
			p := byID[id]
			if p == nil {
				p = &person{high: prefix(id, 0), low: prefix(id, 8), id: id}
				byID[id] = p
				people = append(people, p)
			}
			p.count++
			whose = append(whose, p)
		}
	}
	slices.SortFunc(people, func(a, b *person) int {
		return cmp.Or(cmp.Compare(a.high, b.high), cmp.Compare(a.low, b.low), strings.Compare(a.id, b.id))
	})
	at := 0
	for _, p := range people {
		p.at, at = at, at+p.count
	}
	out := make([]Fact, total)
	for _, facts := range pages {
		for i := range facts {
			p := whose[i]
			out[p.at] = facts[i]
			p.at++
		}
		whose = whose[len(facts):]
	}
	for _, p := range people {
		if p.count > 1 {
			slices.SortFunc(out[p.at-p.count:p.at], compareFacts)
		}
	}
	return slices.CompactFunc(out, func(a, b Fact) bool { return a.Member == b.Member && a.Number == b.Number })
}

// prefix is eight bytes of an id as a number that orders as they do.
func prefix(id string, from int) uint64 {
	var b [8]byte
	if from < len(id) {
		copy(b[:], id[from:])
	}
	return binary.BigEndian.Uint64(b[:])
}
