package study

import (
	"context"
	"slices"
	"time"

	"sotay/internal/audience"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/study/tally"
)

// reporters may read the counts of the units within their scope.
var reporters = []caller.RoleName{caller.Secretary, caller.Leader, caller.Inspector, caller.Admin}

// Unit is an organisation of the roll's day with its counts, those of all below
// it included.
type Unit struct {
	OrgID, Name string
	Counts      tally.Counts
	Units       []Unit
}

// Report is the counts of a drive.
type Report struct {
	DriveID, Title string
	// AsOf is the instant up to which what was recorded counts.
	AsOf     time.Time
	RollDate string
	Unit     Unit
	day      string // of the tree that the units are of
}

// Report counts a drive for a unit and the units so many levels below. asOf is a
// day, to its end, "" for now: facts recorded by then count.
func (s *Service) Report(ctx context.Context, c *caller.Caller, driveID, orgID, asOf string, depth int) (*Report, error) {
	// Of a withdrawn drive too: what was done in it stays true.
	v, err := s.known(ctx, driveID)
	if err != nil {
		return nil, err
	}
	if orgID, err = s.scope(c, orgID, reporters...); err != nil {
		return nil, err
	}
	if !s.concerns(v, orgID) {
		return nil, fault.NotFound
	}
	r, err := s.rollOf(ctx, driveID)
	if err != nil {
		return nil, err
	}
	n, err := s.counted(ctx, r, orgID, asOf)
	if err != nil {
		return nil, err
	}
	return &Report{DriveID: driveID, Title: v.Payload.Title, AsOf: n.at, RollDate: r.opening.RollDate, Unit: s.unit(n.day, orgID, n.all, depth), day: n.day}, nil
}

// concerns tells whether a drive is for members of an organisation.
func (s *Service) concerns(v *DriveVersion, orgID string) bool {
	if v.Visibility.Kind == audience.All {
		return true
	}
	path := s.Orgs.OrgPath(orgID)
	return slices.ContainsFunc(v.Visibility.OrgIDs, func(org string) bool {
		return slices.Contains(path, org) || slices.Contains(s.Orgs.OrgPath(org), orgID)
	})
}

// nameReaders are those of them who may read names.
var nameReaders = []caller.RoleName{caller.Secretary, caller.Inspector, caller.Admin}

// scope is the organisation that a report is about: the one asked for when the
// caller's role there is one of some, else the highest that such roles stand at.
func (s *Service) scope(c *caller.Caller, orgID string, roles ...caller.RoleName) (string, error) {
	if orgID != "" {
		if !c.Covers(s.Orgs.OrgPath(orgID), roles...) {
			return "", fault.NotFound
		}
		return orgID, nil
	}
	best, at := "", 0
	for i := range c.Roles {
		role := &c.Roles[i]
		if path := s.Orgs.OrgPath(role.OrgID); role.OrgID != "" && path != nil && slices.Contains(roles, role.Name) && (best == "" || len(path) < at) {
			best, at = role.OrgID, len(path)
		}
	}
	if best == "" {
		return "", fault.NotFound
	}
	return best, nil
}

// endOf is the end of a day in Vietnam, or now when that is earlier.
func endOf(day string, now time.Time) (time.Time, error) {
	d, err := time.ParseInLocation(time.DateOnly, day, clock.Vietnam)
	if err != nil {
		return now, fault.BadInput.At("/query/asOf", "invalid", "Ngày phải có dạng YYYY-MM-DD.", "A day is written YYYY-MM-DD.")
	}
	if end := d.AddDate(0, 0, 1).Add(-time.Millisecond); end.Before(now) {
		return end, nil
	}
	return now, nil
}

// unit sums a subtree of the roll's day, and shows the units so many levels
// below.
func (s *Service) unit(day, orgID string, sums map[string]*tally.Counts, depth int) Unit {
	name, _, children := s.People.UnitOn(day, orgID)
	u := Unit{OrgID: orgID, Name: name, Units: []Unit{}}
	if n := sums[orgID]; n != nil {
		u.Counts.Add(n)
	}
	for _, id := range children {
		below := s.unit(day, id, sums, depth-1)
		u.Counts.Add(&below.Counts)
		if depth > 0 {
			u.Units = append(u.Units, below)
		}
	}
	return u
}
