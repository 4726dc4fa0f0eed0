package study

import (
	"context"
	"fmt"
	"time"

	"sotay/internal/store"
	"sotay/internal/study/tally"
)

// counted are the counts of each unit's own members at an instant: of all, and of
// those who work at each enterprise. The units are those of a day; what was none
// then counts in the one that took its place.
type counted struct {
	at    time.Time
	day   string // "" for today
	all   map[string]*tally.Counts
	works map[string]map[string]*tally.Counts // by enterprise, then by unit
}

// counted counts a roll by what had been recorded by the end of a day, "" for
// now, in the units of the roll's day; but in those of today when an organisation
// is asked for that was not there yet.
func (s *Service) counted(ctx context.Context, r *roll, orgID, asOf string) (*counted, error) {
	n := &counted{at: s.Now(), day: r.opening.RollDate, all: map[string]*tally.Counts{}, works: map[string]map[string]*tally.Counts{}}
	if orgID != "" {
		if _, path, _ := s.People.UnitOn(n.day, orgID); path == nil {
			n.day = ""
		}
	}
	if asOf == "" {
		r.mu.RLock()
		defer r.mu.RUnlock()
		for _, p := range r.pages {
			n.add(s.People.HeirOn(n.day, p.orgID), &p.counts, p.works)
		}
		return n, nil
	}
	var err error
	if n.at, err = endOf(asOf, n.at); err != nil {
		return nil, err
	}
	err = s.pages.All(ctx, store.Query{Index: "roll", Eq: []any{r.opening.RollID}}, func(p Page) error {
		all := tally.Of(p.rows(), r.opening.Rules, n.at)
		n.add(s.People.HeirOn(n.day, p.OrgID), &all, works(&p, &r.opening.Rules, n.at))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count the rows of drive %s: %w", r.opening.ID, err)
	}
	return n, nil
}

func (n *counted) add(orgID string, all *tally.Counts, works map[string]tally.Counts) {
	add(n.all, orgID, all)
	for id, c := range works {
		if n.works[id] == nil {
			n.works[id] = map[string]*tally.Counts{}
		}
		add(n.works[id], orgID, &c)
	}
}

// works counts those of a page who work at each enterprise, nil for none.
func works(p *Page, rules *tally.Rules, at time.Time) map[string]tally.Counts {
	var rows map[string][]tally.Row
	for i := range p.Rows {
		if id := p.Rows[i].EnterpriseID; id != "" {
			if rows == nil {
				rows = map[string][]tally.Row{}
			}
			rows[id] = append(rows[id], p.Rows[i].Row)
		}
	}
	if rows == nil {
		return nil
	}
	out := make(map[string]tally.Counts, len(rows))
	for id, r := range rows {
		out[id] = tally.Of(r, *rules, at)
	}
	return out
}

func add(to map[string]*tally.Counts, orgID string, n *tally.Counts) {
	if to[orgID] == nil {
		to[orgID] = &tally.Counts{}
	}
	to[orgID].Add(n)
}
