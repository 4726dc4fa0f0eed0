package quiz

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sotay/internal/publication"
	"sotay/internal/quiz/rank"
)

// Contest is the content of one version of a contest.
type Contest struct {
	Title string `bson:"title"`
	// Description is the rules as members read them.
	Description string      `bson:"description"`
	Topics      []string    `bson:"topics"`
	Eligibility Eligibility `bson:"eligibility"`
	// StaffExcluded keeps those out who prepare it.
	StaffExcluded bool    `bson:"staffExcluded"`
	Rounds        []Round `bson:"rounds"`
	// RankBy is the order of the keys that decide a ranking.
	RankBy []rank.Key `bson:"rankBy"`
	Review Review     `bson:"review"`
	Prizes []Prize    `bson:"prizes"`
	// CollectivePrizes go to organisations, ordered by CollectiveBy.
	CollectivePrizes []Prize      `bson:"collectivePrizes"`
	CollectiveBy     CollectiveBy `bson:"collectiveBy"`
	// FastSeconds is the least time that a question takes: attempts that took
	// less are shown to whoever reviews the ranking. 0 is for not looking.
	FastSeconds int64 `bson:"fastSeconds"`
	// Staff are those who have edited, approved or otherwise handled it, set
	// when the draft is handed in.
	Staff []string `bson:"staff"`
}

// Round is one sitting of a contest. Its number is its place, from 1.
type Round struct {
	Title string `bson:"title"`
	// Window has both ends; its close is always hard.
	Window Window    `bson:"window"`
	Parts  []Part    `bson:"parts"`
	Rules  Rules     `bson:"rules"`
	Guess  GuessKind `bson:"guess"`
}

// Eligibility says who may take part. An empty list asks for nothing.
type Eligibility struct {
	// OrgIDs are subtrees, Kinds and Statuses a member's, Roles those of which
	// one is held, in any scope.
	OrgIDs   []string `bson:"orgIds"`
	Kinds    []string `bson:"memberKinds"`
	Statuses []string `bson:"statuses"`
	Roles    []string `bson:"roles"`
	// ExcludedRoles are those of which none may be held.
	ExcludedRoles []string `bson:"excludedRoles"`
}

// Prize is what the ranks from one to another win.
type Prize struct {
	Name string `bson:"name"`
	From int64  `bson:"from"`
	To   int64  `bson:"to"`
}

// CollectiveBy is what organisations are ordered by.
type CollectiveBy string

// The orders of organisations.
const (
	ByPeople     CollectiveBy = "people"
	ByAttempts   CollectiveBy = "attempts"
	ByAllCorrect CollectiveBy = "allCorrect"
)

// allRight is the pass mark of a contest's attempts.
const allRight = 100

// The items and versions of contests.
type (
	ContestItem    = publication.Item[Contest]
	ContestVersion = publication.Version[Contest]
)

func contestNames() publication.Kind[Contest] {
	return publication.Kind[Contest]{Name: KindContest, Items: "contests", Versions: "contestversions"}
}

func (s *Service) contestKind() publication.Kind[Contest] {
	k := contestNames()
	k.Ready = s.readyContest
	k.Made = func(ctx context.Context, v *ContestVersion) error {
		for k := range v.Payload.Rounds {
			if err := s.writePaper(ctx, RoundID(v.ItemID, int64(k+1)), v.Number, v.Payload.Rounds[k].Parts); err != nil {
				return err
			}
		}
		return nil
	}
	k.EncodeLive = func(v *ContestVersion, _ []publication.Link) ([]byte, error) { return s.Encoder.Contest(v.ItemID, v) }
	return k
}

// RoundID is the id of a round's sitting.
func RoundID(contestID string, number int64) string {
	return fmt.Sprintf("%s/%s/%d", KindContest, contestID, number)
}

// isRound tells whether a sitting is a contest's.
func isRound(sittingID string) bool { return strings.HasPrefix(sittingID, KindContest+"/") }

// roundSitting is the sitting of a round of a contest's version.
func roundSitting(v *ContestVersion, number int64) *Sitting {
	p := &v.Payload
	r := &p.Rounds[number-1]
	id := RoundID(v.ItemID, number)
	return &Sitting{ID: id, Version: v.Number, Title: r.Title, OrgID: v.OrgID, PaperID: PaperID(id, v.Number), Rules: r.Rules,
		Review: p.Review, Window: r.Window, Guess: r.Guess, Questions: Questions(r.Parts), Visibility: v.Visibility, SharedUntil: p.sharedUntil(r)}
}

// sharedUntil is the last close of the rounds that have a question in common
// with one of them, itself included.
func (p *Contest) sharedUntil(r *Round) time.Time {
	held := map[string]bool{}
	for i := range r.Parts {
		for _, pin := range r.Parts[i].Pinned {
			held[pin.QuestionID] = true
		}
	}
	end := r.Window.ClosesAt
	for k := range p.Rounds {
		o := &p.Rounds[k]
		shares := slices.ContainsFunc(o.Parts, func(x Part) bool {
			return slices.ContainsFunc(x.Pinned, func(pin Pin) bool { return held[pin.QuestionID] })
		})
		if shares && o.Window.ClosesAt.After(end) {
			end = o.Window.ClosesAt
		}
	}
	return end
}

// staff are all who have handled a version, and who had been noted before.
func (p *Contest) staff(i *ContestItem) []string {
	out := slices.Concat(p.Staff, i.Handlers())
	slices.Sort(out)
	return slices.Compact(out)
}
