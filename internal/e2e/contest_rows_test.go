package e2e

import (
	"fmt"
	"testing"
	"time"
)

// in is an instant from now, as an editor in Vietnam writes it.
func in(d time.Duration) string {
	return time.Now().Add(d).In(time.FixedZone("", 7*3600)).Format("2006-01-02T15:04:05.000-07:00")
}

// aRound is open from an hour ago for a day.
func aRound(questions ...string) fields {
	return fields{"title": "Vòng 1", "window": fields{"opensAt": in(-time.Hour), "closesAt": in(24 * time.Hour)},
		"parts": []any{fields{"questionIds": anys(questions)}}}
}

// roundOver was open for an hour and closed an hour ago.
func roundOver(questions ...string) fields {
	return with(aRound(questions...), fields{"window": fields{"opensAt": in(-2 * time.Hour), "closesAt": in(-time.Hour)}})
}

func contestBody(title string, rounds ...any) fields {
	return fields{"orgId": org("tinh"), "title": title, "rounds": rounds}
}

// contest publishes a contest.
func (s *server) contest(t *testing.T, body fields) string {
	t.Helper()
	return s.desk(t, "contests").release(t, body).ID
}

// contestRows are the rows of contests.
func contestRows() map[string]rule {
	staff := map[string]int{editor: 403, approver: 403, admin: 403, guestRole: 401}
	starts := func() map[string]int {
		out := signedIn(201)
		for role, status := range staff {
			out[role] = status
		}
		return out
	}
	rows := map[string]rule{
		"listContests":        {at("/v1/contests"), signedIn(200)},
		"getContest":          {reads("/v1/contests/%s", sampleContest), signedIn(200)},
		"startContestAttempt": {reads("/v1/contests/%s/rounds/1/attempts", sampleContest), starts()},
		"listEditorContests":  {at("/v1/editor/contests"), only(byLists)},
		"createContest": {creates("/v1/editor/contests", func(w *cast) fields { return contestBody("Cuộc thi mới", aRound(w.sampleQuestion)) }),
			only(map[string]int{editor: 201, wardEditor: 403})},
		"getEditorContest": {steps("contests", "draft", "", nil), only(byEither)},
		"updateContest":    {steps("contests", "draft", "", fields{"title": "Tên mới"}), only(byEditors)},
		"submitContest":    {steps("contests", "draft", "submit", nil), only(byEditors)},
		"approveContest":   {steps("contests", "submitted", "approve", nil), only(byApprovers)},
		"rejectContest":    {steps("contests", "submitted", "reject", because), only(byApprovers)},
		"publishContest":   {steps("contests", "approved", "publish", nil), only(byEither)},
		"withdrawContest":  {steps("contests", "published", "withdraw", because), only(byEither)},
	}
	rows["getContestRanking"] = rule{reads("/v1/contests/%s/rounds/1/ranking", rankedContest), signedIn(200)}
	rows["getContestOrganisations"] = rule{reads("/v1/contests/%s/rounds/1/organisations", rankedContest), signedIn(200)}
	rows["getEditorContestRanking"] = rule{reads("/v1/editor/contests/%s/rounds/1/ranking", rankedContest), only(byEither)}
	rows["releaseContestRanking"] = rule{reads("/v1/editor/contests/%s/rounds/1/release", rankedContest), only(byApprovers)}
	return rows
}

func rankedContest(w *cast) string { return w.rankedContest }

func sampleContest(w *cast) string { return w.sampleContest }

// contestCast makes what the rows of contests need.
func (w *cast) contestCast(t *testing.T) {
	t.Helper()
	// Its question is reserved; those of rounds that are over are anybody's.
	w.sampleContest = w.contest(t, contestBody("Cuộc thi của bảng vai trò", aRound(w.question(t, aQuestion("Câu của cuộc thi")))))
	w.rankedContest = w.contest(t, contestBody("Cuộc thi đã xong", roundOver(w.sampleQuestion)))
	w.releases(t, w.rankedContest)
}

// releases waits until the first round is ranked, and releases the result.
func (s *server) releases(t *testing.T, id string) {
	t.Helper()
	d := s.desk(t, "contests")
	eventually(t, patience, "the round is ranked", func() (bool, string) {
		a := d.editor.do(t, "GET", d.path(id, "rounds/1/ranking"), nil)
		return a.status == 200, string(a.body)
	})
	d.approver.do(t, "POST", d.path(id, "rounds/1/release"), nil).want(t, 200)
}

// contestBodies are bodies with every field of these calls.
func contestBodies() map[string]fields {
	prize := fields{"name": "Nhất", "from": 1, "to": 1}
	contest := fields{"title": "T", "description": "D", "topics": []any{"a"}, "visibility": fields{"kind": "all"},
		"eligibility": fields{"orgIds": []any{"a"}, "memberKinds": []any{"official"}, "statuses": []any{"active"}, "roles": []any{"leader"}, "excludedRoles": []any{"admin"}},
		"rounds": []any{fields{"number": 1, "title": "T", "window": fields{"opensAt": "2026-01-01T00:00:00Z", "closesAt": "2026-02-01T00:00:00Z"},
			"parts": []any{fields{"questionIds": []any{"a"}, "topic": "t", "difficulty": "easy", "count": 1}},
			"rules": fields{"timeLimitSeconds": 60, "attempts": 1, "pauseSeconds": 1, "shuffleQuestions": true, "shuffleChoices": true}, "guess": "allCorrect"}},
		"rankBy": []any{"allCorrect", "nearestGuess"}, "review": fields{"score": "afterSubmit", "answers": "never", "explanations": "afterClose"},
		"staffExcluded": true, "prizes": []any{prize}, "collectivePrizes": []any{prize}, "collectiveBy": "people", "fastSeconds": 2}
	reason := fields{"reason": "r"}
	return map[string]fields{"createContest": with(contest, fields{"orgId": "khong-co"}), "updateContest": contest, "rejectContest": reason, "withdrawContest": reason}
}

// round is the path of a call on a contest's round.
func round(id string, n int, call string) string {
	return fmt.Sprintf("/v1/contests/%s/rounds/%d/%s", id, n, call)
}
