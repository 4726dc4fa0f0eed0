package ingest

import (
	"strings"
	"testing"
	"unicode/utf8"
)

const aQuizFile = "---\nkind: quiz\nkey: k\ndocumentKey: d\ntitle: T\nlanguage: vi\ntopics: [a]\npassMark: 70\nvisibility: {kind: all}\nsource: {author: A}\n---\n\nQ{T}\n"

func TestQuizFile(t *testing.T) {
	t.Parallel()
	q, problems := Quiz([]byte(aQuizFile))
	if len(problems) > 0 || q.Key != "k" || q.DocumentKey != "d" || q.Title != "T" || q.PassMark != 70 || q.Source.Author != "A" || q.Visibility.Kind != "all" {
		t.Fatalf("%+v %+v", q, problems)
	}
	if lines := strings.Split(q.Questions, "\n"); lines[12] != "Q{T}" {
		t.Errorf("the question is not on its line: %q", lines)
	}
	for name, c := range map[string]struct{ src, want string }{
		"no front matter":   {"Q{T}", "front_matter_missing"},
		"another kind":      {strings.Replace(aQuizFile, "kind: quiz", "kind: document", 1), "invalid"},
		"no kind":           {strings.Replace(aQuizFile, "kind: quiz\n", "", 1), "required"},
		"no title":          {strings.Replace(aQuizFile, "title: T", "title:", 1), "required"},
		"a mark too high":   {strings.Replace(aQuizFile, "70", "101", 1), "invalid"},
		"a mark of words":   {strings.Replace(aQuizFile, "70", "cao", 1), "invalid"},
		"an unknown key":    {strings.Replace(aQuizFile, "topics", "answers", 1), "unknown_key"},
		"a mark of secrecy": {strings.Replace(aQuizFile, "Q{T}", "TỐI MẬT\n\nQ{T}", 1), "classified"},
	} {
		got, problems := Quiz([]byte(c.src))
		if len(problems) == 0 || problems[0].Code != c.want || c.want == "classified" && got.Title != "" {
			t.Errorf("%s: %+v", name, problems)
		}
	}
}

func FuzzQuiz(f *testing.F) {
	f.Add([]byte(aQuizFile))
	f.Add([]byte("---\nkind: quiz\ntitle: &a T\nkey: *a\n---\nQ{T}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		q, problems := Quiz(src)
		if !Failed(problems) && (q.Title == "" || !utf8.ValidString(q.Questions)) {
			t.Fatalf("%+v", q)
		}
	})
}
