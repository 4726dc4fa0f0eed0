package study

import (
	"context"
	"errors"
	"slices"
	"time"

	"sotay/internal/study/tally"
)

// mark is what this process remembers of a row: enough to see that the member
// stands otherwise today.
type mark struct {
	memberID string
	status   tally.Status
	noted    []tally.EntryKind
	done     bool // a completion is shown
	stands   bool // and not revoked
	removed  bool // from the roll
}

func marks(p *Page) []mark {
	out := make([]mark, len(p.Rows))
	for i := range p.Rows {
		r := &p.Rows[i]
		now := r.At(forever)
		out[i] = mark{memberID: r.MemberID, status: r.Status, done: shown(&r.Row), stands: now.Completion != nil, removed: !now.OnRoll}
		for _, e := range r.Entries {
			if slices.Contains(noteKinds, e.Kind) {
				out[i].noted = append(out[i].noted, e.Kind)
			}
		}
	}
	return out
}

// noteKinds are the notes that follow from what the directory says.
var noteKinds = []tally.EntryKind{tally.Exempted, tally.Moved, tally.Suspended, tally.Left, tally.Died}

// noteOf is what a status says of somebody who was on the roll in another, "" for
// nothing.
func noteOf(rules *tally.Rules, then tally.Status, now string) tally.EntryKind {
	if slices.Contains(rules.Exempt, tally.Status(now)) {
		if !slices.Contains(rules.Exempt, then) {
			return tally.Exempted
		}
		return ""
	}
	switch now {
	case "suspended":
		return tally.Suspended
	case "struckOff", "expelled", "resigned":
		return tally.Left
	case "deceased":
		return tally.Died
	}
	return ""
}

// NoteChanges notes in the rows of open drives who has been exempted, moved or
// suspended, has left or died since the roll was taken down. Total and rates do
// not change by it. It looks at how members stand and may run on any replica, at
// any time: what it missed it finds later. It is for one goroutine at a time, and
// looks at members who have changed since the last time, but for rolls that it
// has not been through yet.
func (s *Service) NoteChanges(ctx context.Context) error {
	now := s.Now()
	members, moment, all := s.People.Changed(s.noted)
	var failed error
	for id, v := range s.out.Load().drives {
		s.mu.Lock()
		r := s.rolls[id]
		s.mu.Unlock()
		if r == nil {
			continue
		}
		if !v.Payload.OpenAt(now) {
			r.noted = false // it may be opened again
			continue
		}
		found := map[string][]tally.EntryKind{}
		if all || !r.noted {
			s.changed(r, found)
		} else {
			s.changedOf(r, members, found)
		}
		err := s.note(ctx, id, found, now)
		r.noted = err == nil
		failed = errors.Join(failed, err)
	}
	s.noted = moment
	return failed
}

// note writes notes into the rows of members. One that can't be written keeps no
// other waiting.
func (s *Service) note(ctx context.Context, driveID string, found map[string][]tally.EntryKind, now time.Time) (failed error) {
	for memberID, kinds := range found {
		err := s.setRow(ctx, driveID, memberID, func(row *Row) bool {
			changed := false
			for _, k := range kinds {
				changed = row.note(k, now) || changed
			}
			return changed
		})
		failed = errors.Join(failed, err)
	}
	return failed
}

// changed finds the notes that are missing, by member.
func (s *Service) changed(r *roll, found map[string][]tally.EntryKind) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, p := range r.pages {
		home := s.People.HeirOn("", p.orgID) // of a unit that has closed
		for i := range p.marks {
			s.missing(r, p, &p.marks[i], home, found)
		}
	}
}

// changedOf finds those of some members.
func (s *Service) changedOf(r *roll, members []string, found map[string][]tally.EntryKind) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, memberID := range members {
		if p, m := r.find(memberID); m != nil {
			s.missing(r, p, m, s.People.HeirOn("", p.orgID), found)
		}
	}
}

// missing finds the notes that the row of one member lacks; home is the unit of
// today that the row's stands for.
func (s *Service) missing(r *roll, p *tallied, m *mark, home string, found map[string][]tally.EntryKind) {
	org, status, ok := s.People.Standing(m.memberID)
	if !ok {
		return
	}
	k := noteOf(&r.opening.Rules, m.status, status)
	if k != "" && !slices.Contains(m.noted, k) {
		found[m.memberID] = append(found[m.memberID], k)
	}
	gone := k == tally.Left || k == tally.Died
	if !gone && home != "" && org != home && !slices.Contains(m.noted, tally.Moved) && !s.stayed(m.memberID, p.orgID) {
		found[m.memberID] = append(found[m.memberID], tally.Moved)
	}
}

// stayed tells whether a member is in a part of a unit that has been divided.
func (s *Service) stayed(memberID, orgID string) bool {
	m, ok := s.People.Identity(memberID)
	return ok && slices.Contains(m.Units, orgID)
}
