package directory

import (
	"context"
	"fmt"
	"slices"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// SetRoles replaces the roles of a member within the caller's scope; roles
// outside it stay as they are. Nobody changes their own, and nothing is given
// for longer than the giver holds it. A change makes the member's access tokens
// stale.
func (s *Service) SetRoles(ctx context.Context, who *caller.Caller, id string, roles []Role) (Member, error) {
	if who != nil && who.MemberID == id {
		return Member{}, notYourOwn
	}
	if err := s.checkRoles(ctx, who, roles); err != nil {
		return Member{}, err
	}
	return s.change(ctx, who, id, "roles", admins, roleAudit(roles), func(m *Member) error {
		var keep []Role
		for _, r := range m.Roles {
			if !s.governs(who, r) {
				keep = append(keep, r)
			}
		}
		next := append(keep, roles...)
		if slices.Equal(next, m.Roles) {
			return store.ErrUnchanged
		}
		m.Roles = next
		m.AuthRev++
		return nil
	})
}

// mandate is the last day of somebody's role as administrator over a path, ""
// for none.
func mandate(who *caller.Caller, path []string) string {
	end := ""
	if who == nil {
		return ""
	}
	for _, r := range who.Roles {
		if r.Name != caller.Admin || !slices.Contains(path, r.OrgID) {
			continue
		}
		if r.To == "" {
			return ""
		}
		end = max(end, r.To)
	}
	return end
}

func roleAudit(roles []Role) map[string]string {
	out := map[string]string{}
	for k, r := range roles {
		out[fmt.Sprintf("role%d", k+1)] = r.Role + " " + r.OrgID + r.EnterpriseID + " " + r.From + " " + r.To
	}
	return out
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
		if end := mandate(who, t.Path(r.OrgID)); end != "" && (r.To == "" || r.To > end) {
			f = f.At(at+"/to", "beyond_own", "Không thể trao vai trò dài hơn nhiệm kỳ quản trị của chính bạn.", "It may not last longer than your own role as administrator.")
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
	return !s.governs(who, Role{EnterpriseID: e.ID}), nil
}
