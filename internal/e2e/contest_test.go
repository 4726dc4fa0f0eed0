package e2e

import (
	"strings"
	"testing"
	"time"

	"sotay/internal/httpapi/contract"
)

// TestContestForMembers holds who may take part, what is told before the close,
// and how a guess comes with the submit.
func TestContestForMembers(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		q := s.question(t, aQuestion("Câu của cuộc thi"))
		first := with(aRound(q), fields{"guess": "percent", "rules": fields{"timeLimitSeconds": 600, "attempts": 2}})
		later := with(aRound(q), fields{"title": "Vòng 2", "window": fields{"opensAt": in(time.Hour), "closesAt": in(2 * time.Hour)}})
		over := with(aRound(q), fields{"title": "Vòng 3", "window": fields{"opensAt": in(-2 * time.Hour), "closesAt": in(-time.Hour)}})
		body := with(contestBody("Tìm hiểu nghị quyết", first, later, over), fields{"review": fields{"score": "afterSubmit", "answers": "afterClose", "explanations": "afterClose"},
			"eligibility": fields{"statuses": []any{"active"}}, "prizes": []any{fields{"name": "Nhất", "from": 1, "to": 1}}})
		id := s.contest(t, body)
		c := s.as(t, member)
		holdContestBody(t, c, id)
		s.as(t, editor).do(t, "POST", round(id, 1, "attempts"), nil).want(t, 403, "contest_staff")
		s.as(t, exempt).do(t, "POST", round(id, 1, "attempts"), nil).want(t, 403, "not_eligible")
		c.do(t, "POST", round(id, 2, "attempts"), nil).want(t, 409, "not_open")
		c.do(t, "POST", round(id, 3, "attempts"), nil).want(t, 409, "closed")
		c.do(t, "POST", round(id, 4, "attempts"), nil).want(t, 404, "not_found")
		holdGuess(t, c, id)
	})
}

// holdContestBody holds that a contest shows its rules and windows in UTC, and
// nothing of its questions.
func holdContestBody(t *testing.T, c *client, id string) {
	t.Helper()
	got := get[contract.Contest](t, c, "/v1/contests/"+id)
	r := got.Rounds[0]
	if len(got.Rounds) != 3 || r.Number != 1 || r.Guess != contract.GuessKindPercent || r.Questions != 1 || *r.Rules.Attempts != 2 || !got.StaffExcluded {
		t.Errorf("contest: %+v", got)
	}
	if opens, err := time.Parse("2006-01-02T15:04:05.000Z", r.Window.OpensAt); err != nil || time.Since(opens).Abs() < 55*time.Minute {
		t.Errorf("it opens at %s: %v", r.Window.OpensAt, err)
	}
	body := string(c.do(t, "GET", "/v1/contests/"+id, nil).want(t, 200).body)
	if strings.Contains(body, "Câu của cuộc thi") || strings.Contains(body, "questionIds") {
		t.Errorf("the contest tells of its questions: %s", body)
	}
	if list := get[contract.ContestList](t, c, "/v1/contests"); len(list.Items) != 1 || list.Items[0].Id != id || list.Items[0].Rounds != 3 {
		t.Errorf("list: %+v", list)
	}
}

