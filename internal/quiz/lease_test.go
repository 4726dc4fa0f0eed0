package quiz

import (
	"errors"
	"slices"
	"testing"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/quiz/question"
)

// offline is a quiz that may be leased, of 20 minutes.
func offline(in *QuizInput) {
	in.Offline = ptr(true)
	in.Rules.TimeLimitSeconds = 20 * 60
}

func (f *fixture) takeLease(t *testing.T, c *caller.Caller, quizID string) Lease {
	t.Helper()
	l, err := f.LeaseQuiz(t.Context(), c, quizID, Exam)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The same session gets the same lease until it begins it; another its own while
// attempts are left; nothing is said of the key.
func TestLeasesAreASessionsOwn(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	id := f.aQuiz(t, "", 3, func(in *QuizInput) { offline(in); in.Rules.Attempts = 2 })
	m := who("m", "a")
	one, again, other := f.takeLease(t, m, id), f.takeLease(t, m, id), f.takeLease(t, phone(m, "tablet"), id)
	if one.Token != again.Token || one.ID != again.ID || one.Attempt.ID != again.Attempt.ID || one.Attempt.Number != 1 {
		t.Errorf("another lease: %+v and %+v", one, again)
	}
	if other.ID == one.ID || other.Attempt.Number != 2 || len(one.Questions) != 3 || one.ValidUntil != f.clock.now().Add(leaseFor) {
		t.Errorf("the tablet's: %+v", other)
	}
	if _, err := f.LeaseQuiz(t.Context(), phone(m, "third"), id, Exam); !errors.Is(err, noneLeft) {
		t.Errorf("a third: %v", err)
	}
	if _, err := f.LeaseQuiz(t.Context(), who("out", "a"), "khong-co", Exam); !errors.Is(err, fault.NotFound) {
		t.Errorf("unknown: %v", err)
	}
	if slices.ContainsFunc(one.Questions, func(q LeasedQuestion) bool { return q.Salt != "" || q.Digests != nil }) || f.paperKeys.reads.Load() != 0 {
		t.Error("an exam's lease has read the key")
	}
}

// A phone without signal begins, answers and hands in; all of it arrives days
// later, with a clock that is ten minutes ahead, and counts.
func TestLeasedAttemptArrivesLater(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	id := f.aQuiz(t, "", 2, offline)
	m, ctx := who("m", "a"), t.Context()
	l := f.takeLease(t, m, id)
	if _, err := f.Save(ctx, m, l.Attempt.ID, Save{Item: "q1", Response: question.Response{ChoiceIDs: []string{"dung"}}}); !errors.Is(err, notBegun) {
		t.Errorf("saved before it began: %v", err)
	}
	begun := f.clock.now().Add(time.Hour)
	f.clock.advance(3 * 24 * time.Hour)
	const ahead = 10 * time.Minute
	phoneTime := func(at time.Time) *time.Time { return ptr(at.Add(ahead)) }
	for k := range 2 {
		sheet, fresh, err := f.BeginLease(ctx, m, id, l.Token, Beginning{StartedAt: phoneTime(begun), SentAt: phoneTime(f.clock.now())})
		if err != nil || fresh != (k == 0) || !sheet.StartedAt.Equal(begun) || !sheet.DeadlineAt.Equal(begun.Add(20*time.Minute)) || sheet.State != Open {
			t.Fatalf("begin %d: %v %v %+v", k, fresh, err, sheet.Attempt)
		}
	}
	save := func(item string, at time.Time) Saved {
		t.Helper()
		out, err := f.Save(ctx, m, l.Attempt.ID, Save{Item: item, Response: question.Response{ChoiceIDs: []string{"dung"}}, At: phoneTime(at), SentAt: phoneTime(f.clock.now())})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if save("q1", begun.Add(time.Minute)).Late || !save("q2", begun.Add(21*time.Minute)).Late {
		t.Error("the answer's own time does not decide")
	}
	a, err := f.HandIn(ctx, m, l.Attempt.ID, Handing{At: phoneTime(begun.Add(15 * time.Minute)), SentAt: phoneTime(f.clock.now())})
	if err != nil || a.State != Submitted || a.Right != 1 || len(a.Late) != 1 || !a.ClosedAt.Equal(f.clock.now()) {
		t.Fatalf("%v %+v", err, a)
	}
	o := a.Offline
	if !o.Skewed || o.SkewMillis != ahead.Milliseconds() || o.Overdue || !o.StartedAt.Equal(begun.Add(ahead)) || !o.SubmittedAt.Equal(begun.Add(25*time.Minute)) {
		t.Errorf("kept beside: %+v", o)
	}
	// Whoever asks when it was passed hears when it was over, not when it arrived.
	if p, err := f.Passed(ctx, "m", id); err != nil || !p.Passed || !p.At.Equal(begun.Add(20*time.Minute)) {
		t.Errorf("passed: %+v, %v", p, err)
	}
}

// What was begun before the lease ran out and is heard of after it counts, and
// says so; what was begun after it is kept and counts nothing.
func TestOverdueLeases(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		begun time.Duration // after the lease ran out
		late  bool
		state State
	}{"begun in time": {-time.Hour, false, Submitted}, "begun too late": {time.Hour, true, Expired}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, openEngine(t), newClock())
			id := f.aQuiz(t, "", 1, offline)
			m, ctx := who("m", "a"), t.Context()
			l := f.takeLease(t, m, id)
			f.clock.advance(leaseFor + 2*24*time.Hour)
			begun := l.ValidUntil.Add(c.begun)
			sheet, _, err := f.BeginLease(ctx, m, id, l.Token, Beginning{StartedAt: &begun, SentAt: ptr(f.clock.now())})
			if err != nil || !sheet.Offline.Overdue || sheet.Offline.Skewed {
				t.Fatalf("%v %+v", err, sheet.Offline)
			}
			if out := f.choose(t, m, l.Attempt.ID, "q1", "dung", &begun); out.Late != c.late {
				t.Errorf("late %v", out.Late)
			}
			a, err := f.HandIn(ctx, m, l.Attempt.ID, Handing{At: ptr(begun.Add(time.Minute))})
			if err != nil || a.State != c.state || a.Passed == c.late || a.ClosedAt.Before(a.StartedAt) {
				t.Errorf("%v %+v", err, a)
			}
		})
	}
}

