package quiz

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sotay/internal/audience"
	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/quiz/rank"
	"sotay/internal/viet"
)

// ContestInput is what an editor gives; nil leaves a field as it is.
type ContestInput struct {
	Title, Description *string
	Topics             *[]string
	Visibility         *audience.Visibility
	Eligibility        *Eligibility
	StaffExcluded      *bool
	Rounds             *[]Round
	RankBy             *[]rank.Key
	Review             *Review
	Prizes             *[]Prize
	CollectivePrizes   *[]Prize
	CollectiveBy       *CollectiveBy
	FastSeconds        *int64
	// SourceKey makes what is brought in repeatable.
	SourceKey string
}

// CreateContest begins a contest.
func (s *Service) CreateContest(ctx context.Context, c *caller.Caller, orgID string, in ContestInput) (ContestItem, error) {
	item, err := editorial.Begin[Contest](&s.office, c, orgID, in.SourceKey, "")
	if err != nil {
		return item, err
	}
	item.Payload = Contest{StaffExcluded: true, RankBy: rank.Usual(), Review: Review{AfterClose, AfterClose, AfterClose}, CollectiveBy: ByPeople, FastSeconds: usualFast}
	if err := s.applyContest(in, &item); err != nil {
		return item, err
	}
	return item, sourceFault(s.contests.Create(ctx, s.office.Actor(c, editorial.Editors...), &item))
}

// UpdateContest changes the draft; rev is the revision that was read.
func (s *Service) UpdateContest(ctx context.Context, c *caller.Caller, id string, rev int64, in ContestInput) (ContestItem, error) {
	return s.contests.Edit(ctx, s.office.Actor(c, editorial.Editors...), id, rev, func(i *ContestItem) error {
		return s.applyContest(in, i)
	})
}

// StepContest takes a contest one step on; rev 0 is any revision.
func (s *Service) StepContest(ctx context.Context, c *caller.Caller, id string, v editorial.Verb, rev int64, reason string) (ContestItem, error) {
	if v == editorial.Publish {
		if err := s.mayPublish(ctx, c, id); err != nil {
			return ContestItem{}, err
		}
	}
	return editorial.Step(ctx, &s.office, s.contests, c, id, v, rev, reason)
}

// EditorContest returns an item in the caller's scope.
func (s *Service) EditorContest(ctx context.Context, c *caller.Caller, id string) (ContestItem, error) {
	return editorial.Item(ctx, &s.office, s.contests, c, id)
}

// EditorContests lists items in the caller's scope, latest change first.
func (s *Service) EditorContests(ctx context.Context, c *caller.Caller, state, cursor string, limit int) ([]ContestItem, *string, error) {
	return editorial.Items(ctx, &s.office, s.contests, c, "editor/contests/", state, cursor, limit)
}

// ImportedContest returns what was brought in under this key before, or
// fault.NotFound.
func (s *Service) ImportedContest(ctx context.Context, key string) (ContestItem, error) {
	return s.contests.BySource(ctx, key)
}

// applyContest writes an input into an item's newest version and checks the
// whole.
func (s *Service) applyContest(in ContestInput, i *ContestItem) error {
	p := &i.Payload
	set(&p.Title, in.Title)
	set(&p.Description, in.Description)
	if in.Topics != nil {
		p.Topics = slices.Clone(*in.Topics)
	}
	if in.Visibility != nil {
		i.Visibility = *in.Visibility
	}
	if in.Eligibility != nil {
		p.Eligibility = *in.Eligibility
	}
	if in.StaffExcluded != nil {
		p.StaffExcluded = *in.StaffExcluded
	}
	if in.Rounds != nil {
		p.Rounds = normalRounds(*in.Rounds)
	}
	for k := range p.Rounds { // what was pinned belongs to what was handed in
		for n := range p.Rounds[k].Parts {
			p.Rounds[k].Parts[n].Pinned = nil
		}
	}
	if in.RankBy != nil {
		p.RankBy = slices.Clone(*in.RankBy)
	}
	if in.Review != nil {
		p.Review = *in.Review
	}
	if in.Prizes != nil {
		p.Prizes = normalPrizes(*in.Prizes)
	}
	if in.CollectivePrizes != nil {
		p.CollectivePrizes = normalPrizes(*in.CollectivePrizes)
	}
	if in.CollectiveBy != nil {
		p.CollectiveBy = *in.CollectiveBy
	}
	if in.FastSeconds != nil {
		p.FastSeconds = *in.FastSeconds
	}
	return s.checkContest(i)
}

// usualFast is the time in seconds in which nobody has read a question.
const usualFast = 2

func normalRounds(rounds []Round) []Round {
	out := slices.Clone(rounds)
	for k := range out {
		r := &out[k]
		set(&r.Title, &r.Title)
		r.Parts = normalParts(r.Parts)
		r.Window.HardClose = true
		r.Rules.Counts, r.Rules.PassMark = Best, allRight
	}
	return out
}

