package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"sotay/internal/httpapi/contract"
)

// shortQuestion is answered with words, which the store then holds as they are.
func shortQuestion(text, accepted string) fields {
	return fields{"kind": "shortAnswer", "text": text, "topic": "Học tập", "accepted": []any{accepted}}
}

// numberedQuiz publishes a quiz of n questions whose right answers are "đúng 1"
// and so on.
func (s *server) numberedQuiz(t *testing.T, title string, n int) string {
	t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[i] = s.question(t, shortQuestion(fmt.Sprintf("%s, câu %d", title, i+1), fmt.Sprintf("đúng %d", i+1)))
	}
	return s.quiz(t, with(quizBody(title, ids...), fields{"review": fields{"score": "afterSubmit", "answers": "never", "explanations": "never"}}))
}

// start begins an attempt, or goes on with the one that runs.
func (c *client) start(t *testing.T, quizID string) contract.Attempt {
	t.Helper()
	a := c.do(t, "POST", "/v1/quizzes/"+quizID+"/attempts", nil)
	if a.status != 200 {
		a.want(t, 201)
	}
	return parse[contract.Attempt](t, a)
}

// TestAttemptOnTwoReplicas has two phones of one member answer through two
// processes at once, and hand in together: all answers count, and both hear the
// same.
func TestAttemptOnTwoReplicas(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		e.watched(t)
		servers := []*server{e.serve(t), e.serve(t)}
		const questions = 8
		id := servers[0].numberedQuiz(t, "Hai máy chủ", questions)
		clients := []*client{servers[0].as(t, member), nil}
		clients[1] = servers[1].guest(t).with(servers[1].guest(t).login(t, member, password, "second").AccessToken)
		eventually(t, soon, "the other process has the quiz", func() (bool, string) {
			a := clients[1].do(t, "GET", "/v1/quizzes/"+id, nil)
			return a.status == 200, string(a.body)
		})
		begun := make([]contract.Attempt, len(clients))
		var wg sync.WaitGroup
		for i, c := range clients {
			wg.Go(func() {
				a, err := c.try(t, "POST", "/v1/quizzes/"+id+"/attempts", nil)
				if err != nil || a.status > 201 {
					t.Errorf("start on %d: %v %+v", i, err, a)
					return
				}
				begun[i] = parse[contract.Attempt](t, a)
			})
		}
		wg.Wait()
		if begun[0].Id != begun[1].Id || t.Failed() {
			t.Fatalf("two attempts: %s and %s", begun[0].Id, begun[1].Id)
		}
		at := "/v1/attempts/" + begun[0].Id
		for i, c := range clients {
			wg.Go(func() { // each its half, and what the other has first wrong
				for k := range questions {
					q, text := begun[0].Questions[k], fmt.Sprintf("đúng %d", k+1)
					seq := 2
					if k%2 != i {
						text, seq = "sai", 1
					}
					if a, err := c.try(t, "PUT", at+"/answers/"+q.Id, fields{"text": text, "seq": seq}); err != nil || a.status != 200 {
						t.Errorf("save on %d: %v %+v", i, err, a)
					}
				}
			})
		}
		wg.Wait()
		outcomes := make([]string, len(clients))
		for i, c := range clients {
			wg.Go(func() {
				a, err := c.try(t, "POST", at+"/submit", nil)
				if err != nil || a.status != 200 {
					t.Errorf("submit on %d: %v %+v", i, err, a)
					return
				}
				outcomes[i] = string(a.body)
			})
		}
		wg.Wait()
		if outcomes[0] != outcomes[1] {
			t.Errorf("one attempt, two outcomes: %s and %s", outcomes[0], outcomes[1])
		}
		for _, c := range clients {
			if o := get[contract.Attempt](t, c, at).Outcome; o == nil || *o.Correct != questions {
				t.Errorf("outcome: %+v", o)
			}
		}
	})
}

