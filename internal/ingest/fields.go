package ingest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"sotay/internal/viet"
)

// fields is one YAML mapping whose keys are known to be allowed and single.
type fields struct {
	r      *report
	prefix string
	line   int
	nodes  map[string]*yaml.Node
	bad    map[string]bool // reported already; need keeps quiet about them
}

const (
	maxListItems = 64
	maxListText  = 200
)

// fields takes a mapping apart and reports keys that are unknown or double.
func (r *report) fields(n *yaml.Node, prefix string, known []string) *fields {
	f := &fields{r: r, prefix: prefix, line: n.Line + 1, nodes: map[string]*yaml.Node{}, bad: map[string]bool{}}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := clip(key.Value)
		switch {
		case key.Kind != yaml.ScalarNode || !slices.Contains(known, key.Value):
			r.fail(key.Line+1, prefix+name, "unknown_key", "Khóa «"+name+"» không có trong mẫu khai báo.", "Unknown key \""+name+"\".")
		case f.nodes[name] != nil:
			r.fail(key.Line+1, prefix+name, "duplicate_key", "Khóa «"+name+"» khai báo hai lần.", "Key \""+name+"\" is given twice.")
		default:
			f.nodes[name] = value
		}
	}
	return f
}

// clip makes a foreign key short and plain enough to repeat to people.
func clip(s string) string {
	s = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, viet.NFC(strings.ToValidUTF8(s, "")))
	if utf8.RuneCountInString(s) > 40 {
		s = string([]rune(s)[:40]) + "…"
	}
	return s
}

func (f *fields) lineOf(name string) int {
	if n := f.nodes[name]; n != nil {
		return n.Line + 1
	}
	return f.line
}

func (f *fields) invalid(name, vi, en string) {
	f.bad[name] = true
	f.r.fail(f.lineOf(name), f.prefix+name, "invalid", vi, en)
}

// need reports the names that are absent or empty.
func (f *fields) need(names ...string) {
	for _, name := range names {
		n := f.nodes[name]
		empty := n == nil || n.Kind == yaml.ScalarNode && f.plain(n) == "" || n.Kind == yaml.SequenceNode && len(n.Content) == 0
		if empty && !f.bad[name] {
			f.r.fail(f.lineOf(name), f.prefix+name, "required", "Thiếu «"+f.prefix+name+"».", "\""+f.prefix+name+"\" is missing.")
		}
	}
}

// idle warns of keys that mean nothing here.
func (f *fields) idle(names ...string) {
	for _, name := range names {
		if f.nodes[name] != nil {
			f.r.warn(f.lineOf(name), f.prefix+name, "unused_key", "«"+name+"» không dùng cho văn bản và được bỏ qua.", "\""+name+"\" has no use for a document.")
		}
	}
}

// plain returns the text of a scalar: what stands in the file, so that dates
// and numbers are not re-written by YAML, without what nobody sees. Null is
// empty.
func (f *fields) plain(n *yaml.Node) string {
	if n.Tag == "!!null" {
		return ""
	}
	return strings.TrimSpace(viet.NFC(viet.Seen(strings.ToValidUTF8(n.Value, "\ufffd"))))
}

// text returns a string of at most limit characters without control signs.
func (f *fields) text(name string, limit int) string {
	n := f.nodes[name]
	if n == nil || f.bad[name] {
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		f.invalid(name, "«"+name+"» phải là một chuỗi.", "\""+name+"\" must be a string.")
		return ""
	}
	v := f.plain(n)
	if !f.acceptable(name, v, limit) {
		return ""
	}
	return v
}

func (f *fields) acceptable(name, v string, limit int) bool {
	control := func(c rune) bool { return c != '\n' && c != '\t' && unicode.IsControl(c) }
	switch {
	case utf8.RuneCountInString(v) > limit:
		f.invalid(name, "«"+name+"» quá dài.", "\""+name+"\" is too long.")
	case strings.ContainsFunc(v, control):
		f.invalid(name, "«"+name+"» chứa ký tự điều khiển.", "\""+name+"\" holds a control character.")
	default:
		return true
	}
	return false
}

func (f *fields) oneOf(name string, choices ...string) string {
	v := f.text(name, 50)
	if v != "" && !slices.Contains(choices, v) {
		all := strings.Join(choices, ", ")
		f.invalid(name, "«"+name+"» phải là một trong: "+all+".", "\""+name+"\" must be one of: "+all+".")
		return ""
	}
	return v
}

// key returns an editor's key: visible signs without blanks.
func (f *fields) key(name string) string {
	v := f.text(name, 128)
	if strings.ContainsFunc(v, unicode.IsSpace) {
		f.invalid(name, "«"+name+"» không được có dấu cách.", "\""+name+"\" must not hold blanks.")
		return ""
	}
	return v
}

func (f *fields) language(name string) string {
	v := f.text(name, 35)
	if v == "" {
		return "vi"
	}
	if !regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`).MatchString(v) {
		f.invalid(name, "Mã ngôn ngữ không đúng, ví dụ vi.", "Not a language tag such as vi.")
		return ""
	}
	return v
}

// list returns a list of strings without empty and repeated ones.
func (f *fields) list(name string) []string {
	n := f.nodes[name]
	if n == nil || n.Kind == yaml.ScalarNode && f.plain(n) == "" {
		return nil
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) > maxListItems {
		f.invalid(name, "«"+name+"» phải là danh sách, nhiều nhất 64 mục.", "\""+name+"\" must be a list of at most 64 items.")
		return nil
	}
	var out []string
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode {
			f.invalid(name, "Mỗi mục của «"+name+"» phải là một chuỗi.", "Each item of \""+name+"\" must be a string.")
			return nil
		}
		v := f.plain(item)
		if !f.acceptable(name, v, maxListText) {
			return nil
		}
		if v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// sub returns a mapping within this one, or nil.
func (f *fields) sub(name string, known []string) *fields {
	n := f.nodes[name]
	if n == nil || n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		f.invalid(name, "«"+name+"» phải là một nhóm khóa.", "\""+name+"\" must be a mapping.")
		return nil
	}
	return f.r.fields(n, name+".", known)
}
