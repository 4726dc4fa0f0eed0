package search

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/s2"

	"sotay/internal/viet"
)

// Packed is a document split into words: what an index needs of it, made once
// and kept, so that an index of thousands is built without reading their texts.
// It has the texts compressed; they are opened for the snippets of hits alone.
type Packed struct {
	ownerID string
	entries []packedEntry
	words   []string // as written, each once
	// codes are varints, of each entry one for each word of its title and then
	// of its text: the word's number in words and one, or 0 for what is no word.
	codes []byte
	texts []byte // the texts of all entries in a row, compressed
}

// packedEntry is one entry without its text.
type packedEntry struct {
	Entry
	titleWords, textWords uint32
	textBytes             uint32
	marks                 []uint32 // see entryData
}

// Pack splits a document.
func Pack(d Doc) *Packed {
	p := &Packed{ownerID: d.OwnerID}
	numbers := map[string]uint64{}
	var all strings.Builder
	word := func(w string) {
		n := numbers[w]
		if n == 0 && len(w) <= maxWordBytes {
			p.words = append(p.words, w)
			n = uint64(len(p.words))
			numbers[w] = n
		}
		p.codes = binary.AppendUvarint(p.codes, n)
	}
	for _, e := range d.Entries {
		x := packedEntry{Entry: e, textBytes: uint32(len(e.Text))}
		x.Text, x.OwnerID = "", d.OwnerID
		for start, end := range viet.Spans(e.Title) {
			word(e.Title[start:end])
			x.titleWords++
		}
		if !e.TitleOnly {
			for start, end := range viet.Spans(e.Text) {
				if x.textWords%markEvery == 0 {
					x.marks = append(x.marks, uint32(start))
				}
				word(e.Text[start:end])
				x.textWords++
			}
		}
		all.WriteString(e.Text)
		p.entries = append(p.entries, x)
	}
	p.texts = s2.EncodeBetter(nil, []byte(all.String()))
	return p
}

// Encode writes the document down, without its owner.
func (p *Packed) Encode() []byte {
	var head, words []byte
	str := func(b []byte, s string) []byte { return append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	num := func(n uint32) { head = binary.AppendUvarint(head, uint64(n)) }
	num(uint32(len(p.entries)))
	for i := range p.entries {
		e := &p.entries[i]
		for _, s := range []string{string(e.Kind), e.ID, e.DocumentID, e.SectionID, e.Title} {
			head = str(head, s)
		}
		only := uint32(0)
		if e.TitleOnly {
			only = 1
		}
		num(only)
		num(e.titleWords)
		num(e.textWords)
		num(e.textBytes)
		for _, m := range e.marks {
			num(m)
		}
	}
	words = binary.AppendUvarint(words, uint64(len(p.words)))
	for _, w := range p.words {
		words = str(words, w)
	}
	out := str(nil, string(head))
	out = str(out, string(words))
	out = str(out, string(p.codes))
	return append(out, p.texts...)
}

// maxTexts bounds the texts of one document, so that a broken one takes no more
// memory to open.
const maxTexts = 64 << 20

var errPacked = errors.New("search: not a packed document")

// Unpack reads what Encode wrote. It keeps nothing of b.
func Unpack(ownerID string, b []byte) (*Packed, error) {
	var parts [3][]byte
	for i := range parts {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return nil, errPacked
		}
		parts[i], b = b[size:size+int(n)], b[size+int(n):]
	}
	head, words := cutter{rest: string(parts[0])}, cutter{rest: string(parts[1])}
	p := &Packed{ownerID: ownerID, codes: bytes.Clone(parts[2]), texts: bytes.Clone(b)}
	total, places := uint64(0), uint64(0)
	for n := head.count(); n > 0 && !head.bad; n-- {
		var e packedEntry
		e.OwnerID = ownerID
		e.Kind, e.ID, e.DocumentID, e.SectionID, e.Title = kindOf(head.text()), head.text(), head.text(), head.text(), head.text()
		e.TitleOnly = head.number() == 1
		e.titleWords, e.textWords, e.textBytes = head.number(), head.number(), head.number()
		total, places = total+uint64(e.textBytes), places+uint64(e.titleWords)+uint64(e.textWords)
		if places > uint64(len(p.codes)) {
			return nil, errPacked
		}
		for range (e.textWords + markEvery - 1) / markEvery {
			e.marks = append(e.marks, head.number())
		}
		if slices.ContainsFunc(e.marks, func(m uint32) bool { return m >= e.textBytes }) {
			return nil, errPacked
		}
		p.entries = append(p.entries, e)
	}
	for n := words.count(); n > 0 && !words.bad; n-- {
		p.words = append(p.words, words.text())
	}
	if size, err := s2.DecodedLen(p.texts); err != nil || uint64(size) != total || total > maxTexts || head.bad || words.bad || !p.codesFit(places) {
		return nil, errPacked
	}
	return p, nil
}

// codesFit tells whether there are as many codes as places, each of a word.
func (p *Packed) codesFit(places uint64) bool {
	at := 0
	for ; places > 0; places-- {
		code, n := binary.Uvarint(p.codes[at:])
		if n <= 0 || code > uint64(len(p.words)) {
			return false
		}
		at += n
	}
	return at == len(p.codes)
}

// kindOf keeps one copy of the kinds' names.
func kindOf(s string) Kind {
	for _, k := range []Kind{KindDocument, KindSection, KindQA} {
		if string(k) == s {
			return k
		}
	}
	return Kind(s)
}

// cutter takes values off the front of a text; bad once it could not.
type cutter struct {
	rest string
	bad  bool
}

func (c *cutter) number() uint32 {
	n := uint64(0)
	for i := range min(len(c.rest), 5) {
		n |= uint64(c.rest[i]&0x7f) << (7 * i)
		if c.rest[i] < 0x80 {
			if n > 1<<32-1 {
				break
			}
			c.rest = c.rest[i+1:]
			return uint32(n)
		}
	}
	c.bad, c.rest = true, ""
	return 0
}

// count is a number of values that follow, each of a byte at least.
func (c *cutter) count() int {
	n := int(c.number())
	if n > len(c.rest) {
		c.bad = true
		return 0
	}
	return n
}

func (c *cutter) text() string {
	n := c.count()
	s := c.rest[:n]
	c.rest = c.rest[n:]
	return s
}

// texts are the compressed texts of one document's entries.
type texts struct{ packed []byte }

// buffers are for opening texts: a snippet takes a few words of them.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// cut opens the texts for a piece of them, "" when they can't be opened.
func (t *texts) cut(from, to uint32) string {
	if from == to {
		return ""
	}
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	plain, err := s2.Decode((*buf)[:cap(*buf)], t.packed)
	if err != nil || uint64(len(plain)) < uint64(to) {
		return ""
	}
	*buf = plain
	return string(plain[from:to])
}
