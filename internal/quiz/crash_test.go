package quiz

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"sotay/internal/caller"
	"sotay/internal/quiz/question"
	"sotay/internal/store"
)

// dying is an engine whose process dies at a write: before it, or behind it
// with the answer unsent.
type dying struct {
	store.Engine
	left   atomic.Int64
	behind bool
}

var errGone = errors.New("the process is dead")

func (d *dying) write(do func() error) error {
	n := d.left.Add(-1)
	if n > 0 {
		return do()
	}
	if n == 0 && d.behind {
		if err := do(); err != nil {
			return err
		}
	}
	return errGone
}

func (d *dying) Insert(ctx context.Context, s *store.Schema, docs []store.Raw) []error {
	out := make([]error, len(docs))
	if err := d.write(func() error { out = d.Engine.Insert(ctx, s, docs); return nil }); err != nil {
		for i := range out {
			out[i] = err
		}
	}
	return out
}

func (d *dying) Replace(ctx context.Context, s *store.Schema, id any, rev int64, old, doc store.Raw) error {
	return d.write(func() error { return d.Engine.Replace(ctx, s, id, rev, old, doc) })
}

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
						d := &dying{Engine: e, behind: behind}
						d.left.Store(1)
						if _, _, err := act.do(newFixture(t, d, c), m, &a, token); !errors.Is(err, errGone) {
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
