package quiz

import (
	"testing"
	"time"
)

// What is shown is what the rules of the attempt's own version allow, whatever
// became of the quiz since.
func TestReviewRules(t *testing.T) {
	t.Parallel()
	window := func(hours int) *Window { return &Window{ClosesAt: at(hours)} }
	type seen struct{ score, answers, explanations bool }
	for name, c := range map[string]struct {
		review Review
		after  func(t *testing.T, f *fixture, id string)
		want   seen
	}{
		"after submitting":                    {Review{AfterSubmit, AfterSubmit, AfterSubmit}, nil, seen{true, true, true}},
		"never":                               {Review{Never, Never, Never}, closesAndPasses, seen{}},
		"the score alone":                     {Review{AfterSubmit, Never, Never}, nil, seen{score: true}},
		"explanations alone":                  {Review{Never, Never, AfterSubmit}, nil, seen{explanations: true}},
		"before the last attempt":             {Review{AfterSubmit, AfterLastAttempt, AfterLastAttempt}, nil, seen{score: true}},
		"the close ends the attempts":         {Review{AfterSubmit, AfterLastAttempt, AfterSubmit}, closesAndPasses, seen{true, true, true}},
		"before the close":                    {Review{AfterClose, AfterClose, AfterClose}, nil, seen{}},
		"after the close":                     {Review{AfterClose, AfterClose, AfterClose}, closesAndPasses, seen{true, true, true}},
		"withdrawn, shown after submitting":   {Review{AfterSubmit, AfterSubmit, AfterSubmit}, withdraws, seen{true, true, true}},
		"withdrawn, before its close":         {Review{AfterSubmit, AfterClose, AfterClose}, withdraws, seen{score: true}},
		"withdrawn, and its close has passed": {Review{AfterSubmit, AfterClose, AfterClose}, both(withdraws, closesAndPasses), seen{true, true, true}},
		"the next version hides, ours shows":  {Review{AfterSubmit, AfterSubmit, Never}, republishes(Review{Never, Never, Never}, window(5)), seen{score: true, answers: true}},
		"the next version shows, ours hides":  {Review{AfterSubmit, Never, Never}, republishes(Review{AfterSubmit, AfterSubmit, AfterSubmit}, window(5)), seen{score: true}},
		"the next version closes later":       {Review{AfterSubmit, AfterClose, AfterClose}, both(republishes(Review{AfterSubmit, AfterClose, AfterClose}, window(90)), closesAndPasses), seen{score: true}},
		"the next version has no close":       {Review{AfterSubmit, AfterClose, AfterClose}, both(republishes(Review{AfterSubmit, Never, Never}, &Window{}), closesAndPasses), seen{true, true, true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, openEngine(t), newClock())
			m, ctx := who("m", "a"), t.Context()
			id := f.aQuiz(t, "", 1, func(in *QuizInput) { in.Rules.Attempts, in.Window, in.Review = 2, window(5), &c.review })
			a, _, err := f.StartQuiz(ctx, m, id)
			if err != nil {
				t.Fatal(err)
			}
			done, err := f.Submit(ctx, m, a.ID, nil)
			if err != nil {
				t.Fatal(err)
			}
			if c.after != nil {
				c.after(t, f, id)
			}
			o, err := f.OutcomeOf(ctx, &done)
			if err != nil {
				t.Fatal(err)
			}
			got := seen{score: o.Scored}
			for _, q := range o.Questions {
				got.answers, got.explanations = q.Key != nil && q.Mark != nil, q.Explanation != ""
			}
			if got != c.want {
				t.Errorf("seen %+v, want %+v", got, c.want)
			}
		})
	}
}

func closesAndPasses(_ *testing.T, f *fixture, _ string) { f.clock.advance(6 * time.Hour) }

func withdraws(t *testing.T, f *fixture, id string) { f.step(t, id, "withdraw") }

func republishes(r Review, w *Window) func(*testing.T, *fixture, string) {
	return func(t *testing.T, f *fixture, id string) {
		f.aQuiz(t, id, 1, func(in *QuizInput) { in.Rules.Attempts, in.Window, in.Review = 2, w, &r })
	}
}

func both(first, second func(*testing.T, *fixture, string)) func(*testing.T, *fixture, string) {
	return func(t *testing.T, f *fixture, id string) { first(t, f, id); second(t, f, id) }
}

// The close of a round shows nothing of a question that a later round asks
// again.
func TestSharedQuestionsWait(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	shared, own := f.aQuestion(t, "chung"), f.aQuestion(t, "riêng")
	begin := f.clock.now()
	window := func(from, to int) Window {
		return Window{OpensAt: begin.Add(time.Duration(from) * time.Hour), ClosesAt: begin.Add(time.Duration(to) * time.Hour)}
	}
	rules := Rules{Attempts: 1, TimeLimitSeconds: 600}
	c := newContest(t, f, func(in *ContestInput) {
		in.Rounds = &[]Round{
			{Title: "Vòng 1", Window: window(0, 1), Rules: rules, Parts: []Part{{QuestionIDs: []string{shared}}}},
			{Title: "Vòng 2", Window: window(0, 2), Rules: rules, Parts: []Part{{QuestionIDs: []string{own}}}},
			{Title: "Vòng 3", Window: window(2, 5), Rules: rules, Parts: []Part{{QuestionIDs: []string{shared}}}},
		}
	})
	m := who("m", "a")
	var sat []Attempt
	for round := range int64(2) {
		sheet, _, err := c.StartRound(t.Context(), m, c.id, round+1)
		if err != nil {
			t.Fatal(err)
		}
		a, err := c.Submit(t.Context(), m, sheet.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		sat = append(sat, a)
	}
	shown := func(round int) bool {
		o, err := c.OutcomeOf(t.Context(), &sat[round])
		if err != nil {
			t.Fatal(err)
		}
		return o.Scored || len(o.Questions) > 0
	}
	for _, at := range []struct {
		hours float64
		want  [2]bool
	}{{0.5, [2]bool{}}, {1.5, [2]bool{}}, {2.5, [2]bool{false, true}}, {4.9, [2]bool{false, true}}, {5.1, [2]bool{true, true}}} {
		f.clock.at.Store(begin.Add(time.Duration(at.hours * float64(time.Hour))).UnixMilli())
		if got := [2]bool{shown(0), shown(1)}; got != at.want {
			t.Errorf("after %v hours: shown %v, want %v", at.hours, got, at.want)
		}
	}
}
