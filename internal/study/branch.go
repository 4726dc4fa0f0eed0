package study

import (
	"context"

	"sotay/internal/caller"
)

// Standing is how a member of a branch stands in a drive.
type Standing struct {
	MemberID, Name, OrgID, Kind, Status string
	State                               string
	Mine
}

// The states of a member in a drive.
const (
	StateCompleted  = "completed"
	StateInProgress = "inProgress"
	StateNotStarted = "notStarted"
)

// maxPagesLooked is how many pages of members are looked at for somebody in a
// state: a page of the answer may be short, or empty, and still have a next one.
const maxPagesLooked = 10

// Members lists how the members of an organisation, as of today, stand in a
// drive, by name; state "" is any.
func (s *Service) Members(ctx context.Context, c *caller.Caller, orgID, driveID, state, cursor string, limit int) ([]Standing, *string, error) {
	v, err := s.drive(driveID)
	if err != nil {
		return nil, nil, err
	}
	var out []Standing
	for looked := 0; ; looked++ {
		var found []Standing
		next, err := s.People.EachMember(ctx, c, orgID, cursor, limit, func(memberID, name, orgID, kind, status string) {
			found = append(found, Standing{MemberID: memberID, Name: name, OrgID: orgID, Kind: kind, Status: status})
		})
		if err == nil && s.Now().Before(v.Payload.OpensAt) {
			err = notOpen
		}
		if err != nil {
			return nil, nil, err
		}
		for i := range found {
			x := &found[i]
			m, ok := s.People.Identity(x.MemberID)
			if !ok || !v.Visibility.Admits(m) {
				continue
			}
			if x.Mine, err = s.mine(ctx, v, m); err != nil {
				return nil, nil, err
			}
			if x.State = x.state(); state == "" || x.State == state {
				out = append(out, *x)
			}
		}
		if next == nil || len(out) > 0 || looked == maxPagesLooked {
			return out, next, nil
		}
		cursor = *next
	}
}

// state is where a member stands.
func (m *Mine) state() string {
	if m.Completion != nil && m.Completion.Stands() {
		return StateCompleted
	}
	for i := range m.Steps {
		if m.Steps[i].Done || m.Steps[i].Read > 0 {
			return StateInProgress
		}
	}
	if m.Began {
		return StateInProgress
	}
	return StateNotStarted
}
