package e2e

import "testing"

// bankFile is a file of two questions.
const bankFile = "$CATEGORY: Chủ đề tệp\n\n::1::Câu thứ nhất của tệp?{=đúng ~sai####Vì thế.}\n\n::2::Câu thứ hai của tệp?{F}\n"

// bankRows are the rows of the bank's files and batches.
func bankRows() map[string]rule {
	return map[string]rule{
		"importQuestions": {func(*testing.T, *cast, string) call {
			return call{path: "/v1/editor/imports?kind=questions&dryRun=true", body: form{name: "cau-hoi.txt", content: bankFile}}
		}, only(map[string]int{editor: 200, wardEditor: 200})},
		"getQuestionTemplate":   {at("/v1/editor/import-templates/questions"), only(map[string]int{editor: 200, wardEditor: 200})},
		"exportQuestions":       {at("/v1/editor/questions/export?format=gift"), only(byLists)},
		"getQuizStatistics":     {reads("/v1/editor/quizzes/%s/statistics", func(w *cast) string { return w.sampleQuiz }), only(byEither)},
		"getQuestionStatistics": {reads("/v1/editor/questions/%s/statistics", func(w *cast) string { return w.sampleQuestion }), only(byEither)},
		"stepQuestions": {func(t *testing.T, w *cast, _ string) call {
			return call{path: "/v1/editor/questions/steps", body: fields{"ids": []any{w.in(t, "questions", "draft").ID}, "verb": "submit"}}
		}, only(byLists)},
	}
}

// bankBodies are bodies with every field of these calls.
func bankBodies() map[string]fields {
	return map[string]fields{"stepQuestions": {"ids": []any{"khong-co"}, "verb": "reject", "reason": "r"}}
}
