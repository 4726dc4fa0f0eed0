package directory

import (
	"context"
	"errors"
	"fmt"

	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/directory/tree"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/store"
	"sotay/internal/viet"
)

// Root returns the organisation at the top, or false when there is none yet.
func (s *Service) Root() (tree.Org, bool) {
	t := s.Tree()
	if o := t.Org(t.Root); o != nil {
		return *o, true
	}
	return tree.Org{}, false
}

// CreateAdmin makes a member with the role admin over the whole installation,
// and the first organisation when there is none. username makes it repeatable:
// the same one gives the same member.
func (s *Service) CreateAdmin(ctx context.Context, username, name, orgName string) (memberID string, err error) {
	name, orgName = tidy(name), tidy(orgName)
	if name == "" {
		return "", errors.New("the name is empty")
	}
	rootID, err := s.ensureRoot(ctx, orgName)
	if err != nil {
		return "", err
	}
	today := clock.Day(s.now())
	m := Member{Name: name, NameKey: viet.NameKey(name), Kind: Official, Locale: "vi", AuthRev: 1, Revision: 1, UpdatedAt: s.now(),
		Places:   []Place{{Key: "first", OrgID: rootID, From: today}},
		Statuses: []Status{{Key: "first", Status: Active, From: today}},
		Roles:    []Role{{Role: string(caller.Admin), OrgID: rootID, From: today}}}
	m.ID = ident.Derive("admin", viet.Fold(username))
	m.CitizenKey, m.CodeKey = m.ID, m.ID
	s.memberAudit(&m, nil, "create", map[string]string{"org": rootID, "role": string(caller.Admin)})
	err = s.members.Insert(ctx, &m)
	if store.IsDuplicate(err, "_id") {
		return m.ID, nil
	}
	if err != nil {
		return "", err
	}
	s.wrote(ctx, &m)
	return m.ID, nil
}

// ensureRoot returns the first organisation, or makes it.
func (s *Service) ensureRoot(ctx context.Context, name string) (string, error) {
	if root, ok := s.Root(); ok {
		return root.ID, nil
	}
	if name == "" {
		return "", errors.New("there is no organisation yet: name the first one")
	}
	_, err := s.CreateOrg(ctx, nil, Decision{On: clock.Day(s.now()), Key: "root"}, OrgInput{ID: ident.Derive("root"), Name: name, Kind: "province"})
	if err != nil && !errors.Is(err, keyReused) && fault.As(err) == nil {
		return "", err
	}
	root, ok := s.Root()
	if !ok {
		return "", fmt.Errorf("first organisation: %w", err)
	}
	return root.ID, nil
}
