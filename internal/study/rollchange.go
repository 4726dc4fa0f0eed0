package study

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/effect"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/store"
	"sotay/internal/study/tally"
	"sotay/internal/viet"
)

// RollActKind is what an act does with a member of a roll.
type RollActKind string

// The acts.
const (
	AddToRoll      RollActKind = "add"
	RemoveFromRoll RollActKind = "remove"
)

// RollAct is one change of the roll, with its reason.
type RollAct struct {
	Kind   RollActKind `bson:"kind"`
	At     time.Time   `bson:"at"`
	By     string      `bson:"by"`
	Reason string      `bson:"reason"`
}

// RollChange holds all acts about one member on the roll of one drive; its id is
// of both. It decides, and the member's row shows it.
type RollChange struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	DriveID        string `bson:"driveId"`
	MemberID       string `bson:"memberId"`
	// OrgID is the unit of the roll's day that the member counts in, PageID the
	// page that has the row.
	OrgID  string `bson:"orgId"`
	PageID string `bson:"pageId"`
	// Late says that the member was not on the roll when it was taken down.
	Late bool `bson:"late"`
	// Kind, Status and EnterpriseID are how a member stood who was added.
	Kind         tally.Kind   `bson:"kind"`
	Status       tally.Status `bson:"status"`
	EnterpriseID string       `bson:"enterpriseId"`
	Acts         []RollAct    `bson:"acts"` // in order
	ChangedAt    time.Time    `bson:"changedAt"`
}

// Last is the newest act.
func (x *RollChange) Last() *RollAct { return &x.Acts[len(x.Acts)-1] }

func rollChangeSchema() *store.Schema {
	return &store.Schema{Name: "driverollchanges", Indexes: []store.Index{
		{Name: "drive", Fields: []store.Field{{Path: "driveId", Type: store.String}, {Path: "changedAt", Type: store.Date}}},
		{Name: "member", Fields: []store.Field{{Path: "memberId", Type: store.String}}},
		effect.Index(),
	}}
}

func rollChangeID(driveID, memberID string) string {
	return ident.Derive("rollchange", driveID, memberID)
}

// maxRollActs bounds the acts about one member.
const maxRollActs = 50

// What changes of a roll are refused for.
var (
	onRollAlready = fault.New(fault.Conflict, "on_roll_already",
		"Đảng viên này đã có trong danh sách của đợt.", "This member is on the roll already.")
	notOnRoll = fault.New(fault.Conflict, "not_on_roll",
		"Đảng viên này không có trong danh sách của đợt.", "This member is not on the roll.")
	notAddressed = fault.New(fault.Conflict, "not_addressed",
		"Đợt học tập không dành cho đối tượng của đảng viên này.", "The drive does not ask members like this one.")
	tooManyActs = fault.New(fault.Conflict, "too_many_changes",
		"Danh sách đã được sửa quá nhiều lần với người này.", "The roll has been changed too often for this member.")
	notYourOwnRow = fault.New(fault.Forbidden, "not_your_own",
		"Bạn không tự thêm hay bớt chính mình.", "You can't add or remove yourself.")
)

// ChangeRoll adds a member to the roll of a drive, or removes one. Whoever does it
// looks after the unit that the member counts in: that of the row, or for who has
// none that of the roll's day which they would count in. Who was removed and is added again counts as before.
func (s *Service) ChangeRoll(ctx context.Context, c *caller.Caller, driveID, memberID string, kind RollActKind, reason string) (RollChange, error) {
	v, err := s.drive(driveID)
	if err != nil {
		return RollChange{}, err
	}
	m, ok := s.People.Identity(memberID)
	if !ok {
		return RollChange{}, fault.NotFound
	}
	if reason = viet.NFC(strings.TrimSpace(reason)); reason == "" {
		return RollChange{}, fault.BadInput.At("/reason", "required", "Không được để trống.", "It may not be empty.")
	}
	r, err := s.rollOf(ctx, driveID)
	if err != nil {
		return RollChange{}, err
	}
	x, err := s.rollChange(ctx, r, m)
	if err != nil {
		return x, err
	}
	if !c.Covers(s.Orgs.OrgPath(x.OrgID), freezers...) || kind == AddToRoll && (!s.mayStudy(v, m) || !slices.Contains(onRoll, m.Status)) {
		return x, fault.NotFound
	}
	if kind == AddToRoll && !Addressed(&v.Visibility, &v.Payload, m) {
		return x, notAddressed
	}
	if m.MemberID == c.MemberID {
		return x, notYourOwnRow
	}
	return s.actOnRoll(ctx, x, RollAct{Kind: kind, At: s.Now(), By: c.MemberID, Reason: reason})
}

