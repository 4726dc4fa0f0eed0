package search

import (
	"encoding/binary"
	"strings"

	"sotay/internal/viet"
)

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
	marks      []uint32 // byte offset in the text of every markEvery-th word
	// Text is empty; it lies compressed in texts.
	texts            *texts
	textFrom, textTo uint32
}

// text opens the entry's text.
func (e *entryData) text() string { return e.texts.cut(e.textFrom, e.textTo) }

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

// builder gathers documents; finish sorts their words by term.
type builder struct {
	seg   *segment
	known map[string]wordRef // word as written -> term and variant
	docs  []coded
}

// coded is a document whose words are known.
type coded struct {
	refs    []wordRef // by code; the first is of no word
	codes   []byte
	entries int
}

func newBuilder() *builder {
	return &builder{seg: &segment{terms: map[string]uint32{}}, known: map[string]wordRef{}}
}

func (b *builder) addDoc(p *Packed) {
	owner := uint32(len(b.seg.owners))
	b.seg.owners = append(b.seg.owners, p.ownerID)
	d := coded{refs: make([]wordRef, 1+len(p.words)), codes: p.codes, entries: len(p.entries)}
	for i, w := range p.words {
		ref, ok := b.known[w]
		if !ok {
			ref = b.seg.intern(viet.Fold(w), viet.Exact(w))
			b.known[strings.Clone(w)] = ref
		}
		d.refs[1+i] = ref
	}
	b.docs = append(b.docs, d)
	all, from := &texts{p.texts}, uint32(0)
	for i := range p.entries {
		e := &p.entries[i]
		b.seg.entries = append(b.seg.entries, entryData{Entry: e.Entry, owner: owner, titleWords: e.titleWords, words: e.titleWords + e.textWords,
			marks: e.marks, texts: all, textFrom: from, textTo: from + e.textBytes})
		from += e.textBytes
	}
}

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
func (b *builder) eachPosting(yield func(term, entry, place uint32)) {
	entry := uint32(0)
	for i := range b.docs {
		d := &b.docs[i]
		codes := d.codes
		for range d.entries {
			e := &b.seg.entries[entry]
			for n := range e.words {
				code := uint32(codes[0])
				if code < 0x80 {
					codes = codes[1:]
				} else {
					long, size := binary.Uvarint(codes)
					code, codes = uint32(long), codes[size:]
				}
				at := n
				if n >= e.titleWords {
					at += titleGap
				}
				if code == 0 || at > maxPlace {
					continue
				}
				ref := d.refs[code]
				yield(ref.term, entry, at<<8|ref.variant)
			}
			entry++
		}
	}
}
