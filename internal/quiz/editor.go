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
	"sotay/internal/store"
	"sotay/internal/viet"
)

// QuizInput is what an editor gives; nil leaves a field as it is.
type QuizInput struct {
	Title, Description, DocumentID, Language *string
	Topics                                   *[]string
	Visibility                               *audience.Visibility
	Parts                                    *[]Part
	Rules                                    *Rules
	Review                                   *Review
	Window                                   *Window
	Offline, Practice                        *bool
	// SourceKey and SourceHash are set by imports.
	SourceKey, SourceHash string
}

// classified refuses what bears a mark of secrecy. Nothing of it is kept.
var classified = fault.New(fault.Unsuited, "classified_document",
	"Nội dung có dấu hiệu độ mật; hệ thống không nhận và không lưu lại.",
	"This is marked as classified; it is refused and nothing of it is kept.")

// CreateQuiz begins a quiz.
func (s *Service) CreateQuiz(ctx context.Context, c *caller.Caller, orgID string, in QuizInput) (QuizItem, error) {
	item, err := editorial.Begin[Quiz](&s.office, c, orgID, in.SourceKey, in.SourceHash)
	if err != nil {
		return item, err
	}
	item.Payload = Quiz{Language: "vi", Rules: Rules{Counts: Best, PassMark: UsualPassMark}, Review: Review{AfterSubmit, AfterSubmit, AfterSubmit}}
	if err := s.applyQuiz(ctx, in, &item); err != nil {
		return item, err
	}
	return item, sourceFault(s.quizzes.Create(ctx, s.office.Actor(c, editorial.Editors...), &item))
}

// UpdateQuiz changes the draft; rev is the revision that was read.
func (s *Service) UpdateQuiz(ctx context.Context, c *caller.Caller, id string, rev int64, in QuizInput) (QuizItem, error) {
	item, err := s.quizzes.Edit(ctx, s.office.Actor(c, editorial.Editors...), id, rev, func(i *QuizItem) error {
		return s.applyQuiz(ctx, in, i)
	})
	return item, sourceFault(err)
}

// StepQuiz takes a quiz one step on; rev 0 is any revision.
func (s *Service) StepQuiz(ctx context.Context, c *caller.Caller, id string, v editorial.Verb, rev int64, reason string) (QuizItem, error) {
	return editorial.Step(ctx, &s.office, s.quizzes, c, id, v, rev, reason)
}

// EditorQuiz returns an item in the caller's scope.
func (s *Service) EditorQuiz(ctx context.Context, c *caller.Caller, id string) (QuizItem, error) {
	return editorial.Item(ctx, &s.office, s.quizzes, c, id)
}

// EditorQuizzes lists items in the caller's scope, latest change first.
func (s *Service) EditorQuizzes(ctx context.Context, c *caller.Caller, state, cursor string, limit int) ([]QuizItem, *string, error) {
	return editorial.Items(ctx, &s.office, s.quizzes, c, "editor/quizzes/", state, cursor, limit)
}

// ImportedQuiz returns what an import of this key made before, or
// fault.NotFound.
func (s *Service) ImportedQuiz(ctx context.Context, key string) (QuizItem, error) {
	return s.quizzes.BySource(ctx, key)
}

func sourceFault(err error) error {
	if store.IsDuplicate(err, "sourceKey") {
		return editorial.SourceTaken.Because(err)
	}
	return err
}

// applyQuiz writes an input into an item's newest version and checks the whole.
func (s *Service) applyQuiz(ctx context.Context, in QuizInput, i *QuizItem) error {
	p := &i.Payload
	set(&p.Title, in.Title)
	set(&p.Description, in.Description)
	set(&p.DocumentID, in.DocumentID)
	set(&p.Language, in.Language)
	if in.Topics != nil {
		p.Topics = slices.Clone(*in.Topics)
	}
	if in.Visibility != nil {
		i.Visibility = *in.Visibility
	}
	if in.Parts != nil {
		p.Parts = normalParts(*in.Parts)
	}
	for k := range p.Parts { // what was pinned belongs to what was handed in
		p.Parts[k].Pinned = nil
	}
	if in.Rules != nil {
		p.Rules = *in.Rules
	}
	if in.Review != nil {
		p.Review = *in.Review
	}
	if in.Window != nil {
		p.Window = *in.Window
	}
	if in.Offline != nil {
		p.Offline = *in.Offline
	}
	if in.Practice != nil {
		p.Practice = *in.Practice
	}
	if in.SourceHash != "" {
		i.SourceHash = in.SourceHash
	}
	return s.checkQuiz(ctx, i)
}

