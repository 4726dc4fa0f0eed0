package e2e

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"sotay/internal/httpapi/contract"
)

// TestLeases takes an attempt along without signal and sends it later.
func TestLeases(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		e.watched(t)
		clock := filepath.Join(t.TempDir(), "clock")
		setFile(t, clock, "0s")
		s := e.serve(t, "HANDBOOK_TEST_CLOCK="+clock)
		q := s.question(t, aQuestion("Câu hỏi mang theo"))
		body := quizBody("Đề mang theo", q)
		body["offline"], body["practice"], body["rules"] = true, true, fields{"passMark": 50, "attempts": 1, "timeLimitSeconds": 1200}
		id := s.quiz(t, body)
		path := "/v1/quizzes/" + id
		c := s.as(t, member)
		begun := time.Now()
		a := c.do(t, "POST", path+"/leases", nil).want(t, 201)
		l := parse[contract.QuizLease](t, a)
		again := parse[contract.QuizLease](t, c.do(t, "POST", path+"/leases", fields{"mode": "exam"}).want(t, 201))
		if l.LeaseId != again.LeaseId || l.Lease != again.Lease || l.AttemptId == nil || *l.Number != 1 || len(l.Questions) != 1 || bytes.Contains(a.body, []byte("feedback")) {
			t.Errorf("%s", a.body)
		}
		c.do(t, "POST", path+"/leases", fields{"mode": "practice"}).want(t, 409, "practice_later")
		s.as(t, exempt).do(t, "POST", path+"/attempts", fields{"lease": l.Lease}).want(t, 404)
		if a := c.do(t, "POST", path+"/attempts", fields{"lease": "x"}).want(t, 400); !a.names(t, "/lease") {
			t.Errorf("%s", a.body)
		}
		answers := "/v1/attempts/" + *l.AttemptId + "/answers/" + l.Questions[0].Id
		right := fields{"choiceIds": []any{choiceOf(t, *l.Questions[0].Choices, "Hai")}}
		c.do(t, "PUT", answers, right).want(t, 409, "attempt_not_begun")

		setFile(t, clock, "40m")
		start := fields{"lease": l.Lease, "startedAt": begun.Add(time.Minute), "sentAt": time.Now().Add(40 * time.Minute)}
		made := parse[contract.Attempt](t, c.do(t, "POST", path+"/attempts", start).want(t, 201))
		c.do(t, "POST", path+"/attempts", start).want(t, 200)
		if made.Id != *l.AttemptId || made.State != "open" {
			t.Errorf("%+v", made)
		}
		in, late := with(right, fields{"at": begun.Add(2 * time.Minute)}), fields{"clear": true, "at": begun.Add(30 * time.Minute)}
		if out := parse[contract.SavedAnswer](t, c.do(t, "PUT", answers, in).want(t, 200)); out.Late {
			t.Error("given in time, and late")
		}
		if out := parse[contract.SavedAnswer](t, c.do(t, "PUT", answers, late).want(t, 200)); !out.Late {
			t.Error("given after the deadline, and counted")
		}
		out := parse[contract.Outcome](t, c.do(t, "POST", "/v1/attempts/"+made.Id+"/submit", fields{"at": begun.Add(3 * time.Minute)}).want(t, 200))
		if out.State != "submitted" || out.Passed == nil || !*out.Passed {
			t.Errorf("%+v", out)
		}
		p := parse[contract.QuizLease](t, c.do(t, "POST", path+"/leases", fields{"mode": "practice"}).want(t, 201))
		if p.AttemptId != nil || p.Number != nil || p.Questions[0].Feedback == nil || len(p.Questions[0].Feedback.Digests) != 1 {
			t.Errorf("practice: %+v", p)
		}
		c.do(t, "POST", path+"/attempts", fields{"lease": p.Lease}).want(t, 400, "lease_is_practice")
		c.do(t, "POST", path+"/leases", nil).want(t, 409, "no_attempts_left")
		c.do(t, "POST", "/v1/quizzes/"+s.quiz(t, quizBody("Đề khác", q))+"/leases", nil).want(t, 409, "not_offline")
	})
}

// choiceOf is the id of the choice with a text.
func choiceOf(t *testing.T, list []contract.QuizOption, text string) string {
	t.Helper()
	for _, o := range list {
		if o.Text == text {
			return o.Id
		}
	}
	t.Fatalf("no choice %s in %v", text, list)
	return ""
}
