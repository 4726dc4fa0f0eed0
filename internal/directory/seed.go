package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sotay/internal/caller"
	"sotay/internal/directory/tree"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/store"
	"sotay/internal/viet"
)

// Seed is a small directory in one file: the demo province, or the first
// organisations of a new installation.
type Seed struct {
	Orgs        []SeedOrg        `yaml:"orgs"`
	Acts        []SeedAct        `yaml:"acts"`
	Enterprises []SeedEnterprise `yaml:"enterprises"`
	Members     []SeedMember     `yaml:"members"`
}

// SeedOrg is an organisation of a seed. Keys stand for ids within the file.
type SeedOrg struct {
	Key    string `yaml:"key"`
	Name   string `yaml:"name"`
	Kind   string `yaml:"kind"`
	Code   string `yaml:"code"`
	Parent string `yaml:"parent"`
	From   string `yaml:"from"`
}

// SeedAct is what happened to organisations of the seed: a merger of Orgs into
// Into, or a new Name of Org.
type SeedAct struct {
	On         string   `yaml:"on"`
	DecisionNo string   `yaml:"decisionNo"`
	Org        string   `yaml:"org"`
	Name       string   `yaml:"name"`
	Orgs       []string `yaml:"orgs"`
	Into       string   `yaml:"into"`
}

// SeedEnterprise is an enterprise of a seed.
type SeedEnterprise struct {
	Key       string  `yaml:"key"`
	Name      string  `yaml:"name"`
	Ownership string  `yaml:"ownership"`
	Org       string  `yaml:"org"`
	Shifts    []Shift `yaml:"shifts"`
}

// SeedMember is a member of a seed.
type SeedMember struct {
	Key              string       `yaml:"key"`
	Name             string       `yaml:"name"`
	Org              string       `yaml:"org"`
	Kind             string       `yaml:"kind"`
	JoinedOn         string       `yaml:"joinedOn"`
	OfficialOn       string       `yaml:"officialOn"`
	Statuses         []SeedStatus `yaml:"statuses"`
	Tags             []string     `yaml:"tags"`
	Enterprise       string       `yaml:"enterprise"`
	Shift            string       `yaml:"shift"`
	WantsInformation bool         `yaml:"wantsInformation"`
	Username         string       `yaml:"username"`
	Roles            []SeedRole   `yaml:"roles"`
}

// SeedStatus is one span of a member's history.
type SeedStatus struct {
	Status     string `yaml:"status"`
	From       string `yaml:"from"`
	To         string `yaml:"to"`
	Host       string `yaml:"host"`
	DecidedBy  string `yaml:"decidedBy"`
	DecisionNo string `yaml:"decisionNo"`
}

// SeedRole is a role over an organisation's subtree, or over an enterprise.
type SeedRole struct {
	Role       string `yaml:"role"`
	Org        string `yaml:"org"`
	Enterprise string `yaml:"enterprise"`
	From       string `yaml:"from"`
	To         string `yaml:"to"`
}

// OrgID, EnterpriseID and MemberID are the ids that a seed's keys stand for,
// always the same: seeding twice changes nothing.
func OrgID(key string) string        { return ident.Derive("seed/org", key) }
func EnterpriseID(key string) string { return ident.Derive("seed/enterprise", key) }
func MemberID(key string) string     { return ident.Derive("seed/member", key) }

// Apply writes what of a seed is not there yet and returns how many
// organisations and members it wrote. Nothing is written when the seed is not
// sound.
func (s *Service) Apply(ctx context.Context, seed Seed) (orgs, members int, err error) {
	if err := seed.check(); err != nil {
		return 0, 0, err
	}
	if orgs, err = s.seedOrgs(ctx, seed.Orgs); err != nil {
		return orgs, 0, err
	}
	for _, a := range seed.Acts {
		if err := s.seedAct(ctx, a); err != nil {
			return orgs, 0, fmt.Errorf("seed: act of %s: %w", a.On, err)
		}
	}
	for _, e := range seed.Enterprises {
		row := Enterprise{Name: viet.NFC(e.Name), NameKey: viet.Fold(e.Name), Ownership: e.Ownership, OrgID: OrgID(e.Org), Shifts: e.Shifts, Revision: 1, UpdatedAt: s.now()}
		row.ID = EnterpriseID(e.Key)
		row.CodeKey = row.ID
		if err := s.enterprises.Insert(ctx, &row); err != nil && !store.IsDuplicate(err, "_id") {
			return orgs, 0, err
		}
	}
	members, err = s.seedMembers(ctx, seed.Members)
	return orgs, members, err
}

