package search

// postingSource gives the places of terms in entries, one by one: a start gives
// tens of millions. For one term the entries must come in rising order, and the
// places of one entry in order.
type postingSource func(yield func(term, entry, place uint32))

// layout writes the postings of a source into the flat slices of a segment.
type layout struct {
	seg   *segment
	terms []termRoom
}

// termRoom is what a term needs, and then where its next posting goes.
type termRoom struct {
	last       uint32 // entry+1 of the latest posting
	posts, pos uint32
}

func newLayout(s *segment) *layout {
	return &layout{seg: s, terms: make([]termRoom, len(s.variants))}
}

// count is the first pass: how much room each term needs.
func (l *layout) count(src postingSource) {
	terms := l.terms
	src(func(term, entry, _ uint32) {
		t := &terms[term]
		if t.last != entry+1 {
			t.last = entry + 1
			t.posts++
		}
		t.pos++
	})
}

// fill is the second pass: it writes every posting to its place.
func (l *layout) fill(src postingSource) {
	s, terms := l.seg, l.terms
	s.termFirst = make([]uint32, len(terms)+1)
	var posts, poss uint32
	for i := range terms {
		t := &terms[i]
		s.termFirst[i] = posts
		first := termRoom{posts: posts, pos: poss}
		posts += t.posts
		poss += t.pos
		*t = first
	}
	s.termFirst[len(terms)] = posts
	s.postEntry = make([]uint32, posts)
	s.postFirst = make([]uint32, posts+1)
	s.postFirst[posts] = poss
	s.positions = make([]uint32, poss)
	postEntry, postFirst, positions := s.postEntry, s.postFirst, s.positions
	src(func(term, entry, place uint32) {
		t := &terms[term]
		if t.last != entry+1 {
			t.last = entry + 1
			postEntry[t.posts], postFirst[t.posts] = entry, t.pos
			t.posts++
		}
		positions[t.pos] = place
		t.pos++
	})
}
