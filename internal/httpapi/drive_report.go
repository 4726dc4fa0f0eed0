package httpapi

import (
	"bytes"
	"context"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"sotay/internal/clock"
	"sotay/internal/httpapi/contract"
	"sotay/internal/study"
	"sotay/internal/study/tally"
)

// GetDriveReport implements the contract.
func (s *Server) GetDriveReport(ctx context.Context, r contract.GetDriveReportRequestObject) (contract.GetDriveReportResponseObject, error) {
	rep, err := s.driveReport(ctx, r.Id, r.Params.OrgId, r.Params.AsOf, r.Params.Depth)
	if err != nil {
		return nil, err
	}
	return contract.GetDriveReport200JSONResponse{DriveId: rep.DriveID, Title: rep.Title, AsOf: stamp(rep.AsOf), RollDate: rep.RollDate, Unit: driveUnit(&rep.Unit)}, nil
}

func (s *Server) driveReport(ctx context.Context, id string, orgID, asOf *string, depth *int) (*study.Report, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	return s.Study.Report(ctx, who, id, text(orgID), text(asOf), levels(depth))
}

// levels is how many levels of units a report shows.
func levels(depth *int) int {
	if depth == nil {
		return 1
	}
	return *depth
}

// GetDriveTable implements the contract.
func (s *Server) GetDriveTable(ctx context.Context, r contract.GetDriveTableRequestObject) (contract.GetDriveTableResponseObject, error) {
	rep, err := s.driveReport(ctx, r.Id, r.Params.OrgId, r.Params.AsOf, r.Params.Depth)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := rep.WriteTable(&b); err != nil {
		return nil, fmt.Errorf("write the table of drive %s: %w", r.Id, err)
	}
	return driveTable{contract.GetDriveTable200TextcsvResponse{Body: &b, ContentLength: int64(b.Len()),
		Headers: contract.GetDriveTable200ResponseHeaders{ContentDisposition: saveAs("dot-hoc-tap-" + clock.Day(rep.AsOf) + ".csv")}}}, nil
}

// driveTable is a table which says that it is UTF-8.
type driveTable struct {
	contract.GetDriveTable200TextcsvResponse
}

// VisitGetDriveTableResponse implements the contract.
func (r driveTable) VisitGetDriveTableResponse(c *fiber.Ctx) error {
	err := r.GetDriveTable200TextcsvResponse.VisitGetDriveTableResponse(c)
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	return err
}

func driveUnit(u *study.Unit) contract.DriveUnit {
	rates := u.Counts.Rates()
	out := contract.DriveUnit{OrgId: u.OrgID, Name: u.Name, Counts: driveCounts(&u.Counts), RateAll: rates.All, RateObliged: rates.Obliged,
		RatePresent: rates.Present, Units: make([]contract.DriveUnit, len(u.Units))}
	for i := range u.Units {
		out.Units[i] = driveUnit(&u.Units[i])
	}
	return out
}

func driveCounts(c *tally.Counts) contract.DriveCounts {
	return contract.DriveCounts{Total: c.Total, Exempt: c.Exempt, TemporarilyExempt: c.TemporarilyExempt, Obliged: c.Obliged,
		CompletedObliged: c.CompletedObliged, CompletedExempt: c.CompletedExempt, OnBehalf: c.OnBehalf, Session: c.Session, Voluntary: c.Voluntary,
		InProgress: c.InProgress, QuizPassed: c.QuizPassed, Added: c.Added, Removed: c.Removed, ExemptedSince: c.ExemptedSince, MovedSince: c.MovedSince,
		SuspendedSince: c.SuspendedSince, LeftSince: c.LeftSince, DiedSince: c.DiedSince}
}
