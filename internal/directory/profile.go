package directory

import (
	"context"

	"sotay/internal/caller"
	"sotay/internal/directory/tree"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// Profile is a member as that member sees it.
type Profile struct {
	Member   Member
	Identity *caller.Identity
	Path     []*tree.Org
	// ScopeName are the names of organisations and enterprises of the roles.
	ScopeName  map[string]string
	Enterprise *Enterprise
}

// Profile reads the member's own record.
func (s *Service) Profile(ctx context.Context, memberID string) (Profile, error) {
	m, err := s.members.Get(ctx, memberID)
	if err != nil {
		return Profile{}, memberFault(err)
	}
	s.take(&m)
	i, ok := s.Identity(memberID)
	if !ok {
		return Profile{}, fault.NotFound
	}
	p := Profile{Member: m, Identity: i, ScopeName: map[string]string{}}
	t := s.Tree()
	for _, id := range i.OrgPath {
		if o := t.Org(id); o != nil {
			p.Path = append(p.Path, o)
		}
	}
	var companies []string
	if m.EnterpriseID != "" {
		companies = append(companies, m.EnterpriseID)
	}
	for _, r := range i.Roles {
		if o := t.Org(r.OrgID); o != nil {
			p.ScopeName[r.OrgID] = o.Name
		}
		if r.EnterpriseID != "" {
			companies = append(companies, r.EnterpriseID)
		}
	}
	found, err := s.enterprises.GetMany(ctx, companies)
	if err != nil {
		return p, doing("enterprises of a profile", err)
	}
	for id, e := range found {
		p.ScopeName[id] = e.Name
		if id == m.EnterpriseID {
			p.Enterprise = &e
		}
	}
	return p, nil
}

// Preferences are what members may set of themselves; nil leaves as it is.
type Preferences struct {
	Locale           *string
	WantsInformation *bool
}

// SetPreferences changes the caller's own preferences.
func (s *Service) SetPreferences(ctx context.Context, who *caller.Caller, in Preferences) error {
	if in.Locale != nil {
		if f := needOneOf(fault.BadInput, "/locale", *in.Locale, []string{"vi", "en"}); len(f.Fields) > 0 {
			return f
		}
	}
	m, err := s.members.Update(ctx, who.MemberID, func(m *Member) error {
		same := true
		if in.Locale != nil && m.Locale != *in.Locale {
			m.Locale, same = *in.Locale, false
		}
		if in.WantsInformation != nil && m.WantsInformation != *in.WantsInformation {
			m.WantsInformation, same = *in.WantsInformation, false
			s.memberAudit(m, who, "information", nil)
		}
		if same {
			return store.ErrUnchanged
		}
		m.Revision++
		m.UpdatedAt = s.now()
		return nil
	})
	if err != nil {
		return memberFault(err)
	}
	s.wrote(ctx, &m)
	return nil
}

// MemberNames returns the names of members by id; who was erased has none. It
// asks for no scope: who calls it shows only what everybody may see, or asks
// first.
func (s *Service) MemberNames(ctx context.Context, ids []string) (map[string]string, error) {
	found, err := s.members.GetMany(ctx, ids)
	if err != nil {
		return nil, doing("names of members", err)
	}
	out := make(map[string]string, len(found))
	for id, m := range found {
		if !m.Erased() {
			out[id] = m.Name
		}
	}
	return out, nil
}

// EraseMember takes a person out of the record: name, numbers, card, tags,
// enterprise, roles and consents, and in other rooms account, devices and
// bookmarks. Places and statuses stay, without saying whose they are: counts
// rest on them. It can't be undone.
func (s *Service) EraseMember(ctx context.Context, who *caller.Caller, id, reason string) error {
	if who != nil && who.MemberID == id {
		return notYourOwn
	}
	f := needText(fault.BadInput, "/reason", tidy(reason))
	if len(f.Fields) > 0 {
		return f
	}
	m, err := s.members.Update(ctx, id, func(m *Member) error {
		if err := s.mayAct(who, m, admins...); err != nil {
			return err
		}
		if m.Erased() {
			return store.ErrUnchanged
		}
		if err := s.mayDecide(who, m, false); err != nil {
			return err
		}
		now := s.now()
		next := Member{Meta: m.Meta, Pending: m.Pending, Kind: m.Kind, OfficialOn: m.OfficialOn, Places: m.Places,
			Statuses: m.Statuses, Locale: "vi", AuthRev: m.AuthRev + 1, CitizenKey: m.ID, CodeKey: m.ID, ErasedAt: now, Revision: m.Revision + 1, UpdatedAt: now}
		for k := range next.Statuses {
			next.Statuses[k].DecisionNo, next.Statuses[k].RecordedBy = "", ""
		}
		*m = next
		s.memberAudit(m, who, "erase", nil)
		m.Add(now, fxErase, nil)
		return nil
	})
	if err != nil {
		return memberFault(err)
	}
	s.wrote(ctx, &m)
	return nil
}

var notYourOwn = fault.New(fault.Forbidden, "not_your_own",
	"Không thể tự thực hiện việc này cho chính mình.", "You can't do this to your own record.")