// holdGuess sits the round that asks for a percentage.
func holdGuess(t *testing.T, c *client, id string) {
	t.Helper()
	a := parse[contract.Attempt](t, c.do(t, "POST", round(id, 1, "attempts"), nil).want(t, 201))
	again := parse[contract.Attempt](t, c.do(t, "POST", round(id, 1, "attempts"), nil).want(t, 200))
	if again.Id != a.Id || a.Guess != contract.GuessKindPercent || a.SittingId != "contest/"+id+"/1" || a.DeadlineAt == nil {
		t.Errorf("attempt %+v, again %s", a, again.Id)
	}
	choice := (*a.Questions[0].Choices)[1].Id
	c.do(t, "PUT", "/v1/attempts/"+a.Id+"/answers/"+a.Questions[0].Id, fields{"choiceIds": []any{choice}}).want(t, 200)
	submit := "/v1/attempts/" + a.Id + "/submit"
	for _, bad := range []any{100.1, -1, 6.123456} {
		if r := c.do(t, "POST", submit, fields{"guess": bad}).want(t, 400); !r.names(t, "/guess") {
			t.Errorf("guess %v: %s", bad, r.body)
		}
	}
	c.do(t, "POST", submit, nil).want(t, 400, "guess_required")
	c.do(t, "POST", submit, fields{}).want(t, 400, "guess_required")
	out := c.do(t, "POST", submit, fields{"guess": 6.74905}).want(t, 200)
	o := parse[contract.Outcome](t, out)
	if o.Correct == nil || o.Review != nil || strings.Contains(string(out.body), "solution") {
		t.Errorf("outcome before the close: %s", out.body)
	}
	c.do(t, "POST", submit, nil).want(t, 200) // a repeat is answered the same
}

// TestOpenedRoundStays holds that a new version leaves a round alone that has
// opened, and may change one that has not.
func TestOpenedRoundStays(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	q, other := s.question(t, aQuestion("Câu một")), s.question(t, aQuestion("Câu hai"))
	open, later := aRound(q), with(aRound(q), fields{"title": "Vòng 2", "window": fields{"opensAt": in(time.Hour), "closesAt": in(2 * time.Hour)}})
	d := s.desk(t, "contests")
	id := d.release(t, contestBody("Cuộc thi", open, later)).ID
	change := func(rounds ...any) *answer {
		d.editor.do(t, "PATCH", d.path(id), fields{"rounds": rounds}, "If-Match", "*").want(t, 200)
		return d.editor.do(t, "POST", d.path(id, "submit"), nil)
	}
	for _, rounds := range [][]any{{with(open, fields{"rules": fields{"attempts": 3}}), later}, {with(open, fields{"parts": aRound(other)["parts"]}), later},
		{with(open, fields{"guess": "participants"})}, {later}, {}} {
		if a := change(rounds...); a.status != 409 || len(rounds) > 0 && !a.names(t, "/rounds/0") {
			t.Errorf("%v: %d %s", rounds, a.status, a.body)
		}
	}
	change(with(open, fields{"title": "Vòng mở đầu"}), with(later, fields{"parts": aRound(other)["parts"]})).want(t, 200)
	d.approver.do(t, "POST", d.path(id, "approve"), nil).want(t, 200)
	d.publish(t, id)
	got := get[contract.Contest](t, s.as(t, member), "/v1/contests/"+id)
	if got.Version != 2 || got.Rounds[0].Title != "Vòng mở đầu" {
		t.Errorf("version %d: %+v", got.Version, got.Rounds)
	}
	a := parse[contract.Attempt](t, s.as(t, member).do(t, "POST", round(id, 1, "attempts"), nil).want(t, 201))
	if a.Questions[0].Text != "Câu một" {
		t.Errorf("the open round asks %s", a.Questions[0].Text)
	}
}

