package study

import (
	"context"
	"errors"
	"strings"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/store"
	"sotay/internal/viet"
)

// maxCorrections bounds the corrections of one completion.
const maxCorrections = 50

// What corrections are refused for.
var (
	revokedAlready = fault.New(fault.Conflict, "already_revoked",
		"Ghi nhận này đã được thu hồi.", "This completion has been revoked already.")
	standsAlready = fault.New(fault.Conflict, "not_revoked",
		"Ghi nhận này đang có hiệu lực.", "This completion stands.")
	tooManyCorrections = fault.New(fault.Conflict, "too_many_corrections",
		"Ghi nhận này đã được sửa quá nhiều lần.", "This completion has been corrected too often.")
)

// Correct adds a correction to the completion of a member of the caller's
// branch.
func (s *Service) Correct(ctx context.Context, c *caller.Caller, completionID string, kind CorrectionKind, reason string) (Completion, error) {
	reason = viet.NFC(strings.TrimSpace(reason))
	if reason == "" {
		return Completion{}, fault.BadInput.At("/reason", "required", "Không được để trống.", "It may not be empty.")
	}
	done, err := s.completions.Update(ctx, completionID, func(d *Completion) error {
		m, ok := s.People.Identity(d.MemberID)
		if !ok || !c.CoversMember(m, caller.Secretary) {
			return fault.NotFound
		}
		now := s.Now()
		switch {
		case d.MemberID == c.MemberID:
			return notYourOwn
		case kind == Revoke && !d.Stands():
			return revokedAlready
		case kind == Reinstate && d.Stands():
			return standsAlready
		case len(d.Corrections) >= maxCorrections:
			return tooManyCorrections
		}
		d.Corrections = append(d.Corrections, Correction{Kind: kind, At: now, By: c.MemberID, Reason: reason})
		d.Add(now, fxRow, nil)
		d.Add(now, fxAudit, audit.Args(now, c.MemberID, "completion."+string(kind), "completion/"+d.ID, map[string]string{"drive": d.DriveID, "member": d.MemberID}))
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return done, fault.NotFound
	}
	if err != nil {
		return done, err
	}
	return s.completed(ctx, done), nil
}
