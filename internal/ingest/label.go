package ingest

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// labelPatterns are the ways official texts number their parts. Roman
// numerals stop at X, V and I: "C. Mác" and "L. ..." are names.
func labelPatterns() []*regexp.Regexp {
	const (
		number = `(?:\d{1,3}[a-zđ]?|[IVX]{1,7})`
		end    = `(?:[.:)]|$|\s)[.:)]*\s*[-–—]?\s*`
	)
	return []*regexp.Regexp{
		regexp.MustCompile(`^((?i:phần\s+thứ\s+(?:nhất|hai|ba|tư|bốn|năm|sáu|bảy|bẩy|tám|chín|mười)))` + end),
		regexp.MustCompile(`^((?i:phần|chương|tiểu\s+mục|mục|điều|khoản|phụ\s+lục)\s+` + number + `)` + end),
		regexp.MustCompile(`^([IVX]{1,7})[.)]\s+`),
		regexp.MustCompile(`^(\d{1,3}(?:\.\d{1,3})+)(?:\.?\s+|$)`),
		regexp.MustCompile(`^(\d{1,3})\.(?:\s+|$)`),
		regexp.MustCompile(`^([a-zđ]\)|\d{1,3}\))(?:\s+|$)`),
	}
}

// splitLabel lifts the numbering from the start of a heading: "Điều 5. Tên"
// gives "Điều 5" and "Tên". Full stops are dropped, the bracket of "a)" stays.
func splitLabel(patterns []*regexp.Regexp, heading string) (label, rest string) {
	for _, p := range patterns {
		at := p.FindStringSubmatchIndex(heading)
		if at == nil {
			continue
		}
		label, rest = heading[at[2]:at[3]], strings.TrimSpace(heading[at[1]:])
		// "V. I. Lê-nin" is a person, not part five.
		if first, size := utf8.DecodeRuneInString(rest); unicode.IsUpper(first) && strings.HasPrefix(rest[size:], ".") && !strings.Contains(label, " ") {
			return "", heading
		}
		return strings.Join(strings.Fields(label), " "), rest
	}
	return "", heading
}

// dropNumber takes "Câu 3:", "Câu hỏi 3." or "3." off a question.
func dropNumber(question string) string {
	p := regexp.MustCompile(`^(?:(?i:câu(?:\s+hỏi)?)(?:\s+số)?\s+\d{1,4}\s*[.:)\-–]?|\d{1,4}\s*[.:)])(?:\s+|$)`)
	return strings.TrimSpace(question[len(p.FindString(question)):])
}
