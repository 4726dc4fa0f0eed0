package directory

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"sotay/internal/caller"
	"sotay/internal/ident"
	"sotay/internal/store"
	"sotay/internal/viet"
)

// Seed is a small directory in one file: the demo province, or the first
// organisations of a new installation.
type Seed struct {
	Orgs    []SeedOrg    `yaml:"orgs"`
	Members []SeedMember `yaml:"members"`
}

// SeedOrg is an organisation of a seed. Keys stand for ids within the file.
type SeedOrg struct {
	Key    string `yaml:"key"`
	Name   string `yaml:"name"`
	Kind   string `yaml:"kind"`
	Parent string `yaml:"parent"`
	From   string `yaml:"from"`
}

// SeedMember is a member of a seed.
type SeedMember struct {
	Key              string       `yaml:"key"`
	Name             string       `yaml:"name"`
	Org              string       `yaml:"org"`
	Kind             string       `yaml:"kind"`
	Statuses         []SeedStatus `yaml:"statuses"`
	Tags             []string     `yaml:"tags"`
	WantsInformation bool         `yaml:"wantsInformation"`
	Username         string       `yaml:"username"`
	Roles            []SeedRole   `yaml:"roles"`
}

// SeedStatus is one span of a member's history.
type SeedStatus struct {
	Status     string `yaml:"status"`
	From       string `yaml:"from"`
	To         string `yaml:"to"`
	DecidedBy  string `yaml:"decidedBy"`
	DecisionNo string `yaml:"decisionNo"`
	Note       string `yaml:"note"`
}

// SeedRole is a role over an organisation's subtree.
type SeedRole struct {
	Role string `yaml:"role"`
	Org  string `yaml:"org"`
	From string `yaml:"from"`
	To   string `yaml:"to"`
}

// OrgID and MemberID are the ids that a seed's keys stand for, always the
// same: seeding twice changes nothing.
func OrgID(key string) string    { return ident.Derive("seed/org", key) }
func MemberID(key string) string { return ident.Derive("seed/member", key) }

// Apply writes what of a seed is not there yet and returns how many
// organisations and members it wrote. Nothing is written when the seed is not
// sound.
func (s *Service) Apply(ctx context.Context, seed Seed) (orgs, members int, err error) {
	paths, err := seed.check()
	if err != nil {
		return 0, 0, err
	}
	for _, o := range seed.Orgs {
		row := Org{Name: viet.NFC(o.Name), Kind: o.Kind, Path: paths[o.Key], From: o.From, UpdatedAt: s.now()}
		row.ID = OrgID(o.Key)
		if o.Parent != "" {
			row.ParentID = OrgID(o.Parent)
		}
		wrote, err := wroteNew(s.orgs.Insert(ctx, &row))
		if err != nil {
			return orgs, members, err
		}
		orgs += wrote
	}
	for _, sm := range seed.Members {
		row := sm.member()
		row.UpdatedAt = s.now()
		wrote, err := wroteNew(s.members.Insert(ctx, &row))
		if err != nil {
			return orgs, members, err
		}
		members += wrote
	}
	return orgs, members, s.Start(ctx)
}

func wroteNew(err error) (int, error) {
	if store.IsDuplicate(err, "_id") {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return 1, nil
}

func (m *SeedMember) member() Member {
	row := Member{Name: viet.NFC(m.Name), NameKey: viet.NameKey(m.Name), OrgID: OrgID(m.Org), Kind: m.Kind,
		Tags: m.Tags, Locale: "vi", WantsInformation: m.WantsInformation, AuthRev: 1}
	row.ID = MemberID(m.Key)
	for _, st := range m.Statuses {
		s := Status{Status: st.Status, From: st.From, To: st.To, DecisionNo: st.DecisionNo}
		if st.DecidedBy != "" {
			s.DecidedBy = OrgID(st.DecidedBy)
		}
		row.Statuses = append(row.Statuses, s)
	}
	for _, r := range m.Roles {
		row.Roles = append(row.Roles, Role{Role: r.Role, OrgID: OrgID(r.Org), From: r.From, To: r.To})
	}
	return row
}

var (
	days     = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	statuses = []string{Active, Exempt, TemporarilyExempt, TemporaryAttachment, Transfer, Suspended, StruckOff, Expelled, Resigned, Deceased}
	tags     = []string{"ethnicMinority", "remote", "privateEnterprise", "fdiEnterprise"}
)

// check tests a seed and returns the paths of its organisations.
func (seed Seed) check() (map[string][]string, error) {
	paths := map[string][]string{}
	for i, o := range seed.Orgs {
		parent, known := paths[o.Parent]
		switch {
		case o.Key == "" || o.Name == "" || o.Kind == "" || !days.MatchString(o.From):
			return nil, fmt.Errorf("seed: organisation %d: key, name, kind and from are needed", i+1)
		case paths[o.Key] != nil:
			return nil, fmt.Errorf("seed: organisation %s stands twice", o.Key)
		case o.Parent != "" && !known:
			return nil, fmt.Errorf("seed: organisation %s: parent %q does not stand before it", o.Key, o.Parent)
		}
		paths[o.Key] = append(slices.Clone(parent), OrgID(o.Key))
	}
	seen := map[string]bool{}
	for i := range seed.Members {
		m := &seed.Members[i]
		if m.Key == "" || seen[m.Key] {
			return nil, fmt.Errorf("seed: member %d: key %q is empty or stands twice", i+1, m.Key)
		}
		seen[m.Key] = true
		if err := m.check(paths); err != nil {
			return nil, fmt.Errorf("seed: member %s: %w", m.Key, err)
		}
	}
	return paths, nil
}

func (m *SeedMember) check(orgs map[string][]string) error {
	if m.Name == "" || orgs[m.Org] == nil || m.Kind != Official && m.Kind != Probationary {
		return fmt.Errorf("name, a known organisation and a kind are needed")
	}
	for _, st := range m.Statuses {
		if !slices.Contains(statuses, st.Status) || !days.MatchString(st.From) {
			return fmt.Errorf("status %q from %q is not known", st.Status, st.From)
		}
	}
	for _, r := range m.Roles {
		if !slices.Contains(caller.Names(), caller.RoleName(r.Role)) || orgs[r.Org] == nil || !days.MatchString(r.From) {
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
