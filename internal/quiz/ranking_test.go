package quiz

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/publication"
	"sotay/internal/quiz/question"
	"sotay/internal/store"
	"sotay/internal/store/storetest"
)

// contestFixture is a contest of one round that is open for an hour.
type contestFixture struct {
	*fixture
	id     string
	window Window
}

func newContest(t testing.TB, f *fixture, change func(in *ContestInput)) *contestFixture {
	t.Helper()
	c := &contestFixture{fixture: f, window: Window{OpensAt: f.clock.now(), ClosesAt: f.clock.now().Add(time.Hour)}}
	in := ContestInput{Title: ptr("Cuộc thi"), Visibility: nil, Prizes: &[]Prize{{"Nhất", 1, 1}, {"Nhì", 2, 3}},
		Rounds: &[]Round{{Title: "Vòng 1", Window: c.window, Guess: GuessParticipants, Rules: Rules{Attempts: 3, TimeLimitSeconds: 600},
			Parts: []Part{{QuestionIDs: []string{f.aQuestion(t, "một"), f.aQuestion(t, "hai")}}}}}}
	if change != nil {
		change(&in)
	}
	item, err := f.CreateContest(t.Context(), f.editor, "root", in)
	if err != nil {
		t.Fatal(err)
	}
	c.id = item.ID
	c.out(t)
	return c
}

// out takes the contest's draft out.
func (c *contestFixture) out(t testing.TB) {
	t.Helper()
	for _, st := range []struct {
		v   editorial.Verb
		who *caller.Caller
	}{{editorial.Submit, c.editor}, {editorial.Approve, c.approver}, {editorial.Publish, c.approver}} {
		if _, err := c.StepContest(t.Context(), st.who, c.id, st.v, 0, ""); err != nil {
			t.Fatal(st.v, err)
		}
	}
}

// begins an attempt and answers so many questions right.
func (c *contestFixture) begins(t testing.TB, m *caller.Caller, right int) Attempt {
	t.Helper()
	sheet, _, err := c.StartRound(t.Context(), m, c.id, 1)
	if err != nil {
		t.Fatal(err)
	}
	for k, q := range sheet.Questions {
		choice := "sai"
		if k < right {
			choice = "dung"
		}
		if _, err := c.Save(t.Context(), m, sheet.ID, Save{Item: q.Item, Response: question.Response{ChoiceIDs: []string{choice}}}); err != nil {
			t.Fatal(err)
		}
	}
	return sheet.Attempt
}

// sits is begins, and a submit with a guess after some time.
func (c *contestFixture) sits(t testing.TB, m *caller.Caller, right int, guess float64, took time.Duration) {
	t.Helper()
	a := c.begins(t, m, right)
	c.clock.advance(took)
	if _, err := c.Submit(t.Context(), m, a.ID, &guess); err != nil {
		t.Fatal(err)
	}
}

// closes moves the clock past the close and has what is due done.
func (c *contestFixture) closes(t testing.TB) {
	t.Helper()
	c.clock.at.Store(c.window.ClosesAt.Add(settleAfter + time.Second).UnixMilli())
	c.works(t)
}

