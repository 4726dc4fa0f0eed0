package quiz

import (
	"context"
	"math"
	"time"

	"sotay/internal/quiz/rank"
	"sotay/internal/store"
)

// rankEvery is how often facts are put down and rounds looked at that have
// closed.
const rankEvery = time.Second

// settleAfter is how long after its close a round is ranked: the clocks of
// replicas differ, and one may let people begin a little longer.
const settleAfter = 10 * time.Second

// Rank puts down the facts of contests and ranks rounds that have closed, on
// one replica at a time, until ctx ends.
func (s *Service) Rank(ctx context.Context) {
	for ctx.Err() == nil {
		release, lost, err := s.Leases.Acquire(ctx, "contest-ranking")
		if err != nil {
			if ctx.Err() == nil {
				s.Log.Warn("ranking waits for its lease", "error", err)
				wait(ctx, rankEvery)
			}
			continue
		}
		s.rankUntil(ctx, lost)
		release()
	}
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (s *Service) rankUntil(ctx context.Context, lost <-chan struct{}) {
	tick := time.NewTicker(rankEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-lost:
			return
		case <-tick.C:
		}
		if err := s.RankDue(ctx); err != nil && ctx.Err() == nil {
			s.Log.Warn("a round is not ranked yet", "error", err)
		}
	}
}

// RankDue puts down facts and ranks every round that has closed and is not
// ranked. It may run beside itself.
func (s *Service) RankDue(ctx context.Context) error {
	cat := s.catalogue.Load()
	if len(cat.contests) == 0 {
		return nil
	}
	if _, err := s.fold(ctx, false); err != nil {
		return err
	}
	type due struct {
		contest *published[Contest]
		number  int64
	}
	rounds := map[string]due{}
	var ids []string
	for _, p := range cat.contests {
		for k := range p.Payload.Rounds {
			id := RoundID(p.ItemID, int64(k+1))
			if _, final := s.final.Load(id); !final && p.Payload.Rounds[k].Window.Closed(s.Now().Add(-settleAfter)) {
				rounds[id] = due{p, int64(k + 1)}
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	have, err := s.results.GetMany(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if r, ok := have[id]; ok {
			if r.released() {
				s.final.Store(id, true)
			}
			continue
		}
		if _, err := s.rankRound(ctx, rounds[id].contest, rounds[id].number); err != nil {
			return err
		}
	}
	return nil
}

// rankRound ranks one round; done is false while attempts at it are open.
func (s *Service) rankRound(ctx context.Context, p *published[Contest], number int64) (done bool, err error) {
	begin := s.Now()
	r, settled, err := s.compute(ctx, p, number)
	if err != nil || !settled {
		return false, err
	}
	computed := s.Now()
	if err := s.writeResult(ctx, p, number, &r); err != nil {
		return false, err
	}
	s.Log.Info("round ranked", "round", RoundID(p.ItemID, number), "people", r.Truth.Participants, "attempts", r.Truth.Attempts,
		"compute_ms", computed.Sub(begin).Milliseconds(), "write_ms", s.Now().Sub(computed).Milliseconds())
	return true, nil
}

// compute ranks a round from its facts; settled is false while some are still
// to come.
func (s *Service) compute(ctx context.Context, p *published[Contest], number int64) (r rank.Ranking, settled bool, err error) {
	id := RoundID(p.ItemID, number)
	if settled, err = s.settled(ctx, id); err != nil || !settled {
		return r, false, err
	}
	facts, err := s.facts(ctx, id)
	if err != nil {
		return r, false, err
	}
	return rank.Of(facts, p.Payload.RankBy, rank.Guess(p.Payload.Rounds[number-1].Guess)), true, nil
}

// settled puts down what is left of the facts, and tells whether those of a
// round are all there: none of its attempts is open, and then none waits to be
// put down. It asks the attempts, not a clock.
func (s *Service) settled(ctx context.Context, sittingID string) (bool, error) {
	open, err := s.attempts.Find(ctx, store.Query{Index: "closed", Eq: []any{sittingID}, From: epoch, To: epoch.Add(time.Millisecond), Limit: 1})
	if err != nil || len(open.Items) > 0 {
		return false, err
	}
	if _, err := s.fold(ctx, true); err != nil {
		return false, err
	}
	waiting := false
	err = s.attempts.All(ctx, store.Query{Index: "due", From: int64(math.MinInt64), To: int64(0)}, func(a Attempt) error {
		waiting = waiting || a.SittingID == sittingID
		return nil
	})
	return !waiting, err
}
