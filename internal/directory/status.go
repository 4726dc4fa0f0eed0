package directory

import (
	"context"
	"slices"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// StatusInput is a new span of a member's history.
type StatusInput struct {
	Status, From, To      string
	DecidedBy, DecisionNo string // an organisation, and the number
	HostID                string // for a temporary attachment
}

// branchDecides are the statuses that a branch decides by itself, and so its
// secretary may record: exemption is the branch's decision, reported up.
var branchDecides = []string{Active, Exempt, TemporarilyExempt}

var needsAdmin = fault.New(fault.Forbidden, "needs_admin",
	"Việc này phải do quản trị thực hiện.", "This is for an administrator.")

// hostElsewhere answers an attachment to an organisation that somebody does not
// administer: whom a unit takes in is its own affair.
var hostElsewhere = fault.BadInput.At("/hostId", "not_found", "Không có tổ chức này trong phạm vi của bạn.", "There is no such organisation within your scope.")

// SetStatus records a status from a day on; a span that begins on the same day
// is replaced. A secretary records what the branch decides, for members of the
// own branch; an administrator all, within the scope. Nobody changes their own.
func (s *Service) SetStatus(ctx context.Context, who *caller.Caller, id string, in StatusInput) (Member, error) {
	if who != nil && who.MemberID == id {
		return Member{}, notYourOwn
	}
	if err := s.checkStatus(in); err != nil {
		return Member{}, err
	}
	span := Status{Key: "status/" + in.From, Status: in.Status, From: in.From, To: in.To, DecidedBy: in.DecidedBy,
		DecisionNo: tidy(in.DecisionNo), HostID: in.HostID, RecordedBy: actorID(who), RecordedAt: s.now()}
	roles := []caller.RoleName{caller.Secretary, caller.Admin}
	return s.change(ctx, who, id, "status", roles, map[string]string{"status": in.Status, "from": in.From}, func(m *Member) error {
		if same := slices.IndexFunc(m.Statuses, func(o Status) bool { return o.From == in.From }); same >= 0 && sameSpan(m.Statuses[same], span) {
			return store.ErrUnchanged
		}
		asSecretary := s.mayAct(who, m, caller.Admin) != nil
		if asSecretary && !(slices.Contains(branchDecides, in.Status) && onlyBranchDecides(m.Statuses, in.From)) {
			return needsAdmin
		}
		if err := s.mayDecide(who, m, asSecretary); err != nil {
			return err
		}
		if in.HostID != "" && !covers(who, s.OrgPath(in.HostID), admins...) {
			return hostElsewhere
		}
		m.putStatus(span)
		if hasLeft(m.Current(s.Tree().Day).Status) {
			m.Add(s.now(), fxLeave, nil)
		}
		return nil
	})
}

func sameSpan(a, b Status) bool {
	return a.Status == b.Status && a.To == b.To && a.DecidedBy == b.DecidedBy && a.DecisionNo == b.DecisionNo && a.HostID == b.HostID
}

func (s *Service) checkStatus(in StatusInput) error {
	f := needOneOf(fault.BadInput, "/status", in.Status, statuses)
	f = s.withinHorizon(needDay(f, "/from", in.From, true), "/from", in.From)
	f = needDay(f, "/to", in.To, false)
	if in.To != "" && in.To < in.From {
		f = f.At("/to", "before_from", "Ngày cuối phải từ ngày đầu trở đi.", "The last day is before the first.")
	}
	if in.To != "" && hasLeft(in.Status) {
		f = f.At("/to", "not_allowed", "Người đã ra khỏi Đảng không có ngày kết thúc.", "Leaving has no last day.")
	}
	t := s.Tree()
	if in.DecidedBy != "" && t.Path(in.DecidedBy) == nil {
		f = f.At("/decidedBy", "not_found", "Không có tổ chức này.", "There is no such organisation.")
	}
	switch {
	case in.Status == TemporaryAttachment && t.Org(in.HostID) == nil:
		f = f.At("/hostId", "required", "Cần nơi sinh hoạt tạm thời.", "The host organisation is needed.")
	case in.Status != TemporaryAttachment && in.HostID != "":
		f = f.At("/hostId", "not_allowed", "Chỉ dùng khi sinh hoạt tạm thời.", "Only for a temporary attachment.")
	}
	return faultOrNil(f)
}

// SetInformation records whether a member wants to be informed: by the member,
// or by the secretary for those who have no phone.
func (s *Service) SetInformation(ctx context.Context, who *caller.Caller, id string, wants bool) (Member, error) {
	roles := []caller.RoleName{caller.Secretary, caller.Admin}
	return s.change(ctx, who, id, "information", roles, nil, func(m *Member) error {
		if m.WantsInformation == wants {
			return store.ErrUnchanged
		}
		m.WantsInformation = wants
		return nil
	})
}

// onlyBranchDecides tells whether all that is recorded from a day on, or still
// in force on it, is what a branch decides by itself: a secretary overrules
// nothing else, nor writes over it.
func onlyBranchDecides(list []Status, from string) bool {
	return !slices.ContainsFunc(list, func(s Status) bool {
		return (s.To == "" || s.To >= from) && !slices.Contains(branchDecides, s.Status)
	})
}
