package quiz

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/quiz/formats"
	"sotay/internal/quiz/question"
)

// ImportReport is what became, or would become, of a file of questions.
type ImportReport struct {
	DryRun bool
	// Applied says that the questions are in the bank as the file has them.
	Applied                 bool
	Format                  formats.Format
	Questions               int
	New, Changed, Unchanged int
	Problems                []formats.Problem
	// IDs are the questions in the order of the file, once applied.
	IDs []string
}

// ImportQuestions brings a file of questions into an organisation's bank, as
// drafts. All of it is checked first, and nothing is written when anything is
// wrong; after that each question is a write of its own, and a run that was cut
// off is finished by the same file again.
func (s *Service) ImportQuestions(ctx context.Context, c *caller.Caller, orgID, name string, src []byte, dryRun bool) (ImportReport, error) {
	if err := s.office.InScope(c, editorial.Editors...)(orgID); err != nil {
		return ImportReport{}, editorial.OutOfScope
	}
	f, err := formats.Read(name, src)
	if err != nil {
		return ImportReport{}, err
	}
	return s.ImportFile(ctx, c, orgID, f, dryRun)
}

// ImportFile is ImportQuestions of a file that was read.
func (s *Service) ImportFile(ctx context.Context, c *caller.Caller, orgID string, f formats.File, dryRun bool) (ImportReport, error) {
	report := ImportReport{DryRun: dryRun, Format: f.Format, Questions: len(f.Items), Problems: f.Problems}
	if err := s.office.InScope(c, editorial.Editors...)(orgID); err != nil {
		return report, editorial.OutOfScope
	}
	if err := s.checkSources(ctx, &f); err != nil {
		return report, err
	}
	report.Problems = f.Problems
	if f.Failed() {
		return report, nil
	}
	plan, err := s.planImport(ctx, orgID, &f)
	if err != nil {
		return report, err
	}
	report.Problems = f.Problems
	for i := range plan {
		switch p := &plan[i]; {
		case p.old == nil:
			report.New++
		case p.unchanged:
			report.Unchanged++
		default:
			report.Changed++
		}
	}
	if f.Failed() || dryRun {
		return report, nil
	}
	report.IDs = make([]string, len(plan))
	err = sideBySide(ctx, len(plan), func(ctx context.Context, i int) (err error) {
		report.IDs[i], err = s.applyPlanned(ctx, c, orgID, &plan[i])
		return err
	})
	report.Applied = err == nil
	return report, err
}

// ImportScope is the organisation that a file goes to unless its editor says
// otherwise: the one at the top of their scope.
func (s *Service) ImportScope(c *caller.Caller) (string, error) {
	best, path := "", []string(nil)
	for i := range c.Roles {
		r := &c.Roles[i]
		if !slices.Contains(editorial.Editors, r.Name) || r.OrgID == "" {
			continue
		}
		here := s.Orgs.OrgPath(r.OrgID)
		switch {
		case best == "" || slices.Contains(path, r.OrgID):
			best, path = r.OrgID, here
		case !slices.Contains(here, best):
			return "", fault.BadInput.At("/query/orgId", "required", "Bạn phụ trách nhiều tổ chức; hãy nêu tổ chức nhận câu hỏi.", "You look after several organisations; name the one that takes the questions.")
		}
	}
	if best == "" {
		return "", editorial.OutOfScope
	}
	return best, nil
}

// checkSources tests what a pure reader can't: that sections exist, and that
// nothing bears a mark of secrecy.
func (s *Service) checkSources(ctx context.Context, f *formats.File) error {
	type source struct{ document, section string }
	known := map[source]bool{}
	for i := range f.Items {
		q := &f.Items[i].Question
		if slices.ContainsFunc(lines(q), s.ClassifiedLine) {
			return classified
		}
		if q.DocumentID == "" {
			continue
		}
		at := source{q.DocumentID, q.SectionID}
		ok, seen := known[at]
		if !seen {
			var err error
			if ok, err = s.Texts.HasSection(ctx, q.DocumentID, q.SectionID); err != nil {
				return err
			}
			known[at] = ok
		}
		if !ok {
			f.Problems = append(f.Problems, f.Items[i].Problem("/sectionId", "not_found",
				fault.Text{VI: "Không có văn bản hoặc mục này.", EN: "There is no such document or section."}))
		}
	}
	return nil
}

// planned is what is to be done with one question of a file.
type planned struct {
	item      *formats.Item
	key, hash string
	old       *QuestionItem // nil for a new one
	unchanged bool
}

// match is what the bank has that may be a question of a file.
type match struct{ byID, byText, byAll *QuestionItem }

