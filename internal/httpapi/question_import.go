package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/gofiber/fiber/v2"

	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/quiz"
	"sotay/internal/quiz/formats"
	"sotay/internal/quiz/question"
)

// ImportQuestions implements the contract.
func (s *Server) ImportQuestions(ctx context.Context, r contract.ImportQuestionsRequestObject) (contract.ImportQuestionsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	up, err := uploaded(ctx)
	if err != nil {
		return nil, err
	}
	orgID := text(r.Params.OrgId)
	if orgID == "" {
		if orgID, err = s.Quizzes.ImportScope(who); err != nil {
			return nil, err
		}
	}
	src, err := io.ReadAll(io.LimitReader(up, formats.MaxBytes+1)) // one more is too large
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	report, err := s.Quizzes.ImportQuestions(ctx, who, orgID, up.name, src, truth(r.Params.DryRun))
	if err != nil {
		return nil, err
	}
	return contract.ImportQuestions200JSONResponse(questionImport(ctx, orgID, &report)), nil
}

func questionImport(ctx context.Context, orgID string, r *quiz.ImportReport) contract.QuestionImport {
	out := contract.QuestionImport{DryRun: r.DryRun, Applied: r.Applied, OrgId: orgID, Format: contract.QuestionImportFormat(r.Format),
		Questions: r.Questions, New: r.New, Changed: r.Changed, Unchanged: r.Unchanged, Problems: make([]contract.QuestionProblem, len(r.Problems))}
	english := inEnglish(ctx)
	for k := range r.Problems {
		p := &r.Problems[k]
		out.Problems[k] = contract.QuestionProblem{Line: positive(p.Line), Row: positive(p.Row), Column: optional(p.Column), Title: optional(p.Title),
			Code: p.Code, Detail: said(english, p.Text.VI, p.Text.EN), Warning: p.Warning}
	}
	return out
}

// positive is a number that counts from one, nil for none.
func positive(n int) *int {
	if n < 1 {
		return nil
	}
	return &n
}

// GetQuestionTemplate implements the contract.
func (s *Server) GetQuestionTemplate(context.Context, contract.GetQuestionTemplateRequestObject) (contract.GetQuestionTemplateResponseObject, error) {
	book, err := workbook("mau-cau-hoi.xlsx", formats.Template()...)
	return contract.GetQuestionTemplate200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{
		WorkbookApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse: book}, err
}

// ExportQuestions implements the contract.
func (s *Server) ExportQuestions(ctx context.Context, r contract.ExportQuestionsRequestObject) (contract.ExportQuestionsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	items, err := s.Quizzes.ExportQuestions(ctx, who, quiz.QuestionFilter{State: text(r.Params.State), Kind: question.Kind(text(r.Params.Kind)),
		Difficulty: question.Difficulty(text(r.Params.Difficulty)), Topic: text(r.Params.Topic), Words: text(r.Params.Q)})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	switch r.Params.Format {
	case contract.ExportQuestionsParamsFormatXlsx:
		if err := formats.WriteTable(&b, items); err != nil {
			return nil, fmt.Errorf("write questions: %w", err)
		}
		return contract.ExportQuestions200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{Body: &b, ContentLength: int64(b.Len()),
			Headers: contract.ExportQuestions200ResponseHeaders{ContentDisposition: saveAs("cau-hoi.xlsx")}}, nil
	case contract.ExportQuestionsParamsFormatAiken:
		if err := fitForAiken(items); err != nil {
			return nil, err
		}
		err = formats.WriteAiken(&b, items)
	case contract.ExportQuestionsParamsFormatGift:
		err = formats.WriteGIFT(&b, items)
	}
	if err != nil {
		return nil, fmt.Errorf("write questions: %w", err)
	}
	return questionText{contract.ExportQuestions200TextResponse{Body: b.String(),
		Headers: contract.ExportQuestions200ResponseHeaders{ContentDisposition: saveAs("cau-hoi." + string(r.Params.Format) + ".txt")}}}, nil
}

// questionText is an export as text, which says that it is UTF-8.
type questionText struct {
	contract.ExportQuestions200TextResponse
}

// VisitExportQuestionsResponse implements the contract.
func (r questionText) VisitExportQuestionsResponse(c *fiber.Ctx) error {
	err := r.ExportQuestions200TextResponse.VisitExportQuestionsResponse(c)
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return err
}

// saveAs names the file of an answer.
func saveAs(name string) *string {
	disposition := `attachment; filename="` + name + `"`
	return &disposition
}

// maxNamed is how many questions a refusal names.
const maxNamed = 20

func fitForAiken(items []formats.Item) error {
	f := fault.New(fault.Unsuited, "not_for_this_format", "Aiken không chứa được một số câu hỏi; hãy lọc bớt hoặc chọn GIFT hay .xlsx.",
		"Aiken can't hold some of the questions; filter them out, or choose GIFT or .xlsx.")
	for i := range items {
		if bad := formats.UnfitForAiken(&items[i].Question); bad.EN != "" && len(f.Fields) < maxNamed {
			f = f.At("/questions/"+items[i].ID, "not_for_this_format", bad.VI, bad.EN)
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// StepQuestions implements the contract.
func (s *Server) StepQuestions(ctx context.Context, r contract.StepQuestionsRequestObject) (contract.StepQuestionsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	verb, reason := editorial.Verb(r.Body.Verb), text(r.Body.Reason)
	if needs := verb == editorial.Reject || verb == editorial.Withdraw; needs && reason == "" {
		return nil, fault.BadInput.At("/reason", "required", "Cần nêu lý do.", "A reason is needed.")
	}
	done, err := s.Quizzes.StepQuestions(ctx, who, r.Body.Ids, verb, reason)
	if err != nil {
		return nil, err
	}
	english := inEnglish(ctx)
	out := contract.StepQuestions200JSONResponse{Items: make([]contract.QuestionStepResult, len(done))}
	for k := range done {
		d := &done[k]
		out.Items[k] = contract.QuestionStepResult{Id: d.ID, Done: d.Fault == nil}
		if d.Fault != nil {
			out.Items[k].Code, out.Items[k].Detail = &d.Fault.Code, optional(said(english, d.Fault.Detail.VI, d.Fault.Detail.EN))
			continue
		}
		state := contract.State(d.Item.Stands())
		out.Items[k].State, out.Items[k].Revision = &state, &d.Item.Revision
	}
	return out, nil
}
