package quiz

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/quiz/formats"
	"sotay/internal/quiz/question"
	"sotay/internal/viet"
)

// QuestionFilter chooses questions; empty fields choose all.
type QuestionFilter struct {
	State      string
	Kind       question.Kind
	Difficulty question.Difficulty
	// Topic is compared without marks and case; Words are looked for in the
	// text, likewise.
	Topic, Words string
}

// fits returns the test of the filter, nil when it chooses all of a state.
func (f *QuestionFilter) fits() func(i *QuestionItem) bool {
	if f.Kind == "" && f.Difficulty == "" && f.Topic == "" && f.Words == "" {
		return nil
	}
	topic, words := plainKey(f.Topic), plainKey(f.Words)
	return func(i *QuestionItem) bool {
		q := &i.Payload
		return (f.Kind == "" || f.Kind == q.Kind) && (f.Difficulty == "" || f.Difficulty == q.Difficulty) &&
			(topic == "" || topic == plainKey(q.Topic)) && (words == "" || strings.Contains(plainKey(q.Text), words))
	}
}

// name tells one listing from another, for its cursor.
func (f *QuestionFilter) name() string {
	return fmt.Sprintf("editor/questions/%q", []string{f.State, string(f.Kind), string(f.Difficulty), viet.Fold(f.Topic), viet.Fold(f.Words)})
}

// EditorQuestions lists items in the caller's scope, latest change first. With
// a filter a page may be short and still have a next one.
func (s *Service) EditorQuestions(ctx context.Context, c *caller.Caller, f QuestionFilter, cursor string, limit int) ([]QuestionItem, *string, error) {
	return editorial.Chosen(ctx, &s.office, s.questions, c, editorial.List[question.Question]{Name: f.name(), State: f.State, Fits: f.fits()}, cursor, limit)
}

var tooManyToExport = fault.New(fault.Unsuited, "too_many_questions",
	fmt.Sprintf("Một tệp có nhiều nhất %d câu hỏi; hãy lọc theo chủ đề hoặc trạng thái.", formats.MaxQuestions),
	fmt.Sprintf("A file has at most %d questions; filter by topic or state.", formats.MaxQuestions))

// errFull ends a scan that has found enough.
var errFull = errors.New("enough was found")

// ExportQuestions returns the questions of the caller's scope that a filter
// chooses, by topic and then by age.
func (s *Service) ExportQuestions(ctx context.Context, c *caller.Caller, f QuestionFilter) ([]formats.Item, error) {
	may, fits := s.office.InScope(c, editorial.Publishers...), f.fits()
	var out []formats.Item
	err := s.questions.Each(ctx, func(i QuestionItem) error {
		if may(i.OrgID) != nil || f.State != "" && i.Stands() != f.State || fits != nil && !fits(&i) {
			return nil
		}
		if len(out) == formats.MaxQuestions {
			return errFull
		}
		out = append(out, formats.Item{Question: i.Payload, ID: i.ID, Revision: i.Revision})
		return nil
	})
	if errors.Is(err, errFull) {
		return nil, tooManyToExport
	}
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b formats.Item) int {
		return strings.Compare(viet.Fold(a.Question.Topic), viet.Fold(b.Question.Topic))
	})
	return out, nil
}

// Stepped is what became of one question of a batch.
type Stepped struct {
	ID    string
	Item  QuestionItem
	Fault *fault.Fault // nil when the step was taken
}

// StepQuestions takes several questions one step on, each for itself: what one
// is refused, another may be granted.
func (s *Service) StepQuestions(ctx context.Context, c *caller.Caller, ids []string, v editorial.Verb, reason string) ([]Stepped, error) {
	out := make([]Stepped, len(ids))
	err := sideBySide(ctx, len(ids), func(ctx context.Context, i int) error {
		out[i].ID = ids[i]
		if slices.Contains(ids[:i], ids[i]) {
			out[i].Fault = fault.BadInput.At(fmt.Sprintf("/ids/%d", i), "duplicate", "Câu hỏi này đứng hai lần.", "This question stands twice.")
			return nil
		}
		var err error
		out[i].Item, err = s.StepQuestion(ctx, c, ids[i], v, 0, reason)
		out[i].Fault = fault.As(err)
		if out[i].Fault != nil {
			return nil
		}
		return err
	})
	return out, err
}
