package formats

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"sotay/internal/sheet"
	"sotay/internal/viet"
)

// Read reads a file of any format. The format is told by the content, and by
// the name where the content leaves it open. Its error is for people: the file
// as a whole is refused.
func Read(name string, src []byte) (File, error) {
	if len(src) > MaxBytes {
		return File{}, errTooLarge
	}
	if packed(src) {
		return ReadTable(bytes.NewReader(src), int64(len(src)))
	}
	s, err := plainText(src)
	if err != nil {
		return File{}, err
	}
	switch formatOf(strings.ToLower(path.Ext(name)), s) {
	case Table:
		return ReadTable(bytes.NewReader(src), int64(len(src)))
	case Aiken:
		return ReadAiken(src)
	case GIFT:
		return ReadGIFT(src)
	}
	return File{}, errNotText
}

// packed tells whether a file is a workbook, or something else that the reader
// of tables has an answer for.
func packed(src []byte) bool {
	for _, mark := range []string{"PK\x03\x04", "\xd0\xcf\x11\xe0", "%PDF", "{\\rtf"} {
		if bytes.HasPrefix(src, []byte(mark)) {
			return true
		}
	}
	return false
}

var answerLine = regexp.MustCompile(`(?mi)^[ \t]*(ANSWER|ĐÁP ÁN)[ \t]*:[ \t]*[A-T][ \t]*$`)

// formatOf tells the format of a text.
func formatOf(ext, s string) Format {
	switch {
	case ext == ".csv" || ext == ".tsv" || tabular(s):
		return Table
	case ext == ".gift":
		return GIFT
	case answerLine.MatchString(s):
		return Aiken
	case strings.ContainsRune(s, '{') || strings.Contains(s, "::"):
		return GIFT
	case ext == ".txt" || ext == ".aiken":
		return Aiken
	}
	return ""
}

// tabular tells whether one of the first lines is the header of a table.
func tabular(s string) bool {
	n := 0
	for line := range strings.SplitSeq(s, "\n") {
		if n++; n > 25 {
			return false
		}
		if len(line) < 4000 && strings.ContainsAny(line, ",;\t") {
			if folded := viet.Fold(line); strings.Contains(folded, "cau hoi") && strings.Contains(folded, "phuong an a") {
				return true
			}
		}
	}
	return false
}

// limits are those of a table of questions.
func limits() sheet.Limits {
	l := sheet.Default()
	l.FileBytes, l.UnpackedBytes, l.TextBytes, l.TextCount = MaxBytes, 64<<20, 32<<20, 1<<20
	l.Rows, l.CellChars = MaxQuestions+100, 8000
	return l
}
