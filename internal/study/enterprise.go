package study

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/study/tally"
	"sotay/internal/suppress"
	"sotay/internal/viet"
)

// Enterprise is the counts of a drive for those who work at an enterprise,
// wherever they belong.
type Enterprise struct {
	ID, Name string
	Counts   tally.Counts
	// Units are those that they stand in, by name.
	Units []EnterpriseUnit
}

// EnterpriseUnit is the part of an enterprise in one unit. Its counts are not
// told when Suppressed.
type EnterpriseUnit struct {
	OrgID, Name string
	Counts      tally.Counts
	Suppressed  bool
}

// EnterpriseReport is the counts of a drive by enterprise.
type EnterpriseReport struct {
	DriveID, Title string
	AsOf           time.Time
	RollDate       string
	// OrgID is the organisation whose members are counted, "" for all.
	OrgID       string
	Enterprises []Enterprise // by name
}

// Enterprises counts a drive by enterprise. Who reports for an organisation gets
// all those that its members work at; the leader of an enterprise gets that one.
func (s *Service) Enterprises(ctx context.Context, c *caller.Caller, driveID, orgID, asOf string) (*EnterpriseReport, error) {
	return s.enterprises(ctx, c, driveID, "", orgID, asOf)
}

// Enterprise counts a drive for one enterprise, by unit. Its leader, who may not
// read the names of the units, is not told of fewer than five people.
func (s *Service) Enterprise(ctx context.Context, c *caller.Caller, driveID, enterpriseID, orgID, asOf string) (*EnterpriseReport, error) {
	rep, err := s.enterprises(ctx, c, driveID, enterpriseID, orgID, asOf)
	if err == nil && len(rep.Enterprises) == 0 {
		return nil, fault.NotFound
	}
	return rep, err
}

// enterprises counts one enterprise, or all that the caller may know of.
func (s *Service) enterprises(ctx context.Context, c *caller.Caller, driveID, only, orgID, asOf string) (*EnterpriseReport, error) {
	v, err := s.known(ctx, driveID)
	if err != nil {
		return nil, err
	}
	own, orgID, err := s.enterpriseScope(c, v, only, orgID)
	if err != nil {
		return nil, err
	}
	r, err := s.rollOf(ctx, driveID)
	if err != nil {
		return nil, err
	}
	n, err := s.counted(ctx, r, orgID, asOf)
	if err != nil {
		return nil, err
	}
	live := n
	if own != nil && asOf != "" { // what is hidden goes by today too
		if live, err = s.countedOn(ctx, r, n.day, ""); err != nil {
			return nil, err
		}
	}
	out := &EnterpriseReport{DriveID: driveID, Title: v.Payload.Title, AsOf: n.at, RollDate: r.opening.RollDate, OrgID: orgID}
	ids := slices.Collect(maps.Keys(n.works))
	if only != "" {
		ids = []string{only}
	}
	names, err := s.People.EnterpriseNames(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if own != nil && !slices.Contains(own, id) {
			continue
		}
		e := Enterprise{ID: id, Name: names[id], Units: s.unitsOf(n.day, orgID, n.works[id])}
		if len(e.Units) == 0 {
			continue
		}
		e.sum()
		if own != nil {
			e.hide(live.works[id], func(orgID string) bool { return c.Covers(s.Orgs.OrgPath(orgID), reporters...) })
		}
		out.Enterprises = append(out.Enterprises, e)
	}
	if own != nil && len(out.Enterprises) == 0 {
		return nil, fault.NotFound
	}
	slices.SortFunc(out.Enterprises, func(a, b Enterprise) int { return byName(a.Name, b.Name, a.ID, b.ID) })
	return out, nil
}

// enterpriseScope is whose members a caller has counted: the own enterprises, when
// one of them is asked for or no organisation is the caller's; else those of an
// organisation.
func (s *Service) enterpriseScope(c *caller.Caller, v *DriveVersion, only, orgID string) (own []string, org string, err error) {
	own = ownEnterprises(c)
	if orgID == "" && only != "" && slices.Contains(own, only) {
		return []string{only}, "", nil
	}
	org, err = s.scope(c, orgID, reporters...)
	switch {
	case err != nil && orgID == "" && only == "" && len(own) > 0:
		return own, "", nil
	case err != nil:
		return nil, "", err
	case !s.concerns(v, org):
		return nil, "", fault.NotFound
	}
	return nil, org, nil
}

// ownEnterprises are the enterprises that the caller has a role over.
func ownEnterprises(c *caller.Caller) []string {
	var out []string
	for i := range c.Roles {
		if role := &c.Roles[i]; role.EnterpriseID != "" && slices.Contains(reporters, role.Name) {
			out = append(out, role.EnterpriseID)
		}
	}
	return out
}

// unitsOf are the units of the roll's day within an organisation, "" for all, by
// name.
func (s *Service) unitsOf(day, orgID string, sums map[string]*tally.Counts) []EnterpriseUnit {
	var out []EnterpriseUnit
	for id, n := range sums {
		name, path, _ := s.People.UnitOn(day, id)
		if orgID == "" || slices.Contains(path, orgID) {
			out = append(out, EnterpriseUnit{OrgID: id, Name: name, Counts: *n})
		}
	}
	slices.SortFunc(out, func(a, b EnterpriseUnit) int { return byName(a.Name, b.Name, a.OrgID, b.OrgID) })
	return out
}

func (e *Enterprise) sum() {
	for i := range e.Units {
		e.Counts.Add(&e.Units[i].Counts)
	}
}

// hide hides the small ones of the units whose names the reader may not read.
// What is small does not depend on the day that is asked about, or two days would
// tell by their difference: the fewest are meant that a unit had at the opening or
// has today.
func (e *Enterprise) hide(live map[string]*tally.Counts, covered func(orgID string) bool) {
	var units []*EnterpriseUnit
	var people []int64
	for i := range e.Units {
		u := &e.Units[i]
		if covered(u.OrgID) {
			continue
		}
		fewest := u.Counts.Total + u.Counts.Removed - u.Counts.Added // taken down
		if now := live[u.OrgID]; now != nil {
			fewest = min(fewest, now.Total)
		}
		units, people = append(units, u), append(people, max(fewest, 1)) // there are rows
	}
	for i, small := range suppress.Small(people) {
		units[i].Suppressed = small
	}
}

func byName(a, b, idA, idB string) int {
	return cmp.Or(strings.Compare(viet.Fold(a), viet.Fold(b)), strings.Compare(a, b), strings.Compare(idA, idB))
}
