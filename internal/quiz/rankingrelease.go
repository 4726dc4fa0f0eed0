package quiz

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/publication"
	"sotay/internal/store"
)

// EditorRanking returns the ranking of a round for those who look after the
// contest, with what a reviewer should look at. Each reading is recorded.
func (s *Service) EditorRanking(ctx context.Context, c *caller.Caller, contestID string, number int64, cursor string, limit int) (RoundRanking, *string, error) {
	item, p, err := s.ranked(ctx, c, contestID, number)
	if err != nil {
		return RoundRanking{}, nil, err
	}
	r, err := s.result(ctx, contestID, number, notRanked)
	if err != nil {
		return RoundRanking{}, nil, err
	}
	list, from := "editor/ranking/"+r.ID+"/"+r.Digest, int64(0)
	if cursor != "" {
		b, err := s.Pages.Open(list, cursor)
		if err != nil {
			return RoundRanking{}, nil, err
		}
		if from, err = strconv.ParseInt(string(b), 10, 64); err != nil {
			return RoundRanking{}, nil, fault.BadCursor
		}
	}
	entry := audit.Entry{At: s.Now(), ActorID: c.MemberID, Act: "contest.ranking.read", Target: KindContest + "/" + item.ID,
		Details: map[string]string{"round": strconv.FormatInt(number, 10)}}
	if err := s.Audit.Write(ctx, "", entry); err != nil {
		return RoundRanking{}, nil, err
	}
	out := r.view(p.Rounds[number-1].Guess)
	if out.Standings, err = s.rows(ctx, &r, from, from+int64(limit)); err != nil {
		return out, nil, err
	}
	for k := range out.Standings {
		out.Standings[k].Prize = p.prize(&out.Standings[k])
	}
	if err := s.named(ctx, &r, out.Standings); err != nil {
		return out, nil, err
	}
	if from += int64(len(out.Standings)); from >= r.Places {
		return out, nil, nil
	}
	next := s.Pages.Seal(list, []byte(strconv.FormatInt(from, 10)))
	return out, &next, nil
}

// ranked returns a contest in the caller's scope with its content that is out,
// which must have the round.
func (s *Service) ranked(ctx context.Context, c *caller.Caller, contestID string, number int64) (ContestItem, *Contest, error) {
	item, err := s.EditorContest(ctx, c, contestID)
	if err != nil {
		return item, nil, err
	}
	p := s.catalogue.Load().contests[contestID]
	if p == nil || number < 1 || number > int64(len(p.Payload.Rounds)) {
		return item, nil, fault.NotFound
	}
	return item, &p.Payload, nil
}

// Release shows the result of a round to its members. Whoever has edited the
// contest may not. What came after the ranking makes it void: it is computed
// again first.
func (s *Service) Release(ctx context.Context, c *caller.Caller, contestID string, number int64) (RoundRanking, error) {
	item, p, err := s.ranked(ctx, c, contestID, number)
	if err != nil {
		return RoundRanking{}, err
	}
	if err := s.office.InScope(c, editorial.Approvers...)(item.OrgID); err != nil {
		return RoundRanking{}, err
	}
	if edited(&item, c.MemberID) {
		return RoundRanking{}, publication.SamePerson
	}
	r, err := s.result(ctx, contestID, number, notRanked)
	if err != nil || r.released() {
		return r.view(p.Rounds[number-1].Guess), err
	}
	if err := s.stillTrue(ctx, contestID, &r); err != nil {
		return RoundRanking{}, err
	}
	now := s.Now()
	r, err = s.results.Update(ctx, r.ID, func(x *roundResult) error {
		if x.released() {
			return store.ErrUnchanged
		}
		if x.Digest != r.Digest {
			return outdated
		}
		x.ReleasedAt, x.ReleasedBy = now, c.MemberID
		x.Add(now, fxAudit, audit.Args(now, c.MemberID, "contest.release", KindContest+"/"+contestID,
			map[string]string{"round": strconv.FormatInt(number, 10), "digest": x.Digest}))
		return nil
	})
	if err != nil {
		return RoundRanking{}, err
	}
	if _, err := s.resultFx.Perform(ctx, r.ID, r); err != nil {
		s.Log.Warn("effects left for a later try", "round", r.ID, "error", err)
	}
	return r.view(p.Rounds[number-1].Guess), nil
}

// edited tells whether a member has edited a contest, in any version.
func edited(i *ContestItem, memberID string) bool {
	return slices.Contains(i.Editors, memberID) || slices.ContainsFunc(i.Steps, func(st publication.Step) bool {
		return st.By == memberID && (st.Verb == "create" || st.Verb == "edit")
	})
}

// stillTrue computes a result again and drops it when it is another.
func (s *Service) stillTrue(ctx context.Context, contestID string, r *roundResult) error {
	now, settled, err := s.compute(ctx, s.catalogue.Load().contests[contestID], r.Number)
	if err != nil {
		return err
	}
	if settled && now.Digest() == r.Digest {
		return nil
	}
	if err := s.results.DeleteIf(ctx, r.ID, r.Rev); err != nil && !errors.Is(err, store.ErrStale) {
		return err
	}
	return outdated
}