// A lease that nobody begins is void a week after it ran out, and the attempt is
// to be had again; what its phone sends after that is kept.
func TestUnusedLeaseUsesUpNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	id := f.aQuiz(t, "", 1, func(in *QuizInput) { offline(in); in.Rules.Attempts = 1 })
	m, ctx := who("m", "a"), t.Context()
	l := f.takeLease(t, m, id)
	f.clock.advance(leaseFor + syncFor)
	f.sweep(t)
	if _, _, err := f.StartQuiz(ctx, phone(m, "other"), id); !errors.Is(err, noneLeft) {
		t.Fatalf("the lease does not hold its attempt: %v", err)
	}
	f.clock.advance(2 * time.Millisecond)
	f.sweep(t)
	if a, err := f.attempts.Get(ctx, l.Attempt.ID); err != nil || a.State != Void || a.Due != 0 {
		t.Fatalf("%v %+v", err, a)
	}
	a, fresh, err := f.StartQuiz(ctx, m, id)
	if err != nil || !fresh || a.Number != 2 {
		t.Fatalf("%v %v %+v", fresh, err, a.Attempt)
	}
	sheet, fresh, err := f.BeginLease(ctx, m, id, l.Token, Beginning{StartedAt: ptr(l.ValidUntil.Add(-time.Hour))})
	if err != nil || fresh || sheet.State != Void || !sheet.Offline.Overdue || sheet.Offline.ReceivedAt.IsZero() {
		t.Errorf("%v %+v", err, sheet.Attempt)
	}
	if out := f.choose(t, m, l.Attempt.ID, "q1", "dung", nil); !out.Late {
		t.Error("an answer to a void attempt counts")
	}
	if sheet, err = f.Attempt(ctx, m, l.Attempt.ID); err != nil || len(sheet.Late) != 1 || sheet.Outcome != nil {
		t.Errorf("not kept: %v %+v", err, sheet.Attempt)
	}
	if a, err := f.Submit(ctx, m, l.Attempt.ID, nil); err != nil || a.State != Void || len(a.Marks) > 0 {
		t.Errorf("handed in: %v %+v", err, a)
	}
}

// The device whose lease holds the last attempt begins that one when it is
// online after all.
func TestOwnLeaseIsBegunOnline(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	id := f.aQuiz(t, "", 1, func(in *QuizInput) { offline(in); in.Rules.Attempts = 1 })
	m := who("m", "a")
	l := f.takeLease(t, m, id)
	f.clock.advance(time.Hour)
	a, fresh, err := f.StartQuiz(t.Context(), m, id)
	if err != nil || !fresh || a.ID != l.Attempt.ID || !a.StartedAt.Equal(f.clock.now()) || a.State != Open {
		t.Fatalf("%v %v %+v", fresh, err, a.Attempt)
	}
	if again, fresh, err := f.StartQuiz(t.Context(), m, id); err != nil || fresh || again.ID != a.ID {
		t.Errorf("%v %v", fresh, err)
	}
}