func (c *contestFixture) works(t testing.TB) {
	t.Helper()
	if _, err := (expiry{c.Service}).Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.RankDue(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func wantFault(t testing.TB, err error, want *fault.Fault) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Code != want.Code {
		t.Errorf("%v, want %s", err, want.Code)
	}
}

// order writes down who stands where: "1 an Nhất".
func order(list []RankedPerson) string {
	var out []string
	for _, s := range list {
		out = append(out, fmt.Sprint(s.Rank, " ", s.MemberID, " ", s.Prize))
	}
	return fmt.Sprint(out)
}

func TestRoundFromStartToRelease(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	c := newContest(t, f, nil)
	an, binh, chi, erased := who("an", "a"), who("binh", "a"), who("chi", "b"), who("erased", "b")
	c.sits(t, an, 1, 4, time.Minute)
	c.sits(t, an, 2, 5, time.Minute)
	c.sits(t, phone(binh, an.SessionID), 2, 4, 3*time.Second)
	c.sits(t, erased, 2, 4, time.Minute)
	c.begins(t, chi, 2) // and never hands it in
	if err := c.RankDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, _, err := c.EditorRanking(t.Context(), c.editor, c.id, 1, "", 20)
	wantFault(t, err, notRanked)
	c.closes(t)
	got, next, err := c.EditorRanking(t.Context(), c.approver, c.id, 1, "", 20)
	if err != nil || next != nil {
		t.Fatal(next, err)
	}
	if want := "[1 binh Nhất 2 erased Nhì 3 an Nhì 4 chi ]"; order(got.Standings) != want {
		t.Errorf("%s, want %s", order(got.Standings), want)
	}
	if got.Truth.AllCorrect != 4 || got.Truth.Participants != 4 || got.Truth.Attempts != 5 {
		t.Errorf("truth %+v", got.Truth)
	}
	if s := got.Standings[0].Signal; s.SharedWith != 1 || s.Fast != 1 || got.Standings[2].Signal.SharedWith != 1 || got.Standings[1].Signal.SharedWith != 0 {
		t.Errorf("signals: %+v", got.Standings)
	}
	if s := got.Standings[1]; !s.Erased || s.Name != "" {
		t.Errorf("who was erased is shown as %+v", s)
	}
	if last := got.Standings[3]; !last.Expired || last.Guess != nil || last.Duration != 10*time.Minute {
		t.Errorf("who never handed in: %+v", last)
	}
	c.holdRelease(t, an, got.Digest)
}

// holdRelease holds that members see nothing before the release, and after it
// the winners and their own place.
func (c *contestFixture) holdRelease(t *testing.T, an *caller.Caller, digest string) {
	t.Helper()
	_, err := c.Ranking(t.Context(), an, c.id, 1)
	wantFault(t, err, notReleased)
	_, err = c.Release(t.Context(), c.editor, c.id, 1)
	wantFault(t, err, fault.NotFound) // no approver
	_, err = c.Release(t.Context(), who("editor", "root", caller.Approver), c.id, 1)
	wantFault(t, err, publication.SamePerson)
	for range 2 {
		if r, err := c.Release(t.Context(), c.approver, c.id, 1); err != nil || r.Digest != digest || r.ReleasedAt.IsZero() {
			t.Fatal(r, err)
		}
	}
	r, err := c.Ranking(t.Context(), an, c.id, 1)
	if err != nil || order(r.Standings) != "[1 binh Nhất 2 erased Nhì 3 an Nhì]" || r.Mine == nil || r.Mine.Rank != 3 || r.Mine.Attempts != 2 {
		t.Errorf("%s, mine %+v: %v", order(r.Standings), r.Mine, err)
	}
	if r, err := c.Ranking(t.Context(), who("khac", "a"), c.id, 1); err != nil || r.Mine != nil {
		t.Errorf("who did not take part has %+v: %v", r.Mine, err)
	}
	units, _, err := c.RankedUnits(t.Context(), an, c.id, 1)
	if err != nil || len(units) != 2 || !units[0].Suppressed || units[0].People != 0 || !units[1].Suppressed {
		t.Errorf("units %+v: %v", units, err)
	}
}

// TestAttemptAfterTheRanking is of a replica whose clock is slow: what it lets
// in after the result was computed makes the release compute it again.
func TestAttemptAfterTheRanking(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	c := newContest(t, f, nil)
	c.sits(t, who("an", "a"), 2, 1, time.Minute)
	c.closes(t)
	c.clock.at.Store(c.window.ClosesAt.Add(-time.Minute).UnixMilli())
	c.sits(t, who("binh", "a"), 2, 2, time.Second)
	c.clock.at.Store(c.window.ClosesAt.Add(time.Minute).UnixMilli())
	_, err := c.Release(t.Context(), c.approver, c.id, 1)
	wantFault(t, err, outdated)
	c.works(t)
	r, err := c.Release(t.Context(), c.approver, c.id, 1)
	if err != nil || r.Truth.Participants != 2 {
		t.Errorf("%+v: %v", r, err)
	}
}

// TestRankingAgain holds that facts put down in any portions, and twice, give
// the same bytes.
func TestRankingAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	c := newContest(t, f, nil)
	for k := range 7 {
		c.sits(t, who(fmt.Sprint("m", k), "a"), k%3, float64(k), time.Second)
		if k%2 == 0 {
			if _, err := c.fold(t.Context(), true); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.closes(t)
	before := c.written(t)
	again, err := c.attempts.Scan(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.foldPage(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	r, err := c.results.Get(t.Context(), RoundID(c.id, 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.results.DeleteIf(t.Context(), r.ID, r.Rev); err != nil {
		t.Fatal(err)
	}
	c.works(t)
	if after := c.written(t); after != before {
		t.Errorf("computed again:\n%s\nbefore:\n%s", after, before)
	}
}

// written is all that was written of a result, as far as the facts decide it.
func (c *contestFixture) written(t *testing.T) string {
	t.Helper()
	r, err := c.results.Get(t.Context(), RoundID(c.id, 1))
	if err != nil {
		t.Fatal(err)
	}
	r.Meta, r.ComputedAt = store.Meta{ID: r.ID}, time.Time{}
	pages, err := c.standings.Scan(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	seats, err := c.seats.Scan(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%+v\n%+v\n%+v", r, pages, seats)
}

// TestCrashesWhileRanking ends the process after each of its writes between the
// last submit and the result; what comes after gives the same.
func TestCrashesWhileRanking(t *testing.T) {
	t.Parallel()
	want := ""
	for k := 0; ; k++ {
		e := openEngine(t)
		clock := newClock()
		f := newFixture(t, e, clock)
		c := newContest(t, f, func(in *ContestInput) { (*in.Rounds)[0].Guess = GuessNone })
		for m := range 3 {
			a := c.begins(t, who(fmt.Sprint("m", m), "a"), m)
			if _, err := c.Submit(t.Context(), who(fmt.Sprint("m", m), "a"), a.ID, nil); err != nil {
				t.Fatal(err)
			}
		}
		clock.at.Store(c.window.ClosesAt.Add(time.Minute).UnixMilli())
		dying := newFixture(t, storetest.NewDying(e, int64(k)+1, false), clock)
		died := dying.RankDue(t.Context()) != nil
		c.works(t)
		got, _, err := c.EditorRanking(t.Context(), c.editor, c.id, 1, "", 20)
		if err != nil || got.Truth.Attempts != 3 {
			t.Fatalf("after %d writes: %+v, %v", k, got, err)
		}
		if s := order(got.Standings); want == "" {
			want = s
		} else if s != want {
			t.Fatalf("after %d writes: %s, want %s", k, s, want)
		}
		if !died {
			return
		}
	}
}

func TestWhoMayTakePart(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	c := newContest(t, f, func(in *ContestInput) {
		in.Eligibility = &Eligibility{OrgIDs: []string{"a"}, Kinds: []string{"official"}, Statuses: []string{"active"}, ExcludedRoles: []string{"leader"}}
	})
	member := func(org, kind, status string, roles ...caller.RoleName) *caller.Caller {
		m := who("m-"+org+kind+status+fmt.Sprint(roles), org, roles...)
		m.Identity.Kind, m.Identity.Status = kind, status
		return m
	}
	cases := []struct {
		name string
		who  *caller.Caller
		want *fault.Fault
	}{
		{"a member who fits", member("a", "official", "active"), nil},
		{"of another organisation", member("b", "official", "active"), wrongOrg},
		{"of another kind", member("a", "probationary", "active"), wrongKind},
		{"of another status", member("a", "official", "exempt"), wrongStatus},
		{"with a role that is excluded", member("a", "official", "active", caller.Leader), excludedRole},
		{"an administrator above it", member("a", "official", "active", caller.Admin), contestStaff},
		{"who has approved it", c.approver, contestStaff},
		{"who has edited it and lost the role", who("editor", "a"), contestStaff},
	}
	for _, x := range cases {
		_, _, err := c.StartRound(t.Context(), x.who, c.id, 1)
		if f := fault.As(err); (x.want == nil) != (err == nil) || x.want != nil && (f == nil || f.Code != x.want.Code || f.Detail != x.want.Detail) {
			t.Errorf("%s: %v", x.name, err)
		}
	}
}

// TestEdgesOfARound holds the milliseconds at open and close.
func TestEdgesOfARound(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	// Monday 07:30 in Vietnam to Friday 17:30, as contests go.
	vn := time.FixedZone("", 7*3600)
	w := Window{OpensAt: time.Date(2026, 11, 30, 7, 30, 0, 0, vn).UTC(), ClosesAt: time.Date(2026, 12, 4, 17, 30, 0, 0, vn).UTC()}
	c := newContest(t, f, func(in *ContestInput) { (*in.Rounds)[0].Window = w })
	at := func(instant time.Time) { c.clock.at.Store(instant.UnixMilli()) }
	start := func(name string) error {
		_, _, err := c.StartRound(t.Context(), who(name, "a"), c.id, 1)
		return err
	}
	at(w.OpensAt.Add(-time.Millisecond))
	wantFault(t, start("som"), notOpen)
	at(w.OpensAt)
	if err := start("dung-gio"); err != nil {
		t.Error(err)
	}
	at(w.ClosesAt.Add(-time.Millisecond))
	last := who("cuoi", "a")
	a := c.begins(t, last, 2)
	if !a.DeadlineAt.Equal(w.ClosesAt) {
		t.Errorf("an attempt of ten minutes at the last millisecond ends %s", a.DeadlineAt)
	}
	at(w.ClosesAt)
	wantFault(t, start("muon"), hasClosed)
	if got, err := c.Submit(t.Context(), last, a.ID, ptr(1.0)); err != nil || got.State != Submitted || !got.ClosedAt.Equal(w.ClosesAt) {
		t.Errorf("submit at the close: %+v, %v", got, err)
	}
	at(w.ClosesAt.Add(-time.Millisecond))
	b := c.begins(t, who("qua", "a"), 2)
	at(w.ClosesAt.Add(time.Millisecond))
	if got, err := c.Submit(t.Context(), who("qua", "a"), b.ID, ptr(1.0)); err != nil || got.State != Expired || got.Guess != nil || got.Right != 2 {
		t.Errorf("submit past the close: %+v, %v", got, err)
	}
}

func TestSuppressed(t *testing.T) {
	t.Parallel()
	unit := func(id string, people int64) unitRow {
		return unitRow{OrgID: id, People: people, Attempts: people, AllCorrect: 0}
	}
	for _, c := range []struct {
		name  string
		units []unitRow
		want  []string
	}{
		{"nobody is few", []unitRow{unit("a", 5), unit("b", 9)}, nil},
		{"the next smallest goes too, or the sum would tell", []unitRow{unit("a", 4), unit("b", 9), unit("c", 7)}, []string{"a", "c"}},
		{"two that are few hide each other", []unitRow{unit("a", 4), unit("b", 3), unit("c", 7)}, []string{"a", "b"}},
		{"unless both together are few", []unitRow{unit("a", 2), unit("b", 2), unit("c", 7), unit("d", 8)}, []string{"a", "b", "c"}},
		{"one alone", []unitRow{unit("a", 1)}, []string{"a"}},
	} {
		var hidden []string
		for _, u := range suppressed(c.units) {
			if u.Suppressed {
				hidden = append(hidden, u.OrgID)
			}
		}
		slices.Sort(hidden)
		if !slices.Equal(hidden, c.want) {
			t.Errorf("%s: %v, want %v", c.name, hidden, c.want)
		}
	}
}
