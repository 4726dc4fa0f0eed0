package e2e

import (
	"testing"

	"sotay/internal/httpapi/contract"
)

// aQuestion is a single choice; the second choice is right.
func aQuestion(text string) fields {
	return fields{"kind": "single", "text": text, "topic": "Học tập", "difficulty": "easy", "explanation": "Vì thế.",
		"choices": []any{fields{"text": "Một", "right": false}, fields{"text": "Hai", "right": true}, fields{"text": "Ba", "right": false}}}
}

func questionBody(text string) fields {
	return fields{"orgId": org("tinh"), "content": aQuestion(text)}
}

func quizBody(title string, questions ...string) fields {
	return fields{"orgId": org("tinh"), "title": title, "parts": []any{fields{"questionIds": anys(questions)}}, "rules": fields{"passMark": 50}}
}

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// question publishes a question into the bank.
func (s *server) question(t *testing.T, content fields) string {
	t.Helper()
	return s.desk(t, "questions").release(t, fields{"orgId": org("tinh"), "content": content}).ID
}

// quiz publishes a quiz of some questions.
func (s *server) quiz(t *testing.T, body fields) string {
	t.Helper()
	return s.desk(t, "quizzes").release(t, body).ID
}

// starts is a call on an attempt that the role has begun; a guest's is a
// member's.
func starts(verb string, body func(a contract.Attempt) any) func(*testing.T, *cast, string) call {
	return func(t *testing.T, w *cast, role string) call {
		a := parse[contract.Attempt](t, w.as(t, account(role)).do(t, "POST", "/v1/quizzes/"+w.sampleQuiz+"/attempts", nil))
		c := call{path: "/v1/attempts/" + a.Id + verb}
		if body != nil {
			c.body = body(a)
			c.path += a.Questions[0].Id
		}
		return c
	}
}

func firstChoice(a contract.Attempt) any {
	return fields{"choiceIds": []any{(*a.Questions[0].Choices)[0].Id}}
}

// quizRows are the rows of the bank, of quizzes and of attempts.
func quizRows() map[string]rule {
	rows := map[string]rule{
		"listQuizzes":      {at("/v1/quizzes"), signedIn(200)},
		"getQuiz":          {reads("/v1/quizzes/%s", func(w *cast) string { return w.sampleQuiz }), signedIn(200)},
		"startQuizAttempt": {reads("/v1/quizzes/%s/attempts", func(w *cast) string { return w.otherQuiz }), signedIn(201)},
		"leaseQuiz":        {reads("/v1/quizzes/%s/leases", func(w *cast) string { return w.leasedQuiz }), signedIn(201)},
		"getQuizOverrides": {reads("/v1/editor/quizzes/%s/overrides", func(w *cast) string { return w.sampleQuiz }), only(byEither)},
		"setQuizOverrides": {func(_ *testing.T, w *cast, _ string) call {
			return call{path: "/v1/editor/quizzes/" + w.otherQuiz + "/overrides", body: fields{"items": []any{}}, headers: []string{"If-Match", "*"}}
		}, only(byEditors)},
		"getAttempt":          {starts("", nil), signedIn(200)},
		"saveAnswer":          {starts("/answers/", firstChoice), signedIn(200)},
		"submitAttempt":       {starts("/submit", nil), signedIn(200)},
		"listMyAttempts":      {at("/v1/me/attempts"), signedIn(200)},
		"listEditorQuestions": {at("/v1/editor/questions"), only(byLists)},
		"listEditorQuizzes":   {at("/v1/editor/quizzes"), only(byLists)},
		"createQuestion":      {creates("/v1/editor/questions", func(*cast) fields { return questionBody("Câu mới") }), only(map[string]int{editor: 201, wardEditor: 403})},
		"createQuiz":          {creates("/v1/editor/quizzes", func(w *cast) fields { return quizBody("Đề mới", w.sampleQuestion) }), only(map[string]int{editor: 201, wardEditor: 403})},
	}
	for kind, name := range map[string]string{"questions": "Question", "quizzes": "Quiz"} {
		rows["getEditor"+name] = rule{steps(kind, "draft", "", nil), only(byEither)}
		rows["submit"+name] = rule{steps(kind, "draft", "submit", nil), only(byEditors)}
		rows["approve"+name] = rule{steps(kind, "submitted", "approve", nil), only(byApprovers)}
		rows["reject"+name] = rule{steps(kind, "submitted", "reject", because), only(byApprovers)}
		rows["publish"+name] = rule{steps(kind, "approved", "publish", nil), only(byEither)}
		rows["withdraw"+name] = rule{steps(kind, "published", "withdraw", because), only(byEither)}
	}
	rows["updateQuiz"] = rule{steps("quizzes", "draft", "", fields{"title": "Tên mới"}), only(byEditors)}
	rows["updateQuestion"] = rule{steps("questions", "draft", "", fields{"content": aQuestion("Câu khác")}), only(byEditors)}
	return rows
}