// rollChange is what is recorded of a member on a roll, or what is to be
// recorded first: then it has no act and no revision.
func (s *Service) rollChange(ctx context.Context, r *roll, m *caller.Identity) (RollChange, error) {
	id := rollChangeID(r.opening.ID, m.MemberID)
	x, err := s.changes.Get(ctx, id)
	if !errors.Is(err, store.ErrNotFound) {
		return x, err
	}
	x = RollChange{Meta: store.Meta{ID: id}, DriveID: r.opening.ID, MemberID: m.MemberID, Acts: []RollAct{},
		OrgID: s.place(r.opening.RollDate, m.OrgID), Kind: tally.Kind(m.Kind), Status: tally.Status(m.Status), EnterpriseID: m.EnterpriseID}
	if x.PageID = r.pageOf(m.MemberID); x.PageID != "" {
		r.mu.RLock()
		x.OrgID = r.pages[x.PageID].orgID
		r.mu.RUnlock()
	} else {
		// Those of a unit who were added share a page.
		x.Late, x.PageID = true, fmt.Sprintf("%s/%s/added", r.opening.RollID, x.OrgID)
	}
	return x, nil
}

// actOnRoll records an act, which the state of the roll must allow.
func (s *Service) actOnRoll(ctx context.Context, x RollChange, a RollAct) (RollChange, error) {
	if x.Rev == 0 {
		if err := x.act(a); err != nil {
			return x, err
		}
		if err := s.changes.Insert(ctx, &x); !store.IsDuplicate(err, "_id") {
			return s.rollChanged(ctx, x, err)
		}
	}
	next, err := s.changes.Update(ctx, x.ID, func(x *RollChange) error { return x.act(a) })
	return s.rollChanged(ctx, next, err)
}

// holds tells whether the member is on the roll after all acts.
func (x *RollChange) holds() bool {
	if len(x.Acts) == 0 {
		return !x.Late
	}
	return x.Last().Kind == AddToRoll
}

// act adds an act with its effects.
func (x *RollChange) act(a RollAct) error {
	switch {
	case a.Kind == AddToRoll && x.holds():
		return onRollAlready
	case a.Kind == RemoveFromRoll && !x.holds():
		return notOnRoll
	case len(x.Acts) >= maxRollActs:
		return tooManyActs
	}
	if n := len(x.Acts); n > 0 && a.At.Before(x.Acts[n-1].At) {
		a.At = x.Acts[n-1].At // a clock was behind: entries of a row are sorted by time
	}
	x.Acts, x.ChangedAt = append(x.Acts, a), a.At
	x.Add(a.At, fxRow, nil)
	x.Add(a.At, fxAudit, audit.Args(a.At, a.By, "roll."+string(a.Kind), "drive/"+x.DriveID, map[string]string{"member": x.MemberID}))
	return nil
}

func (s *Service) rollChanged(ctx context.Context, x RollChange, err error) (RollChange, error) {
	if err != nil {
		return x, err
	}
	return s.changeFx.Settle(ctx, "roll change", x.ID, x), nil
}

// RollChanges lists the members within the caller's scope who were added to a
// roll or removed from it, the last change first. The reading is audited. A page
// may be short, even empty, and still have a next one.
func (s *Service) RollChanges(ctx context.Context, c *caller.Caller, driveID, cursor string, limit int) ([]RollChange, *string, error) {
	if _, err := s.known(ctx, driveID); err != nil {
		return nil, nil, err
	}
	out, next, err := listed(ctx, s, s.changes, "rollchanges/", driveID, cursor, limit, func(x *RollChange) bool {
		return c.Covers(s.Orgs.OrgPath(x.OrgID), reporters...)
	})
	if err != nil {
		return nil, nil, err
	}
	return out, next, s.Audit.Write(ctx, "", audit.Entry{At: s.Now(), ActorID: c.MemberID, Act: "roll.read", Target: "drive/" + driveID})
}

// listed is a page of what is kept of a drive by time, newest first, that the
// caller may have.
func listed[T any](ctx context.Context, s *Service, from *store.Collection[T], list, driveID, cursor string, limit int, may func(*T) bool) ([]T, *string, error) {
	list += driveID
	q := store.Query{Index: "drive", Eq: []any{driveID}, Desc: true, Limit: limit}
	var err error
	if q.After, err = store.OpenPosition(s.Pages, list, cursor); err != nil {
		return nil, nil, err
	}
	page, err := from.Find(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	out := slices.DeleteFunc(page.Items, func(x T) bool { return !may(&x) })
	if !page.More {
		return out, nil, nil
	}
	next, err := page.Next.Seal(s.Pages, list)
	return out, next, err
}

// forgetRollActs takes the reasons of acts about a member out.
func (s *Service) forgetRollActs(ctx context.Context, memberID string) error {
	var ids []string
	err := s.changes.All(ctx, store.Query{Index: "member", Eq: []any{memberID}}, func(x RollChange) error {
		ids = append(ids, x.ID)
		return nil
	})
	for _, id := range ids {
		if err == nil {
			_, err = s.changes.Update(ctx, id, func(x *RollChange) error {
				for i := range x.Acts {
					x.Acts[i].Reason = ""
				}
				return nil
			})
		}
	}
	return err
}
