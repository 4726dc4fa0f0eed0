package quiz

import (
	"context"
	"errors"
	"strings"
	"time"

	"sotay/internal/audience"
	"sotay/internal/caller"
	"sotay/internal/fault"
)

// Sitting is what attempts are made at: the published version of a quiz, or of
// one round of a contest. It is immutable.
type Sitting struct {
	// ID is "quiz/<id>" or "contest/<id>/<round>", the same in all versions.
	ID      string
	Version int64
	Title   string
	OrgID   string
	// PaperID names the paper of this version.
	PaperID string
	Rules   Rules
	Review  Review
	Window  Window
	// Offline and Practice allow leases; a contest's round allows none.
	Offline, Practice bool
	// Guess is what is guessed with a submit, "" for nothing.
	Guess GuessKind
	// Questions is how many an attempt has.
	Questions int64
	// SharedUntil is the last close of the contest's rounds that have a question
	// in common with this one: until then what is shown after the close would
	// tell the key of another.
	SharedUntil time.Time
	Visibility  audience.Visibility
}

// GuessKind is what a contest asks its members to guess.
type GuessKind string

// The guesses.
const (
	GuessNone         GuessKind = ""
	GuessAllCorrect   GuessKind = "allCorrect"   // how many people have all right
	GuessParticipants GuessKind = "participants" // how many people take part
	GuessPercent      GuessKind = "percent"      // how many per cent have all right
)

// quizSitting is the sitting of a quiz's version.
func quizSitting(v *QuizVersion) *Sitting {
	p := &v.Payload
	id := KindQuiz + "/" + v.ItemID
	return &Sitting{ID: id, Version: v.Number, Title: p.Title, OrgID: v.OrgID, PaperID: PaperID(id, v.Number), Rules: p.Rules,
		Review: p.Review, Window: p.Window, Offline: p.Offline, Practice: p.Practice, Questions: Questions(p.Parts), Visibility: v.Visibility}
}

// admits tells whether the caller may know of the sitting.
func (t *Sitting) admits(c *caller.Caller) bool { return t.Visibility.Admits(c.Identity) }

// sittingAt returns a sitting as it was in one version, which may be out no
// longer; nil when it is not known. Of a contest only what is out is known.
func (s *Service) sittingAt(ctx context.Context, id string, version int64) (*Sitting, error) {
	t := s.sitting(id)
	quizID, ok := strings.CutPrefix(id, KindQuiz+"/")
	if t != nil && t.Version == version || !ok {
		return t, nil
	}
	t, err := s.sittings.get(PaperID(id, version), func() (Sitting, error) {
		v, err := s.quizzes.Version(ctx, quizID, version)
		if err != nil {
			return Sitting{}, err
		}
		return *quizSitting(&v), nil
	})
	if errors.Is(err, fault.NotFound) {
		return nil, nil
	}
	return t, err
}