// sitting kills a process behind the writes of a start, a save and a submit.
var sitting = []crash{
	{"start an attempt", func(t *testing.T, w *wreck, k int) (func(*server) (*answer, error), func(bool)) {
		id := w.survivor.numberedQuiz(t, fmt.Sprintf("Ngã khi bắt đầu %d", k), 1)
		return func(victim *server) (*answer, error) {
				return victim.as(t, member).try(t, "POST", "/v1/quizzes/"+id+"/attempts", nil)
			}, func(bool) {
				w.survivor.as(t, member).start(t, id)
				if list := attemptsAt(t, w.survivor, id); len(list) != 1 || list[0].Number != 1 || list[0].State != contract.AttemptStateOpen {
					t.Errorf("attempts: %+v", list)
				}
			}
	}},
	{"save an answer", func(t *testing.T, w *wreck, k int) (func(*server) (*answer, error), func(bool)) {
		id := w.survivor.numberedQuiz(t, fmt.Sprintf("Ngã khi lưu %d", k), 1)
		a := w.survivor.as(t, member).start(t, id)
		path, body := "/v1/attempts/"+a.Id+"/answers/"+a.Questions[0].Id, fields{"text": "đúng 1", "seq": 5}
		return func(victim *server) (*answer, error) {
				return victim.as(t, member).try(t, "PUT", path, body)
			}, func(answered bool) {
				c := w.survivor.as(t, member)
				if held := len(get[contract.Attempt](t, c, "/v1/attempts/"+a.Id).Answers); answered && held != 1 {
					t.Errorf("acknowledged, and %d answers are held", held)
				}
				c.do(t, "PUT", path, body).want(t, 200) // the phone sends it again
				holdsRight(t, c, a.Id)
			}
	}},
	{"hand in", func(t *testing.T, w *wreck, k int) (func(*server) (*answer, error), func(bool)) {
		id := w.survivor.numberedQuiz(t, fmt.Sprintf("Ngã khi nộp %d", k), 1)
		c := w.survivor.as(t, member)
		a := c.start(t, id)
		c.do(t, "PUT", "/v1/attempts/"+a.Id+"/answers/"+a.Questions[0].Id, fields{"text": "đúng 1"}).want(t, 200)
		return func(victim *server) (*answer, error) {
				return victim.as(t, member).try(t, "POST", "/v1/attempts/"+a.Id+"/submit", nil)
			}, func(answered bool) {
				if state := get[contract.Attempt](t, c, "/v1/attempts/"+a.Id).State; answered && state != contract.AttemptStateSubmitted {
					t.Errorf("acknowledged, and the attempt is %s", state)
				}
				holdsRight(t, c, a.Id)
				if list := attemptsAt(t, w.survivor, id); len(list) != 1 || list[0].Outcome == nil || *list[0].Outcome.Correct != 1 {
					t.Errorf("attempts: %+v", list)
				}
			}
	}},
}

// holdsRight hands an attempt in, again or for the first time.
func holdsRight(t *testing.T, c *client, attemptID string) {
	t.Helper()
	if o := parse[contract.Outcome](t, c.do(t, "POST", "/v1/attempts/"+attemptID+"/submit", nil).want(t, 200)); *o.Correct != 1 {
		t.Errorf("outcome %+v", o)
	}
}

func attemptsAt(t *testing.T, s *server, quizID string) []contract.AttemptSummary {
	t.Helper()
	return get[contract.AttemptList](t, s.as(t, member), "/v1/me/attempts?quizId="+quizID).Items
}

// TestAttemptsExportedAndErased holds that a member gets all that was answered,
// and that an erasure leaves nothing of it, to nobody else's loss.
func TestAttemptsExportedAndErased(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		id := s.numberedQuiz(t, "Được xuất và xóa", 1)
		answers := map[string]string{member: "chữ riêng của Hoài", exempt: "chữ riêng của người khác"}
		for who, text := range answers {
			c := s.as(t, who)
			a := c.start(t, id)
			at := "/v1/attempts/" + a.Id
			c.do(t, "PUT", at+"/answers/"+a.Questions[0].Id, fields{"text": text}).want(t, 200)
			c.do(t, "POST", at+"/submit", nil).want(t, 200)
			export := get[contract.MeExport](t, c, "/v1/me/export")
			if len(export.Attempts) != 1 || export.Attempts[0].Attempt.Id != a.Id || len(export.Attempts[0].Answers) != 1 || *export.Attempts[0].Answers[0].Answer.Text != text {
				t.Errorf("export of %s: %+v", who, export.Attempts)
			}
		}
		s.as(t, admin).do(t, "POST", "/v1/admin/members/"+person("m01")+"/erasure", fields{"reason": "Theo đề nghị"}).want(t, 204)
		if export := get[contract.MeExport](t, s.as(t, exempt), "/v1/me/export"); len(export.Attempts) != 1 {
			t.Errorf("another's attempts: %+v", export.Attempts)
		}
		if e.engine == "mongodb" { // a file of SQLite keeps freed pages for a while
			all := e.contents(t)
			if strings.Contains(all, answers[member]) || !strings.Contains(all, answers[exempt]) {
				t.Error("the erased member's answer is still held, or another's is gone")
			}
		}
	})
}