// draftOf is the body of an item of a kind.
func (w *cast) draftOf(kind, title string) fields {
	switch kind {
	case "materials":
		return material(title, w.sample)
	case "questions":
		return questionBody(title)
	case "quizzes":
		return quizBody(title, w.sampleQuestion)
	case "drives":
		return driveBody(title, w.sample)
	case "contests":
		return contestBody(title, roundOver(w.sampleQuestion))
	}
	return document(title)
}

// quizCast makes what the rows of quizzes need.
func (w *cast) quizCast(t *testing.T) {
	t.Helper()
	w.sampleQuestion = w.question(t, aQuestion("Câu hỏi của bảng vai trò"))
	w.sampleQuiz = w.quiz(t, quizBody("Đề của bảng vai trò", w.sampleQuestion))
	w.otherQuiz = w.quiz(t, quizBody("Đề để bắt đầu", w.sampleQuestion))
	w.leasedQuiz = w.quiz(t, with(quizBody("Đề để mang đi", w.sampleQuestion), fields{"offline": true}))
}

// quizBodies are bodies with every field of these calls.
func quizBodies() map[string]fields {
	choice := fields{"id": "a", "text": "T", "right": true}
	content := fields{"kind": "single", "text": "T", "choices": []any{choice, with(choice, fields{"id": "b"})}, "truth": true,
		"pairs": []any{fields{"promptId": "a", "prompt": "P", "optionId": "b", "option": "O"}}, "spare": []any{fields{"id": "c", "text": "T"}},
		"steps": []any{fields{"id": "d", "text": "T"}}, "accepted": []any{"a"}, "partial": true, "explanation": "E", "topic": "T", "difficulty": "easy",
		"documentId": "khong-co", "sectionId": "s"}
	rules := fields{"timeLimitSeconds": 60, "attempts": 1, "pauseSeconds": 1, "passMark": 50, "counts": "best", "shuffleQuestions": true, "shuffleChoices": true}
	quiz := fields{"title": "T", "description": "D", "documentId": "khong-co", "topics": []any{"a"}, "language": "vi", "visibility": fields{"kind": "all"},
		"parts": []any{fields{"questionIds": []any{"a"}, "topic": "t", "difficulty": "easy", "count": 1}}, "rules": rules,
		"review":  fields{"score": "afterSubmit", "answers": "never", "explanations": "afterClose"},
		"window":  fields{"opensAt": "2026-01-01T00:00:00Z", "closesAt": "2026-02-01T00:00:00Z", "hardClose": true},
		"offline": true, "practice": true}
	reason := fields{"reason": "r"}
	const at = "2026-01-01T00:00:00Z"
	return map[string]fields{
		"startQuizAttempt": {"lease": "a", "startedAt": at, "sentAt": at}, "submitAttempt": {"at": at, "sentAt": at, "guess": 1}, "leaseQuiz": {"mode": "exam"},
		"setQuizOverrides": {"items": []any{fields{"memberId": "a", "orgId": "b", "tag": "remote", "status": "active", "enterpriseId": "c", "opensAt": at,
			"closesAt": at, "timeLimitSeconds": 1, "attempts": 1}}},
		"createQuestion": {"orgId": "khong-co", "content": content}, "updateQuestion": {"content": content},
		"createQuiz": with(quiz, fields{"orgId": "khong-co"}), "updateQuiz": quiz,
		"rejectQuestion": reason, "withdrawQuestion": reason, "rejectQuiz": reason, "withdrawQuiz": reason,
		"saveAnswer": {"choiceIds": []any{"a"}, "text": "t", "pairs": []any{fields{"promptId": "a", "optionId": "b"}}, "order": []any{"a"}, "clear": true,
			"seq": 1, "at": "2026-01-01T00:00:00Z", "sentAt": "2026-01-01T00:00:00Z"},
	}
}
