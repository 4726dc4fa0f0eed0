package directory

import (
	"context"
	"errors"
	"strings"

	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/ident"
	"sotay/internal/store"
	"sotay/internal/viet"
)

// Root returns the organisation at the top, or false when there is none yet.
func (s *Service) Root() (Org, bool) {
	for _, o := range *s.table.tree.Load() {
		if o.ParentID == "" {
			return *o, true
		}
	}
	return Org{}, false
}

// CreateAdmin makes a member with the role admin over the whole installation,
// and the first organisation when there is none. username makes it repeatable:
// the same one gives the same member.
func (s *Service) CreateAdmin(ctx context.Context, username, name, orgName string) (memberID string, err error) {
	name, orgName = viet.NFC(strings.TrimSpace(name)), viet.NFC(strings.TrimSpace(orgName))
	if name == "" {
		return "", errors.New("the name is empty")
	}
	root, err := s.ensureRoot(ctx, orgName)
	if err != nil {
		return "", err
	}
	today := clock.Day(s.now())
	m := Member{Name: name, NameKey: viet.NameKey(name), OrgID: root.ID, Kind: Official, Locale: "vi", AuthRev: 1,
		Statuses: []Status{{Status: Active, From: today}}, UpdatedAt: s.now(),
		Roles: []Role{{Role: string(caller.Admin), OrgID: root.ID, From: today}}}
	m.ID = ident.Derive("admin", viet.Fold(username))
	if _, err := wroteNew(s.members.Insert(ctx, &m)); err != nil {
		return "", err
	}
	return m.ID, s.Start(ctx)
}

func (s *Service) ensureRoot(ctx context.Context, name string) (Org, error) {
	if root, ok := s.Root(); ok {
		return root, nil
	}
	if name == "" {
		return Org{}, errors.New("there is no organisation yet: name the first one")
	}
	o := Org{Name: name, Kind: "province", From: clock.Day(s.now()), UpdatedAt: s.now()}
	o.ID = ident.Derive("root")
	o.Path = []string{o.ID}
	if err := s.orgs.Insert(ctx, &o); err != nil && !store.IsDuplicate(err, "_id") {
		return Org{}, err
	}
	return s.orgs.Get(ctx, o.ID)
}
