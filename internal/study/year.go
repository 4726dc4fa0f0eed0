package study

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/study/tally"
)

// YearReport is the counts of all drives that opened in a year, added up over
// them. It rates nobody.
type YearReport struct {
	Year   int
	AsOf   time.Time
	Drives []YearDrive // oldest first
	// Unit is an organisation of today; a member on the rolls of three drives
	// counts three times.
	Unit Unit
}

// YearDrive is a drive of a year, also one that was withdrawn since: what was
// done in it stays true.
type YearDrive struct {
	Version  *DriveVersion
	RollDate string
	roll     *roll
}

// Year adds up the drives of a year for an organisation and those below it.
func (s *Service) Year(ctx context.Context, c *caller.Caller, year int, orgID string, depth int) (*YearReport, error) {
	orgID, err := s.scope(c, orgID, reporters...)
	if err != nil {
		return nil, err
	}
	if _, path, _ := s.People.UnitOn("", orgID); path == nil {
		return nil, fault.NotFound // it has closed: its members count in its heirs
	}
	out := &YearReport{Year: year, AsOf: s.Now()}
	if out.Drives, err = s.yearDrives(ctx, year, orgID); err != nil {
		return nil, err
	}
	sums := map[string]*tally.Counts{}
	for i := range out.Drives {
		n, err := s.countedOn(ctx, out.Drives[i].roll, "", "")
		if err != nil {
			return nil, err
		}
		for id, counts := range n.all {
			add(sums, id, counts)
		}
	}
	out.Unit = s.unit("", orgID, sums, depth)
	return out, nil
}

// yearDrives are the drives that opened in a year and concern an organisation.
func (s *Service) yearDrives(ctx context.Context, year int, orgID string) ([]YearDrive, error) {
	var out []YearDrive
	prefix := strconv.Itoa(year) + "-"
	err := s.openings.Each(ctx, func(o Opening) error {
		if !strings.HasPrefix(o.RollDate, prefix) {
			return nil
		}
		v, err := s.known(ctx, o.ID)
		if err != nil {
			return err
		}
		if !s.concerns(v, orgID) {
			return nil
		}
		r, err := s.rollOf(ctx, o.ID)
		if err != nil {
			return err
		}
		out = append(out, YearDrive{Version: v, RollDate: o.RollDate, roll: r})
		return nil
	})
	slices.SortFunc(out, func(a, b YearDrive) int {
		if d := a.Version.Payload.OpensAt.Compare(b.Version.Payload.OpensAt); d != 0 {
			return d
		}
		return strings.Compare(a.Version.ItemID, b.Version.ItemID)
	})
	return out, err
}

// YearMember is what a member has done in the drives of a year.
type YearMember struct {
	MemberID, Name, OrgID, Kind, Status string
	// Obliged counts the drives that were owed.
	Obliged, CompletedObliged, CompletedExempt int64
	Drives                                     []YearMemberDrive
}

// YearMemberDrive is how a member stands in one of them.
type YearMemberDrive struct {
	DriveID string
	OnRoll  bool
	// Exempt says that nothing was owed, on the day of the roll or today.
	Exempt bool
	State  string
	// Basis and On are of the completion, "" for none.
	Basis tally.Basis
	On    string
	// OnTime tells whether On lies within the deadline; nil for who owed nothing
	// or has not completed.
	OnTime *bool
}

// YearMemberList is a page of the members of an organisation with what they have
// done in the drives of a year. Next is nil after the last.
type YearMemberList struct {
	OrgID   string
	Drives  []YearDrive // oldest first
	Members []YearMember
	Next    *string
}

// YearMembers lists the members of an organisation, as of today, with what they
// have done in the drives of a year, by name. The reading is audited.
func (s *Service) YearMembers(ctx context.Context, c *caller.Caller, year int, orgID, cursor string, limit int) (*YearMemberList, error) {
	out := &YearMemberList{OrgID: orgID}
	var err error
	if orgID == "" {
		if out.OrgID, err = s.scope(c, "", nameReaders...); err != nil {
			return nil, err
		}
	}
	out.Next, err = s.People.EachMember(ctx, c, out.OrgID, cursor, limit, func(memberID, name, orgID, kind, status string) {
		out.Members = append(out.Members, YearMember{MemberID: memberID, Name: name, OrgID: orgID, Kind: kind, Status: status, Drives: []YearMemberDrive{}})
	})
	if err != nil {
		return nil, err
	}
	if out.Drives, err = s.yearDrives(ctx, year, out.OrgID); err != nil {
		return nil, err
	}
	for i := range out.Drives {
		if err := s.yearOf(ctx, &out.Drives[i], out.Members); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// yearOf adds to members how they stand in one drive.
func (s *Service) yearOf(ctx context.Context, d *YearDrive, members []YearMember) error {
	rows, err := s.rowsOf(ctx, d, members)
	if err != nil {
		return err
	}
	for i := range members {
		m := &members[i]
		x := YearMemberDrive{DriveID: d.Version.ItemID, State: StateNotStarted}
		row, there := rows[m.MemberID]
		if !there {
			continue
		}
		x.stands(&row)
		who, known := s.People.Identity(m.MemberID)
		rules := &d.roll.opening.Rules
		// What was owed and done stays so; a debt ends with an exemption.
		x.Exempt = !x.OnRoll || !rules.Owes(row.Kind, row.Status) ||
			x.State != StateCompleted && known && !rules.Owes(tally.Kind(who.Kind), tally.Status(who.Status))
		m.count(&x)
	}
	return nil
}

// stands reads a row.
func (x *YearMemberDrive) stands(row *tally.Row) {
	now := row.At(forever)
	x.OnRoll = now.OnRoll
	if now.Has(tally.Began) || now.Has(tally.PassedIt) {
		x.State = StateInProgress
	}
	if now.Completion != nil {
		x.State, x.Basis, x.On = StateCompleted, now.Completion.Basis, now.Completion.On
		if due := now.Completion.Due; due != "" {
			inTime := x.On <= due
			x.OnTime = &inTime
		}
	}
}

func (m *YearMember) count(x *YearMemberDrive) {
	if !x.Exempt {
		m.Obliged++
	}
	switch {
	case x.State != StateCompleted:
	case x.Exempt:
		m.CompletedExempt++
	default:
		m.CompletedObliged++
	}
	m.Drives = append(m.Drives, *x)
}

// rowsOf are the rows of members in a drive. Who is not on its roll and has
// completed it all the same has one made of the completion.
func (s *Service) rowsOf(ctx context.Context, d *YearDrive, members []YearMember) (map[string]tally.Row, error) {
	var pages, completions []string
	for i := range members {
		if id := d.roll.pageOf(members[i].MemberID); id == "" {
			completions = append(completions, CompletionID(d.Version.ItemID, members[i].MemberID))
		} else if !slices.Contains(pages, id) {
			pages = append(pages, id)
		}
	}
	found, err := s.pages.GetMany(ctx, pages)
	if err != nil {
		return nil, err
	}
	out := map[string]tally.Row{}
	for id := range found {
		for _, row := range found[id].Rows {
			out[row.MemberID] = row.Row
		}
	}
	done, err := s.completions.GetMany(ctx, completions)
	if err != nil {
		return nil, err
	}
	for id := range done {
		c := done[id]
		out[c.MemberID] = tally.Row{MemberID: c.MemberID, Entries: append([]tally.Entry{{Kind: tally.Removed}}, c.entries()...)}
	}
	return out, nil
}
