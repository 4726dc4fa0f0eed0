package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"sotay/internal/directory"
	"sotay/internal/httpapi/contract"
	"sotay/internal/jobs"
	"sotay/internal/page"
	"sotay/internal/sheet"
)

// CreateImport implements the contract.
func (s *Server) CreateImport(ctx context.Context, r contract.CreateImportRequestObject) (contract.CreateImportResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	up, err := uploaded(ctx)
	if err != nil {
		return nil, err
	}
	j, err := s.Imports.Create(ctx, who, jobs.Upload{Kind: string(r.Params.Kind), DryRun: r.Params.DryRun != nil && *r.Params.DryRun,
		FileName: up.name, File: up, Size: up.size, Key: text(r.Params.IdempotencyKey)})
	if err != nil {
		return nil, err
	}
	return contract.CreateImport202JSONResponse(importOf(ctx, &j)), nil
}

// GetImport implements the contract.
func (s *Server) GetImport(ctx context.Context, r contract.GetImportRequestObject) (contract.GetImportResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	j, err := s.Imports.Job(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	return contract.GetImport200JSONResponse(importOf(ctx, &j)), nil
}

// ListImports implements the contract.
func (s *Server) ListImports(ctx context.Context, r contract.ListImportsRequestObject) (contract.ListImportsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Imports.List(ctx, who, text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListImports200JSONResponse{Items: make([]contract.ImportSummary, len(found)), NextCursor: next}
	for k := range found {
		j := &found[k]
		out.Items[k] = contract.ImportSummary{Id: j.ID, Kind: contract.ImportKind(j.Kind), State: contract.ImportState(j.State), DryRun: j.DryRun, FileName: j.FileName,
			By: j.By, CreatedAt: stamp(j.CreatedAt), Rows: j.Rows, New: j.New, Changed: j.Changed, Unchanged: j.Unchanged, Errors: j.Errors}
	}
	return out, nil
}

// GetImportProblems implements the contract.
func (s *Server) GetImportProblems(ctx context.Context, r contract.GetImportProblemsRequestObject) (contract.GetImportProblemsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	j, err := s.Imports.Job(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	book, err := workbook("loi-"+j.ID+".xlsx", problemPage(ctx, j.Problems))
	return contract.GetImportProblems200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{
		WorkbookApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse: book}, err
}

// GetImportTemplate implements the contract.
func (s *Server) GetImportTemplate(_ context.Context, r contract.GetImportTemplateRequestObject) (contract.GetImportTemplateResponseObject, error) {
	book, err := workbook("mau-"+string(r.Kind)+".xlsx", directory.ImportTemplate(string(r.Kind))...)
	return contract.GetImportTemplate200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{
		WorkbookApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse: book}, err
}

// workbook writes pages as an answer.
func workbook(name string, pages ...sheet.Page) (contract.WorkbookApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse, error) {
	var out contract.WorkbookApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse
	var b bytes.Buffer
	if err := sheet.WriteBook(&b, pages...); err != nil {
		return out, fmt.Errorf("write workbook: %w", err)
	}
	disposition := `attachment; filename="` + name + `"`
	out.Body, out.ContentLength, out.Headers.ContentDisposition = &b, int64(b.Len()), &disposition
	return out, nil
}

// problemPage lists problems in the order of the file.
func problemPage(ctx context.Context, list []jobs.Problem) sheet.Page {
	english := inEnglish(ctx)
	titles := []string{"Hàng", "Cột", "Tên cột", "Mức", "Nội dung", "Mã"}
	levels := map[bool]string{false: "lỗi", true: "cảnh báo"}
	if english {
		titles = []string{"Row", "Column", "Title", "Level", "What is wrong", "Code"}
		levels = map[bool]string{false: "error", true: "warning"}
	}
	p := sheet.Page{Name: "Problems"}
	for k, width := range []float64{8, 8, 24, 12, 90, 24} {
		p.Headings = append(p.Headings, sheet.Heading{Title: titles[k], Width: width})
	}
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b jobs.Problem) int { return int(a.Row - b.Row) })
	p.Rows = func(yield func([]any) bool) {
		for _, x := range sorted {
			if !yield([]any{x.Row, x.Column, x.Title, levels[x.Warning], said(english, x.VI, x.EN), x.Code}) {
				return
			}
		}
	}
	return p
}

func importOf(ctx context.Context, j *jobs.Job) contract.Import {
	english := inEnglish(ctx)
	out := contract.Import{Id: j.ID, Kind: contract.ImportKind(j.Kind), State: contract.ImportState(j.State), DryRun: j.DryRun, FileName: j.FileName, By: j.By,
		CreatedAt: stamp(j.CreatedAt), UpdatedAt: stamp(j.UpdatedAt), Rows: j.Rows, Checked: j.Read, Applied: j.Applied,
		New: j.New, Changed: j.Changed, Unchanged: j.Unchanged, Errors: j.Errors, Warnings: j.Warnings, Problems: make([]contract.ImportProblem, len(j.Problems))}
	if j.Ended() {
		at := stamp(j.EndedAt)
		out.EndedAt = &at
	}
	if j.Failure.Code != "" {
		out.Failure = &contract.ImportFailure{Code: j.Failure.Code, Detail: said(english, j.Failure.VI, j.Failure.EN)}
	}
	for k, p := range j.Problems {
		out.Problems[k] = contract.ImportProblem{Row: p.Row, Column: p.Column, Title: p.Title, Code: p.Code, Detail: said(english, p.VI, p.EN), Warning: p.Warning}
	}
	return out
}

// inEnglish tells whether a request asks for English.
func inEnglish(ctx context.Context) bool {
	c, ok := ctx.Value(requestKey{}).(*fiber.Ctx)
	return ok && prefersEnglish(c.Get(fiber.HeaderAcceptLanguage))
}

func said(english bool, vi, en string) string {
	if english {
		return en
	}
	return vi
}