// A leased attempt that ran out is open to what its phone sends for a week, and
// is closed then with what was saved; the member may begin another meanwhile.
func TestLeasedAttemptWaitsForItsPhone(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	id := f.aQuiz(t, "", 1, offline)
	m, ctx := who("m", "a"), t.Context()
	l := f.takeLease(t, m, id)
	begun := f.clock.now()
	if _, _, err := f.BeginLease(ctx, m, id, l.Token, Beginning{StartedAt: &begun}); err != nil {
		t.Fatal(err)
	}
	f.clock.advance(20*time.Minute + syncFor)
	f.sweep(t)
	if sheet, err := f.Attempt(ctx, m, l.Attempt.ID); err != nil || sheet.State != Open {
		t.Fatalf("closed too soon: %v %s", err, sheet.State)
	}
	if other, fresh, err := f.StartQuiz(ctx, m, id); err != nil || !fresh || other.ID == l.Attempt.ID {
		t.Fatalf("%v %v", fresh, err)
	}
	if out := f.choose(t, m, l.Attempt.ID, "q1", "dung", ptr(begun.Add(time.Minute))); out.Late {
		t.Error("an answer given in time is late")
	}
	f.clock.advance(2 * time.Millisecond)
	f.sweep(t)
	a, err := f.attempts.Get(ctx, l.Attempt.ID)
	if err != nil || a.State != Expired || !a.ClosedAt.Equal(begun.Add(20*time.Minute)) || a.Right != 1 {
		t.Errorf("%v %+v", err, a)
	}
	if out := f.choose(t, m, l.Attempt.ID, "q1", "sai", ptr(begun.Add(2*time.Minute))); !out.Late {
		t.Error("what came after the end counts")
	}
}

// The lease ends with the window, and no attempt that it begins outlives a hard
// close; a clock that is wrong without saying so is seen.
func TestLeaseEndsWithTheWindow(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	closes := f.clock.now().Add(time.Hour)
	id := f.aQuiz(t, "", 1, func(in *QuizInput) { offline(in); in.Window = &Window{ClosesAt: closes, HardClose: true} })
	m, ctx := who("m", "a"), t.Context()
	l := f.takeLease(t, m, id)
	if !l.ValidUntil.Equal(closes) || !l.Attempt.Offline.EndsAt.Equal(closes) {
		t.Errorf("%+v", l.Attempt.Offline)
	}
	f.clock.advance(2 * time.Hour)
	sheet, _, err := f.BeginLease(ctx, m, id, l.Token, Beginning{StartedAt: ptr(closes.Add(-time.Minute))})
	if err != nil || !sheet.DeadlineAt.Equal(closes) || !sheet.Offline.Overdue || sheet.Offline.Skewed {
		t.Errorf("%v %+v", err, sheet.Offline)
	}
	if _, err := f.LeaseQuiz(ctx, phone(m, "other"), id, Exam); !errors.Is(err, hasClosed) {
		t.Errorf("leased after the close: %v", err)
	}
	n := who("n", "a")
	id = f.aQuiz(t, "", 1, offline)
	l = f.takeLease(t, n, id)
	leased := f.clock.now()
	f.clock.advance(time.Hour)
	sheet, _, err = f.BeginLease(ctx, n, id, l.Token, Beginning{StartedAt: ptr(f.clock.now().Add(365 * 24 * time.Hour))})
	if err != nil || !sheet.StartedAt.Equal(f.clock.now()) || !sheet.Offline.Skewed || sheet.StartedAt.Before(leased) {
		t.Errorf("%v %+v", err, sheet.Offline)
	}
}

// A withdrawn quiz takes no new lease and no new attempt; what was leased is
// heard all the same.
func TestLeaseOfAWithdrawnQuiz(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	id := f.aQuiz(t, "", 1, offline)
	m, ctx := who("m", "a"), t.Context()
	l := f.takeLease(t, m, id)
	f.step(t, id, "withdraw")
	if _, err := f.LeaseQuiz(ctx, m, id, Exam); !errors.Is(err, fault.NotFound) {
		t.Errorf("leased: %v", err)
	}
	if sheet, fresh, err := f.BeginLease(ctx, m, id, l.Token, Beginning{}); err != nil || !fresh || len(sheet.Questions) != 1 {
		t.Errorf("%v %v", fresh, err)
	}
}

