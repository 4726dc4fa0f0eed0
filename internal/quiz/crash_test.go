package quiz

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"sotay/internal/caller"
	"sotay/internal/quiz/question"
	"sotay/internal/store/storetest"
)

// Each of start, save, submit, lease and the beginning of a lease is one write:
// a process that dies before it has done nothing, one that dies behind it all;
// the phone repeats either, on another process, and has one attempt, its answer
// and one grade.
func TestCrashAtEveryWrite(t *testing.T) {
	t.Parallel()
	c := newClock()
	e := openEngine(t)
	f := newFixture(t, e, c)
	id := f.aQuiz(t, "", 1, func(in *QuizInput) { offline(in); in.Rules.Attempts = 1 })
	ctx := t.Context()
	right := Save{Item: "q1", Seq: 1, Response: question.Response{ChoiceIDs: []string{"dung"}}}
	acts := []struct {
		name string
		do   func(f *fixture, m *caller.Caller, a *Attempt, token string) (Attempt, string, error)
	}{
		{"lease", func(f *fixture, m *caller.Caller, _ *Attempt, _ string) (Attempt, string, error) {
			l, err := f.LeaseQuiz(ctx, m, id, Exam)
			return l.Attempt, l.Token, err
		}},
		{"begin", func(f *fixture, m *caller.Caller, _ *Attempt, token string) (Attempt, string, error) {
			s, _, err := f.BeginLease(ctx, m, id, token, Beginning{})
			return s.Attempt, token, err
		}},
		{"start", func(f *fixture, m *caller.Caller, _ *Attempt, token string) (Attempt, string, error) {
			s, _, err := f.StartQuiz(ctx, m, id)
			return s.Attempt, token, err
		}},
		{"save", func(f *fixture, m *caller.Caller, a *Attempt, token string) (Attempt, string, error) {
			_, err := f.Save(ctx, m, a.ID, right)
			return *a, token, err
		}},
		{"submit", func(f *fixture, m *caller.Caller, a *Attempt, token string) (Attempt, string, error) {
			out, err := f.Submit(ctx, m, a.ID, nil)
			return out, token, err
		}},
	}
	for _, behind := range []bool{false, true} {
		for _, path := range [][]int{{0, 1, 3, 4}, {2, 3, 4}} {
			for crashAt := range path {
				name := fmt.Sprintf("%s, behind the write: %v, leased: %v", acts[path[crashAt]].name, behind, path[0] == 0)
				m := who(fmt.Sprint("m-", behind, "-", path[0], "-", crashAt), "a")
				var a Attempt
				token := ""
				for k, step := range path {
					act := acts[step]
					if k == crashAt {
						d := storetest.NewDying(e, 1, behind)
						if _, _, err := act.do(newFixture(t, d, c), m, &a, token); !errors.Is(err, storetest.ErrDead) {
							t.Fatalf("%s: %v", name, err)
						}
						c.advance(time.Second)
					}
					var err error
					if a, token, err = act.do(f, m, &a, token); err != nil {
						t.Fatalf("%s: %s again: %v", name, act.name, err)
					}
				}
				mine, err := f.mine(ctx, KindQuiz+"/"+id, m.MemberID)
				if err != nil || len(mine) != 1 || mine[0].State != Submitted || mine[0].Right != 1 || len(mine[0].Answers) != 1 || len(mine[0].Answers[0].Replaced) != 0 || len(mine[0].Late) != 0 {
					t.Errorf("%s: %v %+v", name, err, mine)
				}
			}
		}
	}
}
