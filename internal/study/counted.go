package study

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sotay/internal/clock"
	"sotay/internal/store"
	"sotay/internal/study/tally"
)

// counted are the counts of each unit's own members at an instant: of all, and of
// those who work at each enterprise. The units are those of a day.
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
	day := r.opening.RollDate
	if orgID != "" {
		if _, path, _ := s.People.UnitOn(day, orgID); path == nil {
			day = ""
		}
	}
	return s.countedOn(ctx, r, day, asOf)
}

// countedOn counts a roll in the units of a day, "" for today.
func (s *Service) countedOn(ctx context.Context, r *roll, day, asOf string) (*counted, error) {
	n := &counted{at: s.Now(), day: day, all: map[string]*tally.Counts{}, works: map[string]map[string]*tally.Counts{}}
	if asOf != "" {
		end, err := endOf(asOf, n.at)
		switch {
		case err != nil:
			return nil, err
		case clock.Day(end) < r.opening.RollDate:
			return nil, notOpen // then
		case end.Before(n.at):
			n.at = end
			return n, s.countPast(ctx, r, n, asOf)
		}
	}
	var parted []string
	r.mu.RLock()
	for id, p := range r.pages {
		if s.parted(day, p.orgID) {
			parted = append(parted, id)
			continue
		}
		n.add(s.place(day, p.orgID), &p.counts, p.works)
	}
	r.mu.RUnlock()
	for chunk := range slices.Chunk(parted, store.MaxPage) {
		found, err := s.pages.GetMany(ctx, chunk)
		if err != nil {
			return nil, fmt.Errorf("count the rows of drive %s: %w", r.opening.ID, err)
		}
		for id := range found {
			p := found[id]
			s.addParts(n, &p, &r.opening.Rules, forever)
		}
	}
	return n, nil
}

// parted tells whether a unit of a roll is none in the tree of a day any more, ""
// for today: it may have been divided, and its rows are looked at one by one.
func (s *Service) parted(day, orgID string) bool {
	return day == "" && s.People.HeirOn("", orgID) != orgID
}

// addParts adds the rows of a page of such a unit where each member is now.
func (s *Service) addParts(n *counted, p *Page, rules *tally.Rules, at time.Time) {
	parts := map[string][]Row{}
	for i := range p.Rows {
		part := s.partOf(p.OrgID, p.Rows[i].MemberID)
		parts[part] = append(parts[part], p.Rows[i])
	}
	for part, rows := range parts {
		all := countOf(rows, rules, at)
		n.add(part, &all, works(rows, rules, at))
	}
}

// partOf is the unit of today that a member of a closed one counts in: their own
// when it is a part of that, else the heir.
func (s *Service) partOf(orgID, memberID string) string {
	if m, ok := s.People.Identity(memberID); ok && slices.Contains(m.Units, orgID) {
		return m.OrgID
	}
	return s.place("", orgID)
}

// place is the unit of a day that an organisation counts in: itself, or the one
// that took its place; of one that was not there yet, the nearest above it that
// was.
func (s *Service) place(day, orgID string) string {
	if id := s.People.HeirOn(day, orgID); id != "" {
		return id
	}
	path := s.Orgs.OrgPath(orgID)
	for _, above := range slices.Backward(path) {
		if id := s.People.HeirOn(day, above); id != "" {
			return id
		}
	}
	return orgID
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

// works counts those who work at each enterprise, nil for none.
func works(all []Row, rules *tally.Rules, at time.Time) map[string]tally.Counts {
	var out map[string]tally.Counts
	for i := range all {
		id := all[i].EnterpriseID
		if id == "" {
			continue
		}
		if out == nil {
			out = map[string]tally.Counts{}
		}
		c := out[id]
		c.Count(&all[i].Row, rules, at)
		out[id] = c
	}
	return out
}

func add(to map[string]*tally.Counts, orgID string, n *tally.Counts) {
	if to[orgID] == nil {
		to[orgID] = &tally.Counts{}
	}
	to[orgID].Add(n)
}