// maxOpenings bounds the organisations that one act opens.
const maxOpenings = 500

// errNothing ends an act that has nothing left to do.
var errNothing = errors.New("nothing to do")

// seedOrgs opens the organisations that never were, one act for each day.
func (s *Service) seedOrgs(ctx context.Context, list []SeedOrg) (int, error) {
	byDay := map[string][]OrgInput{}
	var days []string
	for _, o := range list {
		in := OrgInput{ID: OrgID(o.Key), Code: o.Code, Name: o.Name, Kind: o.Kind}
		if o.Parent != "" {
			in.ParentID = OrgID(o.Parent)
		}
		if byDay[o.From] == nil {
			days = append(days, o.From)
		}
		byDay[o.From] = append(byDay[o.From], in)
	}
	slices.Sort(days)
	opened := 0
	for _, day := range days {
		n, err := s.OpenOrgs(ctx, nil, Decision{On: day}, byDay[day])
		if opened += n; err != nil {
			return opened, fmt.Errorf("seed: %w", err)
		}
	}
	return opened, nil
}

// OpenOrgs opens those of the organisations, whose ids are given, that never
// were, in acts of a bounded size; parents stand before their children. It
// returns how many it opened. May run twice, and beside itself.
func (s *Service) OpenOrgs(ctx context.Context, who *caller.Caller, d Decision, list []OrgInput) (opened int, err error) {
	for part := range slices.Chunk(list, maxOpenings) {
		a, err := s.begin(&d, who, ActImport, nil)
		if err != nil {
			return opened, err
		}
		a.ID = ident.New()
		a, err = s.decide(ctx, who, a, func(_, _ *tree.Snapshot, a *Act) error {
			a.Changes = nil
			h := s.forest.Load().history
			for _, o := range part {
				o.tidy()
				if !h.Known(o.ID) {
					a.Changes = append(a.Changes, o.opening())
				}
			}
			if len(a.Changes) == 0 {
				return errNothing
			}
			return nil
		})
		if err != nil && !errors.Is(err, errNothing) {
			return opened, err
		}
		if err == nil {
			opened += len(a.Changes)
		}
	}
	return opened, nil
}

func (s *Service) seedAct(ctx context.Context, a SeedAct) error {
	d := Decision{On: a.On, DecisionNo: a.DecisionNo, Key: "seed/" + a.On + "/" + a.Org + a.Into}
	if a.Into == "" {
		_, err := s.ChangeOrg(ctx, nil, OrgID(a.Org), d, OrgInput{Name: a.Name})
		return err
	}
	var ids []string
	for _, key := range a.Orgs {
		ids = append(ids, OrgID(key))
	}
	_, err := s.MergeOrgs(ctx, nil, d, Merger{OrgIDs: ids, IntoID: OrgID(a.Into)})
	return err
}

func (s *Service) seedMembers(ctx context.Context, list []SeedMember) (wrote int, err error) {
	rows := make([]*Member, len(list))
	for i := range list {
		m := list[i].member()
		m.UpdatedAt = s.now()
		rows[i] = &m
	}
	for i, err := range s.members.InsertMany(ctx, rows) {
		if store.IsDuplicate(err, "_id") {
			continue
		}
		if err != nil {
			return wrote, err
		}
		s.take(rows[i])
		wrote++
	}
	return wrote, nil
}

