package search

// postingSource gives the places of terms in entries. For one term the
// entries must come in rising order, and the places of one entry in order,
// in one piece or several.
type postingSource func(yield func(term, entry uint32, places []uint32))

// layout writes the postings of a source into the flat slices of a segment.
type layout struct {
	seg       *segment
	last      []uint32 // per term, entry+1 of the latest posting
	postCount []uint32 // per term
	posCount  []uint32 // per term
}

func newLayout(s *segment) *layout {
	n := len(s.variants)
	return &layout{seg: s, last: make([]uint32, n), postCount: make([]uint32, n), posCount: make([]uint32, n)}
}

// count is the first pass: how much room each term needs.
func (l *layout) count(src postingSource) {
	src(func(term, entry uint32, places []uint32) {
		if l.last[term] != entry+1 {
			l.last[term] = entry + 1
			l.postCount[term]++
		}
		l.posCount[term] += uint32(len(places))
	})
}

// fill is the second pass: it writes every posting to its place.
func (l *layout) fill(src postingSource) {
	n := len(l.postCount)
	s := l.seg
	s.termFirst = make([]uint32, n+1)
	nextPos := make([]uint32, n)
	var posts, poss uint32
	for t := range n {
		s.termFirst[t], nextPos[t] = posts, poss
		posts += l.postCount[t]
		poss += l.posCount[t]
	}
	s.termFirst[n] = posts
	s.postEntry = make([]uint32, posts)
	s.postFirst = make([]uint32, posts+1)
	s.postFirst[posts] = poss
	s.positions = make([]uint32, poss)
	nextPost := make([]uint32, n)
	copy(nextPost, s.termFirst)
	clear(l.last)
	src(func(term, entry uint32, places []uint32) {
		if l.last[term] != entry+1 {
			l.last[term] = entry + 1
			s.postEntry[nextPost[term]] = entry
			s.postFirst[nextPost[term]] = nextPos[term]
			nextPost[term]++
		}
		nextPos[term] += uint32(copy(s.positions[nextPos[term]:], places))
	})
}
