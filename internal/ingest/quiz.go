package ingest

import (
	"strconv"
	"strings"
)

// QuizFile is a quiz with front matter and its questions below, in GIFT.
type QuizFile struct {
	// Key identifies the quiz over imports; DocumentKey is that of the document
	// it belongs to, which its questions name as their source.
	Key, DocumentKey, Title, Abstract, Language string
	Topics                                      []string
	Visibility                                  Visibility
	Source                                      Source
	// PassMark is in per cent.
	PassMark int64
	// Questions is the body with an empty line for each one of the front
	// matter, so that its lines have the numbers of the file's.
	Questions string
}

// Quiz reads a quiz. Its questions are left to the reader of their format. A
// file marked as a state secret gives an empty quiz and one problem.
func Quiz(src []byte) (QuizFile, []Problem) {
	var r report
	text, ok := r.open(src)
	if !ok {
		return QuizFile{}, r.list
	}
	if ClassifiedMark(text) {
		r.fail(0, "secrecy", "classified", "Tệp mang dấu chỉ độ mật; hệ thống không nhận và không lưu tài liệu mật.",
			"The file carries a secrecy mark; classified texts are neither taken nor kept.")
		return QuizFile{}, r.list
	}
	front, body, lines := r.cut(text)
	if lines == 0 {
		r.fail(1, "file", "front_matter_missing", "Đề cần phần khai báo đầu tệp giữa hai dòng ---.", "A quiz needs front matter between two lines ---.")
		return QuizFile{}, r.list
	}
	root := r.parseFront(front)
	if root == nil {
		return QuizFile{}, r.list
	}
	f := r.fields(root, "", []string{"kind", "key", "documentKey", "title", "abstract", "language", "topics", "passMark", "visibility", "source"})
	f.oneOf("kind", "quiz")
	q := QuizFile{Key: f.key("key"), DocumentKey: f.key("documentKey"), Title: f.text("title", 500), Abstract: f.text("abstract", 5000),
		Language: f.language("language"), Topics: f.list("topics"), Visibility: f.visibility(), Source: f.source(), PassMark: f.percent("passMark"),
		Questions: strings.Repeat("\n", lines) + body}
	f.need("kind", "title")
	return q, r.list
}

// percent returns a whole number from 0 to 100.
func (f *fields) percent(name string) int64 {
	v := f.text(name, 10)
	if v == "" {
		return 0
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 || n > 100 {
		f.invalid(name, "«"+name+"» phải là số từ 0 đến 100.", "\""+name+"\" must be a number from 0 to 100.")
		return 0
	}
	return n
}
