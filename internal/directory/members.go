package directory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/directory/tree"
	"sotay/internal/fault"
	"sotay/internal/store"
	"sotay/internal/viet"
)

// MemberInput is what an administrator gives of a member; nil leaves a field
// as it is, "" empties it.
type MemberInput struct {
	Name, Kind, JoinedOn, OfficialOn *string
	CardNo, Code, CitizenID, Phone   *string
	EnterpriseID, Shift, Locale      *string
	Tags                             *[]string
	WantsInformation                 *bool
}

// works tells whether an input says where the member works.
func (in *MemberInput) works() bool { return in.EnterpriseID != nil || in.Shift != nil }

// changes names the fields of an input, for the audit record.
func (in *MemberInput) changes() map[string]string {
	out := map[string]string{}
	for name, given := range map[string]bool{"name": in.Name != nil, "kind": in.Kind != nil, "joinedOn": in.JoinedOn != nil, "officialOn": in.OfficialOn != nil,
		"partyCardNo": in.CardNo != nil, "code": in.Code != nil, "citizenId": in.CitizenID != nil, "phone": in.Phone != nil, "tags": in.Tags != nil,
		"enterprise": in.works(), "locale": in.Locale != nil, "wantsInformation": in.WantsInformation != nil} {
		if given {
			out[name] = "changed"
		}
	}
	return out
}

// NewMember is a member who is admitted, or entered for the first time.
type NewMember struct {
	MemberInput
	OrgID      string
	From       string // YYYY-MM-DD, from when in this organisation
	Status     string // "" for active
	DecisionNo string
	Key        string // Idempotency-Key, "" for none
}

// What members may be refused.
var (
	citizenTaken = fault.New(fault.Conflict, "citizen_id_taken",
		"Số định danh này đã có ở một đảng viên khác.", "Another member has this citizen id.").
		At("/citizenId", "taken", "Đã có ở đảng viên khác.", "Taken by another member.")
	codeTaken = fault.New(fault.Conflict, "member_code_taken",
		"Mã này đã có ở một đảng viên khác.", "Another member has this code.").
		At("/code", "taken", "Đã có ở đảng viên khác.", "Taken by another member.")
	erased = fault.New(fault.Conflict, "member_erased",
		"Dữ liệu cá nhân của người này đã được xóa.", "This person's data have been erased.")
)

func memberFault(err error) error {
	switch {
	case store.IsDuplicate(err, "citizenKey"):
		return citizenTaken.Because(err)
	case store.IsDuplicate(err, "codeKey"):
		return codeTaken.Because(err)
	case errors.Is(err, store.ErrNotFound):
		return fault.NotFound
	}
	return err
}

// CreateMember enters a member into an organisation within the caller's scope.
func (s *Service) CreateMember(ctx context.Context, who *caller.Caller, in NewMember) (Member, error) {
	today := s.Tree()
	f := s.withinHorizon(needDay(fault.BadInput, "/from", in.From, true), "/from", in.From)
	status := Status{Key: "first", Status: in.Status, From: in.From, DecisionNo: tidy(in.DecisionNo), RecordedBy: actorID(who), RecordedAt: s.now()}
	if status.Status == "" {
		status.Status = Active
	}
	f = needOneOf(f, "/status", status.Status, []string{Active, Exempt, TemporarilyExempt})
	if in.Name == nil {
		f = needText(f, "/name", "")
	}
	if today.Org(in.OrgID) == nil || !covers(who, today.Path(in.OrgID), admins...) {
		f = f.At("/orgId", "not_found", "Không có tổ chức này.", "There is no such organisation.")
	}
	m := Member{Kind: Official, Locale: "vi", AuthRev: 1, Revision: 1, Statuses: []Status{status}, Request: s.keys.request(in), UpdatedAt: s.now(),
		Places: []Place{{Key: "first", OrgID: in.OrgID, From: in.From, DecisionNo: tidy(in.DecisionNo)}}}
	m.ID = madeID(who, "members", in.Key)
	m.CitizenKey, m.CodeKey = m.ID, m.ID
	if err := s.apply(ctx, in.MemberInput, &m, f); err != nil {
		return m, err
	}
	s.memberAudit(&m, who, "create", map[string]string{"org": in.OrgID})
	err := s.members.Insert(ctx, &m)
	if store.IsDuplicate(err, "_id") {
		return s.repeatedMember(ctx, m.ID, m.Request)
	}
	if err != nil {
		return m, memberFault(err)
	}
	s.wrote(ctx, &m)
	return m, nil
}

func (s *Service) repeatedMember(ctx context.Context, id, request string) (Member, error) {
	m, err := s.members.Get(ctx, id)
	if err == nil && m.Request != request {
		return m, keyReused
	}
	return m, err
}

