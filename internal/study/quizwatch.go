package study

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sotay/internal/fault"
	"sotay/internal/study/tally"
)

// How quizzes and members are watched: attempts that were closed a little before
// the last look are looked at again, for a writer's clock may be behind ours. All
// of them are each hour, and all members: an attempt that ran out is closed as of
// its deadline, and a note may not have been kept. A drive is watched a little
// beyond its close.
const (
	watchEvery   = 5 * time.Second
	watchOverlap = 15 * time.Second
	watchAll     = time.Hour
	watchAfter   = 10 * time.Minute
	noteEvery    = 15 * time.Second
)

// watch looks at quizzes and at how members stand until ctx ends, apart from what
// opens drives: it may take long.
func (s *Service) watch(ctx context.Context) {
	quizzes, all, notes := time.NewTicker(watchEvery), time.NewTicker(watchAll), time.NewTicker(noteEvery)
	defer quizzes.Stop()
	defer all.Stop()
	defer notes.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-quizzes.C:
			err = s.WatchQuizzes(ctx)
		case <-notes.C:
			err = s.NoteChanges(ctx)
		case <-all.C:
			clear(s.watched)
			s.noted = nil
		}
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("study not watched", "error", err)
		}
	}
}

// WatchQuizzes finds who has passed a quiz that a drive asks for, and marks what
// it completes: nobody need open the drive again for it. It is for one goroutine
// at a time. A process that starts looks at all attempts: who has passed before
// the opening has passed with it.
func (s *Service) WatchQuizzes(ctx context.Context) error {
	now := s.Now()
	for id, v := range s.out.Load().drives {
		if now.Before(v.Payload.OpensAt) || now.After(v.Payload.ClosesAt.Add(watchAfter)) {
			continue
		}
		r, err := s.rollOf(ctx, id)
		if errors.Is(err, notOpen) {
			continue
		}
		if err != nil {
			return err
		}
		for i := range v.Payload.Steps {
			quiz := v.Payload.Steps[i].QuizID
			if quiz == "" {
				continue
			}
			key := id + "/" + quiz
			err := s.Quizzes.PassedSince(ctx, quiz, s.watched[key], func(memberID string) error {
				// One member whose record can't be written keeps no other waiting.
				if err := s.passed(ctx, v, r, memberID); err != nil {
					s.Log.Warn("a passed quiz is not told", "drive", id, "error", err)
				}
				return ctx.Err()
			})
			if err != nil {
				return fmt.Errorf("watch quiz %s: %w", quiz, err)
			}
			s.watched[key] = now.Add(-watchOverlap)
		}
	}
	return nil
}

// passed looks at a member who has passed a quiz of a drive.
func (s *Service) passed(ctx context.Context, v *DriveVersion, r *roll, memberID string) error {
	if row, _ := r.mark(memberID); row.done {
		return nil
	}
	m, ok := s.People.Identity(memberID)
	if !ok || !s.mayStudy(v, m) {
		return nil
	}
	_, err := s.looked(ctx, v, memberID)
	if errors.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// shown tells whether a row has a completion.
func shown(r *tally.Row) bool {
	for _, e := range r.Entries {
		if e.Kind == tally.Completed {
			return true
		}
	}
	return false
}
