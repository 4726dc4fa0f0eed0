package httpapi

import (
	"context"

	"sotay/internal/httpapi/contract"
	"sotay/internal/quiz/itemstats"
	"sotay/internal/quiz/question"
)

// GetQuizStatistics implements the contract.
func (s *Server) GetQuizStatistics(ctx context.Context, r contract.GetQuizStatisticsRequestObject) (contract.GetQuizStatisticsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	stats, err := s.Quizzes.QuizStatistics(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	out := contract.GetQuizStatistics200JSONResponse{QuizId: r.Id, Version: stats.Paper.Version, ComputedAt: stamp(stats.At),
		Suppressed: stats.People < itemstats.Least, Questions: make([]contract.QuizQuestionStatistics, len(stats.Items))}
	if !out.Suppressed {
		out.People = &stats.People
	}
	for k := range stats.Items {
		item := &stats.Paper.Items[k]
		out.Questions[k] = contract.QuizQuestionStatistics{QuestionId: item.QuestionID, Version: item.Version, Statistics: itemStatistics(&item.Face, &stats.Items[k])}
	}
	return out, nil
}

// GetQuestionStatistics implements the contract.
func (s *Server) GetQuestionStatistics(ctx context.Context, r contract.GetQuestionStatisticsRequestObject) (contract.GetQuestionStatisticsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, err := s.Quizzes.QuestionStatistics(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	out := contract.GetQuestionStatistics200JSONResponse{QuestionId: r.Id, Versions: make([]contract.QuestionVersionStatistics, len(found))}
	for k := range found {
		v := &found[k]
		out.Versions[k] = contract.QuestionVersionStatistics{Version: v.Version, QuizIds: stringsOf(v.Quizzes), Statistics: itemStatistics(&v.Face, &v.Tally)}
	}
	return out, nil
}

// itemStatistics is a tally with the question's face; of too few people nothing
// is told.
func itemStatistics(f *question.Face, t *itemstats.Tally) contract.ItemStatistics {
	out := contract.ItemStatistics{Kind: contract.QuestionKind(f.Kind), Text: f.Text, Suppressed: t.Suppressed(), Choices: []contract.ChoiceStatistics{}}
	told := !out.Suppressed
	if told {
		full, mean := t.FullShare(), t.MeanMark()
		out.People, out.Unanswered, out.FullShare, out.MeanMark = &t.People, &t.Unanswered, &full, &mean
		if d, ok := t.Discrimination(); ok {
			out.Discrimination = &d
		}
	}
	if f.Kind == question.Ordering { // its steps are chosen by nobody
		return out
	}
	for _, o := range f.Choices {
		c := contract.ChoiceStatistics{Id: o.ID, Text: o.Text}
		if told {
			n := t.Chosen(o.ID)
			c.People = &n
		}
		out.Choices = append(out.Choices, c)
	}
	return out
}