// apply writes an input into a member and checks it; f holds what is wrong
// already.
func (s *Service) apply(ctx context.Context, in MemberInput, m *Member, f *fault.Fault) error {
	set := func(to *string, from *string) {
		if from != nil {
			*to = tidy(*from)
		}
	}
	set(&m.Name, in.Name)
	set(&m.Kind, in.Kind)
	set(&m.JoinedOn, in.JoinedOn)
	set(&m.OfficialOn, in.OfficialOn)
	set(&m.CardNo, in.CardNo)
	set(&m.Code, in.Code)
	set(&m.EnterpriseID, in.EnterpriseID)
	set(&m.Shift, in.Shift)
	set(&m.Locale, in.Locale)
	if in.Tags != nil {
		m.Tags = slices.Compact(slices.Sorted(slices.Values(*in.Tags)))
	}
	if in.WantsInformation != nil {
		m.WantsInformation = *in.WantsInformation
	}
	m.NameKey = viet.NameKey(m.Name)
	if m.CodeKey = m.ID; m.Code != "" {
		m.CodeKey = codeKey(m.Code)
	}
	f = s.applyNumbers(in, m, f)
	f = needText(f, "/name", m.Name)
	f = needOneOf(f, "/kind", m.Kind, []string{Official, Probationary})
	f = needDay(f, "/joinedOn", m.JoinedOn, false)
	f = needDay(f, "/officialOn", m.OfficialOn, false)
	f = needOneOf(f, "/locale", m.Locale, []string{"vi", "en"})
	for k, t := range m.Tags {
		f = needOneOf(f, fmt.Sprintf("/tags/%d", k), t, tags)
	}
	f, err := s.checkEnterprise(ctx, &in, m, f)
	if err != nil {
		return err
	}
	return faultOrNil(f)
}

// applyNumbers keeps of citizen id and phone number their keyed hashes alone.
func (s *Service) applyNumbers(in MemberInput, m *Member, f *fault.Fault) *fault.Fault {
	if in.CitizenID != nil {
		m.CitizenKey = m.ID
		if *in.CitizenID != "" {
			id, ok := CitizenID(*in.CitizenID)
			if !ok {
				f = f.At("/citizenId", "invalid", "Số định danh có 12 chữ số.", "A citizen id has 12 digits.")
			}
			m.CitizenKey = s.keys.citizen(id)
		}
	}
	if in.Phone != nil {
		m.PhoneKey = ""
		if *in.Phone != "" {
			n, ok := Phone(*in.Phone)
			if !ok {
				f = f.At("/phone", "invalid", "Số điện thoại không đúng.", "This is not a phone number.")
			}
			m.PhoneKey = s.keys.phone(n)
		}
	}
	return f
}

// checkEnterprise tests that the enterprise is there and has the shift.
func (s *Service) checkEnterprise(ctx context.Context, in *MemberInput, m *Member, f *fault.Fault) (*fault.Fault, error) {
	if !in.works() {
		return f, nil // a shift that is no longer there stands in nobody's way
	}
	if m.EnterpriseID == "" {
		if m.Shift != "" {
			f = f.At("/shift", "no_enterprise", "Ca làm việc chỉ có khi đã chọn doanh nghiệp.", "A shift needs an enterprise.")
		}
		return f, nil
	}
	e, err := s.enterprises.Get(ctx, m.EnterpriseID)
	if errors.Is(err, store.ErrNotFound) {
		return f.At("/enterpriseId", "not_found", "Không có doanh nghiệp này.", "There is no such enterprise."), nil
	}
	if err != nil {
		return f, doing("enterprise of a member", err)
	}
	if m.Shift != "" && !slices.ContainsFunc(e.Shifts, func(x Shift) bool { return x.ID == m.Shift }) {
		f = f.At("/shift", "not_found", "Doanh nghiệp không có ca này.", "The enterprise has no such shift.")
	}
	return f, nil
}

func (s *Service) memberAudit(m *Member, who *caller.Caller, verb string, details map[string]string) {
	now := s.now()
	m.Add(now, fxAudit, audit.Args(now, actorID(who), "member."+verb, "member/"+m.ID, maps.Clone(details)))
}

// change is one act on a member: the caller must hold one of the roles over
// them as of today. fn may run several times.
func (s *Service) change(ctx context.Context, who *caller.Caller, id, verb string, roles []caller.RoleName, details map[string]string, fn func(*Member) error) (Member, error) {
	m, err := s.members.Update(ctx, id, func(m *Member) error {
		if err := s.mayAct(who, m, roles...); err != nil {
			return err
		}
		if m.Erased() {
			return erased
		}
		if err := fn(m); err != nil {
			return err
		}
		m.Revision++
		m.UpdatedAt = s.now()
		s.memberAudit(m, who, verb, details)
		return nil
	})
	if err != nil {
		return m, memberFault(err)
	}
	s.wrote(ctx, &m)
	return m, nil
}

// mayAct answers 404 unless somebody holds one of the roles over a member: as
// an administrator where the member belongs, else where they count today. A
// host does not dispose of its guests.
func (s *Service) mayAct(who *caller.Caller, m *Member, roles ...caller.RoleName) error {
	if who == nil {
		return nil
	}
	home, unit := s.standing(m)
	for _, role := range roles {
		if who.CoversMember(home, role) || role != caller.Admin && who.CoversMember(unit, role) {
			return nil
		}
	}
	return fault.NotFound
}

