package e2e

import (
	"math"
	"strings"
	"testing"

	"sotay/internal/httpapi/contract"
)

// sits answers all questions of a quiz with the choice of a text, "" for none,
// and submits.
func (c *client) sits(t *testing.T, quizID, choice string) {
	t.Helper()
	a := parse[contract.Attempt](t, c.do(t, "POST", "/v1/quizzes/"+quizID+"/attempts", nil).want(t, 201))
	for _, q := range a.Questions {
		for _, o := range *q.Choices {
			if o.Text == choice {
				c.do(t, "PUT", "/v1/attempts/"+a.Id+"/answers/"+q.Id, fields{"choiceIds": []any{o.Id}}).want(t, 200)
			}
		}
	}
	c.do(t, "POST", "/v1/attempts/"+a.Id+"/submit", nil).want(t, 200)
}

// TestStatistics has six members sit a quiz, one of them twice, and one sit
// another quiz of one of its questions.
func TestStatistics(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		first, second := s.question(t, aQuestion("Câu một?")), s.question(t, aQuestion("Câu hai?"))
		many, few := s.quiz(t, quizBody("Đề đông", first, second)), s.quiz(t, quizBody("Đề vắng", first))
		for account, choice := range map[string]string{member: "Hai", exempt: "Hai", enterprise: "Hai", secretary: "Một", secretary2: "Một", leader: ""} {
			s.as(t, account).sits(t, many, choice)
		}
		s.as(t, leader).sits(t, many, "Hai") // from memory: not counted
		s.as(t, member).sits(t, few, "Ba")

		c := s.as(t, editor)
		got := get[contract.QuizStatistics](t, c, "/v1/editor/quizzes/"+many+"/statistics")
		if got.Suppressed || *got.People != 6 || got.Version != 1 || len(got.Questions) != 2 {
			t.Fatalf("%+v", got)
		}
		for _, q := range got.Questions {
			st := q.Statistics
			if st.Suppressed || *st.People != 6 || *st.Unanswered != 1 || *st.FullShare != 0.5 || *st.MeanMark != 0.5 || math.Abs(*st.Discrimination-1) > 1e-9 {
				t.Errorf("%+v", st)
			}
			for _, o := range st.Choices {
				if want := map[string]int64{"Một": 2, "Hai": 3, "Ba": 0}[o.Text]; *o.People != want {
					t.Errorf("%s was chosen by %d, want %d", o.Text, *o.People, want)
				}
			}
		}
		a := c.do(t, "GET", "/v1/editor/quizzes/"+few+"/statistics", nil).want(t, 200)
		lone := parse[contract.QuizStatistics](t, a)
		if st := lone.Questions[0].Statistics; !lone.Suppressed || lone.People != nil || !st.Suppressed || st.FullShare != nil || st.MeanMark != nil || st.Discrimination != nil || st.Choices[0].People != nil {
			t.Errorf("one person is told of: %s", a.body)
		}
		over := get[contract.QuestionStatistics](t, c, "/v1/editor/questions/"+first+"/statistics")
		if len(over.Versions) != 1 || len(over.Versions[0].QuizIds) != 2 || *over.Versions[0].Statistics.People != 7 || *over.Versions[0].Statistics.FullShare != 3.0/7 {
			t.Errorf("%+v", over)
		}
		for _, path := range []string{"/v1/editor/quizzes/" + many, "/v1/editor/questions/" + first} {
			if body := string(c.do(t, "GET", path+"/statistics", nil).body); strings.Contains(body, person("m01")) || strings.Contains(body, "memberId") {
				t.Errorf("a person is in %s", body)
			}
			s.as(t, wardEditor).do(t, "GET", path+"/statistics", nil).want(t, 404)
		}
		draft := s.desk(t, "quizzes").create(t, quizBody("Đề nháp", first)).ID
		c.do(t, "GET", "/v1/editor/quizzes/"+draft+"/statistics", nil).want(t, 409, "not_published")
	})
}
