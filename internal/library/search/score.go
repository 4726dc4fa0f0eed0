package search

// The score is a sum whose steps never overlap: spelling first, then place,
// then frequency, which stays below 16 words times 2.2. It depends on the
// entry and the query alone. Word statistics of the whole library are left
// out on purpose: with them every insert would shift the scores, and the
// cursors readers hold with them, and would tell of texts they may not see.
const (
	exactBonus  = 1000
	runBonus    = 200
	titleBonus  = 100
	saturation  = 1.2
	lengthShare = 0.75
	usualLength = 400 // words in a section of an official text
)

// finding is what is known of one matching entry.
type finding struct {
	score float64
	exact bool
}

// judge scores the entry the words are aligned to. It reports false when a
// phrase does not occur in it, or when its score is surely below least: what
// costs little is looked at first, and most entries go no further.
func (m *matcher) judge(e *size, least float64) (finding, bool) {
	f := finding{exact: true}
	if m.plain && m.atMost(e) < least {
		return f, false
	}
	inTitle := true
	for _, u := range m.units {
		titled, exact, count := m.weigh(u, e)
		if count == 0 {
			return finding{}, false
		}
		f.exact = f.exact && exact
		inTitle = inTitle && titled
		f.score += frequency(count, e.words)
	}
	if inTitle {
		f.score += titleBonus
	}
	if f.exact {
		f.score += exactBonus
	}
	if m.all != nil && f.score+runBonus >= least && m.inOnePiece() {
		f.score += runBonus
	}
	return f, f.score >= least
}

// atMost bounds the score of an entry by what its counts and its first words
// say; the query has no phrases.
func (m *matcher) atMost(e *size) float64 {
	score := float64(exactBonus)
	inTitle := true
	for _, u := range m.units {
		lo, hi := m.seg.postFirst[u[0].lo], m.seg.postFirst[u[0].lo+1]
		score += frequency(int(hi-lo), e.words)
		inTitle = inTitle && m.seg.positions[lo]>>8 < e.titleWords
	}
	if inTitle {
		score += titleBonus
	}
	if m.all != nil {
		score += runBonus
	}
	return score + slack
}

// slack is more than adding in another order may change.
const slack = 1e-6

// weigh reports whether a unit occurs in the title, whether anywhere as it
// was typed, and how often.
func (m *matcher) weigh(u []*wanted, e *size) (titled, exact bool, count int) {
	see := func(place uint32, as bool) bool {
		count++
		titled = titled || place < e.titleWords
		exact = exact || as
		return true
	}
	if len(u) > 1 {
		m.runs(u, see)
		return titled, exact, count
	}
	places := m.places(u[0])
	titled = places[0]>>8 < e.titleWords
	for _, place := range places {
		if exact = u[0].agrees(place); exact {
			break
		}
	}
	return titled, exact, len(places)
}

func (m *matcher) inOnePiece() (found bool) {
	m.runs(m.all, func(uint32, bool) bool {
		found = true
		return false
	})
	return found
}

// frequency grows with the count, ever more slowly, and counts for less in
// long entries. The conversions forbid fused arithmetic, which would give
// different last bits on different machines.
func frequency(count int, words uint32) float64 {
	norm := float64(1-lengthShare) + float64(lengthShare*float64(words)/usualLength)
	top := float64(float64(count) * (saturation + 1))
	return top / (float64(count) + float64(saturation*norm))
}
