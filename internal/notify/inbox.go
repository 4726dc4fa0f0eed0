package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
)

// Notice is a notice in somebody's inbox.
type Notice struct {
	ID   string
	Kind string
	// Ref is the id of what it is about: of the drive for a reminder.
	Ref     string
	Version int64 // 0 for a reminder
	Title   string
	At      time.Time
	Read    bool
}

// How far back the inbox goes, and how many it has at most.
const (
	kept      = 400 * 24 * time.Hour
	maxNotice = 1000
)

// Inbox is a page of somebody's inbox, newest first.
type Inbox struct {
	Notices []Notice
	Next    *string
	Unread  int64
}

// Inbox returns a page of the caller's inbox.
func (s *Service) Inbox(ctx context.Context, c *caller.Caller, cursor string, limit int) (*Inbox, error) {
	all, err := s.inbox(ctx, c)
	if err != nil {
		return nil, err
	}
	m, err := s.marksOf(ctx, c.MemberID)
	if err != nil {
		return nil, err
	}
	out := &Inbox{Unread: countUnread(all, &m)}
	list := "notifications/" + c.MemberID
	from := 0
	if cursor != "" {
		var after place
		b, err := s.Pages.Open(list, cursor)
		if err == nil {
			err = json.Unmarshal(b, &after)
		}
		if err != nil {
			return nil, fault.BadCursor.Because(err)
		}
		from = slices.IndexFunc(all, after.before)
	}
	if from < 0 {
		return out, nil
	}
	all = all[from:]
	if len(all) > limit {
		last := &all[limit-1]
		b, _ := json.Marshal(place{last.At, last.ID}) // of a time and a text: never fails
		next := s.Pages.Seal(list, b)
		out.Next, all = &next, all[:limit]
	}
	for i := range all {
		all[i].Read = m.has(&all[i])
	}
	out.Notices = all
	return out, nil
}

// place is where a listing goes on: behind the notice with this instant and id.
type place struct {
	At time.Time
	ID string
}

func (p place) before(n Notice) bool { return compare(&Notice{At: p.At, ID: p.ID}, &n) < 0 }

// compare puts the newest first.
func compare(a, b *Notice) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) }

// inbox is all that the caller's inbox has, newest first.
func (s *Service) inbox(ctx context.Context, c *caller.Caller) ([]Notice, error) {
	if asked, err := s.informed(ctx, c); err != nil || !asked {
		return nil, err
	}
	now := s.Now()
	since := now.Add(-kept)
	var out []Notice
	newest := s.out.Load().newest
	for i := range newest {
		n := &newest[i]
		if n.at.Before(since) || !n.visibility.Admits(c.Identity) {
			continue
		}
		title, from, ok := s.Subjects.Describe(n.kind, n.ref)
		if !ok || from.After(now) {
			continue
		}
		at := n.at
		if from.After(at) {
			at = from
		}
		out = append(out, Notice{ID: n.id, Kind: n.kind, Ref: n.ref, Version: n.version, Title: title, At: at})
	}
	reminders, err := s.reminders(ctx, c, since)
	if err != nil {
		return nil, err
	}
	out = append(out, reminders...)
	slices.SortFunc(out, func(a, b Notice) int { return compare(&a, &b) })
	return out[:min(len(out), maxNotice)], nil
}

// informed tells whether a member is informed: who is exempt is when they have
// asked.
func (s *Service) informed(ctx context.Context, c *caller.Caller) (bool, error) {
	if c.Status != "exempt" && c.Status != "temporarilyExempt" {
		return true, nil
	}
	asked, err := s.People.WantInformation(ctx, []string{c.MemberID})
	return asked[c.MemberID], err
}

// reminders are those that went to the caller, of drives that they see.
func (s *Service) reminders(ctx context.Context, c *caller.Caller, since time.Time) ([]Notice, error) {
	found, err := s.Reminders.RemindersOf(ctx, c.MemberID)
	if err != nil {
		return nil, err
	}
	var out []Notice
	for _, r := range found {
		n, known := s.out.Load().things[Drive+"/"+r.DriveID]
		title, _, ok := s.Subjects.Describe(Drive, r.DriveID)
		if known && ok && n.visibility.Admits(c.Identity) && !r.At.Before(since) {
			out = append(out, Notice{ID: r.ID, Kind: Reminder, Ref: r.DriveID, Title: title, At: r.At})
		}
	}
	return out, nil
}

func countUnread(all []Notice, m *Marks) int64 {
	n := int64(0)
	for i := range all {
		if !m.has(&all[i]) {
			n++
		}
	}
	return n
}
