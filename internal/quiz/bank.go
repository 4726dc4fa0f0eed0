package quiz

import (
	"context"
	"slices"

	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/quiz/question"
)

// CreateQuestion begins a question of an organisation's bank.
func (s *Service) CreateQuestion(ctx context.Context, c *caller.Caller, orgID string, q question.Question) (QuestionItem, error) {
	item, err := editorial.Begin[question.Question](&s.office, c, orgID, "", "")
	if err != nil {
		return item, err
	}
	if err := s.applyQuestion(ctx, q, &item); err != nil {
		return item, err
	}
	return item, s.questions.Create(ctx, s.office.Actor(c, editorial.Editors...), &item)
}

// UpdateQuestion replaces the draft; rev is the revision that was read. Ids that
// stay keep what members answered comparable.
func (s *Service) UpdateQuestion(ctx context.Context, c *caller.Caller, id string, rev int64, q question.Question) (QuestionItem, error) {
	return s.questions.Edit(ctx, s.office.Actor(c, editorial.Editors...), id, rev, func(i *QuestionItem) error {
		return s.applyQuestion(ctx, q.Keeping(&i.Payload), i)
	})
}

// StepQuestion takes a question one step on; rev 0 is any revision.
func (s *Service) StepQuestion(ctx context.Context, c *caller.Caller, id string, v editorial.Verb, rev int64, reason string) (QuestionItem, error) {
	return editorial.Step(ctx, &s.office, s.questions, c, id, v, rev, reason)
}

// EditorQuestion returns an item in the caller's scope.
func (s *Service) EditorQuestion(ctx context.Context, c *caller.Caller, id string) (QuestionItem, error) {
	return editorial.Item(ctx, &s.office, s.questions, c, id)
}

// applyQuestion writes a question into an item's newest version and checks it.
func (s *Service) applyQuestion(ctx context.Context, q question.Question, i *QuestionItem) error {
	n := q.Normal()
	f := n.Check(fault.BadInput, "")
	if n.DocumentID != "" {
		ok, err := s.Texts.HasSection(ctx, n.DocumentID, n.SectionID)
		if err != nil {
			return err
		}
		if !ok {
			f = f.At("/sectionId", "not_found", "Không có văn bản hoặc mục này.", "There is no such document or section.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	if slices.ContainsFunc(lines(&n), s.ClassifiedLine) {
		return classified
	}
	i.Payload = n
	return nil
}

// lines is all that a question says, as a mark of secrecy is looked for.
func lines(q *question.Question) []string {
	return append(q.Texts(), q.Text, q.Explanation, q.Topic)
}
