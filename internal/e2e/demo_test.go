package e2e

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"sotay/internal/httpapi/contract"
)

// TestDemoProvince starts twice with the whole demo province, of which the
// other tests have a small part, and finds the same. The stand-in for MongoDB
// looks through all members for each unique key of a new one and needs minutes
// for it; a real server, if there is one, takes part.
func TestDemoProvince(t *testing.T) {
	t.Parallel()
	on := []string{"sqlite"}
	if os.Getenv("HANDBOOK_TEST_MONGODB_URI") != "" {
		on = engines
	}
	for _, engine := range on {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			e := emptySQLite(t.TempDir())
			if engine == "mongodb" {
				e = emptyMongoDB(t)
			}
			whole := "HANDBOOK_TEST_DIRECTORY=" // the test's own is put aside
			for start := range 2 {
				s := e.serve(t, whole)
				if line, ok := s.out.find(`"msg":"serving"`, `"members":1200,`, `"documents":5,`); !ok {
					t.Fatalf("not the whole province: %s\n%s", line, s.out.text())
				}
				c := s.guest(t)
				c = c.with(c.login(t, "bithu", password, "demo").AccessToken)
				if me := get[contract.Me](t, c, "/v1/me"); me.Name != "Lê Quang Tuyên" || len(me.Roles) != 1 {
					t.Errorf("the secretary: %+v", me)
				}
				sitsSamples(t, s, start)
				entersSample(t, s, start)
				s.stop(t)
			}
		})
	}
}

// sitsSamples finds the sample quizzes, the same at each start, and sits one:
// score, answers and explanations are there after submitting, and point to a
// section of the document.
func sitsSamples(t *testing.T, s *server, start int) {
	t.Helper()
	c := s.guest(t)
	c = c.with(c.login(t, "dangvien", password, fmt.Sprint("sits-", start)).AccessToken)
	list := get[contract.QuizList](t, c, "/v1/quizzes?limit=100").Items
	if len(list) != 5 {
		t.Fatalf("%d sample quizzes", len(list))
	}
	for _, q := range list {
		whole := get[contract.Quiz](t, c, "/v1/quizzes/"+q.Id)
		if q.Version != 1 || q.Questions < 10 || q.Questions > 15 || q.DocumentId == "" || !whole.Offline || *whole.Rules.PassMark != 70 {
			t.Errorf("%+v", whole)
		}
	}
	a := parse[contract.Attempt](t, c.do(t, "POST", "/v1/quizzes/"+list[0].Id+"/attempts", nil).want(t, 201))
	o := parse[contract.Outcome](t, c.do(t, "POST", "/v1/attempts/"+a.Id+"/submit", nil).want(t, 200))
	if o.Score == nil || *o.Passed || o.Review == nil || len(*o.Review) != int(o.Total) || a.Number != int64(start+1) {
		t.Fatalf("attempt %d: %+v", a.Number, o)
	}
	document := get[contract.Document](t, c, "/v1/documents/"+list[0].DocumentId)
	for _, r := range *o.Review {
		found := r.DocumentId != nil && *r.DocumentId == document.Id && slices.ContainsFunc(document.Sections, func(x contract.Section) bool { return x.Id == *r.SectionId })
		if !found || r.Explanation == nil || r.Solution == nil {
			t.Errorf("%s is explained by %+v", r.QuestionId, r)
		}
	}
}

// entersSample finds the demo contest, the same at each start, and takes part in
// the round that is open.
func entersSample(t *testing.T, s *server, start int) {
	t.Helper()
	c := s.guest(t)
	c = c.with(c.login(t, "dangvien", password, fmt.Sprint("enters-", start)).AccessToken)
	list := get[contract.ContestList](t, c, "/v1/contests").Items
	if len(list) != 1 || list[0].Rounds != 2 || list[0].Version != 1 {
		t.Fatalf("sample contests: %+v", list)
	}
	status := 201
	if start > 0 {
		status = 200 // the attempt of the start before
	}
	a := parse[contract.Attempt](t, c.do(t, "POST", round(list[0].Id, 1, "attempts"), nil).want(t, status))
	if len(a.Questions) != 10 || a.Number != 1 || a.Guess != contract.GuessKindAllCorrect {
		t.Errorf("attempt: %+v", a)
	}
	c.do(t, "POST", round(list[0].Id, 2, "attempts"), nil).want(t, 409, "not_open")
}
