package search

import "sotay/internal/viet"

// segment is an index over some documents that never changes once built. All
// postings lie in four flat slices: term t has postings
// termFirst[t]..termFirst[t+1], posting p has positions
// postFirst[p]..postFirst[p+1]. One small document costs a few slices, and
// the whole library costs about four bytes for each syllable.
type segment struct {
	terms    map[string]uint32 // folded word -> term
	variants [][]string        // per term, the exact words met; index = variant
	owners   []string
	entries  []entryData
	sizes    []size // per entry, apart: ranking reads them of thousands

	termFirst []uint32
	postEntry []uint32
	postFirst []uint32
	positions []uint32 // place<<8 | variant
}

// entryData is one entry as the index keeps it.
type entryData struct {
	Entry
	owner      uint32
	titleWords uint32
	words      uint32   // title and text together
	marks      []uint32 // byte offset in Text of every markEvery-th word
}

// size is what ranking needs of an entry.
type size struct{ owner, titleWords, words uint32 }

// measure fills sizes when the entries are complete.
func (s *segment) measure() *segment {
	s.sizes = make([]size, len(s.entries))
	for i := range s.entries {
		e := &s.entries[i]
		s.sizes[i] = size{e.owner, e.titleWords, e.words}
	}
	return s
}

const (
	// markEvery spaces the remembered offsets: a snippet splits at most this
	// many words before the ones it needs.
	markEvery = 64
	// maxPlace is the last place within an entry that is indexed.
	maxPlace = 1<<24 - 1
	// otherVariant stands for all exact forms past the first 255 of a term.
	// No natural word comes near; such forms match only folded.
	otherVariant = 255
	// maxWordBytes bounds an indexed word; longer ones are not words.
	maxWordBytes = 256
	// titleGap keeps a phrase from reaching from the title into the text.
	titleGap = 1
)

// textPlace returns the place of the first word of the text.
func (e *entryData) textPlace() uint32 { return e.titleWords + titleGap }

// postings returns the range of postings of a term.
func (s *segment) postings(term uint32) (lo, hi uint32) {
	return s.termFirst[term], s.termFirst[term+1]
}

// places returns the packed places of a posting.
func (s *segment) places(post uint32) []uint32 {
	return s.positions[s.postFirst[post]:s.postFirst[post+1]]
}

// seek returns the first posting in [lo, hi) whose entry is at least entry.
// It gallops, since candidates come in order and mostly lie near.
func (s *segment) seek(lo, hi, entry uint32) uint32 {
	if lo == hi || s.postEntry[lo] >= entry {
		return lo
	}
	step := uint32(1)
	at := lo
	for at+step < hi && s.postEntry[at+step] < entry {
		at += step
		step *= 2
	}
	end := min(at+step, hi)
	for at++; at < end; { // by halves, without a call for each
		if mid := (at + end) / 2; s.postEntry[mid] < entry {
			at = mid + 1
		} else {
			end = mid
		}
	}
	return at
}

// variantOf returns the variant of a term that is spelled exactly so.
func (s *segment) variantOf(term uint32, exact string) (uint32, bool) {
	for i, v := range s.variants[term] {
		if v == exact {
			return uint32(i), true
		}
	}
	return 0, false
}

// wordRef is what the builder remembers about a word as written.
type wordRef struct {
	term    uint32
	variant uint32
}

// builder gathers words in reading order; finish sorts them by term.
type builder struct {
	seg   *segment
	known map[string]wordRef // word as written -> term and variant
	words [][]written        // in pieces: one list would be copied as it grows
	count []uint32           // per entry, how many words it has
}

// written is one word of an entry.
type written struct{ term, place uint32 }

// piece is how many words one list of the builder holds.
const piece = 1 << 15

func newBuilder() *builder {
	return &builder{seg: &segment{terms: map[string]uint32{}}, known: map[string]wordRef{}}
}

func (b *builder) addDoc(d Doc) {
	owner := uint32(len(b.seg.owners))
	b.seg.owners = append(b.seg.owners, d.OwnerID)
	for _, e := range d.Entries {
		e.OwnerID = d.OwnerID
		b.addEntry(owner, e)
	}
}

func (b *builder) addEntry(owner uint32, e Entry) {
	b.count = append(b.count, 0)
	data := entryData{Entry: e, owner: owner}
	for start, end := range viet.Spans(e.Title) {
		b.addWord(e.Title[start:end], data.titleWords)
		data.titleWords++
	}
	data.words = data.titleWords
	if !e.TitleOnly {
		n := uint32(0)
		for start, end := range viet.Spans(e.Text) {
			if n%markEvery == 0 {
				data.marks = append(data.marks, uint32(start))
			}
			b.addWord(e.Text[start:end], data.textPlace()+n)
			n++
		}
		data.words += n
	}
	b.seg.entries = append(b.seg.entries, data)
}

func (b *builder) addWord(w string, place uint32) {
	if len(w) > maxWordBytes || place > maxPlace {
		return
	}
	ref, ok := b.known[w]
	if !ok {
		ref = b.seg.intern(viet.Fold(w), viet.Exact(w))
		b.known[w] = ref
	}
	if n := len(b.words); n == 0 || len(b.words[n-1]) == cap(b.words[n-1]) {
		b.words = append(b.words, make([]written, 0, b.room()))
	}
	last := &b.words[len(b.words)-1]
	*last = append(*last, written{ref.term, place<<8 | ref.variant})
	b.count[len(b.count)-1]++
}

// room is how large the next piece is: a small document costs little.
func (b *builder) room() int { return min(256<<(2*min(len(b.words), 4)), piece) }

// intern returns the term and variant of a word, making them if new.
func (s *segment) intern(fold, exact string) wordRef {
	term := s.internTerm(fold)
	if v, ok := s.variantOf(term, exact); ok {
		return wordRef{term, v}
	}
	n := uint32(len(s.variants[term]))
	if n >= otherVariant {
		return wordRef{term, otherVariant}
	}
	s.variants[term] = append(s.variants[term], exact)
	return wordRef{term, n}
}

// finish lays the words out by term, then entry, then place: a counting sort
// in two passes, so that building needs no list for each term.
func (b *builder) finish() *segment {
	l := newLayout(b.seg)
	l.count(b.eachPosting)
	l.fill(b.eachPosting)
	return b.seg.measure()
}

// eachPosting gives every (term, entry, place) in entry order.
func (b *builder) eachPosting(yield func(term, entry uint32, places []uint32)) {
	entry, left := 0, uint32(0)
	if len(b.count) > 0 {
		left = b.count[0]
	}
	var place [1]uint32
	for _, words := range b.words {
		for _, w := range words {
			for left == 0 {
				entry++
				left = b.count[entry]
			}
			left--
			place[0] = w.place
			yield(w.term, uint32(entry), place[:])
		}
	}
}
