package httpapi

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
	"sotay/internal/quiz"
	"sotay/internal/quiz/rank"
)

// VisitGetContestResponse implements the contract.
func (r served) VisitGetContestResponse(c *fiber.Ctx) error { return r.send(c) }

type contestList contract.ContestList

// VisitListContestsResponse implements the contract.
func (r contestList) VisitListContestsResponse(c *fiber.Ctx) error { return list(c, r) }

// Contest encodes what GET /v1/contests/{id} sends. It implements quiz.Encoder.
func (Encoder) Contest(id string, v *quiz.ContestVersion) ([]byte, error) {
	p := &v.Payload
	rounds := make([]contract.ContestRound, len(p.Rounds))
	for k := range p.Rounds {
		r := &p.Rounds[k]
		rounds[k] = contract.ContestRound{Number: int64(k + 1), Title: r.Title, Window: contestWindowOf(&r.Window), Questions: quiz.Questions(r.Parts),
			Rules: contestRulesOf(&r.Rules), Guess: guessKindOf(r.Guess)}
	}
	return marshal(contract.Contest{Id: id, Title: p.Title, Description: p.Description, Topics: stringsOf(p.Topics), Version: v.Number,
		PublishedAt: stamp(v.PublishedAt), Eligibility: eligibilityOf(&p.Eligibility), StaffExcluded: p.StaffExcluded, Rounds: rounds,
		RankBy: rankByOf(p.RankBy), Review: reviewOf(p.Review), Prizes: prizesOf(p.Prizes), CollectivePrizes: prizesOf(p.CollectivePrizes),
		CollectiveBy: contract.CollectiveOrder(p.CollectiveBy)})
}

func contestWindowOf(w *quiz.Window) contract.ContestWindow {
	return contract.ContestWindow{OpensAt: stamp(w.OpensAt), ClosesAt: stamp(w.ClosesAt)}
}

func contestRulesOf(r *quiz.Rules) contract.ContestRules {
	return contract.ContestRules{TimeLimitSeconds: &r.TimeLimitSeconds, Attempts: &r.Attempts, PauseSeconds: &r.PauseSeconds,
		ShuffleQuestions: &r.ShuffleQuestions, ShuffleChoices: &r.ShuffleChoices}
}

func guessKindOf(k quiz.GuessKind) contract.GuessKind {
	if k == quiz.GuessNone {
		return contract.GuessKindNone
	}
	return contract.GuessKind(k)
}

func rankByOf(keys []rank.Key) []contract.RankKey {
	out := make([]contract.RankKey, len(keys))
	for k, key := range keys {
		out[k] = contract.RankKey(key)
	}
	return out
}

func prizesOf(prizes []quiz.Prize) []contract.ContestPrize {
	out := make([]contract.ContestPrize, len(prizes))
	for k, p := range prizes {
		out[k] = contract.ContestPrize{Name: p.Name, From: p.From, To: p.To}
	}
	return out
}

func eligibilityOf(e *quiz.Eligibility) contract.ContestEligibility {
	return contract.ContestEligibility{OrgIds: optionalList(e.OrgIDs), MemberKinds: optionalWords[contract.MemberKind](e.Kinds),
		Statuses: optionalWords[contract.MemberStatus](e.Statuses), Roles: optionalWords[contract.RoleName](e.Roles),
		ExcludedRoles: optionalWords[contract.RoleName](e.ExcludedRoles)}
}

// optionalWords is a list of words of the contract, nil when it is empty.
func optionalWords[T ~string](list []string) *[]T {
	if len(list) == 0 {
		return nil
	}
	out := enums[T](list)
	return &out
}

// ListContests implements the contract.
func (s *Server) ListContests(ctx context.Context, r contract.ListContestsRequestObject) (contract.ListContestsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Quizzes.Contests(who, text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contestList{Items: make([]contract.ContestSummary, len(found)), NextCursor: next}
	for i, q := range found {
		out.Items[i] = contract.ContestSummary{Id: q.ID, Title: q.Title, Topics: stringsOf(q.Topics), Version: q.Version, PublishedAt: stamp(q.PublishedAt),
			Rounds: q.Rounds, OpensAt: stamp(q.OpensAt), ClosesAt: stamp(q.ClosesAt)}
	}
	return out, nil
}

// GetContest implements the contract.
func (s *Server) GetContest(ctx context.Context, r contract.GetContestRequestObject) (contract.GetContestResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b, err := s.Quizzes.ContestBody(who, r.Id)
	if err != nil {
		return nil, err
	}
	return served{b, s.Library.Plain}, nil
}

// StartContestAttempt implements the contract.
func (s *Server) StartContestAttempt(ctx context.Context, r contract.StartContestAttemptRequestObject) (contract.StartContestAttemptResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	sheet, fresh, err := s.Quizzes.StartRound(ctx, who, r.Id, r.N)
	if err != nil {
		return nil, err
	}
	if fresh {
		return contract.StartContestAttempt201JSONResponse(attemptOf(&sheet)), nil
	}
	return contract.StartContestAttempt200JSONResponse(attemptOf(&sheet)), nil
}
