package httpapi

import (
	"context"

	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
	"sotay/internal/study"
)

// GetYearReport implements the contract.
func (s *Server) GetYearReport(ctx context.Context, r contract.GetYearReportRequestObject) (contract.GetYearReportResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	rep, err := s.Study.Year(ctx, who, r.Year, text(r.Params.OrgId), levels(r.Params.Depth))
	if err != nil {
		return nil, err
	}
	return contract.GetYearReport200JSONResponse{Year: int64(rep.Year), AsOf: stamp(rep.AsOf), Drives: yearDrives(rep.Drives), Unit: driveUnit(&rep.Unit)}, nil
}

func yearDrives(drives []study.YearDrive) []contract.YearDrive {
	out := make([]contract.YearDrive, len(drives))
	for i := range drives {
		v := drives[i].Version
		p := &v.Payload
		out[i] = contract.YearDrive{Id: v.ItemID, Title: p.Title, RollDate: drives[i].RollDate, OpensAt: stamp(p.OpensAt), DueAt: stamp(p.DueAt),
			ClosesAt: stamp(p.ClosesAt)}
	}
	return out
}

// ListYearMembers implements the contract.
func (s *Server) ListYearMembers(ctx context.Context, r contract.ListYearMembersRequestObject) (contract.ListYearMembersResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	p := r.Params
	rep, err := s.Study.YearMembers(ctx, who, r.Year, text(p.OrgId), text(p.Cursor), page.Limit(p.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListYearMembers200JSONResponse{Year: int64(r.Year), OrgId: rep.OrgID, Drives: yearDrives(rep.Drives), NextCursor: rep.Next,
		Items: make([]contract.YearMember, len(rep.Members))}
	for i := range rep.Members {
		out.Items[i] = yearMember(&rep.Members[i])
	}
	return out, nil
}

func yearMember(m *study.YearMember) contract.YearMember {
	out := contract.YearMember{MemberId: m.MemberID, Name: m.Name, OrgId: m.OrgID, Kind: contract.MemberKind(m.Kind), Status: contract.MemberStatus(m.Status),
		Obliged: m.Obliged, CompletedObliged: m.CompletedObliged, CompletedExempt: m.CompletedExempt, Drives: make([]contract.YearMemberDrive, len(m.Drives))}
	for i := range m.Drives {
		x := &m.Drives[i]
		out.Drives[i] = contract.YearMemberDrive{DriveId: x.DriveID, OnRoll: x.OnRoll, Exempt: x.Exempt, State: contract.DriveMemberState(x.State),
			CompletedOn: optional(x.On), OnTime: x.OnTime}
		if x.Basis != "" {
			basis := contract.CompletionBasis(x.Basis)
			out.Drives[i].Basis = &basis
		}
	}
	return out
}
