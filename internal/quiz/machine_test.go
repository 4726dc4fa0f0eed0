package quiz

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sotay/internal/caller"
	"sotay/internal/quiz/question"
)

// modelled is what an attempt must be, by the rules alone.
type modelled struct {
	id       string
	deadline time.Time
	closed   bool
	answers  map[string]delivery
	seen     map[string]map[delivery]bool
	late     map[string]map[delivery]bool
	graded   *Attempt // as first seen closed
}

// save is what the rules make of a save; it tells whether it is late.
func (m *modelled) save(item string, d delivery, now time.Time) (late bool) {
	known := m.seen[item][d]
	if m.closed || now.After(m.deadline) {
		if !known {
			into(m.late, item)[d] = true
		}
		return !known
	}
	if !known {
		into(m.seen, item)[d] = true
		if d.seq >= m.answers[item].seq {
			m.answers[item] = d
		}
	}
	return false
}

func into(m map[string]map[delivery]bool, item string) map[delivery]bool {
	if m[item] == nil {
		m[item] = map[delivery]bool{}
	}
	return m[item]
}

// attemptsMachine is one member's phones at one quiz.
type attemptsMachine struct {
	f        *fixture
	quizID   string
	phones   []*caller.Caller
	attempts []*modelled
}

const machineAttempts = 3

func (x *attemptsMachine) phone(t *rapid.T) *caller.Caller {
	return rapid.SampledFrom(x.phones).Draw(t, "phone")
}

func (x *attemptsMachine) open() *modelled {
	for _, m := range x.attempts {
		if !m.closed && !x.f.clock.now().After(m.deadline) {
			return m
		}
	}
	return nil
}

// close notes what the rules close by now.
func (x *attemptsMachine) close() {
	for _, m := range x.attempts {
		m.closed = m.closed || x.f.clock.now().After(m.deadline)
	}
}

func (x *attemptsMachine) start(t *rapid.T) {
	a, fresh, err := x.f.StartQuiz(t.Context(), x.phone(t), x.quizID)
	x.close()
	switch open := x.open(); {
	case open != nil:
		if err != nil || fresh || a.ID != open.id {
			t.Fatalf("start beside an open one: %v %v %s", err, fresh, a.ID)
		}
	case len(x.attempts) == machineAttempts:
		if !errors.Is(err, noneLeft) {
			t.Fatalf("attempt %d: %v", len(x.attempts)+1, err)
		}
	default:
		if err != nil || !fresh || a.Number != int64(len(x.attempts)+1) {
			t.Fatalf("start: %v %v %+v", err, fresh, a.Attempt)
		}
		x.attempts = append(x.attempts, &modelled{id: a.ID, deadline: a.DeadlineAt, answers: map[string]delivery{}, seen: map[string]map[delivery]bool{}, late: map[string]map[delivery]bool{}})
	}
}

func (x *attemptsMachine) any(t *rapid.T) *modelled {
	if len(x.attempts) == 0 {
		t.Skip("no attempt")
	}
	return rapid.SampledFrom(x.attempts).Draw(t, "attempt")
}

// save also is the retry, the reordered one and the late one: sequences and
// values are few.
func (x *attemptsMachine) save(t *rapid.T) {
	m := x.any(t)
	item := rapid.SampledFrom([]string{"q1", "q2"}).Draw(t, "item")
	d := delivery{rapid.Int64Range(1, 4).Draw(t, "seq"), rapid.SampledFrom([]string{"dung", "sai", "thieu"}).Draw(t, "choice")}
	out, err := x.f.Save(t.Context(), x.phone(t), m.id, Save{Item: item, Seq: d.seq, Response: question.Response{ChoiceIDs: []string{d.text}}})
	if late := m.save(item, d, x.f.clock.now()); err != nil || out.Late != late {
		t.Fatalf("save %s %v: %v, late %v, want %v", item, d, err, out.Late, late)
	}
	if want := m.answers[item]; want.seq > 0 && (out.Seq != want.seq || !slices.Equal(out.Current.ChoiceIDs, []string{want.text})) {
		t.Fatalf("answered %+v, want %+v", out, want)
	}
}

func (x *attemptsMachine) submit(t *rapid.T) {
	m := x.any(t)
	x.close()
	a, err := x.f.Submit(t.Context(), x.phone(t), m.id, nil)
	if err != nil || !a.Closed() || (a.State == Expired) != (a.ClosedAt.Equal(m.deadline)) && m.graded == nil && !a.ClosedAt.Equal(x.f.clock.now()) {
		t.Fatalf("submit: %v %+v", err, a)
	}
	m.closed = true
}

