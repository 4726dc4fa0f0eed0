package sheet

import (
	"bytes"
	"io"
)

// Source is a file as it lies: an *os.File or bytes in memory.
type Source interface {
	io.ReaderAt
}

// Book is a spreadsheet that was recognised and found within the limits of its
// outside; nothing of it has been unpacked yet.
type Book struct {
	limits  Limits
	src     Source
	size    int64
	archive *archive // nil for a .csv file
	coding  coding
}

// rows is one reading of a book. next returns nil at the end.
type rows interface {
	next() (*Row, error)
	// remarks are what is wrong with the sheet as a whole; known at the end.
	remarks() []Problem
	close()
}

// The first bytes of files.
var (
	zipMark = []byte("PK\x03\x04")
	oleMark = []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}
)

// Open recognises a spreadsheet by its content, whatever its name is, and
// checks its outside against the limits. Its faults are for people.
func Open(src Source, size int64, l Limits) (*Book, error) {
	if size > l.FileBytes {
		return nil, tooLarge(l)
	}
	if size == 0 {
		return nil, errEmpty
	}
	head := make([]byte, min(size, 4096))
	if _, err := src.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	b := &Book{limits: l, src: src, size: size}
	var err error
	switch {
	case bytes.HasPrefix(head, zipMark):
		b.archive, err = openArchive(src, size, l)
	case bytes.HasPrefix(head, oleMark):
		err = oleFault(src, size)
	default:
		b.coding, err = codingOf(head)
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// read starts a reading from the first row.
func (b *Book) read() (rows, error) {
	if b.archive != nil {
		return readWorkbook(b.archive, b.limits)
	}
	return readCSV(io.NewSectionReader(b.src, 0, b.size), b.coding, b.limits)
}

// oleFault tells an encrypted workbook from one of the old format: both lie in
// the same kind of container, which names its streams in UTF-16.
func oleFault(src Source, size int64) error {
	var name []byte
	for _, c := range []byte("EncryptedPackage") {
		name = append(name, c, 0)
	}
	buf := make([]byte, 64<<10)
	for at := int64(0); at < size; at += int64(len(buf) - len(name)) {
		n, err := src.ReadAt(buf, at)
		if bytes.Contains(buf[:n], name) {
			return errLocked
		}
		if err != nil {
			break
		}
	}
	return errOld
}
