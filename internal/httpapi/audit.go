package httpapi

import (
	"context"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/page"
	"sotay/internal/store"
)

// ListAudit implements the contract. It is for administrators of the whole: an
// entry says who acted, not under whom they stood.
func (s *Server) ListAudit(ctx context.Context, r contract.ListAuditRequestObject) (contract.ListAuditResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if !who.Covers([]string{s.Directory.Tree().Root}, caller.Admin) {
		return nil, fault.Denied
	}
	f, err := auditFilter(r.Params)
	if err != nil {
		return nil, err
	}
	list := "audit/" + f.ActorID + "/" + f.Target + "/" + f.Act + "/" + text(r.Params.From) + "/" + text(r.Params.To)
	at, err := store.OpenPosition(s.Pages, list, text(r.Params.Cursor))
	if err != nil {
		return nil, err
	}
	found, next, more, err := s.Audit.List(ctx, f, at, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListAudit200JSONResponse{Items: auditEntries(found)}
	if more {
		if out.NextCursor, err = next.Seal(s.Pages, list); err != nil {
			return nil, err
		}
	}
	return out, s.Audit.Write(ctx, "", audit.Entry{At: s.Now(), ActorID: who.MemberID, Act: "audit.read", Target: "audit/entries",
		Details: map[string]string{"actor": f.ActorID, "target": f.Target, "act": f.Act}})
}

func auditFilter(p contract.ListAuditParams) (audit.Filter, error) {
	f := audit.Filter{ActorID: text(p.ActorId), Target: text(p.Target), Act: text(p.Act)}
	bad := fault.BadInput
	day := func(pointer, s string) time.Time {
		if s == "" {
			return time.Time{}
		}
		t, err := time.ParseInLocation(time.DateOnly, s, clock.Vietnam)
		if err != nil {
			bad = bad.At(pointer, "invalid_date", "Cần ngày có thật theo dạng YYYY-MM-DD.", "It must be a real day as YYYY-MM-DD.")
		}
		return t.UTC()
	}
	f.From = day("/query/from", text(p.From))
	if to := day("/query/to", text(p.To)); !to.IsZero() {
		f.To = to.AddDate(0, 0, 1)
	}
	if len(bad.Fields) > 0 {
		return f, bad
	}
	return f, nil
}

func auditEntries(list []audit.Entry) []contract.AuditEntry {
	out := make([]contract.AuditEntry, len(list))
	for k, e := range list {
		if e.Details == nil {
			e.Details = map[string]string{}
		}
		out[k] = contract.AuditEntry{Id: e.ID, At: stamp(e.At), ActorId: optional(e.ActorID), Act: e.Act, Target: e.Target, Details: e.Details, Sealed: e.Seal > 0}
	}
	return out
}
