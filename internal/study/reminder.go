package study

import (
	"context"
	"slices"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/effect"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/store"
)

// Reminder says who was reminded of a drive, by whom. It is stored for delivery;
// nothing in it changes.
type Reminder struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	DriveID        string    `bson:"driveId"`
	OrgID          string    `bson:"orgId"`
	At             time.Time `bson:"at"`
	By             string    `bson:"by"`
	Members        []string  `bson:"members"`
	// How many were left out: who owes nothing and has not asked, and who was
	// reminded shortly before.
	ExemptLeftOut int64 `bson:"exemptLeftOut"`
	RecentLeftOut int64 `bson:"recentLeftOut"`
}

func reminderSchema() *store.Schema {
	return &store.Schema{Name: "drivereminders", Indexes: []store.Index{
		{Name: "drive", Fields: []store.Field{{Path: "driveId", Type: store.String}, {Path: "at", Type: store.Date}}},
		{Name: "member", Fields: []store.Field{{Path: "members", Type: store.String, Array: true}}},
		effect.Index(),
	}}
}

const (
	remindEvery = 24 * time.Hour
	// repeated is how long the same call is taken for a repeat of an answer that
	// was lost, skew how far another process's clock may be ahead.
	repeated = time.Minute
	skew     = 5 * time.Minute
	// maxReminded bounds the members of one reminder.
	maxReminded = 5000
)

// What reminders are refused for.
var (
	remindedRecently = fault.New(fault.TooMany, "reminded_recently",
		"Đơn vị này đã được nhắc trong 24 giờ qua.", "This unit has been reminded in the last 24 hours.")
	nobodyToRemind = fault.New(fault.Conflict, "nobody_to_remind",
		"Không còn ai cần nhắc.", "There is nobody to remind.")
	driveClosed = fault.New(fault.Conflict, "closed",
		"Đợt học tập đã đóng.", "The drive has closed.")
	tooManyMembers = fault.New(fault.Unsuited, "too_many_members",
		"Quá nhiều người; hãy nhắc theo từng đơn vị cấp dưới.", "Too many members: remind the units below one by one.").
		At("/orgId", "too_many", "Hãy chọn đơn vị cấp dưới.", "Choose a unit below.")
)

// Remind stores a reminder to the members of a unit who have not completed a
// drive and owe it, or are exempt and have asked to be informed. Nobody is
// reminded twice in 24 hours.
func (s *Service) Remind(ctx context.Context, c *caller.Caller, driveID, orgID string) (Reminder, error) {
	v, err := s.drive(driveID)
	if err != nil {
		return Reminder{}, err
	}
	if !c.Covers(s.Orgs.OrgPath(orgID), caller.Secretary) {
		return Reminder{}, fault.NotFound
	}
	now := s.Now()
	if !now.Before(v.Payload.ClosesAt) {
		return Reminder{}, driveClosed
	}
	r, err := s.rollOf(ctx, driveID)
	if err != nil {
		return Reminder{}, err
	}
	recent, last, err := s.reminded(ctx, driveID, orgID, now)
	if err != nil {
		return Reminder{}, err
	}
	if last != nil {
		if last.By == c.MemberID && now.Sub(last.At) < repeated {
			return *last, nil // the answer was lost
		}
		return Reminder{}, remindedRecently.After(remindEvery - max(now.Sub(last.At), 0))
	}
	// Two at once on one day are one: the insert decides.
	m := Reminder{Meta: store.Meta{ID: ident.Derive("reminder", driveID, orgID, clock.Day(now))}, DriveID: driveID, OrgID: orgID, At: now, By: c.MemberID}
	if err := s.address(ctx, v, r, recent, &m); err != nil {
		return m, err
	}
	m.Add(now, fxAudit, audit.Args(now, c.MemberID, "drive.remind", "drive/"+driveID, map[string]string{"org": orgID}))
	err = s.reminders.Insert(ctx, &m)
	if store.IsDuplicate(err, "_id") {
		return m, remindedRecently.After(remindEvery)
	}
	if err != nil {
		return m, err
	}
	return s.reminderFx.Settle(ctx, "reminder", m.ID, m), nil
}

// reminded are the members who were reminded of a drive lately, and the last
// reminder to a unit, nil for none lately.
func (s *Service) reminded(ctx context.Context, driveID, orgID string, now time.Time) (members map[string]bool, last *Reminder, err error) {
	members = map[string]bool{}
	q := store.Query{Index: "drive", Eq: []any{driveID}, From: now.Add(-remindEvery), To: now.Add(skew)}
	err = s.reminders.All(ctx, q, func(m Reminder) error {
		if m.OrgID == orgID {
			last = &m
		}
		for _, id := range m.Members {
			members[id] = true
		}
		return nil
	})
	return members, last, err
}

// address finds whom a reminder goes to.
func (s *Service) address(ctx context.Context, v *DriveVersion, r *roll, recent map[string]bool, m *Reminder) error {
	var exempt []string
	var failed error
	s.People.EachIn(m.OrgID, func(i *caller.Identity) {
		row, there := r.mark(i.MemberID)
		if failed != nil || !there || row.removed || row.stands || !s.mayStudy(v, i) || !slices.Contains(onRoll, i.Status) {
			return
		}
		owed, err := s.obliged(ctx, v, i)
		switch {
		case err != nil:
			failed = err
		case !owed:
			exempt = append(exempt, i.MemberID)
		case recent[i.MemberID]:
			m.RecentLeftOut++
		default:
			m.Members = append(m.Members, i.MemberID)
		}
	})
	if failed != nil {
		return failed
	}
	if len(m.Members) > maxReminded || len(exempt) > 4*maxReminded {
		return tooManyMembers // before all of the exempt are looked up
	}
	wants, err := s.People.WantInformation(ctx, exempt)
	if err != nil {
		return err
	}
	for _, id := range exempt {
		switch {
		case !wants[id]:
			m.ExemptLeftOut++
		case recent[id]:
			m.RecentLeftOut++
		default:
			m.Members = append(m.Members, id)
		}
	}
	switch {
	case len(m.Members) == 0:
		return nobodyToRemind
	case len(m.Members) > maxReminded:
		return tooManyMembers
	}
	slices.Sort(m.Members)
	return nil
}

// Reminders lists the reminders of a drive within the caller's scope, newest
// first. A page may be short, even empty, and still have a next one.
func (s *Service) Reminders(ctx context.Context, c *caller.Caller, driveID, cursor string, limit int) ([]Reminder, *string, error) {
	if _, err := s.known(ctx, driveID); err != nil {
		return nil, nil, err
	}
	return listed(ctx, s, s.reminders, "reminders/", driveID, cursor, limit, func(m *Reminder) bool { return c.Covers(s.Orgs.OrgPath(m.OrgID), caller.Secretary) })
}
