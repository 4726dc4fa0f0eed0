package httpapi

import (
	"bytes"
	"context"
	"fmt"

	"sotay/internal/clock"
	"sotay/internal/httpapi/contract"
)

// GetDriveWorkbook implements the contract.
func (s *Server) GetDriveWorkbook(ctx context.Context, r contract.GetDriveWorkbookRequestObject) (contract.GetDriveWorkbookResponseObject, error) {
	rep, err := s.driveReport(ctx, r.Id, r.Params.OrgId, r.Params.AsOf, r.Params.Depth)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := rep.WriteWorkbook(&b); err != nil {
		return nil, fmt.Errorf("write the workbook of drive %s: %w", r.Id, err)
	}
	return contract.GetDriveWorkbook200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{Body: &b, ContentLength: int64(b.Len()),
		Headers: contract.GetDriveWorkbook200ResponseHeaders{ContentDisposition: saveAs("dot-hoc-tap-" + clock.Day(rep.AsOf) + ".xlsx")}}, nil
}