func normalPrizes(prizes []Prize) []Prize {
	out := slices.Clone(prizes)
	for k := range out {
		out[k].Name = viet.NFC(strings.TrimSpace(out[k].Name))
	}
	return out
}

func (s *Service) checkContest(i *ContestItem) error {
	p := &i.Payload
	f := fault.BadInput
	if p.Title == "" {
		f = f.At("/title", "required", "Không được để trống.", "It may not be empty.")
	}
	for k := range p.Rounds {
		f = p.checkRound(f, k)
	}
	f = s.checkEligible(f, p.Eligibility.OrgIDs)
	f = checkRankBy(f, p)
	f = checkContestReview(f, p)
	f = checkPrizes(f, "/prizes", p.Prizes)
	f = checkPrizes(f, "/collectivePrizes", p.CollectivePrizes)
	f = s.office.CheckVisibility(f, i.OrgID, i.Visibility)
	if len(f.Fields) > 0 {
		return f
	}
	for _, line := range append([]string{p.Title}, p.names()...) {
		if s.ClassifiedLine(line) {
			return classified
		}
	}
	if s.Classified(p.Description) {
		return classified
	}
	return nil
}

// names are the short texts below the title.
func (p *Contest) names() []string {
	var out []string
	for k := range p.Rounds {
		out = append(out, p.Rounds[k].Title)
	}
	for _, prize := range slices.Concat(p.Prizes, p.CollectivePrizes) {
		out = append(out, prize.Name)
	}
	return out
}

func (p *Contest) checkRound(f *fault.Fault, k int) *fault.Fault {
	r := &p.Rounds[k]
	at := fmt.Sprintf("/rounds/%d", k)
	if r.Title == "" {
		f = f.At(at+"/title", "required", "Không được để trống.", "It may not be empty.")
	}
	if r.Window.OpensAt.IsZero() {
		f = f.At(at+"/window/opensAt", "required", "Vòng thi cần giờ mở.", "A round needs its opening.")
	}
	if r.Window.ClosesAt.IsZero() {
		f = f.At(at+"/window/closesAt", "required", "Vòng thi cần giờ đóng.", "A round needs its close.")
	}
	f = checkWindow(f, at+"/window", &r.Window)
	return checkParts(f, at+"/parts", r.Parts)
}

func (s *Service) checkEligible(f *fault.Fault, orgs []string) *fault.Fault {
	for k, org := range orgs {
		if s.Orgs.OrgPath(org) == nil {
			f = f.At(fmt.Sprintf("/eligibility/orgIds/%d", k), "not_found", "Không có tổ chức này.", "There is no such organisation.")
		}
	}
	return f
}

// checkRankBy refuses keys that stand twice. The guess decides nothing where
// none is asked for.
func checkRankBy(f *fault.Fault, p *Contest) *fault.Fault {
	if len(p.RankBy) == 0 {
		return f.At("/rankBy", "required", "Cần ít nhất một tiêu chí xếp hạng.", "At least one key is needed.")
	}
	for k, key := range p.RankBy {
		if slices.Contains(p.RankBy[:k], key) {
			f = f.At(fmt.Sprintf("/rankBy/%d", k), "duplicate", "Tiêu chí này đứng hai lần.", "This key stands twice.")
		}
	}
	return f
}

// checkContestReview keeps what is right inside until the close.
func checkContestReview(f *fault.Fault, p *Contest) *fault.Fault {
	for _, r := range []struct {
		at string
		w  When
	}{{"answers", p.Review.Answers}, {"explanations", p.Review.Explanations}} {
		if r.w != AfterClose && r.w != Never {
			f = f.At("/review/"+r.at, "not_allowed", "Cuộc thi chỉ cho xem sau khi đóng, hoặc không cho xem.", "A contest shows it after the close, or never.")
		}
	}
	for k := range p.Rounds {
		if p.Review.Score == AfterLastAttempt && p.Rounds[k].Rules.Attempts == 0 {
			return f.At("/review/score", "no_last_attempt", "Số lượt không giới hạn nên không có lượt cuối.", "With any number of attempts there is no last one.")
		}
	}
	return f
}

// checkPrizes wants the ranks of prizes one after the other, so that none is
// won twice.
func checkPrizes(f *fault.Fault, base string, prizes []Prize) *fault.Fault {
	next := int64(1)
	for k, prize := range prizes {
		at := fmt.Sprintf("%s/%d", base, k)
		if prize.Name == "" {
			f = f.At(at+"/name", "required", "Không được để trống.", "It may not be empty.")
		}
		if prize.From < next {
			f = f.At(at+"/from", "overlaps", "Hạng phải sau giải đứng trước.", "Its ranks come after those of the prize before.")
		}
		if prize.To < prize.From {
			f = f.At(at+"/to", "before_from", "Hạng cuối phải từ hạng đầu trở đi.", "The last rank is before the first.")
		}
		next = max(prize.To, prize.From) + 1
	}
	return f
}
