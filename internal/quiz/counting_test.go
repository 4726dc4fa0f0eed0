package quiz

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"sotay/internal/quiz/question"
)

// closed is a closed attempt of n questions with a mark.
func closed(number int64, began time.Duration, mark int64, n int) Attempt {
	return Attempt{Number: number, State: Submitted, StartedAt: at(0).Add(began), Mark: mark, Places: make([]int64, n)}
}

func TestWhichAttemptCounts(t *testing.T) {
	t.Parallel()
	mine := []Attempt{
		{Number: 5, State: Open, StartedAt: at(9)},
		closed(4, 3*time.Hour, 1000, 2),
		closed(3, 2*time.Hour, 3000, 3),
		closed(2, time.Hour, 2000, 2), // as good, and earlier
		{Number: 1, State: Void, StartedAt: at(0)},
	}
	for rule, want := range map[Counts]int64{Best: 2, Last: 4, First: 2} {
		if a := counting(rule, mine); a == nil || a.Number != want {
			t.Errorf("%s: %+v", rule, a)
		}
	}
	// A lease of a lower number that was begun later is the last.
	if a := counting(Last, append(mine, closed(0, 5*time.Hour, 0, 2))); a.Number != 0 {
		t.Errorf("the last is %d", a.Number)
	}
	if a := counting(Best, mine[:1]); a != nil {
		t.Errorf("%+v", a)
	}
}

// Whatever the order they are read in, one attempt counts, it is closed, and the
// best is never worse than another.
func TestCountingHasNoOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		var mine []Attempt
		for i := range n {
			a := closed(int64(i+1), time.Duration(rapid.IntRange(0, 3).Draw(t, "at"))*time.Hour, question.Full*rapid.Int64Range(0, 3).Draw(t, "mark"), rapid.IntRange(3, 4).Draw(t, "of"))
			a.State = rapid.SampledFrom([]State{Submitted, Expired, Open, Void, Leased}).Draw(t, "state")
			mine = append(mine, a)
		}
		other := rapid.Permutation(mine).Draw(t, "other")
		for _, rule := range []Counts{Best, Last, First} {
			a, b := counting(rule, mine), counting(rule, other)
			if (a == nil) != (b == nil) || a != nil && (a.Number != b.Number || !a.Closed()) {
				t.Fatalf("%s: %+v and %+v", rule, a, b)
			}
			for i := range mine {
				if rule == Best && mine[i].Closed() && mine[i].Score() > a.Score() {
					t.Fatalf("%+v is better than %+v", mine[i], a)
				}
			}
		}
	})
}

// A pass is told by the attempt that counts, for one who may not see the score
// yet as well; the member is not told which attempt is the best before that.
func TestPassedAndStanding(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	ctx, m := t.Context(), who("m", "a")
	hidden := func(in *QuizInput) {
		in.Rules.Attempts, in.Rules.PauseSeconds = 3, 600
		in.Window, in.Review = &Window{ClosesAt: at(10)}, &Review{AfterClose, AfterClose, AfterClose}
	}
	id := f.aQuiz(t, "", 2, hidden)
	if p, err := f.Passed(ctx, "m", id); err != nil || p != (Pass{}) {
		t.Fatalf("%v %+v", err, p)
	}
	if st, err := f.Standing(ctx, m, id); err != nil || st.Used != 0 || *st.Left != 3 || !st.NextAt.IsZero() || st.OpenID != "" || st.Counting != nil {
		t.Errorf("%v %+v", err, st)
	}
	sit := func(right ...string) Attempt {
		t.Helper()
		a, _, err := f.StartQuiz(ctx, m, id)
		if err != nil {
			t.Fatal(err)
		}
		if st, err := f.Standing(ctx, m, id); err != nil || st.OpenID != a.ID {
			t.Errorf("%v %+v", err, st)
		}
		for _, item := range right {
			f.choose(t, m, a.ID, item, "dung", nil)
		}
		out, err := f.Submit(ctx, m, a.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		f.clock.advance(11 * time.Minute)
		return out
	}
	good, bad := sit("q1", "q2"), sit()
	if p, err := f.Passed(ctx, "m", id); err != nil || !p.Passed || p.AttemptID != good.ID || p.Version != 1 || !p.At.Equal(good.ClosedAt) {
		t.Errorf("%v %+v", err, p)
	}
	counted := func() (out []string) {
		t.Helper()
		found, _, err := f.MyAttempts(ctx, m, "", "", 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range found {
			if l.Counts {
				out = append(out, l.ID)
			}
			if l.Outcome == nil || l.Outcome.Questions != nil {
				t.Errorf("%+v", l.Outcome)
			}
		}
		return out
	}
	if got := counted(); len(got) != 0 {
		t.Errorf("told which is the best: %v", got)
	}
	f.clock.advance(10 * time.Hour)
	if got := counted(); len(got) != 1 || got[0] != good.ID {
		t.Errorf("%v", got)
	}
	st, err := f.Standing(ctx, m, id)
	if err != nil || st.Counting == nil || st.Counting.AttemptID != good.ID || st.Used != 2 || *st.Left != 1 || !st.NextAt.IsZero() {
		t.Errorf("%v %+v", err, st)
	}
	f.step(t, id, "withdraw")
	if p, err := f.Passed(ctx, "m", id); err != nil || !p.Passed {
		t.Errorf("withdrawn: %v %+v", err, p)
	}
	if st, err := f.Standing(ctx, m, id); err != nil || st != nil {
		t.Errorf("withdrawn: %v %+v", err, st)
	}
	f.aQuiz(t, id, 2, func(in *QuizInput) { hidden(in); in.Rules.Counts = Last; in.Window.ClosesAt = at(50) })
	if p, err := f.Passed(ctx, "m", id); err != nil || p.Passed || p.AttemptID != bad.ID {
		t.Errorf("the last counts: %v %+v", err, p)
	}
}