// check holds every attempt against the rules.
func (x *attemptsMachine) check(t *rapid.T) {
	mine, err := x.f.mine(t.Context(), KindQuiz+"/"+x.quizID, x.phones[0].MemberID)
	if err != nil || len(mine) != len(x.attempts) || len(mine) > machineAttempts {
		t.Fatalf("%v: %d attempts, want %d", err, len(mine), len(x.attempts))
	}
	for _, m := range x.attempts {
		a := mine[slices.IndexFunc(mine, func(a Attempt) bool { return a.ID == m.id })]
		right := int64(0)
		for item, want := range m.answers {
			got := a.answer(item)
			if got == nil || got.Seq != want.seq || !slices.Equal(got.Response.ChoiceIDs, []string{want.text}) || len(got.Replaced) != len(m.seen[item])-1 {
				t.Fatalf("%s is %+v, want %v of %v", item, got, want, m.seen[item])
			}
			if want.text == "dung" {
				right++
			}
		}
		late := 0
		for _, list := range m.late {
			late += len(list)
		}
		if len(a.Late) != late {
			t.Fatalf("%d late, want %d", len(a.Late), late)
		}
		if !a.Closed() {
			if m.closed && !x.f.clock.now().After(m.deadline) {
				t.Fatalf("handed in and open: %+v", a)
			}
			continue
		}
		if a.Right != right || a.Mark != right*question.Full || a.Due != 0 {
			t.Fatalf("graded %d, want %d: %+v", a.Right, right, a)
		}
		if g := m.graded; g != nil && (g.State != a.State || !g.ClosedAt.Equal(a.ClosedAt) || !slices.Equal(g.Marks, a.Marks)) {
			t.Fatalf("graded again: %+v, then %+v", g, a)
		}
		m.graded = &a
	}
}

// Whatever two phones, the clock and the sweeper do, and in which order: the
// answers are those of the highest sequences that arrived in time, none that was
// acknowledged is lost, each attempt is graded once, and there are no more of
// them than the quiz allows.
func TestAttemptsUnderAnyOrder(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	id := f.aQuiz(t, "", 2, func(in *QuizInput) { in.Rules.Attempts, in.Rules.TimeLimitSeconds = machineAttempts, 1200 })
	var runs atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		m := who(fmt.Sprint("m", runs.Add(1)), "a")
		x := &attemptsMachine{f: f, quizID: id, phones: []*caller.Caller{m, phone(m, "tablet")}}
		rt.Repeat(map[string]func(*rapid.T){
			"start": x.start, "save": x.save, "save again": x.save, "submit": x.submit,
			"wait": func(rt *rapid.T) {
				f.clock.advance(time.Duration(rapid.SampledFrom([]int{1, 60_000, 1_200_000, 1_200_001}).Draw(rt, "ms")) * time.Millisecond)
			},
			"sweep": func(*rapid.T) { f.sweep(t); x.close() },
			"":      x.check,
		})
	})
}

// At once: two phones begin, save and hand in beside each other, and a sweeper
// beside them. There is one attempt, graded once, with every answer.
func TestPhonesAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	id := f.aQuiz(t, "", 8, func(in *QuizInput) { in.Rules.Attempts, in.Rules.TimeLimitSeconds = 1, 1200 })
	m, ctx := who("m", "a"), t.Context()
	ids := make([]string, 8)
	together := func(fn func(k int)) {
		var wg sync.WaitGroup
		for k := range ids {
			wg.Go(func() { fn(k) })
		}
		wg.Wait()
	}
	together(func(k int) {
		a, _, err := f.StartQuiz(ctx, phone(m, fmt.Sprint(k)), id)
		if err != nil {
			t.Error(err)
		}
		ids[k] = a.ID
	})
	if ids[0] == "" || len(slices.Compact(slices.Clone(ids))) != 1 {
		t.Fatalf("several attempts: %v", ids)
	}
	together(func(k int) {
		if out, err := f.Save(ctx, m, ids[0], Save{Item: fmt.Sprintf("q%d", k+1), Seq: 1, Response: question.Response{ChoiceIDs: []string{"dung"}}}); err != nil || out.Late {
			t.Error(err, out)
		}
	})
	closed := make([]Attempt, len(ids))
	together(func(k int) {
		var err error
		if closed[k], err = f.Submit(ctx, m, ids[0], nil); err != nil {
			t.Error(err)
		}
	})
	for _, a := range closed {
		if a.Right != 8 || a.Rev != closed[0].Rev || a.Number != 1 {
			t.Errorf("%+v", a)
		}
	}
}

// The key is read when an attempt is graded, and at no other time before.
func TestKeyIsReadAtTheEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	id := f.aQuiz(t, "", 2, func(in *QuizInput) { offline(in); in.Review = &Review{Never, Never, Never} })
	m, ctx := who("m", "a"), t.Context()
	a, _, err := f.StartQuiz(ctx, m, id)
	if err != nil {
		t.Fatal(err)
	}
	f.choose(t, m, a.ID, "q1", "dung", nil)
	if _, err := f.Attempt(ctx, m, a.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.MyAttempts(ctx, m, id, "", 10); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Standing(ctx, m, id); err != nil {
		t.Fatal(err)
	}
	f.takeLease(t, m, id)
	if n := f.paperKeys.reads.Load(); n != 0 {
		t.Errorf("the key was read %d times before the end", n)
	}
	if _, err := f.Submit(ctx, m, a.ID, nil); err != nil {
		t.Fatal(err)
	}
	if n := f.paperKeys.reads.Load(); n != 1 {
		t.Errorf("the key was read %d times for the grading", n)
	}
}
