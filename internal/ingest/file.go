package ingest

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"sotay/internal/viet"
)

const (
	maxFile        = 2 << 20
	maxFrontMatter = 64 << 10
)

// Markdown reads one Markdown file. The front matter may be absent; then Meta
// is empty and the body is read as sections. A file marked as a state secret
// gives an empty Document and one problem, so that nothing of it is kept.
func Markdown(src []byte) (Document, []Problem) {
	var r report
	text, ok := r.open(src)
	if !ok {
		return Document{}, r.list
	}
	if ClassifiedMark(text) {
		r.fail(0, "secrecy", "classified", "Tệp mang dấu chỉ độ mật; hệ thống không nhận và không lưu tài liệu mật.",
			"The file carries a secrecy mark; classified texts are neither taken nor kept.")
		return Document{}, r.list
	}
	front, body, lines := r.cut(text)
	if lines == 0 {
		return Document{Sections: r.sections(body, 0)}, r.list
	}
	var d Document
	d.Meta = r.meta(front)
	if d.Meta.Kind == "material" && d.Meta.MaterialKind == "qa" {
		d.Items = r.items(body, lines)
	} else {
		d.Sections = r.sections(body, lines)
	}
	return d, r.list
}

// MarkdownBody reads Markdown without front matter into sections.
func MarkdownBody(src []byte) ([]Section, []Problem) {
	var r report
	text, ok := r.open(src)
	if !ok {
		return nil, r.list
	}
	return r.sections(text, 0), r.list
}

// QABody reads Markdown without front matter into questions and answers.
func QABody(src []byte) ([]Item, []Problem) {
	var r report
	text, ok := r.open(src)
	if !ok {
		return nil, r.list
	}
	return r.items(text, 0), r.list
}

// open checks the bytes and makes them one kind of text: no byte order mark,
// line feeds only, NFC.
func (r *report) open(src []byte) (string, bool) {
	switch {
	case len(src) > maxFile:
		r.fail(0, "file", "too_large", "Tệp lớn hơn 2 MiB.", "The file is larger than 2 MiB.")
	case !utf8.Valid(src):
		r.fail(badLine(src), "file", "not_utf8", "Tệp không phải văn bản UTF-8.", "The file is not UTF-8 text.")
	case bytes.IndexByte(src, 0) >= 0:
		r.fail(1+bytes.Count(src[:bytes.IndexByte(src, 0)], []byte("\n")), "file", "nul_byte", "Tệp chứa ký tự NUL.", "The file holds a NUL byte.")
	default:
		text := strings.TrimPrefix(string(src), "\ufeff")
		text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
		return viet.NFC(text), true
	}
	return "", false
}

// badLine returns the line of the first byte that is no UTF-8.
func badLine(src []byte) int {
	line := 1
	for len(src) > 0 {
		c, size := utf8.DecodeRune(src)
		if c == utf8.RuneError && size == 1 {
			break
		}
		if c == '\n' {
			line++
		}
		src = src[size:]
	}
	return line
}

// cut separates the front matter from the body and says how many lines came
// before the body; 0 means there is no front matter.
func (r *report) cut(text string) (front, body string, lines int) {
	front, body, closed, found := splitFront(text)
	if !found {
		return "", text, 0
	}
	if !closed {
		r.fail(1, "file", "front_matter_open", "Phần khai báo đầu tệp không có dòng kết thúc ---.", "The front matter is not closed by a line ---.")
		return "", text, 0
	}
	return front, body, strings.Count(front, "\n") + 2
}

// splitFront cuts at the fences: a first line "---" and the next line that is
// "---" or "...".
func splitFront(text string) (front, body string, closed, found bool) {
	first, rest, _ := strings.Cut(text, "\n")
	if strings.TrimRight(first, " \t") != "---" {
		return "", text, false, false
	}
	for at := 0; at < len(rest); {
		line, _, more := strings.Cut(rest[at:], "\n")
		next := at + len(line) + 1
		if t := strings.TrimRight(line, " \t"); t == "---" || t == "..." {
			if !more {
				next = len(rest)
			}
			return rest[:at], rest[next:], true, true
		}
		at = next
	}
	return rest, "", false, true
}
