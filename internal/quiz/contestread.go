package quiz

import (
	"context"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/publication"
	"sotay/internal/secret"
)

// What a member who wants to take part is refused.
var (
	contestStaff = fault.New(fault.Forbidden, "contest_staff",
		"Người tham gia tổ chức cuộc thi không được dự thi.", "Those who organise the contest may not take part.")
	wrongOrg = fault.New(fault.Forbidden, "not_eligible",
		"Cuộc thi không dành cho tổ chức của bạn.", "The contest is not for your organisation.")
	wrongKind = fault.New(fault.Forbidden, "not_eligible",
		"Cuộc thi không dành cho diện đảng viên của bạn.", "The contest is not for your kind of membership.")
	wrongStatus = fault.New(fault.Forbidden, "not_eligible",
		"Cuộc thi không dành cho tình trạng sinh hoạt hiện tại của bạn.", "The contest is not for your present status.")
	wrongRole = fault.New(fault.Forbidden, "not_eligible",
		"Cuộc thi chỉ dành cho một số vai trò.", "The contest is for certain roles.")
	excludedRole = fault.New(fault.Forbidden, "not_eligible",
		"Vai trò của bạn không thuộc đối tượng dự thi.", "Your role is not among those who take part.")
)

// ContestSummary is a contest in a list.
type ContestSummary struct {
	ID, Title   string
	Topics      []string
	Version     int64
	PublishedAt time.Time
	Rounds      int64
	// OpensAt is the first opening, ClosesAt the last close.
	OpensAt, ClosesAt time.Time
}

// contest returns a published contest that the caller may know of.
func (s *Service) contest(c *caller.Caller, id string) (*published[Contest], error) {
	p := s.catalogue.Load().contests[id]
	if p == nil || !p.Visibility.Admits(c.Identity) {
		return nil, fault.NotFound
	}
	return p, nil
}

// ContestTitle returns the title of a contest that is out; false for none.
func (s *Service) ContestTitle(id string) (string, bool) {
	if p := s.catalogue.Load().contests[id]; p != nil {
		return p.Payload.Title, true
	}
	return "", false
}

// ContestBody returns what GET of a contest sends.
func (s *Service) ContestBody(c *caller.Caller, id string) (*publication.Served, error) {
	p, err := s.contest(c, id)
	if err != nil {
		return nil, err
	}
	return p.served, nil
}

// Contests lists those that the caller may know of, newest first.
func (s *Service) Contests(c *caller.Caller, cursor string, limit int) ([]ContestSummary, *string, error) {
	found, next, err := listOut(s, c, "contests", s.catalogue.Load().contestOrder, cursor, limit, func(*published[Contest]) bool { return true })
	if err != nil {
		return nil, nil, err
	}
	out := make([]ContestSummary, len(found))
	for i, p := range found {
		out[i] = summaryOf(p)
	}
	return out, next, nil
}

func summaryOf(p *published[Contest]) ContestSummary {
	q := &p.Payload
	out := ContestSummary{ID: p.ItemID, Title: q.Title, Topics: q.Topics, Version: p.Number, PublishedAt: p.PublishedAt, Rounds: int64(len(q.Rounds))}
	for k := range q.Rounds {
		w := &q.Rounds[k].Window
		if k == 0 || w.OpensAt.Before(out.OpensAt) {
			out.OpensAt = w.OpensAt
		}
		if w.ClosesAt.After(out.ClosesAt) {
			out.ClosesAt = w.ClosesAt
		}
	}
	return out
}

// StartRound begins an attempt at a round, or goes on with the one that is open.
func (s *Service) StartRound(ctx context.Context, c *caller.Caller, contestID string, number int64) (sheet Sheet, fresh bool, err error) {
	p, err := s.contest(c, contestID)
	if err != nil {
		return sheet, false, err
	}
	t := s.sitting(RoundID(contestID, number))
	if t == nil {
		return sheet, false, fault.NotFound
	}
	if err := s.mayEnter(c, p); err != nil {
		return sheet, false, err
	}
	device, err := s.deviceOf(ctx, c, t.ID)
	if err != nil {
		return sheet, false, err
	}
	a, fresh, err := s.begin(ctx, c, t, termsOf(t), device)
	if err != nil {
		return sheet, false, err
	}
	sheet, err = s.sheet(ctx, a)
	return sheet, fresh, err
}

// mayEnter tells whether the caller may take part in a contest.
func (s *Service) mayEnter(c *caller.Caller, p *published[Contest]) error {
	if p.Payload.StaffExcluded {
		handled := slices.Contains(p.Payload.Staff, c.MemberID) || c.MemberID == p.ApprovedBy || c.MemberID == p.PublishedBy
		if handled || c.Covers(s.Orgs.OrgPath(p.OrgID), staffRoles...) {
			return contestStaff
		}
	}
	return p.Payload.Eligibility.admits(c.Identity)
}

// staffRoles are those that make their holders staff of a contest below them.
var staffRoles = slices.Concat(editorial.Publishers, []caller.RoleName{caller.Admin})

// admits tells whether a member may take part; the fault says what is amiss.
func (e *Eligibility) admits(i *caller.Identity) error {
	holds := func(roles []string) bool {
		return slices.ContainsFunc(i.Roles, func(r caller.Role) bool { return slices.Contains(roles, string(r.Name)) })
	}
	switch {
	case len(e.OrgIDs) > 0 && !slices.ContainsFunc(i.Units, func(org string) bool { return slices.Contains(e.OrgIDs, org) }):
		return wrongOrg
	case len(e.Kinds) > 0 && !slices.Contains(e.Kinds, i.Kind):
		return wrongKind
	case len(e.Statuses) > 0 && !slices.Contains(e.Statuses, i.Status):
		return wrongStatus
	case len(e.Roles) > 0 && !holds(e.Roles):
		return wrongRole
	case holds(e.ExcludedRoles):
		return excludedRole
	}
	return nil
}

// deviceOf stands for the caller's installation within a sitting: the same for
// all who use it, and of no use outside.
func (s *Service) deviceOf(ctx context.Context, c *caller.Caller, sittingID string) (string, error) {
	id, err := s.Devices.InstallationOf(ctx, c.SessionID)
	if err != nil || id == "" {
		return "", err
	}
	mac := s.Secret.Hash(secret.ContestDevices, []byte(strconv.Itoa(len(sittingID))), []byte(sittingID), []byte(id))
	return hex.EncodeToString(mac[:12]), nil
}
