package httpapi

import (
	"context"

	"sotay/internal/httpapi/contract"
	"sotay/internal/study"
)

// ListDriveFreezes implements the contract.
func (s *Server) ListDriveFreezes(ctx context.Context, r contract.ListDriveFreezesRequestObject) (contract.ListDriveFreezesResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, err := s.Study.Freezes(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	out := contract.ListDriveFreezes200JSONResponse{Items: make([]contract.DriveFreeze, len(found))}
	for i := range found {
		out.Items[i] = driveFreeze(&found[i])
	}
	return out, nil
}

// FreezeDrive implements the contract.
func (s *Server) FreezeDrive(ctx context.Context, r contract.FreezeDriveRequestObject) (contract.FreezeDriveResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	f, err := s.Study.Freeze(ctx, who, r.Id, r.Body.Name)
	if err != nil {
		return nil, err
	}
	return contract.FreezeDrive201JSONResponse(driveFreeze(&f)), nil
}

// GetDriveFreeze implements the contract.
func (s *Server) GetDriveFreeze(ctx context.Context, r contract.GetDriveFreezeRequestObject) (contract.GetDriveFreezeResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	f, err := s.Study.Frozen(ctx, who, r.Id, r.FreezeId, text(r.Params.OrgId), levels(r.Params.Depth))
	if err != nil {
		return nil, err
	}
	return contract.GetDriveFreeze200JSONResponse{Freeze: driveFreeze(&f.Freeze), DriveId: f.Freeze.DriveID, RollDate: f.RollDate, Unit: frozenUnit(&f.Unit)}, nil
}

func driveFreeze(f *study.Freeze) contract.DriveFreeze {
	return contract.DriveFreeze{Id: f.ID, Name: f.Name, FrozenAt: stamp(f.At)}
}

func frozenUnit(u *study.FrozenUnit) contract.FrozenUnit {
	rates := u.Counts.Rates()
	out := contract.FrozenUnit{OrgId: u.OrgID, Name: u.Name, Counts: driveCounts(&u.Counts), Since: driveCounts(&u.Since), RateAll: rates.All,
		RateObliged: rates.Obliged, RatePresent: rates.Present, Units: make([]contract.FrozenUnit, len(u.Units))}
	for i := range u.Units {
		out.Units[i] = frozenUnit(&u.Units[i])
	}
	return out
}
