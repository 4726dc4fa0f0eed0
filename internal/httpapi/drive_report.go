package httpapi

import (
	"context"

	"sotay/internal/httpapi/contract"
	"sotay/internal/study"
	"sotay/internal/study/tally"
)

// GetDriveReport implements the contract.
func (s *Server) GetDriveReport(ctx context.Context, r contract.GetDriveReportRequestObject) (contract.GetDriveReportResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	depth := 1
	if r.Params.Depth != nil {
		depth = *r.Params.Depth
	}
	rep, err := s.Study.Report(ctx, who, r.Id, text(r.Params.OrgId), text(r.Params.AsOf), depth)
	if err != nil {
		return nil, err
	}
	return contract.GetDriveReport200JSONResponse{DriveId: rep.DriveID, Title: rep.Title, AsOf: stamp(rep.AsOf), RollDate: rep.RollDate, Unit: driveUnit(&rep.Unit)}, nil
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
