package study

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"sotay/internal/study/tally"
)

// keptDays is of how many past days the counts of a roll are kept.
const keptDays = 4

// past keeps the counts of pages as of past days. They stay what they are while
// their page does: what comes later is recorded later.
type past struct {
	mu   sync.Mutex
	days []*pastDay // the one that was used last is last
}

type pastDay struct {
	day   string
	mu    sync.Mutex // one counts for all who ask
	pages map[string]pastPage
}

type pastPage struct {
	rev   int64
	all   tally.Counts
	works map[string]tally.Counts
}

func (p *past) of(day string) *pastDay {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := &pastDay{day: day, pages: map[string]pastPage{}}
	if i := slices.IndexFunc(p.days, func(d *pastDay) bool { return d.day == day }); i >= 0 {
		d = p.days[i]
		p.days = slices.Delete(p.days, i, i+1)
	}
	if len(p.days) == keptDays {
		p.days = slices.Delete(p.days, 0, 1)
	}
	p.days = append(p.days, d)
	return d
}

// pagesAtOnce bounds the pages in memory while rows are counted: some 2 MB.
const pagesAtOnce = 32

// countPast counts what had been recorded by the end of a day that is over: anew
// the pages that have changed since it was last asked for, and those of units
// that are divided in the tree of the report.
func (s *Service) countPast(ctx context.Context, r *roll, n *counted, day string) error {
	d := r.past.of(day)
	d.mu.Lock()
	defer d.mu.Unlock()
	var stale []string
	r.mu.RLock()
	for id, p := range r.pages {
		if known, ok := d.pages[id]; ok && known.rev == p.rev && !s.parted(n.day, p.orgID) {
			n.add(s.place(n.day, p.orgID), &known.all, known.works)
		} else {
			stale = append(stale, id)
		}
	}
	r.mu.RUnlock()
	pages := newPageReader()
	pages.nameless = n.day != ""
	for chunk := range slices.Chunk(stale, pagesAtOnce) {
		docs, err := s.pages.GetManyRaw(ctx, chunk)
		if err != nil {
			return fmt.Errorf("count the rows of drive %s: %w", r.opening.ID, err)
		}
		for _, doc := range docs {
			p, err := pages.read(doc)
			if err != nil {
				return fmt.Errorf("count the rows of drive %s: %w", r.opening.ID, err)
			}
			if s.parted(n.day, p.OrgID) {
				s.addParts(n, p, &r.opening.Rules, n.at)
				continue
			}
			x := pastPage{rev: p.Rev, all: countOf(p.Rows, &r.opening.Rules, n.at), works: works(p.Rows, &r.opening.Rules, n.at)}
			n.add(s.place(n.day, p.OrgID), &x.all, x.works)
			d.pages[p.ID] = x
		}
	}
	return nil
}