func set(to *string, from *string) {
	if from != nil {
		*to = viet.NFC(strings.TrimSpace(*from))
	}
}

func normalParts(parts []Part) []Part {
	out := slices.Clone(parts)
	for k := range out {
		out[k].Topic = strings.Join(strings.Fields(viet.NFC(out[k].Topic)), " ")
		out[k].QuestionIDs = slices.Clone(out[k].QuestionIDs)
	}
	return out
}

func (s *Service) checkQuiz(ctx context.Context, i *QuizItem) error {
	p := &i.Payload
	f := fault.BadInput
	if p.Title == "" {
		f = f.At("/title", "required", "Không được để trống.", "It may not be empty.")
	}
	f = checkParts(f, "/parts", p.Parts)
	f = checkWindow(f, "/window", &p.Window)
	f = s.office.CheckVisibility(f, i.OrgID, i.Visibility)
	if p.Practice && p.Review.Answers != AfterSubmit {
		f = f.At("/practice", "not_allowed", "Chỉ luyện tập được khi đáp án hiện ngay sau khi nộp bài.", "It can be practised only when answers are shown after submitting.")
	}
	f = checkReview(f, p)
	if p.DocumentID != "" {
		ok, err := s.Texts.HasSection(ctx, p.DocumentID, "")
		if err != nil {
			return err
		}
		if !ok {
			f = f.At("/documentId", "not_found", "Không có văn bản này.", "There is no such document.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	if s.ClassifiedLine(p.Title) || s.Classified(p.Description) {
		return classified
	}
	return nil
}

// checkReview refuses times that never come.
func checkReview(f *fault.Fault, p *Quiz) *fault.Fault {
	for _, r := range []struct {
		at string
		w  When
	}{{"score", p.Review.Score}, {"answers", p.Review.Answers}, {"explanations", p.Review.Explanations}} {
		if r.w == AfterClose && p.Window.ClosesAt.IsZero() {
			f = f.At("/review/"+r.at, "no_close", "Chưa đặt giờ đóng.", "It has no close.")
		}
		if r.w == AfterLastAttempt && p.Rules.Attempts == 0 {
			f = f.At("/review/"+r.at, "no_last_attempt", "Số lượt không giới hạn nên không có lượt cuối.", "With any number of attempts there is no last one.")
		}
	}
	return f
}

// checkParts refuses parts that stand for nothing, and a question that stands
// twice.
func checkParts(f *fault.Fault, base string, parts []Part) *fault.Fault {
	seen := map[string]bool{}
	for k := range parts {
		p := &parts[k]
		at := fmt.Sprintf("%s/%d", base, k)
		if len(p.QuestionIDs) == 0 && p.Count == 0 {
			f = f.At(at+"/count", "required", "Cần nêu câu hỏi, hoặc số câu rút từ ngân hàng.", "Name questions, or say how many are drawn from the bank.")
		}
		if len(p.QuestionIDs) > 0 && (p.Topic != "" || p.Difficulty != "") {
			f = f.At(at+"/questionIds", "not_allowed", "Đã nêu câu hỏi thì không chọn theo chủ đề hay độ khó.", "Named questions are not chosen by topic or difficulty.")
		}
		if len(p.QuestionIDs) > 0 && p.Count > int64(len(p.QuestionIDs)) {
			f = f.At(at+"/count", "too_many", "Nhiều hơn số câu đã nêu.", "More than are named.")
		}
		for q, id := range p.QuestionIDs {
			if seen[id] {
				f = f.At(fmt.Sprintf("%s/questionIds/%d", at, q), "duplicate", "Câu hỏi này đứng hai lần.", "This question stands twice.")
			}
			seen[id] = true
		}
	}
	return f
}

func checkWindow(f *fault.Fault, base string, w *Window) *fault.Fault {
	if !w.OpensAt.IsZero() && !w.ClosesAt.IsZero() && !w.ClosesAt.After(w.OpensAt) {
		f = f.At(base+"/closesAt", "before_open", "Giờ đóng phải sau giờ mở.", "It must close after it opens.")
	}
	return f
}
