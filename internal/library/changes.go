package library

import (
	"context"

	"sotay/internal/caller"
	"sotay/internal/richtext"
)

// ChangeOp is what became of a section.
type ChangeOp string

// What may become of a section.
const (
	SectionAdded   ChangeOp = "added"
	SectionRemoved ChangeOp = "removed"
	SectionChanged ChangeOp = "changed"
	SectionMoved   ChangeOp = "moved"
)

// SectionChange is one section that is not as it was.
type SectionChange struct {
	Op ChangeOp
	// Section is as it is now; of a removed one, as it was.
	Section Section
	// Moved says of a changed section that it also stands elsewhere.
	Moved bool
	// Runs compare the plain texts, nil where that would be long.
	Runs []Run
}

// Changes are what became of a document between two versions.
type Changes struct {
	DocumentID string
	From, To   int64
	SectionIDs []string // as they stand now
	Sections   []SectionChange
}

// maxRuns bounds the text of all runs, in bytes: the answer is for a phone,
// which has both texts of what is longer.
const maxRuns = 256 << 10

// DocumentChanges compares a version with the one that is out, for those who
// may see both.
func (s *Service) DocumentChanges(ctx context.Context, c *caller.Caller, id string, from int64) (*Changes, error) {
	d := s.catalogue.Load().documents[id]
	if d == nil || !d.visibility.Admits(c.Identity) || from > d.Version {
		return nil, notYours
	}
	old, err := s.documents.Version(ctx, id, from)
	if err != nil {
		return nil, err
	}
	if !old.Visibility.Admits(c.Identity) {
		return nil, notYours
	}
	now, err := s.documents.Version(ctx, id, d.Version)
	if err != nil {
		return nil, err
	}
	out := &Changes{DocumentID: id, From: from, To: d.Version}
	out.compare(old.Payload.Sections, now.Payload.Sections)
	return out, nil
}

// compare fills in what became of the sections.
func (c *Changes) compare(before, after []Section) {
	was := map[string]int{}
	for k := range before {
		was[before[k].ID] = k
	}
	is := map[string]bool{}
	for k := range after {
		is[after[k].ID] = true
		c.SectionIDs = append(c.SectionIDs, after[k].ID)
	}
	stays := staying(before, after)
	room := maxRuns
	for k := range after {
		s := after[k]
		p, there := was[s.ID]
		switch {
		case !there:
			c.Sections = append(c.Sections, SectionChange{Op: SectionAdded, Section: s})
		case !same(&before[p], &s):
			c.Sections = append(c.Sections, SectionChange{Op: SectionChanged, Section: s, Moved: !stays[s.ID], Runs: runsOf(before[p].HTML, s.HTML, &room)})
		case !stays[s.ID]:
			c.Sections = append(c.Sections, SectionChange{Op: SectionMoved, Section: s})
		}
	}
	for k := range before {
		if !is[before[k].ID] {
			c.Sections = append(c.Sections, SectionChange{Op: SectionRemoved, Section: before[k]})
		}
	}
}

// same tells whether a section reads as it did.
func same(a, b *Section) bool {
	return a.Level == b.Level && a.Label == b.Label && a.Heading == b.Heading && a.HTML == b.HTML
}

func runsOf(before, after string, room *int) []Run {
	a, b := richtext.PlainText(before), richtext.PlainText(after)
	if *room -= len(a) + len(b); *room < 0 {
		return nil
	}
	return diffText(a, b)
}

// staying finds the sections that need not move: the most of those in both
// versions that keep their order (a longest increasing subsequence).
func staying(before, after []Section) map[string]bool {
	was := map[string]int{}
	for k := range before {
		was[before[k].ID] = k
	}
	var places []int // in before, by the order of after
	for k := range after {
		if p, ok := was[after[k].ID]; ok {
			places = append(places, p)
		}
	}
	var tops []int // index into places of the smallest end of each length
	prev := make([]int, len(places))
	for i, p := range places {
		lo, hi := 0, len(tops)
		for lo < hi {
			if mid := (lo + hi) / 2; places[tops[mid]] < p {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		prev[i] = -1
		if lo > 0 {
			prev[i] = tops[lo-1]
		}
		if lo == len(tops) {
			tops = append(tops, i)
		} else {
			tops[lo] = i
		}
	}
	out := map[string]bool{}
	if len(tops) > 0 {
		for i := tops[len(tops)-1]; i >= 0; i = prev[i] {
			out[before[places[i]].ID] = true
		}
	}
	return out
}