// planImport finds out for each question of a file whether the bank has it.
func (s *Service) planImport(ctx context.Context, orgID string, f *formats.File) ([]planned, error) {
	found := make([]match, len(f.Items))
	err := sideBySide(ctx, len(f.Items), func(ctx context.Context, i int) (err error) {
		found[i], err = s.matches(ctx, orgID, &f.Items[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	taken := map[string]*formats.Item{} // by id of the bank's, or key of a new one
	out := make([]planned, len(f.Items))
	for i := range f.Items {
		p := &out[i]
		p.item, p.hash = &f.Items[i], hashOf(&f.Items[i].Question)
		p.settle(orgID, found[i], taken)
		as := p.key
		if p.old != nil {
			as = p.old.ID
			p.unchanged = p.old.SourceHash == p.hash || question.Same(&p.old.Payload, &p.item.Question)
		}
		if first, twice := taken[as]; twice {
			f.Problems = append(f.Problems, p.item.Problem("/text", "repeated", repeated(first.Place)))
		} else {
			taken[as] = p.item
		}
		if p.old != nil && !p.unchanged && p.item.ID == p.old.ID && p.item.Revision > 0 && p.item.Revision != p.old.Revision {
			f.Problems = append(f.Problems, p.item.Problem("/text", "changed_meanwhile",
				fault.Text{VI: "Câu hỏi đã được sửa sau khi tệp này được xuất; hãy xuất lại.", EN: "The question was changed after this file was exported; export it again."}))
		}
	}
	return out, nil
}

func repeated(at formats.Place) fault.Text {
	if at.Line > 0 {
		return fault.Text{VI: fmt.Sprintf("Trùng với câu hỏi ở dòng %d.", at.Line), EN: fmt.Sprintf("It is the question of line %d again.", at.Line)}
	}
	return fault.Text{VI: fmt.Sprintf("Trùng với câu hỏi ở hàng %d.", at.Row), EN: fmt.Sprintf("It is the question of row %d again.", at.Row)}
}

// settle decides which question of the bank this is, if any: the one that the
// file names; the one of the same text, unless its answers are others; the one
// of the same text and answers.
func (p *planned) settle(orgID string, m match, taken map[string]*formats.Item) {
	q := &p.item.Question
	if m.byID != nil {
		p.old = m.byID
		return
	}
	p.key = textKey(orgID, q)
	switch first := taken[p.key]; {
	case m.byText != nil && alike(&m.byText.Payload, q):
		p.old = m.byText
		return
	case m.byText == nil && (first == nil || alike(&first.Question, q)):
		return
	}
	p.key, p.old = fullKey(orgID, q), m.byAll
}

// matches reads what the bank has for a question of a file.
func (s *Service) matches(ctx context.Context, orgID string, i *formats.Item) (m match, err error) {
	read := func(get func() (QuestionItem, error)) *QuestionItem {
		item, gerr := get()
		switch {
		case errors.Is(gerr, fault.NotFound):
			return nil
		case gerr != nil:
			err = errors.Join(err, gerr)
		}
		if item.OrgID != orgID { // an id of elsewhere says nothing here
			return nil
		}
		return &item
	}
	if i.ID != "" {
		if m.byID = read(func() (QuestionItem, error) { return s.questions.Get(ctx, i.ID) }); m.byID != nil {
			return m, err
		}
	}
	if m.byText = read(func() (QuestionItem, error) { return s.questions.BySource(ctx, textKey(orgID, &i.Question)) }); m.byText != nil {
		m.byAll = read(func() (QuestionItem, error) { return s.questions.BySource(ctx, fullKey(orgID, &i.Question)) })
	}
	return m, err
}

// applyPlanned writes one question and returns its id.
func (s *Service) applyPlanned(ctx context.Context, c *caller.Caller, orgID string, p *planned) (string, error) {
	actor := s.office.Actor(c, editorial.Editors...)
	if p.old == nil {
		item, err := editorial.Begin[question.Question](&s.office, c, orgID, p.key, p.hash)
		if err != nil {
			return "", err
		}
		item.Payload = p.item.Question
		return item.ID, sourceFault(s.questions.Create(ctx, actor, &item))
	}
	if p.unchanged {
		return p.old.ID, nil
	}
	q := p.item.Question.Bare()
	q.KeepIDs(&p.old.Payload)
	q = q.Normal()
	_, err := s.questions.Edit(ctx, actor, p.old.ID, p.old.Revision, func(i *QuestionItem) error {
		i.Payload, i.SourceHash = q, p.hash
		return nil
	})
	return p.old.ID, err
}

// hashOf stands for what an author wrote.
func hashOf(q *question.Question) string {
	text, err := json.Marshal(q.Bare())
	if err != nil { // texts, numbers and truths: it can't be
		panic(fmt.Errorf("hash a question: %w", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
