package formats

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"sotay/internal/fault"
	"sotay/internal/quiz/question"
)

// Format is how a file holds questions.
type Format string

// The formats; Table is .xlsx and .csv.
const (
	GIFT  Format = "gift"
	Aiken Format = "aiken"
	Table Format = "table"
)

// The bounds of a file.
const (
	MaxBytes     = 8 << 20
	MaxQuestions = 2000
	maxLines     = 200_000
	maxProblems  = 200
	// maxBlock bounds the bytes of one question in a text: the longest that
	// question.Check passes, with as much again for marks and markup.
	maxBlock = 512 << 10
)

// Item is a question of a file. Its options have no ids but those that the
// room gives them.
type Item struct {
	Question question.Question
	// ID and Revision are those of the question in the bank that the file was
	// exported from, "" and 0 for none.
	ID       string
	Revision int64
	// Place is where it begins; At is where the part of it is that a pointer
	// into the question names.
	Place Place
	at    func(pointer string) Place
}

// Place is a line of a text, or a cell of a table.
type Place struct {
	Line int
	Row  int
	// Column is the column's letters, Title its name in the header.
	Column, Title string
}

// Problem is one thing wrong with a file, addressed as people see it. A place
// that is zero means the whole file.
type Problem struct {
	Place
	// Code is stable, for programs; Text is for people.
	Code string
	Text fault.Text
	// Warning marks what keeps nothing from being taken over.
	Warning bool
}

// File is what was read. With an error among the problems its items are not
// all of it.
type File struct {
	Format   Format
	Items    []Item
	Problems []Problem
}

// Failed tells whether a file has an error.
func (f *File) Failed() bool {
	for i := range f.Problems {
		if !f.Problems[i].Warning {
			return true
		}
	}
	return false
}

// At returns where the part of the question stands that a pointer names.
func (i *Item) At(pointer string) Place {
	if i.at == nil {
		return i.Place
	}
	return i.at(pointer)
}

// Problem is what is wrong with the part of the question that a pointer names.
func (i *Item) Problem(pointer, code string, text fault.Text) Problem {
	return Problem{Place: i.At(pointer), Code: code, Text: text}
}

// reading gathers what is read of a file; it is full when there is no use in
// reading on.
type reading struct {
	file File
	full bool
}

func (r *reading) problem(p Problem) {
	if r.full {
		return
	}
	if r.file.Problems = append(r.file.Problems, p); len(r.file.Problems) >= maxProblems {
		r.full = true
		r.file.Problems = append(r.file.Problems, Problem{Code: "too_many_problems",
			Text: fault.Text{VI: "Tệp có quá nhiều chỗ cần sửa; phần còn lại chưa được đọc.", EN: "The file has too many problems; the rest was not read."}})
	}
}

func (r *reading) fail(line int, code, vi, en string) {
	r.problem(Problem{Place: Place{Line: line}, Code: code, Text: fault.Text{VI: vi, EN: en}})
}

func (r *reading) warn(line int, code, vi, en string) {
	r.problem(Problem{Place: Place{Line: line}, Code: code, Text: fault.Text{VI: vi, EN: en}, Warning: true})
}

// take checks a question and keeps it when it fits.
func (r *reading) take(i Item) {
	if r.full {
		return
	}
	if len(r.file.Items) >= MaxQuestions {
		r.full = true
		r.file.Problems = append(r.file.Problems, Problem{Place: i.Place, Code: "too_many_questions",
			Text: fault.Text{VI: fmt.Sprintf("Một tệp có nhiều nhất %d câu hỏi; hãy chia tệp.", MaxQuestions), EN: fmt.Sprintf("A file has at most %d questions; split it.", MaxQuestions)}})
		return
	}
	i.Question = i.Question.Normal()
	bad := i.Question.Check(fault.BadInput, "").Fields
	for _, f := range bad {
		r.problem(i.Problem(f.Pointer, f.Code, f.Detail))
	}
	if len(bad) == 0 {
		r.file.Items = append(r.file.Items, i)
	}
}

// done closes a reading.
func (r *reading) done() File {
	if len(r.file.Items) == 0 && !r.file.Failed() {
		r.fail(0, "no_questions", "Tệp không có câu hỏi nào.", "The file has no question.")
	}
	return r.file
}

func refuse(code, vi, en string) *fault.Fault { return fault.New(fault.Unsuited, code, vi, en) }

var (
	errTooLarge = fault.New(fault.TooLarge, "file_too_large", fmt.Sprintf("Tệp lớn hơn %d MiB.", MaxBytes>>20), fmt.Sprintf("The file is larger than %d MiB.", MaxBytes>>20))
	errNotUTF8  = refuse("file_not_utf8", "Tệp không phải UTF-8 (có thể là Windows-1258, TCVN3 hoặc VNI). Hãy lưu lại dạng UTF-8.",
		"The file is not UTF-8 (it may be Windows-1258, TCVN3 or VNI). Save it as UTF-8.")
	errNotText = refuse("file_not_questions", "Tệp không phải GIFT, Aiken, .xlsx hay .csv.", "The file is neither GIFT, Aiken, .xlsx nor .csv.")
	errLines   = refuse("file_too_many_lines", fmt.Sprintf("Tệp có hơn %d dòng.", maxLines), fmt.Sprintf("The file has more than %d lines.", maxLines))
)

// plainText decodes a text file: UTF-8, or UTF-16 with its mark; lines end in
// "\n".
func plainText(src []byte) (string, error) {
	if len(src) > MaxBytes {
		return "", errTooLarge
	}
	if bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff")) {
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(src)
		if err != nil {
			return "", errNotUTF8.Because(err)
		}
		src = wide
	}
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	switch {
	case bytes.IndexByte(src, 0) >= 0:
		return "", errNotText
	case !utf8.Valid(src):
		return "", errNotUTF8
	}
	s := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(src))
	if strings.Count(s, "\n") > maxLines {
		return "", errLines
	}
	return s, nil
}
