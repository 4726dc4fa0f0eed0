package formats

import (
	"slices"
	"strings"
)

// block is the text of one question with the lines that it came from.
type block struct {
	text  string
	first int   // its first line, from 1
	ends  []int // where each line begins in text
	lines []int // the number of each
	tag   string
	// tagLine is where the tag stands.
	tagLine int
	topic   string
}

// line returns the number of the line that holds an offset of the text.
func (b *block) line(offset int) int {
	i, found := slices.BinarySearch(b.ends, offset)
	if !found {
		i--
	}
	if i < 0 || len(b.lines) == 0 {
		return b.first
	}
	return b.lines[i]
}

// The marks at the beginning of lines.
const (
	tagMark      = "sotay:"
	categoryMark = "$CATEGORY:"
)

// blocks cuts a GIFT file into questions. A blank line ends a question unless
// its braces are open; when they are never closed, reading goes on after the
// first blank line, so that one mistake costs one question.
type blocks struct {
	lines []string
	next  int
	topic string
}

// read returns the next block, nil at the end.
func (b *blocks) read() *block {
	tag, tagLine := "", 0
	for b.next < len(b.lines) {
		line := strings.TrimSpace(b.lines[b.next])
		switch {
		case line == "":
			tag = ""
		case strings.HasPrefix(line, "//"):
			if t, ok := strings.CutPrefix(strings.TrimSpace(line[2:]), tagMark); ok {
				tag, tagLine = strings.TrimSpace(t), b.next+1
			}
		case strings.HasPrefix(line, categoryMark):
			b.topic = topicOf(line[len(categoryMark):])
		default:
			out := b.question()
			out.tag, out.tagLine, out.topic = tag, tagLine, b.topic
			return out
		}
		b.next++
	}
	return nil
}

// question reads the lines of one question.
func (b *blocks) question() *block {
	out := &block{first: b.next + 1}
	var text strings.Builder
	depth, closed, resume, upTo := 0, false, -1, 0
	for ; b.next < len(b.lines); b.next++ {
		line := b.lines[b.next]
		trimmed := strings.TrimSpace(line)
		if trimmed == "" {
			if depth == 0 {
				break
			}
			if resume < 0 {
				resume, upTo = b.next, text.Len()
			}
			continue
		}
		if closed && depth == 0 && begins(trimmed) {
			break
		}
		if strings.HasPrefix(trimmed, "//") {
			continue
		}
		opened, shut := braces(line)
		if depth > 0 && opened > 0 && resume >= 0 {
			break // the next question began; this one was not closed
		}
		depth += opened - shut
		closed = closed || shut > 0
		depth = max(depth, 0)
		out.ends, out.lines = append(out.ends, text.Len()), append(out.lines, b.next+1)
		text.WriteString(line)
		text.WriteByte('\n')
	}
	out.text = text.String()
	if depth > 0 && resume >= 0 {
		b.next, out.text = resume, out.text[:upTo]
	}
	return out
}

// begins tells whether a line can only be the beginning of something new.
func begins(line string) bool {
	if strings.HasPrefix(line, "::") || strings.HasPrefix(line, categoryMark) {
		return true
	}
	rest, ok := strings.CutPrefix(line, "//")
	return ok && strings.HasPrefix(strings.TrimSpace(rest), tagMark)
}

// braces counts the braces of a line that are not escaped.
func braces(line string) (opened, shut int) {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '{':
			opened++
		case '}':
			shut++
		}
	}
	return opened, shut
}

// topicOf makes a topic of a category's path. The contexts that programs put
// before it say nothing of the question; "//" is a slash in a name.
func topicOf(path string) string {
	var parts []string
	var part strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] != '/' {
			part.WriteByte(path[i])
			continue
		}
		if i+1 < len(path) && path[i+1] == '/' {
			part.WriteByte('/')
			i++
			continue
		}
		parts = append(parts, strings.TrimSpace(part.String()))
		part.Reset()
	}
	parts = append(parts, strings.TrimSpace(part.String()))
	if first := parts[0]; len(parts) > 1 && len(first) > 2 && first[0] == '$' && first[len(first)-1] == '$' {
		if parts = parts[1:]; parts[0] == "top" {
			parts = parts[1:]
		}
	} else if len(parts) > 1 && first == "top" {
		parts = parts[1:]
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " / ")
}

// categoryOf writes a topic as a category.
func categoryOf(topic string) string {
	if topic == "" {
		return "$course$/top"
	}
	return strings.ReplaceAll(topic, "/", "//")
}

// find returns the first place of a mark that is not escaped, or -1.
func find(s, mark string) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
			continue
		}
		if strings.HasPrefix(s[i:], mark) {
			return i
		}
	}
	return -1
}

// unescape takes the escapes of GIFT away, and that of an arrow, which is ours.
// A backslash before anything else stands for itself. extra are signs that are
// escaped in this place besides.
func unescape(s, extra string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		switch c := s[i+1]; {
		case c == 'n':
			b.WriteByte('\n')
		case strings.IndexByte(`\:#={}~`, c) >= 0 || strings.IndexByte(extra, c) >= 0 || c == '>' && i > 0 && s[i-1] == '-':
			b.WriteByte(c)
		default:
			b.WriteByte('\\')
			continue
		}
		i++
	}
	return b.String()
}
