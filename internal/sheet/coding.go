package sheet

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// coding is how the characters of a .csv file are written.
type coding byte

const (
	utf8Plain coding = iota
	utf8Marked
	utf16LE
	utf16BE
)

// codingOf tells the coding by the first bytes, or refuses the file. What
// claims to be text and holds other bytes is found while it is read.
func codingOf(head []byte) (coding, error) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return utf8Marked, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return utf16LE, nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return utf16BE, nil
	}
	// The last character may be cut off where the head ends.
	for cut := 0; cut < utf8.UTFMax && len(head) > 0 && !utf8.Valid(head); cut++ {
		head = head[:len(head)-1]
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return 0, errUnknown
	}
	for _, mark := range []string{"%PDF", "{\\rtf", "<?xml", "<html", "<!DOCTYPE", "<table"} {
		if len(head) >= len(mark) && bytes.EqualFold(head[:len(mark)], []byte(mark)) {
			return 0, errUnknown
		}
	}
	if !utf8.Valid(head) {
		return 0, errUTF8
	}
	return utf8Plain, nil
}

// reader gives the file as UTF-8 without its mark.
func (c coding) reader(r io.Reader) io.Reader {
	switch c {
	case utf16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(r)
	case utf16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Reader(r)
	case utf8Marked:
		mark := make([]byte, 3)
		_, _ = io.ReadFull(r, mark) // they were seen to be there
	}
	return r
}
