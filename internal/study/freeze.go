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

// Freeze is the counts of a drive as they stood when somebody froze them under a
// name, such as for an interim or a final review. It is never changed.
type Freeze struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	DriveID        string    `bson:"driveId"`
	Name           string    `bson:"name"`
	At             time.Time `bson:"at"`
	By             string    `bson:"by"`
	// Units are the units that have members of their own on the roll.
	Units []FrozenCounts `bson:"units"`
}

// FrozenCounts are those of a unit's own members.
type FrozenCounts struct {
	OrgID  string       `bson:"orgId"`
	Counts tally.Counts `bson:"counts"`
}

func freezeSchema() *store.Schema {
	return &store.Schema{Name: "drivefreezes", Indexes: []store.Index{
		{Name: "drive", Fields: []store.Field{{Path: "driveId", Type: store.String}, {Path: "at", Type: store.Date}}},
		effect.Index(),
	}}
}

// freezers may freeze the counts of drives of the organisations they look after.
var freezers = []caller.RoleName{caller.Leader, caller.Admin}

var nameTaken = fault.New(fault.Conflict, "freeze_exists",
	"Đợt học tập đã có lần chốt số liệu mang tên này.", "The drive has been frozen under this name before.").
	At("/name", "taken", "Hãy chọn tên khác.", "Choose another name.")

var formedSince = fault.New(fault.Conflict, "formed_since",
	"Đơn vị này lập sau khi đợt mở nên không có trong số liệu đã chốt.", "This unit was formed after the opening: it is not in what was frozen.")

// Freeze freezes the counts of a drive. What was acknowledged before is counted:
// the effects that wait are performed first.
func (s *Service) Freeze(ctx context.Context, c *caller.Caller, driveID, name string) (Freeze, error) {
	v, err := s.known(ctx, driveID)
	if err != nil {
		return Freeze{}, err
	}
	if !c.Covers(s.Orgs.OrgPath(v.OrgID), freezers...) {
		return Freeze{}, fault.NotFound
	}
	if name = viet.NFC(strings.Join(strings.Fields(name), " ")); name == "" {
		return Freeze{}, fault.BadInput.At("/name", "required", "Không được để trống.", "It may not be empty.")
	}
	r, err := s.rollOf(ctx, driveID)
	if err != nil {
		return Freeze{}, err
	}
	if err := s.drain(ctx, driveID); err != nil {
		return Freeze{}, err
	}
	f := Freeze{Meta: store.Meta{ID: ident.Derive("freeze", driveID, viet.Fold(name))}, DriveID: driveID, Name: name, At: s.Now(), By: c.MemberID}
	sums := map[string]*tally.Counts{}
	err = s.pages.All(ctx, store.Query{Index: "roll", Eq: []any{r.opening.RollID}}, func(p Page) error {
		add(sums, p.OrgID, &p.Counts)
		return nil
	})
	if err != nil {
		return f, fmt.Errorf("freeze drive %s: %w", driveID, err)
	}
	for org, n := range sums {
		f.Units = append(f.Units, FrozenCounts{org, *n})
	}
	slices.SortFunc(f.Units, func(a, b FrozenCounts) int { return strings.Compare(a.OrgID, b.OrgID) })
	f.Add(f.At, fxAudit, audit.Args(f.At, c.MemberID, "drive.freeze", "drive/"+driveID, map[string]string{"freeze": f.ID}))
	err = s.freezes.Insert(ctx, &f)
	if store.IsDuplicate(err, "_id") {
		return f, nameTaken
	}
	if err != nil {
		return f, fmt.Errorf("freeze drive %s: %w", driveID, err)
	}
	return s.freezeFx.Settle(ctx, "freeze", f.ID, f), nil
}

// drain performs what waits to follow from evidence, completions and acts on the
// roll of a drive.
func (s *Service) drain(ctx context.Context, driveID string) error {
	err := drained(ctx, s.records, s.recordFx, func(e *Evidence) (id string, of bool) { return e.ID, e.DriveID == driveID })
	if err == nil {
		err = drained(ctx, s.completions, s.completeFx, func(c *Completion) (id string, of bool) { return c.ID, c.DriveID == driveID })
	}
	if err == nil {
		err = drained(ctx, s.changes, s.changeFx, func(x *RollChange) (id string, of bool) { return x.ID, x.DriveID == driveID })
	}
	if err != nil {
		return fmt.Errorf("drain drive %s: %w", driveID, err)
	}
	return nil
}

// drained performs the effects that wait in rows of one drive.
func drained[T any](ctx context.Context, from *store.Collection[T], fx *effect.Runner[T], of func(*T) (id string, of bool)) error {
	return from.All(ctx, store.Query{Index: "fxDue", From: int64(1)}, func(row T) error {
		id, ours := of(&row)
		if !ours {
			return nil
		}
		_, err := fx.Perform(ctx, id, row)
		return err
	})
}

// Freezes lists the freezes of a drive that concerns the caller's scope, oldest
// first, without their counts.
func (s *Service) Freezes(ctx context.Context, c *caller.Caller, driveID string) ([]Freeze, error) {
	v, err := s.known(ctx, driveID)
	if err != nil {
		return nil, err
	}
	orgID, err := s.scope(c, "", reporters...)
	if err != nil {
		return nil, err
	}
	if !s.concerns(v, orgID) {
		return nil, fault.NotFound
	}
	var out []Freeze
	err = s.freezes.All(ctx, store.Query{Index: "drive", Eq: []any{driveID}}, func(f Freeze) error {
		f.Units = nil
		out = append(out, f)
		return nil
	})
	return out, err
}

// Frozen is a freeze for a unit and those below it, and what has come since.
type Frozen struct {
	Freeze   Freeze
	RollDate string
	Unit     FrozenUnit
}

// FrozenUnit is a unit as it was frozen. Since are the counts of now less those.
type FrozenUnit struct {
	Unit
	Since tally.Counts
	Units []FrozenUnit
}

// Frozen returns a freeze of a drive for an organisation in the caller's scope.
func (s *Service) Frozen(ctx context.Context, c *caller.Caller, driveID, freezeID, orgID string, depth int) (*Frozen, error) {
	now, err := s.Report(ctx, c, driveID, orgID, "", depth)
	if err != nil {
		return nil, err
	}
	if now.day != now.RollDate {
		return nil, formedSince
	}
	f, err := s.freezes.Get(ctx, freezeID)
	if errors.Is(err, store.ErrNotFound) || err == nil && f.DriveID != driveID {
		return nil, fault.NotFound
	}
	if err != nil {
		return nil, err
	}
	sums := map[string]*tally.Counts{}
	for i := range f.Units {
		add(sums, s.place(now.day, f.Units[i].OrgID), &f.Units[i].Counts)
	}
	then := s.unit(now.day, now.Unit.OrgID, sums, depth)
	return &Frozen{Freeze: f, RollDate: now.RollDate, Unit: since(then, &now.Unit)}, nil
}

// since joins a unit as it was with the same unit as it is.
func since(then Unit, now *Unit) FrozenUnit {
	out := FrozenUnit{Unit: then, Since: now.Counts, Units: []FrozenUnit{}}
	out.Since.Less(&then.Counts)
	for i := range then.Units {
		out.Units = append(out.Units, since(then.Units[i], &now.Units[i])) // of one tree: in the same order
	}
	return out
}
