package directory

import (
	"slices"

	"sotay/internal/caller"
	"sotay/internal/fault"
)

// Whoever could change what proves that somebody is a member, or whether they
// still are one, could take over or take away what that member may do. So an
// administrator does that only to members all of whose roles, those to come
// included, lie within the own scope; and nobody does it to themselves.

// unended are the roles that are in force or will be.
func unended(roles []Role, day string) []Role {
	return slices.DeleteFunc(slices.Clone(roles), func(r Role) bool { return r.To != "" && r.To < day })
}

// governs tells whether a role lies within somebody's scope as administrator.
// A role over an enterprise reaches members of all units, and is the business
// of the root's administrators.
func (s *Service) governs(who *caller.Caller, r Role) bool {
	t := s.Tree()
	orgID := r.OrgID
	if orgID == "" {
		orgID = t.Root
	}
	return covers(who, t.Path(orgID), admins...)
}

// outranks tells whether somebody's scope reaches all that a member may do.
func (s *Service) outranks(who *caller.Caller, m *Member) bool {
	return !slices.ContainsFunc(unended(m.Roles, s.Tree().Day), func(r Role) bool { return !s.governs(who, r) })
}

// mayDecide tests that somebody may decide about a member's standing, as an
// administrator or, on behalf of the branch, as its secretary.
func (s *Service) mayDecide(who *caller.Caller, m *Member, asSecretary bool) error {
	switch {
	case who == nil:
		return nil
	case who.MemberID == m.ID:
		return notYourOwn
	case asSecretary:
		if slices.ContainsFunc(unended(m.Roles, s.Tree().Day), func(r Role) bool { return r.Role != string(caller.Secretary) }) {
			return needsAdmin
		}
	case !s.outranks(who, m):
		return needsHigher
	}
	return nil
}

// proves tells whether an input changes what a member is recognised by.
func (in *MemberInput) proves() bool { return in.CitizenID != nil || in.Phone != nil || in.Code != nil }

// identityChanged tells whether two states of a member differ in what they are
// recognised by or in where and what they are.
func identityChanged(a, b *Member) bool {
	return a.CitizenKey != b.CitizenKey || a.CodeKey != b.CodeKey || a.PhoneKey != b.PhoneKey ||
		!slices.Equal(a.Places, b.Places) || !slices.Equal(a.Statuses, b.Statuses)
}

// horizon is how far ahead something may be decided, in years: a day far away
// would stand in the way of everything before it.
const horizon = 2

// withinHorizon refuses days that lie too far ahead.
func (s *Service) withinHorizon(f *fault.Fault, pointer, day string) *fault.Fault {
	if last := s.now().AddDate(horizon, 0, 0).Format("2006-01-02"); day > last {
		return f.At(pointer, "too_far_ahead", "Ngày có hiệu lực không quá 2 năm kể từ nay.", "It may lie two years ahead at most.")
	}
	return f
}