// TestContestResult is a round from its last submit to what members are told,
// as each role sees it.
func TestContestResult(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		e.watched(t)
		clock := later(t, 0)
		s := e.serve(t, clock)
		q := s.question(t, aQuestion("Câu của cuộc thi"))
		body := contestBody("Tìm hiểu nghị quyết", with(aRound(q), fields{"window": fields{"opensAt": in(-time.Hour), "closesAt": in(4 * time.Minute)}, "guess": "participants"}))
		body["review"] = fields{"score": "never", "answers": "afterClose", "explanations": "afterClose"}
		body["prizes"] = []any{fields{"name": "Nhất", "from": 1, "to": 1}}
		id := s.contest(t, body)
		winner, other := s.as(t, member), s.as(t, exempt)
		late := sits(t, other, id, 0, 3)
		first := sits(t, winner, id, 1, 2)
		running := parse[contract.Attempt](t, s.as(t, secretary).do(t, "POST", round(id, 1, "attempts"), nil).want(t, 201))
		holdSecret(t, winner, id, first)
		setFile(t, strings.TrimPrefix(clock, "HANDBOOK_TEST_CLOCK="), "6m")
		d := s.desk(t, "contests")
		winner.do(t, "GET", round(id, 1, "ranking"), nil).want(t, 409, "not_released")
		s.releases(t, id)
		if a := get[contract.Attempt](t, s.as(t, secretary), "/v1/attempts/"+running.Id); a.State != contract.AttemptStateExpired || a.DeadlineAt == nil {
			t.Errorf("an attempt that ran over the close: %+v", a)
		}
		all := get[contract.EditorContestRanking](t, d.approver, d.path(id, "rounds/1/ranking?limit=2"))
		rest := get[contract.EditorContestRanking](t, d.approver, d.path(id, "rounds/1/ranking?limit=2&cursor="+*all.NextCursor))
		if len(all.Items) != 2 || len(rest.Items) != 1 || all.Items[0].MemberId != person("m01") || all.Truth.Participants != 3 || all.Truth.AllCorrect != 1 || all.ReleasedAt == nil {
			t.Errorf("ranking: %+v, then %+v", all, rest)
		}
		got := get[contract.ContestRanking](t, other, round(id, 1, "ranking"))
		if len(got.Winners) != 1 || *got.Winners[0].Name != "Trần Thị Thu Hoài" || *got.Winners[0].UnitName != "Chi bộ Khu phố 1" || *got.Winners[0].Prize != "Nhất" {
			t.Errorf("winners: %+v", got.Winners)
		}
		if got.Mine == nil || got.Mine.Rank != 2 || got.Mine.Guess == nil || *got.Mine.Guess != 3 {
			t.Errorf("mine: %+v", got.Mine)
		}
		units := get[contract.ContestOrganisations](t, other, round(id, 1, "organisations"))
		if len(units.Items) != 1 || !units.Items[0].Suppressed || units.Items[0].People != nil {
			t.Errorf("three people are counted in public: %+v", units.Items)
		}
		if a := get[contract.Attempt](t, other, "/v1/attempts/"+late); a.Outcome.Review == nil || a.Outcome.Correct != nil {
			t.Errorf("after the close answers are shown, the score never: %+v", a.Outcome)
		}
	})
}

// sits makes an attempt at the first round, with the choice of a place.
func sits(t *testing.T, c *client, id string, choice int, guess float64) string {
	t.Helper()
	a := parse[contract.Attempt](t, c.do(t, "POST", round(id, 1, "attempts"), nil).want(t, 201))
	c.do(t, "PUT", "/v1/attempts/"+a.Id+"/answers/"+a.Questions[0].Id, fields{"choiceIds": []any{(*a.Questions[0].Choices)[choice].Id}}).want(t, 200)
	c.do(t, "POST", "/v1/attempts/"+a.Id+"/submit", fields{"guess": guess}).want(t, 200)
	return a.Id
}

// holdSecret holds that nothing a member can get before the close tells what is
// right, whichever the answer was.
func holdSecret(t *testing.T, c *client, id, attempt string) {
	t.Helper()
	for _, path := range []string{"/v1/attempts/" + attempt, "/v1/contests/" + id, "/v1/contests", "/v1/me/attempts", "/v1/sync"} {
		a := c.do(t, "GET", path, nil).want(t, 200)
		for _, word := range []string{"solution", "correct\"", "score\":0", "score\":1", "explanation\"", "Vì thế", "passed"} {
			if strings.Contains(string(a.body), word) {
				t.Errorf("%s tells %q before the close: %s", path, word, a.body)
			}
		}
	}
}
