package search

// gone marks an entry that is not taken over.
const gone = ^uint32(0)

// merger joins segments into one without reading their texts again.
type merger struct {
	seg   *segment
	parts []part
}

// part says how one old segment maps into the new one.
type part struct {
	old   *segment
	entry []uint32    // old entry -> new entry, or gone
	words [][]wordRef // old term and variant -> new
}

func newMerger() *merger {
	return &merger{seg: &segment{terms: map[string]uint32{}}}
}

// add takes the entries of the owners that keep accepts.
func (m *merger) add(old *segment, keep func(owner uint32) bool) {
	p := part{old: old, entry: make([]uint32, len(old.entries)), words: make([][]wordRef, len(old.variants))}
	owners := make([]uint32, len(old.owners))
	for i, owner := range old.owners {
		owners[i] = gone
		if keep(uint32(i)) {
			owners[i] = uint32(len(m.seg.owners))
			m.seg.owners = append(m.seg.owners, owner)
		}
	}
	for i, e := range old.entries {
		p.entry[i] = gone
		if e.owner = owners[e.owner]; e.owner != gone {
			p.entry[i] = uint32(len(m.seg.entries))
			m.seg.entries = append(m.seg.entries, e)
		}
	}
	m.addWords(&p)
	m.parts = append(m.parts, p)
}

// addWords maps the words still in use. Words that only masked entries held
// are left behind, or a busy index would gather them for ever.
func (m *merger) addWords(p *part) {
	for fold, term := range p.old.terms {
		// One more than the variants: the last stands for otherVariant.
		used := make([]bool, len(p.old.variants[term])+1)
		p.eachKept(term, func(_ uint32, places []uint32) {
			for _, place := range places {
				used[slot(used, place)] = true
			}
		})
		refs := make([]wordRef, len(used))
		for v := range refs {
			switch {
			case !used[v]:
			case v == len(used)-1:
				refs[v] = wordRef{m.seg.internTerm(fold), otherVariant}
			default:
				refs[v] = m.seg.intern(fold, p.old.variants[term][v])
			}
		}
		p.words[term] = refs
	}
}

// slot returns the index of a packed place's variant in a list that holds one
// element per variant and one for otherVariant.
func slot[T any](list []T, place uint32) int { return min(int(place&0xff), len(list)-1) }

// internTerm returns the term of a folded word without adding a variant.
func (s *segment) internTerm(fold string) uint32 {
	term, ok := s.terms[fold]
	if !ok {
		term = uint32(len(s.variants))
		s.terms[fold] = term
		s.variants = append(s.variants, nil)
	}
	return term
}

// eachKept gives the postings of an old term in entries that are taken over.
func (p *part) eachKept(term uint32, yield func(entry uint32, places []uint32)) {
	lo, hi := p.old.postings(term)
	for post := lo; post < hi; post++ {
		if entry := p.entry[p.old.postEntry[post]]; entry != gone {
			yield(entry, p.old.places(post))
		}
	}
}

func (m *merger) finish() *segment {
	l := newLayout(m.seg)
	l.count(m.eachPosting)
	l.fill(m.eachPosting)
	return m.seg.measure()
}

// eachPosting gives the postings of all parts with the new numbers. The new
// entries of a later part are all higher, so they rise within each term.
func (m *merger) eachPosting(yield func(term, entry, place uint32)) {
	for i := range m.parts {
		p := &m.parts[i]
		for term := range p.old.variants {
			refs := p.words[term]
			p.eachKept(uint32(term), func(entry uint32, places []uint32) {
				to := refs[slot(refs, places[0])].term
				for _, place := range places {
					yield(to, entry, place&^0xff|refs[slot(refs, place)].variant)
				}
			})
		}
	}
}
