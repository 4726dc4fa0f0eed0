package quiz

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
)

// settleBefore is how long before its opening a round can no longer be changed,
// so that no clock and no publication under way changes it once it is open.
const settleBefore = time.Minute

var (
	noRounds = fault.New(fault.Conflict, "rounds_missing",
		"Cuộc thi chưa có vòng nào.", "The contest has no round yet.").
		At("/rounds", "required", "Cần ít nhất một vòng.", "At least one round is needed.")
	roundOpened = fault.New(fault.Conflict, "round_opened",
		"Vòng thi đã mở thì không đổi được nữa.", "A round that has opened can't be changed.")
)

// readyContest pins the questions of every round and remembers who has
// handled the contest or its questions. What has opened stays as it is out.
func (s *Service) readyContest(ctx context.Context, i *ContestItem) error {
	p := &i.Payload
	if len(p.Rounds) == 0 {
		return noRounds
	}
	before, err := s.versionBefore(ctx, i)
	if err != nil {
		return err
	}
	if err := p.keeps(before, s.Now(), (*Round).same); err != nil {
		return err
	}
	bank, err := s.usable(ctx, i.OrgID, i.ID)
	if err != nil {
		return err
	}
	for k := range p.Rounds {
		if before != nil && k < len(before.Rounds) && before.Rounds[k].fixed(s.Now()) {
			p.Rounds[k].Parts = slices.Clone(before.Rounds[k].Parts)
			continue
		}
		handlers, err := bank.pin(fmt.Sprintf("/rounds/%d/parts", k), p.Rounds[k].Parts)
		if err != nil {
			return err
		}
		p.Staff = append(slices.Clip(p.Staff), handlers...)
	}
	p.Staff = p.staff(i)
	return nil
}

// versionBefore returns the content that was out before the newest version, nil
// when there was none.
func (s *Service) versionBefore(ctx context.Context, i *ContestItem) (*Contest, error) {
	if i.Version <= 1 {
		return nil, nil
	}
	v, err := s.contests.Version(ctx, i.ID, i.Version-1)
	if errors.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &v.Payload, nil
}

// fixed tells whether a round that is out may no longer change.
func (r *Round) fixed(now time.Time) bool { return r.Window.Opened(now.Add(settleBefore)) }

// keeps refuses what would change a round that has opened, or the order of a
// ranking for which people are at it already.
func (p *Contest) keeps(before *Contest, now time.Time, same func(r, o *Round) bool) error {
	if before == nil {
		return nil
	}
	f := roundOpened
	opened := 0
	for k := range before.Rounds {
		old := &before.Rounds[k]
		if !old.fixed(now) {
			continue
		}
		opened = k + 1
		if k >= len(p.Rounds) || !same(&p.Rounds[k], old) {
			f = f.At(fmt.Sprintf("/rounds/%d", k), "opened", fmt.Sprintf("Vòng %d đã mở.", k+1), fmt.Sprintf("Round %d has opened.", k+1))
		}
	}
	if opened > 0 && !slices.Equal(p.RankBy, before.RankBy) {
		f = f.At("/rankBy", "opened", fmt.Sprintf("Vòng %d đã mở.", opened), fmt.Sprintf("Round %d has opened.", opened))
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// same tells whether two rounds are sat alike. Titles may differ.
func (r *Round) same(o *Round) bool {
	return r.Window.OpensAt.Equal(o.Window.OpensAt) && r.Window.ClosesAt.Equal(o.Window.ClosesAt) && r.Rules == o.Rules && r.Guess == o.Guess &&
		slices.EqualFunc(r.Parts, o.Parts, func(a, b Part) bool {
			return slices.Equal(a.QuestionIDs, b.QuestionIDs) && a.Topic == b.Topic && a.Difficulty == b.Difficulty && a.Count == b.Count
		})
}

// samePinned is same with the versions of the questions.
func (r *Round) samePinned(o *Round) bool {
	return r.same(o) && slices.EqualFunc(r.Parts, o.Parts, func(a, b Part) bool { return slices.Equal(a.Pinned, b.Pinned) })
}

// mayPublish refuses an approved draft that would change a round which has
// opened since it was handed in.
func (s *Service) mayPublish(ctx context.Context, c *caller.Caller, id string) error {
	i, err := s.EditorContest(ctx, c, id)
	if err != nil {
		return err
	}
	before, err := s.versionBefore(ctx, &i)
	if err != nil {
		return err
	}
	return i.Payload.keeps(before, s.Now(), (*Round).samePinned)
}
