package httpapi

import (
	"context"

	"sotay/internal/httpapi/contract"
	"sotay/internal/study"
)

// ListDriveEnterprises implements the contract.
func (s *Server) ListDriveEnterprises(ctx context.Context, r contract.ListDriveEnterprisesRequestObject) (contract.ListDriveEnterprisesResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	rep, err := s.Study.Enterprises(ctx, who, r.Id, text(r.Params.OrgId), text(r.Params.AsOf))
	if err != nil {
		return nil, err
	}
	out := contract.ListDriveEnterprises200JSONResponse{DriveId: rep.DriveID, Title: rep.Title, AsOf: stamp(rep.AsOf), RollDate: rep.RollDate,
		OrgId: optional(rep.OrgID), Items: make([]contract.DriveEnterprise, len(rep.Enterprises))}
	for i := range rep.Enterprises {
		out.Items[i] = driveEnterprise(&rep.Enterprises[i])
	}
	return out, nil
}

// GetDriveEnterprise implements the contract.
func (s *Server) GetDriveEnterprise(ctx context.Context, r contract.GetDriveEnterpriseRequestObject) (contract.GetDriveEnterpriseResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	rep, err := s.Study.Enterprise(ctx, who, r.Id, r.EnterpriseId, text(r.Params.OrgId), text(r.Params.AsOf))
	if err != nil {
		return nil, err
	}
	e := &rep.Enterprises[0]
	out := contract.GetDriveEnterprise200JSONResponse{DriveId: rep.DriveID, Title: rep.Title, AsOf: stamp(rep.AsOf), RollDate: rep.RollDate,
		OrgId: optional(rep.OrgID), Enterprise: driveEnterprise(e), Units: make([]contract.DriveEnterpriseUnit, len(e.Units))}
	for i := range e.Units {
		out.Units[i] = driveEnterpriseUnit(&e.Units[i])
	}
	return out, nil
}

func driveEnterprise(e *study.Enterprise) contract.DriveEnterprise {
	rates := e.Counts.Rates()
	return contract.DriveEnterprise{EnterpriseId: e.ID, Name: e.Name, Counts: driveCounts(&e.Counts), RateAll: rates.All, RateObliged: rates.Obliged,
		RatePresent: rates.Present}
}

func driveEnterpriseUnit(u *study.EnterpriseUnit) contract.DriveEnterpriseUnit {
	out := contract.DriveEnterpriseUnit{OrgId: u.OrgID, Name: u.Name, Suppressed: u.Suppressed}
	if !u.Suppressed {
		counts, rates := driveCounts(&u.Counts), u.Counts.Rates()
		out.Counts, out.RateAll, out.RateObliged, out.RatePresent = &counts, rates.All, rates.Obliged, rates.Present
	}
	return out
}
