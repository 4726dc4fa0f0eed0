package httpapi

import (
	"context"

	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
	"sotay/internal/quiz"
	"sotay/internal/quiz/rank"
)

// GetContestRanking implements the contract.
func (s *Server) GetContestRanking(ctx context.Context, r contract.GetContestRankingRequestObject) (contract.GetContestRankingResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	got, err := s.Quizzes.Ranking(ctx, who, r.Id, r.N)
	if err != nil {
		return nil, err
	}
	out := contract.GetContestRanking200JSONResponse{Round: got.Number, ReleasedAt: stamp(got.ReleasedAt), Guess: guessKindOf(got.Guess),
		Truth: truthOf(got.Truth), Winners: make([]contract.ContestStanding, len(got.Standings))}
	for k := range got.Standings {
		out.Winners[k] = rankedPerson(got.Guess, &got.Standings[k])
	}
	if got.Mine != nil {
		mine := rankedPerson(got.Guess, got.Mine)
		out.Mine = &mine
	}
	return out, nil
}

// GetContestOrganisations implements the contract.
func (s *Server) GetContestOrganisations(ctx context.Context, r contract.GetContestOrganisationsRequestObject) (contract.GetContestOrganisationsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	units, truth, err := s.Quizzes.RankedUnits(ctx, who, r.Id, r.N)
	if err != nil {
		return nil, err
	}
	out := contract.GetContestOrganisations200JSONResponse{Round: r.N, Truth: truthOf(truth), Items: make([]contract.ContestOrganisation, len(units))}
	for k := range units {
		u := &units[k]
		out.Items[k] = contract.ContestOrganisation{OrgId: u.OrgID, Name: u.Name, Suppressed: u.Suppressed, Prize: optional(u.Prize)}
		if !u.Suppressed {
			out.Items[k].People, out.Items[k].Attempts, out.Items[k].AllCorrect, out.Items[k].Rank = &u.People, &u.Attempts, &u.AllCorrect, &u.Rank
		}
	}
	return out, nil
}

// GetEditorContestRanking implements the contract.
func (s *Server) GetEditorContestRanking(ctx context.Context, r contract.GetEditorContestRankingRequestObject) (contract.GetEditorContestRankingResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	got, next, err := s.Quizzes.EditorRanking(ctx, who, r.Id, r.N, text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.GetEditorContestRanking200JSONResponse{Round: got.Number, Digest: got.Digest, ComputedAt: stamp(got.ComputedAt),
		ReleasedAt: stampOf(got.ReleasedAt), Guess: guessKindOf(got.Guess), Truth: truthOf(got.Truth),
		Items: make([]contract.EditorContestStanding, len(got.Standings)), NextCursor: next}
	for k := range got.Standings {
		x := &got.Standings[k]
		out.Items[k] = contract.EditorContestStanding{MemberId: x.MemberID, Standing: rankedPerson(got.Guess, x),
			SharedDeviceWith: x.Signal.SharedWith, FastAttempts: x.Signal.Fast}
	}
	return out, nil
}

// ReleaseContestRanking implements the contract.
func (s *Server) ReleaseContestRanking(ctx context.Context, r contract.ReleaseContestRankingRequestObject) (contract.ReleaseContestRankingResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	got, err := s.Quizzes.Release(ctx, who, r.Id, r.N)
	if err != nil {
		return nil, err
	}
	return contract.ReleaseContestRanking200JSONResponse{Round: got.Number, Digest: got.Digest, ReleasedAt: stamp(got.ReleasedAt)}, nil
}

func truthOf(t rank.Truth) contract.ContestTruth {
	return contract.ContestTruth{AllCorrect: t.AllCorrect, Participants: t.Participants, Attempts: t.Attempts, Percent: float64(t.Percent()) / quiz.PercentUnit}
}

func rankedPerson(kind quiz.GuessKind, x *quiz.RankedPerson) contract.ContestStanding {
	out := contract.ContestStanding{Rank: x.Rank, Name: optional(x.Name), Erased: x.Erased, UnitName: optional(x.UnitName), Attempts: x.Attempts,
		Correct: x.Right, Total: x.Total, SubmittedAt: stamp(x.SubmittedAt), DurationMillis: x.Duration.Milliseconds(), Expired: x.Expired, Prize: optional(x.Prize)}
	if x.Guess != nil {
		v := float64(*x.Guess)
		if kind == quiz.GuessPercent {
			v /= quiz.PercentUnit
		}
		out.Guess = &v
	}
	return out
}
