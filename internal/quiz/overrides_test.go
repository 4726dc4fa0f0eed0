package quiz

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/publication"
)

func at(hours int) time.Time {
	return newClock().now().Add(time.Duration(hours) * time.Hour)
}

func TestMostGenerousOverrideHolds(t *testing.T) {
	t.Parallel()
	me := who("m", "a").Identity
	base := terms{window: Window{OpensAt: at(1), ClosesAt: at(2)}, limit: time.Hour, attempts: 2}
	none := time.Time{}
	for name, c := range map[string]struct {
		rows []Override
		want terms
	}{
		"none":                       {nil, base},
		"another's":                  {[]Override{{MemberID: "n", Attempts: ptr[int64](9)}, {OrgID: "b", Attempts: ptr[int64](9)}}, base},
		"one of one's own":           {[]Override{{MemberID: "m", Attempts: ptr[int64](1)}}, terms{base.window, time.Hour, 1}},
		"the highest of two":         {[]Override{{MemberID: "m", Attempts: ptr[int64](1)}, {OrgID: "root", Attempts: ptr[int64](3)}}, terms{base.window, time.Hour, 3}},
		"any number is the most":     {[]Override{{OrgID: "a", Attempts: ptr[int64](0)}, {OrgID: "root", Attempts: ptr[int64](500)}}, terms{base.window, time.Hour, 0}},
		"no limit is the most":       {[]Override{{Status: "active", TimeLimitSeconds: ptr[int64](60)}, {OrgID: "root", TimeLimitSeconds: ptr[int64](0)}}, terms{base.window, 0, 2}},
		"the earliest open":          {[]Override{{OrgID: "a", OpensAt: ptr(at(-1))}, {OrgID: "root", OpensAt: ptr(at(-2))}}, terms{Window{OpensAt: at(-2), ClosesAt: at(2)}, time.Hour, 2}},
		"the latest close":           {[]Override{{OrgID: "a", ClosesAt: ptr(at(8))}, {OrgID: "root", ClosesAt: ptr(at(9))}}, terms{Window{OpensAt: at(1), ClosesAt: at(9)}, time.Hour, 2}},
		"no bound is the most":       {[]Override{{OrgID: "a", ClosesAt: &none, OpensAt: &none}, {OrgID: "root", ClosesAt: ptr(at(9)), OpensAt: ptr(at(-9))}}, terms{Window{}, time.Hour, 2}},
		"each field on its own":      {[]Override{{MemberID: "m", Attempts: ptr[int64](5)}, {OrgID: "a", TimeLimitSeconds: ptr[int64](7200)}}, terms{base.window, 2 * time.Hour, 5}},
		"less than the quiz's, too":  {[]Override{{MemberID: "m", TimeLimitSeconds: ptr[int64](60)}}, terms{base.window, time.Minute, 2}},
		"a tag that one has not got": {[]Override{{Tag: "remote", Attempts: ptr[int64](5)}, {EnterpriseID: "e", Attempts: ptr[int64](5)}}, base},
	} {
		if got := base.overridden(me, c.rows); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// The order of overrides says nothing.
func TestOverridesHaveNoOrder(t *testing.T) {
	t.Parallel()
	me := who("m", "a").Identity
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Custom(func(t *rapid.T) *int64 {
			return rapid.SampledFrom([]*int64{nil, ptr[int64](0), ptr[int64](1), ptr[int64](2)}).Draw(t, "n")
		})
		instants := rapid.SampledFrom([]*time.Time{nil, {}, ptr(at(1)), ptr(at(2))})
		rows := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Override {
			return Override{OrgID: "a", Attempts: number.Draw(t, "a"), TimeLimitSeconds: number.Draw(t, "l"), OpensAt: instants.Draw(t, "o"), ClosesAt: instants.Draw(t, "c")}
		})).Draw(t, "rows")
		other := rapid.Permutation(rows).Draw(t, "other")
		base := terms{window: Window{OpensAt: at(3)}, attempts: 7}
		if a, b := base.overridden(me, rows), base.overridden(me, other); a != b {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
}

func TestOverridesApply(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	ctx := t.Context()
	id := f.aQuiz(t, "", 1, func(in *QuizInput) {
		offline(in)
		in.Rules.Attempts, in.Window = 1, &Window{ClosesAt: at(1)}
		in.Review = &Review{AfterSubmit, AfterClose, AfterLastAttempt}
	})
	set := func(rev int64, rows ...Override) (Overrides, error) {
		return f.SetOverrides(ctx, f.editor, id, rev, rows)
	}
	more := Override{MemberID: "m", ClosesAt: ptr(at(10)), TimeLimitSeconds: ptr[int64](3600), Attempts: ptr[int64](2)}
	o, err := set(1, more)
	if err != nil || o.Revision != 2 || len(o.Fx) != 0 {
		t.Fatalf("%v %+v", err, o)
	}
	if _, err := set(1, more); !errors.Is(err, publication.StaleRevision) {
		t.Errorf("an old revision: %v", err)
	}
	f.clock.advance(2 * time.Hour)
	m, n := who("m", "a"), who("n", "a")
	if _, _, err := f.StartQuiz(ctx, n, id); !errors.Is(err, hasClosed) {
		t.Errorf("without an override: %v", err)
	}
	a, _, err := f.StartQuiz(ctx, m, id)
	if err != nil || !a.DeadlineAt.Equal(f.clock.now().Add(time.Hour)) {
		t.Fatalf("%v %v", err, a.DeadlineAt)
	}
	l := f.takeLease(t, phone(m, "tablet"), id)
	if l.Limit != time.Hour || !l.ValidUntil.Equal(at(10)) {
		t.Errorf("leased on other terms: %+v", l)
	}
	// Right answers wait for the member's own close, explanations for the
	// member's own last attempt.
	submitted, err := f.Submit(ctx, m, a.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	sees := func(answers, explanations bool) {
		t.Helper()
		o, err := f.OutcomeOf(ctx, &submitted)
		if err != nil || !o.Scored || (len(o.Questions) > 0 && o.Questions[0].Key != nil) != answers || (len(o.Questions) > 0 && o.Questions[0].Explanation != "") != explanations {
			t.Errorf("%v %+v", err, o)
		}
	}
	sees(false, false) // the lease may still be begun
	if _, _, err := f.BeginLease(ctx, m, id, l.Token, Beginning{}); err != nil {
		t.Fatal(err)
	}
	sees(false, false)
	if _, err := f.Submit(ctx, m, l.Attempt.ID, nil); err != nil {
		t.Fatal(err)
	}
	sees(false, true)
	f.clock.advance(8 * time.Hour)
	sees(false, true) // one that began just before the close could run
	f.clock.advance(time.Hour)
	sees(true, true)
}

func TestOverridesAreChecked(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	ctx := t.Context()
	id := f.aQuiz(t, "", 1, nil)
	two := ptr[int64](2)
	for pointer, rows := range map[string][]Override{
		"/items/0":          {{Attempts: two}},
		"/items/1":          {{MemberID: "m", Attempts: two}, {MemberID: "m", Attempts: two}},
		"/items/0/memberId": {{MemberID: "khong-co", Attempts: two}},
		"/items/0/orgId":    {{OrgID: "khong-co", Attempts: two}},
		"/items/0/closesAt": {{OrgID: "a", OpensAt: ptr(at(2)), ClosesAt: ptr(at(1))}},
	} {
		var bad *fault.Fault
		if _, err := f.SetOverrides(ctx, f.editor, id, 0, rows); !errors.As(err, &bad) || bad.Fields[0].Pointer != pointer {
			t.Errorf("%s: %v", pointer, err)
		}
	}
	for name, rows := range map[string][]Override{"both": {{MemberID: "m", OrgID: "a", Attempts: two}}, "nothing": {{MemberID: "m"}}} {
		if _, err := f.SetOverrides(ctx, f.editor, id, 0, rows); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	stranger := who("e", "a")
	stranger.Roles = []caller.Role{{Name: caller.Editor, OrgID: "a"}}
	if _, err := f.SetOverrides(ctx, stranger, id, 0, nil); !errors.Is(err, fault.NotFound) {
		t.Errorf("out of scope: %v", err)
	}
	if _, err := f.EditorOverrides(ctx, stranger, id); !errors.Is(err, fault.NotFound) {
		t.Errorf("read out of scope: %v", err)
	}
	if o, err := f.EditorOverrides(ctx, f.approver, id); err != nil || o.Revision != 1 || len(o.Rows) != 0 {
		t.Errorf("%v %+v", err, o)
	}
	var many []Override
	for i := range MaxOverrides {
		many = append(many, Override{MemberID: fmt.Sprint("m", i), Attempts: two})
	}
	if _, err := f.SetOverrides(ctx, f.editor, id, 0, many); err != nil {
		t.Errorf("%d rows: %v", len(many), err)
	}
}
