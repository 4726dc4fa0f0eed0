package ingest

import (
	"html"
	"regexp"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"sotay/internal/viet"
)

// ClassifiedMark reports whether a text is marked as a state secret: its
// front matter names a secrecy other than none, or one of its lines is a
// stamp (MẬT, TỐI MẬT, TUYỆT MẬT) and nothing else. Prose about secrets does
// not count. In doubt it says yes, since the law forbids keeping such a file.
func ClassifiedMark(text string) bool {
	text = viet.NFC(strings.TrimPrefix(strings.ToValidUTF8(text, "\ufffd"), "\ufeff"))
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	front, _, _, found := splitFront(text)
	if found && declaredSecret(front) {
		return true
	}
	for line := range strings.SplitSeq(text, "\n") {
		if isStampLine(line) {
			return true
		}
	}
	return false
}

// declaredSecret looks for the secrecy key. Front matter that is no YAML is
// read line by line, so that a slip elsewhere cannot hide the mark.
func declaredSecret(front string) bool {
	if len(front) <= maxFrontMatter {
		if n, err := decodeYAML(front); err == nil && n.Kind == yaml.MappingNode && findAlias(n) == nil {
			for i := 0; i+1 < len(n.Content); i += 2 {
				v := n.Content[i+1]
				if isSecrecyKey(n.Content[i].Value) && (v.Kind != yaml.ScalarNode || v.Tag != "!!null" && !meansOpen(v.Value)) {
					return true
				}
			}
			return false
		}
	}
	for line := range strings.SplitSeq(front, "\n") {
		if key, value, ok := strings.Cut(line, ":"); ok && isSecrecyKey(key) && !meansOpen(value) {
			return true
		}
	}
	return false
}

func isSecrecyKey(key string) bool {
	return strings.Trim(viet.Fold(key), " \t\"'{?") == "secrecy"
}

// meansOpen reports whether a value of secrecy says that there is none.
func meansOpen(v string) bool {
	v, _, _ = strings.Cut(v, " #")
	switch strings.Join(strings.Fields(viet.Fold(strings.Trim(v, " \t\"'"))), " ") {
	case "", "khong", "khong mat", "none", "~", "null":
		return true
	}
	return false
}

// isStampLine tests a line and, since letter heads are laid out in tables,
// each of its cells.
func isStampLine(line string) bool {
	// A stamp is short even with markup around it; prose need not be looked at.
	if len(line) > 2000 {
		return false
	}
	line = plainLetters(html.UnescapeString(line))
	if !strings.ContainsAny(line, "mM") {
		return false
	}
	line = tags.ReplaceAllString(line, " ")
	for _, cell := range cellEnds.Split(line, -1) {
		if isStamp(cell) {
			return true
		}
	}
	return isStamp(line)
}

var (
	tags     = regexp.MustCompile(`<[^<>]*>`)
	cellEnds = regexp.MustCompile(`[|\t]|\s{3,}`)
	copyOf   = regexp.MustCompile(`(?i)(?:bản)?\s*(?:số)?[\s.:]*\d+\W*$`)
	label    = regexp.MustCompile(`^(?:dau)?(?:chi)?(?:muc)?domat(mat|toimat|tuyetmat)$`)
)

// isStamp decides on one piece, behind which the number of the copy may stand.
// Without the label the letters must be upper case: "Mật" alone may be a
// heading on honey.
func isStamp(s string) bool {
	words := strings.FieldsFunc(copyOf.ReplaceAllString(s, ""), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) })
	joined := strings.Join(words, "")
	switch joined {
	case "MẬT", "TỐIMẬT", "TUYỆTMẬT", "TOIMAT", "TUYETMAT":
		return !strings.ContainsFunc(copyOf.ReplaceAllString(s, ""), unicode.IsDigit)
	}
	return label.MatchString(viet.Fold(joined))
}
