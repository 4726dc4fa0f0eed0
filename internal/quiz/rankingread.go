package quiz

import (
	"context"
	"errors"
	"slices"
	"time"

	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/quiz/rank"
	"sotay/internal/store"
)

// What people are refused who ask for a ranking.
var (
	notRanked = fault.New(fault.Conflict, "not_ranked",
		"Vòng thi chưa có kết quả xếp hạng.", "The round is not ranked yet.")
	notReleased = fault.New(fault.Conflict, "not_released",
		"Kết quả chưa được công bố.", "The result has not been released.")
	outdated = fault.New(fault.Conflict, "ranking_outdated",
		"Có bài thi đến sau khi xếp hạng; kết quả đang được tính lại, hãy xem lại rồi công bố.", "An attempt came after the ranking; it is computed again. Look at it again before it is released.")
)

// People is what the room needs of the directory to show a ranking.
type People interface {
	// MemberNames returns the names of those who are on record; who was erased
	// is not.
	MemberNames(ctx context.Context, ids []string) (map[string]string, error)
	// OrgName returns an organisation's name on a day.
	OrgName(orgID, day string) string
}

// RankedPerson is one person's place as it is shown.
type RankedPerson struct {
	MemberID, Name string
	// Erased says that the person is no longer on record.
	Erased           bool
	UnitID, UnitName string
	Rank, Attempts   int64
	Right, Total     int64
	Guess            *int64
	SubmittedAt      time.Time
	Duration         time.Duration
	Expired          bool
	Prize            string
	Signal           rank.Signal
	allRight         bool
}

// RoundRanking is the result of a round as one of its readers sees it.
type RoundRanking struct {
	ContestID  string
	Number     int64
	Guess      GuessKind
	Truth      rank.Truth
	Digest     string
	ComputedAt time.Time
	// ReleasedAt is the zero time while it is not.
	ReleasedAt time.Time
	Standings  []RankedPerson
	// Mine is the caller's own, nil for who did not take part.
	Mine *RankedPerson
}

func (r *roundResult) view(guess GuessKind) RoundRanking {
	out := RoundRanking{ContestID: r.ContestID, Number: r.Number, Guess: guess, Truth: r.truth(), Digest: r.Digest, ComputedAt: r.ComputedAt}
	if r.released() {
		out.ReleasedAt = r.ReleasedAt
	}
	return out
}

// at returns the row at a place of a page.
func (p *standingPage) at(k int) RankedPerson {
	s := RankedPerson{MemberID: p.Members[k], UnitID: p.Units[k], Rank: p.Ranks[k], Attempts: p.Attempts[k], Right: p.Rights[k], Total: p.Totals[k],
		SubmittedAt: time.UnixMilli(p.SubmittedAts[k]).UTC(), Duration: time.Duration(p.Durations[k]) * time.Millisecond, Expired: p.Expired[k],
		Signal: rank.Signal{SharedWith: p.SharedWith[k], Fast: p.Fast[k]}}
	s.allRight = s.Total > 0 && s.Right == s.Total
	if g := p.Guesses[k]; g != rank.NoGuess {
		s.Guess = &g
	}
	return s
}

// rows returns the places from one to another, in the ranking's order.
func (s *Service) rows(ctx context.Context, r *roundResult, from, to int64) ([]RankedPerson, error) {
	var out []RankedPerson
	for to = min(to, r.Places); from < to; {
		n := from / standingRows
		page, err := s.standings.Get(ctx, pageID(r.ID, r.Digest, int(n)))
		if err != nil {
			return nil, err
		}
		for ; from < to && from/standingRows == n; from++ {
			out = append(out, page.at(int(from%standingRows)))
		}
	}
	return out, nil
}

// seat returns the place of a member, -1 for none.
func (s *Service) seat(ctx context.Context, r *roundResult, memberID string) (int64, error) {
	n, found := slices.BinarySearch(r.FirstMembers, memberID)
	if !found {
		n--
	}
	if n < 0 {
		return -1, nil
	}
	page, err := s.seats.Get(ctx, pageID(r.ID, r.Digest, n))
	if err != nil {
		return -1, err
	}
	if k, ok := slices.BinarySearch(page.Members, memberID); ok {
		return page.Places[k], nil
	}
	return -1, nil
}

// named looks up the names of people and units as they are today.
func (s *Service) named(ctx context.Context, r *roundResult, list []RankedPerson) error {
	ids := make([]string, len(list))
	for k := range list {
		ids[k] = list[k].MemberID
	}
	names, err := s.People.MemberNames(ctx, ids)
	if err != nil {
		return err
	}
	day := clock.Day(r.ComputedAt)
	for k := range list {
		name, ok := names[list[k].MemberID]
		list[k].Name, list[k].Erased = name, !ok
		list[k].UnitName = s.People.OrgName(list[k].UnitID, day)
	}
	return nil
}

// prize is what a place wins, "" for nothing. Where all right is a key, only
// those win who have it.
func (p *Contest) prize(s *RankedPerson) string {
	if !s.allRight && slices.Contains(p.RankBy, rank.AllCorrect) {
		return ""
	}
	return prizeAt(p.Prizes, s.Rank)
}

func prizeAt(prizes []Prize, at int64) string {
	for _, prize := range prizes {
		if at >= prize.From && at <= prize.To {
			return prize.Name
		}
	}
	return ""
}

// result returns what came of a round.
func (s *Service) result(ctx context.Context, contestID string, number int64, absent error) (roundResult, error) {
	r, err := s.results.Get(ctx, RoundID(contestID, number))
	if errors.Is(err, store.ErrNotFound) {
		return r, absent
	}
	return r, err
}
