package quiz

import (
	"context"
	"slices"
	"strings"

	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/quiz/rank"
	"sotay/internal/suppress"
)

// UnitStanding is what an organisation's members did, as everybody may see it.
type UnitStanding struct {
	OrgID, Name string
	// Suppressed says that the counts are not told: too few people, or those
	// who are few could be worked out from it.
	Suppressed                   bool
	People, Attempts, AllCorrect int64
	// Rank is by what the contest's collective prizes go by, 0 for none.
	Rank  int64
	Prize string
}

// RankedUnits returns the table of organisations of a released round.
func (s *Service) RankedUnits(ctx context.Context, c *caller.Caller, contestID string, number int64) ([]UnitStanding, rank.Truth, error) {
	p, r, err := s.publicResult(ctx, c, contestID, number)
	if err != nil {
		return nil, rank.Truth{}, err
	}
	out := suppressed(r.Units)
	day := clock.Day(r.ComputedAt)
	for k := range out {
		out[k].Name = s.People.OrgName(out[k].OrgID, day)
	}
	p.Payload.rankUnits(out)
	return out, r.truth(), nil
}

// suppressed hides the counts of units with few people, and of those that would
// tell them.
func suppressed(units []unitRow) []UnitStanding {
	people := make([]int64, len(units))
	for k := range units {
		people[k] = units[k].People
	}
	hidden := suppress.Small(people)
	out := make([]UnitStanding, len(units))
	for k, u := range units {
		if hidden[k] {
			out[k] = UnitStanding{OrgID: u.OrgID, Suppressed: true}
		} else {
			out[k] = UnitStanding{OrgID: u.OrgID, People: u.People, Attempts: u.Attempts, AllCorrect: u.AllCorrect}
		}
	}
	return out
}

// rankUnits orders units by what collective prizes go by; who is hidden stands
// last, by id.
func (p *Contest) rankUnits(units []UnitStanding) {
	value := func(u *UnitStanding) int64 {
		switch p.CollectiveBy {
		case ByAttempts:
			return u.Attempts
		case ByAllCorrect:
			return u.AllCorrect
		case ByPeople:
		}
		return u.People
	}
	slices.SortFunc(units, func(a, b UnitStanding) int {
		switch va, vb := value(&a), value(&b); {
		case a.Suppressed != b.Suppressed:
			if a.Suppressed {
				return 1
			}
			return -1
		case va != vb:
			return int(vb - va)
		}
		return strings.Compare(a.OrgID, b.OrgID)
	})
	for k := range units {
		u := &units[k]
		if u.Suppressed {
			continue
		}
		u.Rank = int64(k + 1)
		if k > 0 && value(u) == value(&units[k-1]) {
			u.Rank = units[k-1].Rank
		}
		u.Prize = prizeAt(p.CollectivePrizes, u.Rank)
	}
}
