package directory

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/store"
	"sotay/internal/viet"
)

// EnterpriseInput is what an administrator gives of an enterprise; nil leaves
// a field as it is.
type EnterpriseInput struct {
	Name, Code, Ownership *string
	Shifts                *[]Shift
}

var enterpriseCodeTaken = fault.New(fault.Conflict, "enterprise_code_taken",
	"Mã này đã có ở một doanh nghiệp khác.", "Another enterprise has this code.").
	At("/code", "taken", "Đã có ở doanh nghiệp khác.", "Taken by another enterprise.")

func enterpriseFault(err error) error {
	if store.IsDuplicate(err, "codeKey") {
		return enterpriseCodeTaken.Because(err)
	}
	return memberFault(err)
}

// CreateEnterprise enters an enterprise that an organisation looks after.
func (s *Service) CreateEnterprise(ctx context.Context, who *caller.Caller, orgID, key string, in EnterpriseInput) (Enterprise, error) {
	f := fault.BadInput
	if t := s.Tree(); t.Org(orgID) == nil || !covers(who, t.Path(orgID), admins...) {
		f = f.At("/orgId", "not_found", "Không có tổ chức này.", "There is no such organisation.")
	}
	e := Enterprise{OrgID: orgID, Request: s.keys.request([]any{orgID, in}), Revision: 1, UpdatedAt: s.now()}
	e.ID = madeID(who, "enterprises", key)
	if err := applyEnterprise(in, &e, f); err != nil {
		return e, err
	}
	s.enterpriseAudit(&e, who, "create")
	err := s.enterprises.Insert(ctx, &e)
	if store.IsDuplicate(err, "_id") {
		old, err := s.enterprises.Get(ctx, e.ID)
		if err == nil && old.Request != e.Request {
			return old, keyReused
		}
		return old, err
	}
	if err != nil {
		return e, enterpriseFault(err)
	}
	return s.wroteEnterprise(ctx, e), nil
}

// UpdateEnterprise changes an enterprise; rev 0 is any revision.
func (s *Service) UpdateEnterprise(ctx context.Context, who *caller.Caller, id string, rev int64, in EnterpriseInput) (Enterprise, error) {
	e, err := s.enterprises.Update(ctx, id, func(e *Enterprise) error {
		if !covers(who, s.OrgPath(e.OrgID), admins...) {
			return fault.NotFound
		}
		if rev > 0 && e.Revision != rev {
			return staleRevision
		}
		if err := applyEnterprise(in, e, fault.BadInput); err != nil {
			return err
		}
		e.Revision++
		e.UpdatedAt = s.now()
		s.enterpriseAudit(e, who, "update")
		return nil
	})
	if err != nil {
		return e, enterpriseFault(err)
	}
	return s.wroteEnterprise(ctx, e), nil
}

func (s *Service) enterpriseAudit(e *Enterprise, who *caller.Caller, verb string) {
	now := s.now()
	e.Add(now, fxAudit, audit.Args(now, actorID(who), "enterprise."+verb, "enterprise/"+e.ID, map[string]string{"org": e.OrgID}))
}

func (s *Service) wroteEnterprise(ctx context.Context, e Enterprise) Enterprise {
	return s.companyFx.Settle(ctx, "enterprise", e.ID, e)
}

var clockTime = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

func applyEnterprise(in EnterpriseInput, e *Enterprise, f *fault.Fault) error {
	if in.Name != nil {
		e.Name = tidy(*in.Name)
	}
	if in.Code != nil {
		e.Code = tidy(*in.Code)
	}
	if in.Ownership != nil {
		e.Ownership = *in.Ownership
	}
	if in.Shifts != nil {
		e.Shifts = slices.Clone(*in.Shifts)
	}
	e.NameKey = viet.Fold(e.Name)
	if e.CodeKey = e.ID; e.Code != "" {
		e.CodeKey = codeKey(e.Code)
	}
	f = needText(f, "/name", e.Name)
	f = needOneOf(f, "/ownership", e.Ownership, ownerships)
	for k := range e.Shifts {
		x, at := &e.Shifts[k], fmt.Sprintf("/shifts/%d", k)
		x.Name = tidy(x.Name)
		f = needText(f, at+"/name", x.Name)
		if !ident.Valid(x.ID) || slices.ContainsFunc(e.Shifts[:k], func(o Shift) bool { return o.ID == x.ID }) {
			f = f.At(at+"/id", "invalid", "Mã ca gồm chữ thường, số và gạch nối, không trùng.", "A shift's id is of a-z, 0-9 and hyphen, and stands once.")
		}
		for _, v := range []struct{ field, time string }{{"/starts", x.Starts}, {"/ends", x.Ends}} {
			if !clockTime.MatchString(v.time) {
				f = f.At(at+v.field, "invalid_time", "Cần giờ theo dạng HH:MM.", "It must be a time as HH:MM.")
			}
		}
	}
	return faultOrNil(f)
}

// Enterprise returns an enterprise within the caller's scope.
func (s *Service) Enterprise(ctx context.Context, who *caller.Caller, id string) (Enterprise, error) {
	e, err := s.enterprises.Get(ctx, id)
	if err != nil {
		return e, memberFault(err)
	}
	if !covers(who, s.OrgPath(e.OrgID), overseers...) {
		return e, fault.NotFound
	}
	return e, nil
}

// Enterprises lists those within the caller's scope by name.
func (s *Service) Enterprises(ctx context.Context, who *caller.Caller, cursor string, limit int) ([]Enterprise, *string, error) {
	const list = "enterprises"
	q := store.Query{Index: "nameKey", Limit: store.MaxPage}
	var err error
	if q.After, err = store.OpenPosition(s.pages, list, cursor); err != nil {
		return nil, nil, err
	}
	var out []Enterprise
	for {
		page, err := s.enterprises.Find(ctx, q)
		if err != nil {
			return nil, nil, doing("list enterprises", err)
		}
		for i := range page.Items {
			e := &page.Items[i]
			if !covers(who, s.OrgPath(e.OrgID), overseers...) {
				continue
			}
			if len(out) == limit {
				last := &out[limit-1]
				next, err := store.Position{Values: []any{last.NameKey}, ID: last.ID}.Seal(s.pages, list)
				return out, next, err
			}
			out = append(out, *e)
		}
		if !page.More {
			return out, nil, nil
		}
		q.After = page.Next
	}
}

// EnterpriseByCode finds an enterprise by its code in the province's lists.
func (s *Service) EnterpriseByCode(ctx context.Context, code string) (Enterprise, bool, error) {
	page, err := s.enterprises.Find(ctx, store.Query{Index: "codeKey", Eq: []any{codeKey(tidy(code))}, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return Enterprise{}, false, doing("find enterprise", err)
	}
	return page.Items[0], true, nil
}
