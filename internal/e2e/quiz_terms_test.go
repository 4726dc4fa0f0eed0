package e2e

import (
	"testing"
	"time"

	"sotay/internal/httpapi/contract"
)

// TestQuizTerms gives a member another attempt, and tells the member how they
// stand and which attempt counts.
func TestQuizTerms(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		body := quizBody("Đề có ngoại lệ", s.question(t, aQuestion("Câu hỏi có ngoại lệ")))
		body["rules"] = fields{"passMark": 50, "attempts": 1, "counts": "best"}
		id := s.quiz(t, body)
		path, c, ed := "/v1/quizzes/"+id+"/attempts", s.as(t, member), s.as(t, editor)
		sit := func(text string) contract.Outcome {
			t.Helper()
			a := parse[contract.Attempt](t, c.do(t, "POST", path, nil).want(t, 201))
			q := a.Questions[0]
			c.do(t, "PUT", "/v1/attempts/"+a.Id+"/answers/"+q.Id, fields{"choiceIds": []any{choiceOf(t, *q.Choices, text)}}).want(t, 200)
			return parse[contract.Outcome](t, c.do(t, "POST", "/v1/attempts/"+a.Id+"/submit", nil).want(t, 200))
		}
		standing := func() contract.QuizStanding {
			t.Helper()
			list := get[contract.AttemptList](t, c, "/v1/me/attempts?quizId="+id)
			if list.Standing == nil {
				t.Fatal("no standing")
			}
			return *list.Standing
		}
		if st := standing(); st.Used != 0 || *st.Left != 1 || st.Outcome != nil || st.Counts != "best" {
			t.Errorf("%+v", st)
		}
		right := sit("Hai")
		c.do(t, "POST", path, nil).want(t, 409, "no_attempts_left")

		over := "/v1/editor/quizzes/" + id + "/overrides"
		read := ed.do(t, "GET", over, nil).want(t, 200)
		items := fields{"items": []any{fields{"memberId": person("m01"), "closesAt": ""}, fields{"orgId": org("kp1"), "attempts": 2}}}
		ed.do(t, "PUT", over, items).want(t, 428)
		set := ed.do(t, "PUT", over, items, "If-Match", read.header.Get("ETag")).want(t, 200)
		ed.do(t, "PUT", over, items, "If-Match", read.header.Get("ETag")).want(t, 412)
		if got := parse[contract.QuizOverrides](t, set); len(got.Items) != 2 || got.Items[0].ClosesAt == nil || *got.Items[1].Attempts != 2 {
			t.Errorf("%s", set.body)
		}
		if a := ed.do(t, "PUT", over, fields{"items": []any{fields{"orgId": org("kp1")}}}, "If-Match", "*").want(t, 400); !a.names(t, "/items/0") {
			t.Errorf("%s", a.body)
		}
		wrong := sit("Một")
		st := standing()
		if st.Used != 2 || *st.Left != 0 || st.Outcome == nil || st.Outcome.AttemptId != right.AttemptId || !*st.Outcome.Passed {
			t.Errorf("%+v", st)
		}
		for _, a := range get[contract.AttemptList](t, c, "/v1/me/attempts").Items {
			if counts := a.Counts != nil && *a.Counts; counts != (a.Id == right.AttemptId) {
				t.Errorf("%+v counts: %v", a, counts)
			}
		}
		if wrong.Passed == nil || *wrong.Passed {
			t.Errorf("%+v", wrong)
		}
		s.as(t, secretary2).do(t, "POST", path, nil).want(t, 201) // of another branch: one attempt, as before
		closed := fields{"items": []any{fields{"orgId": org("kp2"), "closesAt": time.Now().Add(-time.Hour)}}}
		ed.do(t, "PUT", over, closed, "If-Match", "*").want(t, 200)
	})
}
