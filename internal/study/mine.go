package study

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/store"
	"sotay/internal/study/tally"
)

// Mine is a drive as it stands for one member.
type Mine struct {
	Version *DriveVersion
	// OnRoll tells whether the member counts in it, Obliged whether they owe it
	// today.
	OnRoll, Obliged bool
	// Began tells whether any evidence is there, Capped whether more time was
	// claimed than can have passed.
	Began, Capped bool
	// DueAt is the zero time for who owes nothing.
	DueAt      time.Time
	Steps      []Progress
	Completion *Completion
}

// obliged tells whether a member owes a drive today: who is exempt, or no longer
// asked, owes nothing at once. Once it has opened, only who is on its roll does.
func (s *Service) obliged(ctx context.Context, v *DriveVersion, m *caller.Identity) (bool, error) {
	if !Addressed(&v.Visibility, &v.Payload, m) || !slices.Contains(onRoll, m.Status) {
		return false, nil
	}
	kind, status := tally.Kind(m.Kind), tally.Status(m.Status)
	r, err := s.rollOf(ctx, v.ItemID)
	if errors.Is(err, notOpen) {
		return s.Rules.Owes(kind, status), nil
	}
	if err != nil {
		return false, err
	}
	return r.holds(m.MemberID) && r.opening.Rules.Owes(kind, status), nil
}

// MyDrives returns the drives that the caller sees and that have begun or will,
// the newest opening first.
func (s *Service) MyDrives(ctx context.Context, c *caller.Caller) ([]Mine, error) {
	var out []Mine
	for _, v := range s.out.Load().drives {
		if !s.mayStudy(v, c.Identity) {
			continue
		}
		m, err := s.mine(ctx, v, c.Identity)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Mine) int {
		if d := b.Version.Payload.OpensAt.Compare(a.Version.Payload.OpensAt); d != 0 {
			return d
		}
		return strings.Compare(a.Version.ItemID, b.Version.ItemID)
	})
	return out, nil
}

// Drive returns a drive that the caller sees.
func (s *Service) Drive(ctx context.Context, c *caller.Caller, id string) (Mine, error) {
	v, err := s.drive(id)
	if err != nil {
		return Mine{}, err
	}
	if !s.mayStudy(v, c.Identity) {
		return Mine{}, fault.NotFound
	}
	return s.mine(ctx, v, c.Identity)
}

func (s *Service) mine(ctx context.Context, v *DriveVersion, m *caller.Identity) (Mine, error) {
	out := Mine{Version: v}
	var err error
	if out.Obliged, err = s.obliged(ctx, v, m); err != nil {
		return out, err
	}
	if out.Obliged {
		out.DueAt = v.Payload.DueFor(m)
	}
	r, err := s.rollOf(ctx, v.ItemID)
	if err != nil && !errors.Is(err, notOpen) {
		return out, err
	}
	if r != nil {
		out.OnRoll = r.holds(m.MemberID)
	}
	e, err := s.looked(ctx, v, m.MemberID)
	if err != nil {
		return out, err
	}
	out.Began = len(e.Sections) > 0
	if out.Steps, _, err = s.steps(ctx, v, &e); err != nil {
		return out, err
	}
	out.Capped = e.Capped
	out.Completion, err = s.completionOf(ctx, v.ItemID, m.MemberID)
	return out, err
}

// looked returns a member's evidence in a drive. What it shows and nothing has
// told yet, such as a quiz passed since, is marked.
func (s *Service) looked(ctx context.Context, v *DriveVersion, memberID string) (Evidence, error) {
	id := evidenceID(v.ItemID, memberID)
	e, err := s.records.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return s.begun(ctx, v, memberID)
	}
	if err != nil || s.Now().Before(v.Payload.OpensAt) {
		return e, err
	}
	probe := e
	if err := s.evaluate(ctx, &probe); err != nil || len(probe.Fx) == len(e.Fx) {
		return e, err
	}
	e, err = s.records.Update(ctx, id, func(e *Evidence) error {
		n := len(e.Fx)
		if err := s.evaluate(ctx, e); err != nil {
			return err
		}
		if len(e.Fx) == n {
			return store.ErrUnchanged
		}
		return nil
	})
	return e, s.kept(ctx, e, err)
}

// begun is the evidence of who has sent none in a drive: it is kept when a quiz
// alone shows something, or what was read before the drive was known.
func (s *Service) begun(ctx context.Context, v *DriveVersion, memberID string) (Evidence, error) {
	e := Evidence{Meta: store.Meta{ID: evidenceID(v.ItemID, memberID)}, MemberID: memberID, DriveID: v.ItemID, Studied: []Studied{}}
	if s.Now().Before(v.Payload.OpensAt) {
		return e, nil
	}
	var err error
	if e.Record, err = s.outside(ctx, memberID, v.ItemID); err != nil {
		return e, err
	}
	if err := s.evaluate(ctx, &e); err != nil || len(e.Fx) == 0 {
		return e, err
	}
	err = s.records.Insert(ctx, &e)
	if store.IsDuplicate(err, "_id") {
		return s.records.Get(ctx, e.ID)
	}
	return e, s.kept(ctx, e, err)
}
