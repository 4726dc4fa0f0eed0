package httpapi

import (
	"context"

	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
	"sotay/internal/study"
)

// ChangeRoll implements the contract.
func (s *Server) ChangeRoll(ctx context.Context, r contract.ChangeRollRequestObject) (contract.ChangeRollResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	x, err := s.Study.ChangeRoll(ctx, who, r.Id, r.Body.MemberId, study.RollActKind(r.Body.Kind), r.Body.Reason)
	if err != nil {
		return nil, err
	}
	return contract.ChangeRoll201JSONResponse(rollChange(&x)), nil
}

// ListRollChanges implements the contract.
func (s *Server) ListRollChanges(ctx context.Context, r contract.ListRollChangesRequestObject) (contract.ListRollChangesResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Study.RollChanges(ctx, who, r.Id, text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	return contract.ListRollChanges200JSONResponse{Items: rollChanges(found), NextCursor: next}, nil
}

func rollChanges(found []study.RollChange) []contract.RollChange {
	out := make([]contract.RollChange, len(found))
	for i := range found {
		out[i] = rollChange(&found[i])
	}
	return out
}

// rollChange shows the last act about a member.
func rollChange(x *study.RollChange) contract.RollChange {
	last := x.Last()
	return contract.RollChange{DriveId: x.DriveID, MemberId: x.MemberID, OrgId: x.OrgID, Kind: contract.RollChangeKind(last.Kind), Reason: last.Reason,
		ChangedAt: stamp(last.At)}
}

// RemindMembers implements the contract.
func (s *Server) RemindMembers(ctx context.Context, r contract.RemindMembersRequestObject) (contract.RemindMembersResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	m, err := s.Study.Remind(ctx, who, r.Id, r.Body.OrgId)
	if err != nil {
		return nil, err
	}
	return contract.RemindMembers201JSONResponse(reminder(&m)), nil
}

// ListReminders implements the contract.
func (s *Server) ListReminders(ctx context.Context, r contract.ListRemindersRequestObject) (contract.ListRemindersResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Study.Reminders(ctx, who, r.Id, text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListReminders200JSONResponse{Items: make([]contract.Reminder, len(found)), NextCursor: next}
	for i := range found {
		out.Items[i] = reminder(&found[i])
	}
	return out, nil
}

func reminder(m *study.Reminder) contract.Reminder {
	return contract.Reminder{Id: m.ID, DriveId: m.DriveID, OrgId: m.OrgID, RemindedAt: stamp(m.At), Reminded: int64(len(m.Members)),
		ExemptLeftOut: m.ExemptLeftOut, RecentLeftOut: m.RecentLeftOut}
}
