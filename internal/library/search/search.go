package search

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Position is a place in the order of hits. It stays right when documents
// come and go between two pages.
type Position struct {
	// Score holds the bits of the hit's score.
	Score uint64
	// ID is the hit's entry.
	ID string
}

// Hit is an entry found.
type Hit struct {
	Entry
	// Snippet is HTML: about 160 escaped characters of the text around the
	// best place, with the words found within <mark>.
	Snippet string
	// Score orders the hits, highest first.
	Score float64
	// Exact says that every word typed with marks occurs with these marks. It
	// is true of every hit when none was typed with marks.
	Exact bool
}

// found is a hit before its snippet is made.
type found struct {
	finding
	seg   *segment
	entry uint32
}

func (f found) id() string { return f.seg.entries[f.entry].ID }

// compare orders hits: higher scores first, then by id. No two are equal.
func (f found) compare(g found) int {
	return cmp.Or(cmp.Compare(g.score, f.score), cmp.Compare(f.id(), g.id()))
}

// behind reports whether f comes after the position.
func (f found) behind(p *Position) bool {
	if p == nil {
		return true
	}
	return cmp.Or(cmp.Compare(math.Float64frombits(p.Score), f.score), cmp.Compare(f.id(), p.ID)) > 0
}

// Search returns the best hits and, when there are more, the position to
// continue after.
func (x *Index) Search(q Query) ([]Hit, *Position, error) {
	p, err := parse(q.Text)
	if err != nil {
		return nil, nil, fmt.Errorf("search: %w", err)
	}
	if q.Visible == nil {
		return nil, nil, nil
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	best := &top{room: min(limit, maxLimit) + 1}
	x.collect(p, q, best)
	list := best.sorted()
	more := len(list) == best.room
	if more {
		list = list[:len(list)-1]
	}
	hits := make([]Hit, len(list))
	for i, f := range list {
		e := f.seg.entries[f.entry].Entry
		hits[i] = Hit{Entry: e, Snippet: snippet(f, p), Score: f.score, Exact: f.exact}
	}
	if !more {
		return hits, nil, nil
	}
	last := list[len(list)-1]
	return hits, &Position{Score: math.Float64bits(last.score), ID: last.id()}, nil
}

// collect offers every visible match to best.
func (x *Index) collect(p parsed, q Query, best *top) {
	masked := make([]bool, len(x.base.owners))
	for owner := range x.overlay {
		if n, ok := x.inBase[owner]; ok {
			masked[n] = true
		}
	}
	scan(x.base, masked, p, q, best)
	// In a fixed order, so that Visible sees the same calls each time.
	for _, owner := range slices.Sorted(maps.Keys(x.overlay)) {
		if seg := x.overlay[owner]; seg != nil {
			scan(seg, make([]bool, 1), p, q, best)
		}
	}
}

// scan offers the matches of one segment. The visibility of an owner is asked
// when its first match is met, before anything of it is scored.
func scan(s *segment, hidden []bool, p parsed, q Query, best *top) {
	m := newMatcher(s, p)
	if m == nil {
		return
	}
	asked := make([]bool, len(s.owners))
	m.each(func(entry uint32) {
		e := &s.sizes[entry]
		if hidden[e.owner] || len(q.Kinds) > 0 && !slices.Contains(q.Kinds, s.entries[entry].Kind) {
			return
		}
		if !asked[e.owner] {
			asked[e.owner] = true
			if hidden[e.owner] = !q.Visible(s.owners[e.owner]); hidden[e.owner] {
				return
			}
		}
		f, ok := m.judge(e, best.least())
		if !ok {
			return
		}
		if hit := (found{finding: f, seg: s, entry: entry}); hit.behind(q.After) {
			best.offer(hit)
		}
	})
}
