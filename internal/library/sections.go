package library

import (
	"fmt"
	"strings"

	"sotay/internal/richtext"
	"sotay/internal/viet"
)

// similar is the share of equal words from which two texts under different
// headings count as the same section.
const similar = 0.6

// assignSections cleans incoming sections, counts their words, and gives those
// without an id the id of the section that they continue, or a new one.
func assignSections(prev, next []Section, nextID *int64) []Section {
	taken := map[string]bool{}
	for i := range next {
		s := &next[i]
		s.Label, s.Heading = viet.NFC(strings.TrimSpace(s.Label)), viet.NFC(strings.TrimSpace(s.Heading))
		s.HTML = richtext.Sanitize(s.HTML)
		s.Level = min(max(s.Level, 1), 6)
		s.Words = int64(viet.Syllables(s.Label+" "+s.Heading) + viet.Syllables(richtext.PlainText(s.HTML)))
		if s.ID != "" {
			taken[s.ID] = true
		}
	}
	matchSections(prev, next, taken, func(p, n *Section) bool {
		return p.Heading != "" && viet.Fold(p.Heading) == viet.Fold(n.Heading) && p.Label == n.Label
	})
	matchSections(prev, next, taken, func(p, n *Section) bool {
		return p.Heading != "" && viet.Fold(p.Heading) == viet.Fold(n.Heading)
	})
	matchSections(prev, next, taken, func(p, n *Section) bool { return p.Label != "" && p.Label == n.Label && p.Level == n.Level })
	matchSections(prev, next, taken, func(p, n *Section) bool { return overlap(p.HTML, n.HTML) >= similar })
	for i := range next {
		if next[i].ID == "" {
			next[i].ID = freshID("s", nextID, taken)
		}
	}
	return next
}

// matchSections gives each nameless section the id of the first section of the
// version before that is the same by this rule and not taken.
func matchSections(prev, next []Section, taken map[string]bool, same func(p, n *Section) bool) {
	for i := range next {
		for k := range prev {
			if next[i].ID != "" {
				break
			}
			if !taken[prev[k].ID] && same(&prev[k], &next[i]) {
				next[i].ID = prev[k].ID
				taken[prev[k].ID] = true
			}
		}
	}
}

// freshID makes an id that the text never had.
func freshID(prefix string, nextID *int64, taken map[string]bool) string {
	for {
		*nextID++
		if id := fmt.Sprintf("%s%d", prefix, *nextID); !taken[id] {
			taken[id] = true
			return id
		}
	}
}

// overlap is the share of the longer text's distinct words that both have.
func overlap(a, b string) float64 {
	x, y := wordSet(a), wordSet(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	both := 0
	for w := range x {
		if y[w] {
			both++
		}
	}
	return float64(both) / float64(max(len(x), len(y)))
}

func wordSet(html string) map[string]bool {
	set := map[string]bool{}
	for _, t := range viet.Tokens(richtext.PlainText(html)) {
		set[t.Fold] = true
	}
	return set
}

// assignItems does for questions what assignSections does for sections.
func assignItems(prev, next []QAItem, nextID *int64) []QAItem {
	taken := map[string]bool{}
	for i := range next {
		q := &next[i]
		q.Question, q.AnswerHTML = viet.NFC(strings.TrimSpace(q.Question)), richtext.Sanitize(q.AnswerHTML)
		if q.ID != "" {
			taken[q.ID] = true
		}
	}
	for i := range next {
		for k := range prev {
			if next[i].ID == "" && !taken[prev[k].ID] && viet.Fold(prev[k].Question) == viet.Fold(next[i].Question) {
				next[i].ID = prev[k].ID
				taken[prev[k].ID] = true
			}
		}
		if next[i].ID == "" {
			next[i].ID = freshID("q", nextID, taken)
		}
	}
	return next
}
