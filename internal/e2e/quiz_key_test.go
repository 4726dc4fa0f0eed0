package e2e

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"sotay/internal/httpapi/contract"
)

// secretQuiz publishes a quiz of every kind of question whose key is one of two;
// all else of it, and the length of all that is secret, is the same.
func secretQuiz(t *testing.T, s *server, second bool) (id string, secrets []string) {
	t.Helper()
	pick := func(a, b string) string {
		if second {
			return b
		}
		return a
	}
	said := pick("loigiaiAAAA", "loigiaiBBBB")
	accepted := pick("dapanngamA", "dapanngamB")
	option := func(id string) fields { return fields{"id": id, "text": "Nội dung " + id} }
	choices := func(right ...string) []any {
		var out []any
		for _, id := range []string{"ma1", "ma2", "ma3"} {
			out = append(out, with(option(id), fields{"right": slices.Contains(right, id)}))
		}
		return out
	}
	steps := []any{option("buoc1"), option("buoc2"), option("buoc3")}
	pair := func(prompt, option string) fields {
		return fields{"promptId": prompt, "prompt": "Vế " + prompt, "optionId": option, "option": "Đáp " + option}
	}
	pairs := []any{pair("ve1", "dap1"), pair("ve2", "dap2")}
	if second {
		slices.Reverse(steps)
		pairs = []any{pair("ve1", "dap2"), pair("ve2", "dap1")}
	}
	common := fields{"topic": "Học tập", "explanation": said}
	var ids []string
	for _, q := range []fields{
		{"kind": "single", "text": "Câu một", "choices": choices(pick("ma1", "ma2"))},
		{"kind": "multiple", "text": "Câu hai", "choices": choices(pick("ma1", "ma2"), "ma3")},
		{"kind": "trueFalse", "text": "Câu ba", "truth": second},
		{"kind": "ordering", "text": "Câu bốn", "steps": steps},
		{"kind": "matching", "text": "Câu năm", "pairs": pairs},
		{"kind": "shortAnswer", "text": "Câu sáu", "accepted": []any{accepted}},
	} {
		ids = append(ids, s.question(t, with(common, q)))
	}
	body := quizBody("Đề giữ kín", ids...)
	body["review"] = fields{"score": "never", "answers": "never", "explanations": "never"}
	body["offline"] = true
	return s.quiz(t, body), []string{said, accepted}
}

// TestNoAnswerTellsTheKey reads every answer that a member can get of a quiz
// that shows nothing: none holds what only the key has, in its body or headers,
// and those of two quizzes that differ in the key alone have the same size.
func TestNoAnswerTellsTheKey(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		var sizes []map[string]int
		for _, second := range []bool{false, true} {
			id, secrets := secretQuiz(t, s, second)
			got := everyAnswer(t, s.as(t, member), id, secrets)
			size := map[string]int{}
			for name, a := range got {
				size[name] = len(a.body)
				tellsNothing(t, name, a, secrets)
			}
			sizes = append(sizes, size)
		}
		for _, name := range slices.Sorted(maps.Keys(sizes[0])) {
			if !strings.HasPrefix(name, "any ") && sizes[0][name] != sizes[1][name] {
				t.Errorf("%s: %d bytes with one key and %d with the other", name, sizes[0][name], sizes[1][name])
			}
		}
	})
}

// everyAnswer is what a member gets of a quiz, by name. Those named "any" are of
// other things, too.
func everyAnswer(t *testing.T, c *client, id string, secrets []string) map[string]*answer {
	t.Helper()
	path := "/v1/quizzes/" + id
	out := map[string]*answer{"any list": c.do(t, "GET", "/v1/quizzes?limit=100", nil), "quiz": c.do(t, "GET", path, nil),
		"lease": c.do(t, "POST", path+"/leases", nil).want(t, 201), "start": c.do(t, "POST", path+"/attempts", nil).want(t, 201)}
	a := parse[contract.Attempt](t, out["start"])
	at := "/v1/attempts/" + a.Id
	for _, q := range a.Questions {
		var body fields
		switch q.Kind {
		case "ordering":
			steps := *q.Choices
			body = fields{"order": []any{steps[1].Id, steps[0].Id, steps[2].Id}}
		case "matching":
			body = fields{"pairs": []any{fields{"promptId": (*q.Prompts)[0].Id, "optionId": (*q.Options)[0].Id}}}
		case "shortAnswer":
			body = fields{"text": "không biết"}
		default:
			body = fields{"choiceIds": []any{(*q.Choices)[0].Id}}
		}
		out["save "+q.Text] = c.do(t, "PUT", at+"/answers/"+q.Id, body).want(t, 200)
	}
	out["attempt"] = c.do(t, "GET", at, nil)
	out["submit"] = c.do(t, "POST", at+"/submit", nil).want(t, 200)
	out["submitted again"] = c.do(t, "POST", at+"/submit", nil).want(t, 200)
	out["attempt, closed"] = c.do(t, "GET", at, nil)
	out["late"] = c.do(t, "PUT", at+"/answers/"+a.Questions[0].Id, fields{"clear": true}).want(t, 200)
	out["standing"] = c.do(t, "GET", "/v1/me/attempts?quizId="+id, nil)
	out["any attempts"] = c.do(t, "GET", "/v1/me/attempts?limit=100", nil)
	out["any sync"] = c.do(t, "GET", "/v1/sync?limit=500", nil)
	out["any export"] = c.do(t, "GET", "/v1/me/export", nil)
	out["any documents"] = c.do(t, "GET", "/v1/documents", nil)
	for i, words := range append([]string{"Câu sáu"}, secrets...) {
		out[fmt.Sprint("any search ", i)] = c.do(t, "GET", "/v1/search?q="+url.QueryEscape(words), nil)
	}
	return out
}

// tellsNothing fails when an answer has a secret, or a field that only a review
// has.
func tellsNothing(t *testing.T, name string, a *answer, secrets []string) {
	t.Helper()
	if a.status >= 400 {
		t.Fatalf("%s: %d %s", name, a.status, a.body)
	}
	var headers strings.Builder
	if err := a.header.Write(&headers); err != nil {
		t.Fatal(err)
	}
	all := headers.String() + string(a.body)
	banned := append([]string{`"correct"`, `"isCorrect"`, `"answerKey"`, `"explanation"`, `"solution"`, `"acceptedTexts"`, `"right"`, `"mark"`,
		`"score":0`, `"passed"`, `"digests"`, "loigiai"}, secrets...)
	for _, word := range banned {
		if strings.Contains(all, word) && !(strings.HasPrefix(name, "any search") && strings.Contains(a.path, word)) {
			t.Errorf("%s holds %s: %s", name, word, all)
		}
	}
}
