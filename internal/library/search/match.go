package search

// wanted is a word of the query looked up in one segment.
type wanted struct {
	lo, hi  uint32 // its postings still ahead
	variant uint32
	marked  bool // its spelling counts
	spelled bool // variant is known in this segment
}

// matcher runs a query over one segment.
type matcher struct {
	seg   *segment
	units [][]*wanted
	all   []*wanted
	words []*wanted // every different word
	plain bool      // no unit is a phrase
}

// newMatcher returns nil when the segment lacks one of the words.
func newMatcher(s *segment, p parsed) *matcher {
	m := &matcher{seg: s}
	known := map[word]*wanted{}
	look := func(u unit) []*wanted {
		var out []*wanted
		for _, w := range u {
			if known[w] == nil {
				t, ok := s.terms[w.fold]
				if !ok {
					return nil
				}
				n := &wanted{marked: w.marked}
				n.lo, n.hi = s.postings(t)
				n.variant, n.spelled = s.variantOf(t, w.exact)
				known[w] = n
				m.words = append(m.words, n)
			}
			out = append(out, known[w])
		}
		return out
	}
	for _, u := range p.units {
		ws := look(u)
		if ws == nil {
			return nil
		}
		m.units = append(m.units, ws)
	}
	m.all = look(p.all)
	m.plain = true
	for _, u := range m.units {
		m.plain = m.plain && len(u) == 1
	}
	return m
}

// each calls yield for every entry that holds all the words, in order. The
// rarest word leads and the others skip ahead to it.
func (m *matcher) each(yield func(entry uint32)) {
	lead := m.words[0]
	for _, w := range m.words {
		if w.hi-w.lo < lead.hi-lead.lo {
			lead = w
		}
	}
	for ; lead.lo < lead.hi; lead.lo++ {
		entry := m.seg.postEntry[lead.lo]
		found, over := m.align(entry)
		if over {
			return
		}
		if found {
			yield(entry)
		}
	}
}

// align moves every word to the entry and reports whether all occur there,
// and whether one has no entries left.
func (m *matcher) align(entry uint32) (found, over bool) {
	for _, w := range m.words {
		w.lo = m.seg.seek(w.lo, w.hi, entry)
		if w.lo == w.hi {
			return false, true
		}
		if m.seg.postEntry[w.lo] != entry {
			return false, false
		}
	}
	return true, false
}

// places returns where the word occurs in the entry it was aligned to.
func (m *matcher) places(w *wanted) []uint32 { return m.seg.places(w.lo) }

// agrees reports whether the word at a packed place is spelled as typed.
func (w *wanted) agrees(place uint32) bool {
	return !w.marked || w.spelled && place&0xff == w.variant
}

// runs calls yield with the place of the first word of every occurrence of
// the words in a row, and whether it is spelled as typed, until yield returns
// false. The rarest word of the entry leads.
func (m *matcher) runs(ws []*wanted, yield func(place uint32, exact bool) bool) {
	lead := 0
	lists := make([][]uint32, len(ws))
	for i, w := range ws {
		lists[i] = m.places(w)
		if len(lists[i]) < len(lists[lead]) {
			lead = i
		}
	}
	for _, packed := range lists[lead] {
		place := packed >> 8
		if place < uint32(lead) {
			continue
		}
		first := place - uint32(lead)
		exact, ok := ws[lead].agrees(packed), true
		for i := range ws {
			if i == lead {
				continue
			}
			lists[i] = skipTo(lists[i], (first+uint32(i))<<8)
			if len(lists[i]) == 0 || lists[i][0]>>8 != first+uint32(i) {
				ok = false
				break
			}
			exact = exact && ws[i].agrees(lists[i][0])
		}
		if ok && !yield(first, exact) {
			return
		}
	}
}

// skipTo drops what lies before at, galloping.
func skipTo(list []uint32, at uint32) []uint32 {
	if len(list) == 0 || list[0] >= at {
		return list
	}
	step := 1
	for step < len(list) && list[step] < at {
		list = list[step:]
		step *= 2
	}
	lo, hi := 0, min(step, len(list))
	for lo < hi {
		mid := (lo + hi) / 2
		if list[mid] < at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return list[lo:]
}
