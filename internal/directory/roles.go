package directory

import (
	"context"
	"fmt"
	"slices"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/store"
)

var (
	ownAdmin = fault.New(fault.Conflict, "own_admin_role",
		"Không thể tự bỏ vai trò quản trị của chính mình.", "You can't take your own admin role away.")
)

// SetRoles replaces the roles of a member within the caller's scope; roles
// outside it stay as they are. A change makes the member's access tokens stale.
func (s *Service) SetRoles(ctx context.Context, who *caller.Caller, id string, roles []Role) (Member, error) {
	if err := s.checkRoles(ctx, who, roles); err != nil {
		return Member{}, err
	}
	return s.change(ctx, who, id, "roles", admins, roleAudit(roles), func(m *Member) error {
		var keep []Role
		for _, r := range m.Roles {
			if mine, err := s.governs(ctx, who, r); err != nil {
				return err
			} else if !mine {
				keep = append(keep, r)
			}
		}
		next := append(keep, roles...)
		if slices.Equal(next, m.Roles) {
			return store.ErrUnchanged
		}
		if who != nil && who.MemberID == id && !s.keepsAdmin(who, next) {
			return ownAdmin
		}
		m.Roles = next
		m.AuthRev++
		return nil
	})
}

// keepsAdmin tells whether somebody who changes their own roles still holds
// each admin role that is in force.
func (s *Service) keepsAdmin(who *caller.Caller, next []Role) bool {
	day := s.Tree().Day
	for _, r := range who.Roles {
		if r.Name != caller.Admin {
			continue
		}
		if !slices.ContainsFunc(next, func(n Role) bool {
			return n.Role == string(caller.Admin) && n.OrgID == r.OrgID && n.From <= day && (n.To == "" || day <= n.To)
		}) {
			return false
		}
	}
	return true
}

func roleAudit(roles []Role) map[string]string {
	out := map[string]string{}
	for k, r := range roles {
		out[fmt.Sprintf("role%d", k+1)] = r.Role + " " + r.OrgID + r.EnterpriseID + " " + r.From + " " + r.To
	}
	return out
}

// governs tells whether a role lies within the caller's scope. Roles over what
// is gone are the business of the root's administrators.
func (s *Service) governs(ctx context.Context, who *caller.Caller, r Role) (bool, error) {
	orgID := r.OrgID
	if r.EnterpriseID != "" {
		e, err := s.enterprises.Get(ctx, r.EnterpriseID)
		if err != nil {
			return false, doing("enterprise of a role", err)
		}
		orgID = e.OrgID
	}
	return covers(who, s.OrgPath(orgID), admins...), nil
}

func (s *Service) checkRoles(ctx context.Context, who *caller.Caller, roles []Role) error {
	f := fault.BadInput
	t := s.Tree()
	for k := range roles {
		r := &roles[k]
		at := fmt.Sprintf("/roles/%d", k)
		if !slices.Contains(caller.Names(), caller.RoleName(r.Role)) {
			f = f.At(at+"/role", "unknown", "Vai trò không có trong danh mục.", "This role is not known.")
		}
		f = needDay(f, at+"/from", r.From, true)
		f = needDay(f, at+"/to", r.To, false)
		if r.To != "" && r.To < r.From {
			f = f.At(at+"/to", "before_from", "Ngày cuối phải từ ngày đầu trở đi.", "The last day is before the first.")
		}
		if slices.Contains(roles[:k], *r) {
			f = f.At(at, "duplicate", "Vai trò bị trùng.", "This role stands twice.")
		}
		switch {
		case (r.OrgID == "") == (r.EnterpriseID == ""):
			f = f.At(at, "scope", "Cần đúng một phạm vi: tổ chức hoặc doanh nghiệp.", "Give one scope: an organisation or an enterprise.")
		case r.EnterpriseID != "":
			bad, err := s.checkEnterpriseRole(ctx, who, r)
			if err != nil {
				return err
			}
			if bad {
				f = f.At(at+"/enterpriseId", "not_found", "Không có doanh nghiệp này.", "There is no such enterprise.")
			}
			if !slices.Contains([]caller.RoleName{caller.Secretary, caller.Leader, caller.Inspector}, caller.RoleName(r.Role)) {
				f = f.At(at+"/role", "scope", "Vai trò này không gắn với doanh nghiệp.", "This role has no enterprise as its scope.")
			}
		case t.Org(r.OrgID) == nil || !covers(who, t.Path(r.OrgID), admins...):
			f = f.At(at+"/orgId", "not_found", "Không có tổ chức này.", "There is no such organisation.")
		}
	}
	return faultOrNil(f)
}

func (s *Service) checkEnterpriseRole(ctx context.Context, who *caller.Caller, r *Role) (bad bool, err error) {
	e, err := s.enterprises.Get(ctx, r.EnterpriseID)
	if err != nil {
		if memberFault(err) == fault.NotFound {
			return true, nil
		}
		return false, doing("enterprise of a role", err)
	}
	return !covers(who, s.OrgPath(e.OrgID), admins...), nil
}
