package study

import (
	"context"
	"slices"

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
// any time: what it missed it finds later.
func (s *Service) NoteChanges(ctx context.Context) error {
	now := s.Now()
	for id, v := range s.out.Load().drives {
		s.mu.Lock()
		r := s.rolls[id]
		s.mu.Unlock()
		if r == nil || !v.Payload.OpenAt(now) {
			continue
		}
		for memberID, kinds := range s.changed(r) {
			err := s.setRow(ctx, id, memberID, func(row *Row) bool {
				changed := false
				for _, k := range kinds {
					changed = row.note(k, now) || changed
				}
				return changed
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// changed are the notes that are missing, by member.
func (s *Service) changed(r *roll) map[string][]tally.EntryKind {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := map[string][]tally.EntryKind{}
	for _, p := range r.pages {
		home := s.People.HeirOn("", p.orgID) // of a unit that has closed
		for i := range p.marks {
			m := &p.marks[i]
			org, status, ok := s.People.Standing(m.memberID)
			if !ok {
				continue
			}
			k := noteOf(&r.opening.Rules, m.status, status)
			if k != "" && !slices.Contains(m.noted, k) {
				out[m.memberID] = append(out[m.memberID], k)
			}
			gone := k == tally.Left || k == tally.Died
			if !gone && home != "" && org != home && !slices.Contains(m.noted, tally.Moved) && !s.stayed(m.memberID, p.orgID) {
				out[m.memberID] = append(out[m.memberID], tally.Moved)
			}
		}
	}
	return out
}

// stayed tells whether a member is in a part of a unit that has been divided.
func (s *Service) stayed(memberID, orgID string) bool {
	m, ok := s.People.Identity(memberID)
	return ok && slices.Contains(m.Units, orgID)
}
