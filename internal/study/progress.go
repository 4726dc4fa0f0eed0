package study

import (
	"context"
	"slices"
	"time"

	"sotay/internal/clock"
	"sotay/internal/study/evidence"
	"sotay/internal/study/tally"
)

// Progress is how far a member is with a step.
type Progress struct {
	Step  Step
	Title string
	Done  bool
	// Sections and Read count the sections of a step of reading.
	Sections, Read int64
	at             time.Time // when a quiz was passed
}

// lastAt is when the last thing was read or passed that a record shows.
func (e *Evidence) lastAt(steps []Progress) time.Time {
	var last time.Time
	for i := range e.Sections {
		for _, x := range e.Sections[i].Sessions {
			if at := time.UnixMilli(x.Last); at.After(last) {
				last = at
			}
		}
	}
	for i := range steps {
		if steps[i].at.After(last) {
			last = steps[i].at
		}
	}
	return last
}

// evaluate marks in a record what it shows for the first time, with the effects
// of that.
func (s *Service) evaluate(ctx context.Context, e *Evidence) error {
	if e.DriveID == "" {
		return nil
	}
	v, err := s.drive(e.DriveID)
	if err != nil {
		return nil //nolint:nilerr // withdrawn meanwhile: what was read is kept
	}
	now := s.Now()
	if e.BeganAt.IsZero() && len(e.Sections) > 0 {
		e.BeganAt = now
		e.Add(now, fxRow, nil)
	}
	steps, studied, err := s.steps(ctx, v, e)
	if err != nil {
		return err
	}
	quizzes, passed, complete := false, true, len(steps) > 0
	for i := range steps {
		complete = complete && steps[i].Done
		if steps[i].Step.Kind == QuizStep {
			quizzes, passed = true, passed && steps[i].Done
		}
	}
	if quizzes && passed && e.PassedAt.IsZero() {
		e.PassedAt = now
		e.Add(now, fxRow, nil)
	}
	if complete && e.CompleteAt.IsZero() {
		e.CompleteAt, e.Studied, e.Basis = now, studied, tally.ByApp
		e.On = clock.Day(e.lastAt(steps))
		if m, ok := s.People.Identity(e.MemberID); ok {
			owed, err := s.obliged(ctx, v, m)
			if err != nil {
				return err
			}
			if !owed {
				e.Basis = tally.Voluntary
			}
		}
		e.Add(now, fxComplete, nil)
	} else if complete && !slices.Equal(e.Studied, studied) {
		e.ToppedAt, e.Studied = now, studied
		e.Add(now, fxTopUp, nil)
	}
	return nil
}

// steps tells how far the evidence shows a member with each step.
func (s *Service) steps(ctx context.Context, v *DriveVersion, e *Evidence) ([]Progress, []Studied, error) {
	spent := e.Spent(v.Payload.OpensAt)
	e.Capped = slices.ContainsFunc(spent, func(x evidence.Spent) bool { return x.Capped })
	out := make([]Progress, len(v.Payload.Steps))
	var studied []Studied
	for i := range v.Payload.Steps {
		p := &out[i]
		p.Step = v.Payload.Steps[i]
		if p.Step.Kind == QuizStep {
			at, err := s.Quizzes.Passed(ctx, e.MemberID, p.Step.QuizID)
			if err != nil {
				return nil, nil, err
			}
			p.Done = !at.IsZero() && at.Before(v.Payload.ClosesAt)
			if p.at = at; at.Before(v.Payload.OpensAt) {
				p.at = v.Payload.OpensAt // what was passed before is passed with the opening
			}
			if !p.Done {
				p.at = time.Time{}
			}
			continue
		}
		kind, id := p.Step.Item()
		t, err := s.asked(ctx, &p.Step)
		if err != nil {
			return nil, nil, err
		}
		studied = append(studied, Studied{kind, id, t.Version})
		r, err := s.readingOf(ctx, kind, id, t, e, spent)
		if err != nil {
			return nil, nil, err
		}
		if p.Title, p.Done = t.Title, r.does(p.Step.Kind); p.Step.Kind == ReadStep {
			p.Sections, p.Read = int64(len(r.Sections)), r.Read
		}
	}
	return out, studied, nil
}

func (t *Text) section(id string) *Section {
	for i := range t.Sections {
		if t.Sections[i].ID == id {
			return &t.Sections[i]
		}
	}
	return nil
}