func (m *SeedMember) member() Member {
	row := Member{Name: viet.NFC(m.Name), NameKey: viet.NameKey(m.Name), Kind: m.Kind, JoinedOn: m.JoinedOn, OfficialOn: m.OfficialOn,
		Tags: m.Tags, Shift: m.Shift, Locale: "vi", WantsInformation: m.WantsInformation, AuthRev: 1, Revision: 1}
	row.ID = MemberID(m.Key)
	row.CitizenKey, row.CodeKey = row.ID, row.ID
	if m.Enterprise != "" {
		row.EnterpriseID = EnterpriseID(m.Enterprise)
	}
	from := ""
	for _, st := range m.Statuses {
		s := Status{Key: "seed/" + st.From, Status: st.Status, From: st.From, To: st.To, DecisionNo: st.DecisionNo}
		if st.DecidedBy != "" {
			s.DecidedBy = OrgID(st.DecidedBy)
		}
		if st.Host != "" {
			s.HostID = OrgID(st.Host)
		}
		if from == "" || st.From < from {
			from = st.From
		}
		row.putStatus(s)
	}
	row.Places = []Place{{Key: "seed", OrgID: OrgID(m.Org), From: from}}
	for _, r := range m.Roles {
		role := Role{Role: r.Role, From: r.From, To: r.To}
		if r.Enterprise != "" {
			role.EnterpriseID = EnterpriseID(r.Enterprise)
		} else {
			role.OrgID = OrgID(r.Org)
		}
		row.Roles = append(row.Roles, role)
	}
	return row
}

// seedKeys are the keys of a seed, by kind.
type seedKeys struct{ orgs, enterprises, members map[string]bool }

// check tests a seed as a whole. Whether the organisations fit together is
// tested when they open.
func (seed *Seed) check() error {
	k := seedKeys{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for i, o := range seed.Orgs {
		switch {
		case o.Key == "" || o.Name == "" || o.Kind == "" || !isDay(o.From):
			return fmt.Errorf("seed: organisation %d: key, name, kind and from are needed", i+1)
		case k.orgs[o.Key]:
			return fmt.Errorf("seed: organisation %s stands twice", o.Key)
		case o.Parent != "" && !k.orgs[o.Parent]:
			return fmt.Errorf("seed: organisation %s: parent %q does not stand before it", o.Key, o.Parent)
		}
		k.orgs[o.Key] = true
	}
	for i, e := range seed.Enterprises {
		if e.Key == "" || k.enterprises[e.Key] || e.Name == "" || !k.orgs[e.Org] || !slices.Contains(ownerships, e.Ownership) {
			return fmt.Errorf("seed: enterprise %d: key, name, ownership and a known organisation are needed", i+1)
		}
		k.enterprises[e.Key] = true
	}
	for i := range seed.Members {
		m := &seed.Members[i]
		if m.Key == "" || k.members[m.Key] {
			return fmt.Errorf("seed: member %d: key %q is empty or stands twice", i+1, m.Key)
		}
		k.members[m.Key] = true
		if err := m.check(&k); err != nil {
			return fmt.Errorf("seed: member %s: %w", m.Key, err)
		}
	}
	return nil
}

func isDay(s string) bool { return len(needDay(fault.BadInput, "", s, true).Fields) == 0 }

func (m *SeedMember) check(k *seedKeys) error {
	if m.Name == "" || !k.orgs[m.Org] || m.Kind != Official && m.Kind != Probationary || len(m.Statuses) == 0 {
		return fmt.Errorf("name, a known organisation, a kind and a status are needed")
	}
	if m.Enterprise != "" && !k.enterprises[m.Enterprise] {
		return fmt.Errorf("enterprise %q is not known", m.Enterprise)
	}
	for _, st := range m.Statuses {
		if !slices.Contains(statuses, st.Status) || !isDay(st.From) || st.Host != "" && !k.orgs[st.Host] {
			return fmt.Errorf("status %q from %q is not known", st.Status, st.From)
		}
	}
	for _, r := range m.Roles {
		scope := k.orgs[r.Org] || k.enterprises[r.Enterprise]
		if !slices.Contains(caller.Names(), caller.RoleName(r.Role)) || !scope || !isDay(r.From) {
			return fmt.Errorf("role %q over %q from %q is not known", r.Role, r.Org, r.From)
		}
	}
	for _, t := range m.Tags {
		if !slices.Contains(tags, t) {
			return fmt.Errorf("tag %q is not known", t)
		}
	}
	return nil
}