// Practice carries salted answers, is stored nowhere and begins nothing.
func TestPractice(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	id := f.aQuiz(t, "", 2, func(in *QuizInput) { in.Practice = ptr(true); in.Rules.Attempts = 1 })
	m, ctx := who("m", "a"), t.Context()
	// It used to tell the answers of the one attempt that counts.
	if _, err := f.LeaseQuiz(ctx, m, id, Practice); !errors.Is(err, practiceLater) {
		t.Errorf("before the attempt: %v", err)
	}
	sheet, _, err := f.StartQuiz(ctx, m, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.LeaseQuiz(ctx, m, id, Practice); !errors.Is(err, practiceLater) {
		t.Errorf("beside the attempt: %v", err)
	}
	if _, err := f.Submit(ctx, m, sheet.ID, nil); err != nil {
		t.Fatal(err)
	}
	l, err := f.LeaseQuiz(ctx, m, id, Practice)
	if err != nil || l.Attempt.ID != "" || len(l.Questions) != 2 {
		t.Fatalf("%v %+v", err, l)
	}
	for _, q := range l.Questions {
		if want := question.Digest(q.Salt, "dung"); !slices.Equal(q.Digests, []string{want}) || len(q.Salt) < 20 {
			t.Errorf("%+v", q)
		}
	}
	if _, _, err := f.BeginLease(ctx, m, id, l.Token, Beginning{}); !errors.Is(err, leaseIsPractice) {
		t.Errorf("begun: %v", err)
	}
	if found, _, err := f.MyAttempts(ctx, m, id, "", 10); err != nil || len(found) != 1 {
		t.Errorf("%d attempts, %v", len(found), err)
	}
	if _, err := f.LeaseQuiz(ctx, m, id, Exam); !errors.Is(err, notOffline) {
		t.Errorf("leased: %v", err)
	}
	if _, err := f.LeaseQuiz(ctx, m, f.aQuiz(t, "", 1, offline), Practice); !errors.Is(err, notPractised) {
		t.Errorf("practised: %v", err)
	}
}

// Tokens are the server's: another's, another quiz's and a changed one are
// refused.
func TestLeaseTokens(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	id, other := f.aQuiz(t, "", 1, offline), f.aQuiz(t, "", 1, offline)
	m, ctx := who("m", "a"), t.Context()
	l := f.takeLease(t, m, id)
	begin := func(c *caller.Caller, quizID, token string) error {
		_, _, err := f.BeginLease(ctx, c, quizID, token, Beginning{})
		return err
	}
	if err := begin(who("n", "a"), id, l.Token); !errors.Is(err, fault.NotFound) {
		t.Errorf("another's: %v", err)
	}
	for name, token := range map[string]string{"changed": "A" + l.Token[1:], "cut": l.Token[:len(l.Token)-1], "empty": "", "no signature": l.Token[:20]} {
		if err := begin(m, id, token); !errors.Is(err, badLease) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := begin(m, other, l.Token); !errors.Is(err, badLease) {
		t.Errorf("another quiz: %v", err)
	}
	if a, err := f.attempts.Get(ctx, l.Attempt.ID); err != nil || a.State != Leased {
		t.Errorf("%v %s", err, a.State)
	}
}

func FuzzReadLease(f *testing.F) {
	x := newFixture(f, openEngine(f), newClock())
	good := x.leaseToken(&leaseClaim{Exam, "l", "a", "m"})
	for _, s := range []string{"", ".", good, good + "A", "AAAA.AAAA", "fHx8.", good[:len(good)/2]} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, token string) {
		c, err := x.readLease(token)
		if err == nil && x.leaseToken(&c) != good {
			t.Fatalf("%q is taken for %+v", token, c)
		}
	})
}

// An outcome on one device must not tell how to answer what is leased on
// another, and a void lease has none: it used to end the request in a panic, or
// to show the explanations of what was never answered.
func TestOutcomesWaitForLeases(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	id := f.aQuiz(t, "", 1, func(in *QuizInput) { in.Offline = ptr(true); in.Rules.Attempts = 2; in.Rules.Counts = First })
	m, ctx := who("m", "a"), t.Context()
	l, err := f.LeaseQuiz(ctx, m, id, Exam)
	if err != nil {
		t.Fatal(err)
	}
	other := &caller.Caller{Identity: m.Identity, SessionID: "another"}
	sheet, _, err := f.StartQuiz(ctx, other, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Submit(ctx, other, sheet.ID, nil); err != nil {
		t.Fatal(err)
	}
	shows := func() bool {
		got, err := f.Attempt(ctx, other, sheet.ID)
		if err != nil {
			t.Fatal(err)
		}
		return len(got.Outcome.Questions) > 0
	}
	if shows() {
		t.Error("the review tells the key of what is leased")
	}
	f.clock.advance(leaseFor + syncFor + time.Hour)
	if _, err := (expiry{f.Service}).Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	void, err := f.Submit(ctx, m, l.Attempt.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := f.OutcomeOf(ctx, &void); err != nil || o.State != Void || o.Scored || len(o.Questions) > 0 {
		t.Errorf("a void lease handed in: %+v, %v", o, err)
	}
	if !shows() {
		t.Error("nothing is open any more, and the review is still kept back")
	}
}
