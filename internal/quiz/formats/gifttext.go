package formats

import (
	"regexp"
	"strings"

	"sotay/internal/richtext"
)

var (
	formatMark = regexp.MustCompile(`^\s*\[(html|markdown|plain|moodle)\]`)
	htmlTag    = regexp.MustCompile(`(?i)</?(p|br|b|i|u|em|strong|span|div|ul|ol|li|img|a|sub|sup|table|tr|td|th|h[1-6])(\s[^<>]*)?/?>`)
	plainTags  = regexp.MustCompile(`(?i)^</?(p|br|span|div)(\s[^<>]*)?/?>$`)
	markdown   = regexp.MustCompile("[*_`#\\[]")
)

// markOf takes the mark of a format off a text.
func markOf(raw string) (mark, text string) {
	if m := formatMark.FindStringSubmatch(raw); m != nil {
		return m[1], raw[len(m[0]):]
	}
	return "", raw
}

// formatted is the text of an answer or of feedback: in the format of its own
// mark, or of the question's.
func (r *giftReader) formatted(raw string, a *giftParts, line int) string {
	mark, text := markOf(raw)
	if mark == "" {
		mark = a.mark
	}
	return r.plain(text, mark, line)
}

// plain returns a text as questions have it: without escapes and without the
// marks of a format.
func (r *giftReader) plain(raw, mark string, line int) string {
	s := unescape(strings.TrimSpace(raw), "")
	switch mark {
	case "plain":
		return s
	case "markdown":
		if markdown.MatchString(s) {
			r.warn(line, "markdown_kept", "Văn bản Markdown được giữ nguyên như chữ thường.", "Markdown is kept as plain text.")
		}
		return s
	}
	if mark != "html" && !htmlTag.MatchString(s) {
		return s
	}
	for _, tag := range htmlTag.FindAllString(s, -1) {
		if strings.HasPrefix(strings.ToLower(tag), "<img") {
			r.fail(line, "image_unsupported", "Câu hỏi có hình ảnh, hiện chưa nhận được.", "The question has an image, which is not taken yet.")
			break
		}
		if !plainTags.MatchString(tag) {
			r.warn(line, "format_dropped", "Định dạng chữ (đậm, nghiêng, bảng …) không được giữ.", "Formatting (bold, italic, tables …) is not kept.")
			break
		}
	}
	if mark != "html" { // a line of the text is a line
		s = strings.ReplaceAll(s, "\n", "<br>")
	}
	return richtext.PlainText(s)
}
