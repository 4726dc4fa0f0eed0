package quiz

import (
	"context"

	"sotay/internal/caller"
	"sotay/internal/fault"
)

// maxWinners bounds those who are named: ties at the last prize may be many.
const maxWinners = 2000

// Ranking returns what a member is told of a round: who has won, and the
// caller's own place. Nobody else's.
func (s *Service) Ranking(ctx context.Context, c *caller.Caller, contestID string, number int64) (RoundRanking, error) {
	p, r, err := s.publicResult(ctx, c, contestID, number)
	if err != nil {
		return RoundRanking{}, err
	}
	q := &p.Payload
	out := r.view(q.Rounds[number-1].Guess)
	if n := len(q.Prizes); n > 0 {
		for from := int64(0); from < min(r.Places, maxWinners); {
			rows, err := s.rows(ctx, &r, from, from+100)
			if err != nil {
				return out, err
			}
			from += int64(len(rows))
			past := false
			for k := range rows {
				if past = rows[k].Rank > q.Prizes[n-1].To; past {
					break
				}
				if rows[k].Prize = q.prize(&rows[k]); rows[k].Prize != "" {
					out.Standings = append(out.Standings, rows[k])
				}
			}
			if past {
				break
			}
		}
		if err := s.named(ctx, &r, out.Standings); err != nil {
			return out, err
		}
	}
	at, err := s.seat(ctx, &r, c.MemberID)
	if err != nil || at < 0 {
		return out, err
	}
	mine, err := s.rows(ctx, &r, at, at+1)
	if err != nil {
		return out, err
	}
	mine[0].Prize = q.prize(&mine[0])
	out.Mine = &mine[0]
	return out, s.named(ctx, &r, mine)
}

// publicResult returns a released result of a contest that the caller may know
// of.
func (s *Service) publicResult(ctx context.Context, c *caller.Caller, contestID string, number int64) (*published[Contest], roundResult, error) {
	p, err := s.contest(c, contestID)
	if err != nil {
		return nil, roundResult{}, err
	}
	if number < 1 || number > int64(len(p.Payload.Rounds)) {
		return nil, roundResult{}, fault.NotFound
	}
	r, err := s.result(ctx, contestID, number, notReleased)
	if err == nil && !r.released() {
		err = notReleased
	}
	return p, r, err
}