// mayRead answers 404 unless somebody holds one of the roles where a member
// belongs or counts.
func (s *Service) mayRead(who *caller.Caller, m *Member, roles ...caller.RoleName) error {
	if home, unit := s.standing(m); who == nil || who.CoversMember(home, roles...) || who.CoversMember(unit, roles...) {
		return nil
	}
	return fault.NotFound
}

// standing is where a member belongs and where they count today, as roles are
// tested against it. One who comes on a later day belongs there already.
func (s *Service) standing(m *Member) (home, unit *caller.Identity) {
	t := s.Tree()
	place := placeOn(m.Places, t.Day)
	if place == "" && len(m.Places) > 0 {
		place = m.Places[0].OrgID
	}
	at := func(orgID string) *caller.Identity {
		return &caller.Identity{MemberID: m.ID, OrgID: orgID, OrgPath: t.Path(orgID), EnterpriseID: m.EnterpriseID}
	}
	s0 := m.Current(t.Day)
	return at(t.Resolve(place)), at(unitOf(t, place, s0.Status, s0.HostID))
}

// UpdateMember changes what is held of a member; rev 0 is any revision.
func (s *Service) UpdateMember(ctx context.Context, who *caller.Caller, id string, rev int64, in MemberInput) (Member, error) {
	return s.change(ctx, who, id, "update", admins, in.changes(), func(m *Member) error {
		if rev > 0 && m.Revision != rev {
			return staleRevision
		}
		if in.proves() {
			if err := s.mayDecide(who, m, false); err != nil {
				return err
			}
		}
		return s.apply(ctx, in, m, fault.BadInput)
	})
}

var staleRevision = fault.New(fault.Stale, "stale_revision",
	"Dữ liệu đã được người khác sửa; hãy đọc lại.", "It has changed meanwhile: read it again.")

// Transferral puts a member into another organisation from a day on.
type Transferral struct {
	OrgID, On, DecisionNo, Key string
}

// TransferMember records a transfer. The caller is an administrator over both
// organisations; records of before keep the old unit.
func (s *Service) TransferMember(ctx context.Context, who *caller.Caller, id string, in Transferral) (Member, error) {
	f := s.withinHorizon(needDay(fault.BadInput, "/on", in.On, true), "/on", in.On)
	t := s.Tree()
	if on := s.treeOn(in.On); len(f.Fields) == 0 && (on.Org(in.OrgID) == nil || !covers(who, on.Path(in.OrgID), admins...) || !coversNow(who, t, in.OrgID)) {
		f = f.At("/orgId", "not_found", "Không có tổ chức này vào ngày đó.", "There is no such organisation on that day.")
	}
	if err := faultOrNil(f); err != nil {
		return Member{}, err
	}
	p := Place{Key: "transfer/" + madeID(who, "transfers/"+id, in.Key), OrgID: in.OrgID, From: in.On, DecisionNo: tidy(in.DecisionNo),
		Request: s.keys.request([]any{id, in.OrgID, in.On, in.DecisionNo})}
	return s.change(ctx, who, id, "transfer", admins, map[string]string{"org": in.OrgID, "on": in.On}, func(m *Member) error {
		if k := slices.IndexFunc(m.Places, func(o Place) bool { return o.Key == p.Key }); k >= 0 {
			if m.Places[k].Request != p.Request {
				return keyReused
			}
			return store.ErrUnchanged
		}
		if err := s.mayDecide(who, m, false); err != nil {
			return err
		}
		// What was planned for later days is void: it was planned for somebody
		// who belonged elsewhere.
		m.Places = slices.DeleteFunc(slices.Clone(m.Places), func(o Place) bool { return o.From > t.Day && o.From > p.From })
		m.putPlace(p)
		return nil
	})
}

// coversNow tells whether somebody administers an organisation as it is today;
// one that opens later is not there yet.
func coversNow(who *caller.Caller, t *tree.Snapshot, orgID string) bool {
	path := t.Path(orgID)
	return path == nil || covers(who, path, admins...)
}

// RecordConsent keeps that a member agreed to a version of the privacy notice.
// May run twice.
func (s *Service) RecordConsent(ctx context.Context, memberID, version string, at time.Time) error {
	m, err := s.members.Update(ctx, memberID, func(m *Member) error {
		if slices.ContainsFunc(m.Consents, func(c Consent) bool { return c.Version == version }) {
			return store.ErrUnchanged
		}
		m.Consents = append(m.Consents, Consent{Version: version, At: at})
		m.UpdatedAt = s.now()
		s.memberAudit(m, nil, "consent", map[string]string{"version": version})
		return nil
	})
	if err != nil {
		return doing("record consent", memberFault(err))
	}
	s.wrote(ctx, &m)
	return nil
}

// Consented tells whether a member has agreed to a version of the notice.
func (s *Service) Consented(ctx context.Context, memberID, version string) (bool, error) {
	m, err := s.members.Get(ctx, memberID)
	if err != nil {
		return false, memberFault(err)
	}
	return slices.ContainsFunc(m.Consents, func(c Consent) bool { return c.Version == version }), nil
}
