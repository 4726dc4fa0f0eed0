package quiz

import (
	"testing"
	"time"

	"sotay/internal/quiz/rank"
	"sotay/internal/quiz/rank/ranktest"
)

// attemptOf is a closed attempt at a round as a fact tells of it.
func attemptOf(sittingID string, f *rank.Fact) *Attempt {
	closed := time.UnixMilli(f.SubmittedAt).UTC()
	guess := f.Guess
	a := &Attempt{SittingID: sittingID, Mine: mineKey(sittingID, f.Member), MemberID: f.Member, Number: f.Number, OrgID: f.Unit, State: Submitted,
		StartedAt: closed.Add(-time.Duration(f.Duration) * time.Millisecond), ClosedAt: closed, Due: toFold(closed), Places: make([]int64, f.Total),
		Right: f.Right, Mark: f.Mark, Guess: &guess, Device: f.Device}
	a.ID = attemptID(a.Mine, f.Number)
	return a
}

// TestRealWeek ranks the published week at a hundredth of its size through the
// store, and holds that what comes out is what the facts say.
func TestRealWeek(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	c := newContest(t, f, func(in *ContestInput) { (*in.Rounds)[0].Guess = GuessAllCorrect })
	w := ranktest.Week{Attempts: 2822, People: 1062, AllRight: 71, Questions: 10, MaxAttempts: 7, Units: 40,
		OpensAt: c.window.OpensAt.UnixMilli(), ClosesAt: c.window.ClosesAt.UnixMilli()}
	facts := w.Facts(15)
	for at := 0; at < len(facts); at += 500 {
		var rows []*Attempt
		for i := at; i < min(at+500, len(facts)); i++ {
			rows = append(rows, attemptOf(RoundID(c.id, 1), &facts[i]))
		}
		if err := firstError(c.attempts.InsertMany(t.Context(), rows)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.fold(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	c.closes(t)
	want := rank.Of([][]rank.Fact{facts}, rank.Usual(), rank.GuessAllCorrect)
	got, err := c.results.Get(t.Context(), RoundID(c.id, 1))
	if err != nil || got.truth() != (rank.Truth{AllCorrect: 71, Participants: 1062, Attempts: 2822}) || got.Digest != want.Digest() {
		t.Fatalf("%+v: %v", got.truth(), err)
	}
	rows, err := c.rows(t.Context(), &got, 0, got.Places)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range want.Places {
		if s := rows[i]; s.MemberID != p.Member || s.Rank != p.Rank || s.Attempts != p.Attempts || s.SubmittedAt.UnixMilli() != p.SubmittedAt || s.Right != p.Right {
			t.Fatalf("place %d is %+v, want %+v", i, s, p)
		}
		if at, err := c.seat(t.Context(), &got, p.Member); err != nil || at != int64(i) {
			t.Fatalf("%s sits at %d, want %d: %v", p.Member, at, i, err)
		}
	}
}
