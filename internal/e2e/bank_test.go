package e2e

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"sotay/internal/httpapi/contract"
	"sotay/internal/quiz/formats"
)

// importBank hands in a file of questions.
func (c *client) importBank(t *testing.T, name, content string, query ...string) contract.QuestionImport {
	t.Helper()
	return parse[contract.QuestionImport](t, c.do(t, "POST", "/v1/editor/imports?kind=questions"+strings.Join(query, ""), form{name: name, content: content}).want(t, 200))
}

// bankTold is what an import did, in short, with its problems.
func bankTold(r contract.QuestionImport) string {
	out := fmt.Sprintf("%s %v %d: %d new, %d changed, %d unchanged", r.Format, r.Applied, r.Questions, r.New, r.Changed, r.Unchanged)
	for _, p := range r.Problems {
		at := ""
		if p.Line != nil {
			at = fmt.Sprint(*p.Line)
		}
		if p.Row != nil {
			at = fmt.Sprint(*p.Row) + *p.Column
		}
		if p.Warning {
			at += "?"
		}
		out += ", " + at + " " + p.Code
	}
	return out
}

func wantBank(t *testing.T, r contract.QuestionImport, want string) {
	t.Helper()
	if got := bankTold(r); got != want {
		t.Fatalf("import: %s\nwant: %s\n%+v", got, want, r.Problems)
	}
}

// bankTexts lists questions by their texts, page by page.
func (c *client) bankTexts(t *testing.T, query string) (out []string) {
	t.Helper()
	for cursor := ""; ; {
		page := get[contract.EditorQuestionList](t, c, "/v1/editor/questions?limit=2"+query+cursor)
		for _, q := range page.Items {
			out = append(out, q.Text)
		}
		if page.NextCursor == nil {
			slices.Sort(out)
			return out
		}
		cursor = "&cursor=" + *page.NextCursor
	}
}

func (c *client) exportBank(t *testing.T, query string) string {
	t.Helper()
	return string(c.do(t, "GET", "/v1/editor/questions/export?"+query, nil).want(t, 200).body)
}

const allKinds = "$CATEGORY: Chủ đề A\n\n" +
	"// sotay: {\"difficulty\":\"hard\"}\nThủ đô?{=Hà Nội ~Huế####Vì là thủ đô.}\n\n" +
	"Chọn hai?{~%50%một ~%50%hai ~%-50%ba}\n\nĐúng không?{T}\n\n$CATEGORY: Chủ đề B\n\n" +
	"Ghép?{=a, b -> 1; 2 =c -> 3 = -> 4}\n\n// sotay: {\"kind\":\"ordering\"}\nXếp?{=1 -> x =2 -> y}\n\nNăm nào?{=1930 =một chín ba không}\n"

// TestFilesOfQuestions brings a file in, takes it out in each format, and
// brings it back.
func TestFilesOfQuestions(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		c := s.as(t, editor)
		wantBank(t, c.importBank(t, "a.txt", allKinds, "&dryRun=true"), "gift false 6: 6 new, 0 changed, 0 unchanged")
		if got := c.bankTexts(t, ""); len(got) > 0 {
			t.Fatalf("a dry run wrote %v", got)
		}
		wantBank(t, c.importBank(t, "a.txt", allKinds), "gift true 6: 6 new, 0 changed, 0 unchanged")
		wantBank(t, c.importBank(t, "again.gift", allKinds), "gift true 6: 0 new, 0 changed, 6 unchanged")
		if got := c.bankTexts(t, ""); len(got) != 6 {
			t.Fatalf("the bank has %v", got)
		}
		wantBank(t, c.importBank(t, "a.txt", strings.Replace(allKinds, "Vì là thủ đô.", "Vì thế.", 1)), "gift true 6: 0 new, 1 changed, 5 unchanged")
		for _, format := range []string{"gift", "xlsx"} {
			file := c.exportBank(t, "format="+format)
			wantBank(t, c.importBank(t, "b", file), map[string]string{"gift": "gift", "xlsx": "table"}[format]+" true 6: 0 new, 0 changed, 6 unchanged")
		}
		t.Run("filters", func(t *testing.T) { filtersBank(t, c) })
		t.Run("an edited export", func(t *testing.T) { editsExport(t, c) })
		t.Run("Aiken", func(t *testing.T) { takesAiken(t, c) })
		t.Run("problems", func(t *testing.T) { refusesFiles(t, s) })
		t.Run("steps", func(t *testing.T) { stepsTogether(t, s) })
	})
}

func filtersBank(t *testing.T, c *client) {
	for query, want := range map[string][]string{
		"&topic=" + url.QueryEscape("chu de b"): {"Ghép?", "Năm nào?", "Xếp?"},
		"&difficulty=hard":                      {"Thủ đô?"},
		"&kind=trueFalse":                       {"Đúng không?"},
		"&q=nam":                                {"Năm nào?"},
		"&state=draft&kind=single&q=thu+do":     {"Thủ đô?"},
		"&state=published":                      nil,
		"&q=khong+co+cau+nay":                   nil,
		"&kind=single&topic=" + url.QueryEscape("Chủ đề B"): nil,
	} {
		if got := c.bankTexts(t, query); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	if got := c.exportBank(t, "format=gift&kind=trueFalse"); !strings.Contains(got, "Đúng không?{TRUE}") || strings.Contains(got, "Thủ đô") {
		t.Errorf("exported %s", got)
	}
}

// editsExport changes the wording of a question in a file that was exported:
// that is the same question; and once somebody else has changed it, it is not
// overwritten.
func editsExport(t *testing.T, c *client) {
	file := c.exportBank(t, "format=gift&kind=shortAnswer")
	edited := strings.ReplaceAll(file, "Năm nào?", "Vào năm nào?")
	wantBank(t, c.importBank(t, "x.gift", edited), "gift true 1: 0 new, 1 changed, 0 unchanged")
	wantBank(t, c.importBank(t, "x.gift", edited), "gift true 1: 0 new, 0 changed, 1 unchanged")
	wantBank(t, c.importBank(t, "x.gift", strings.ReplaceAll(file, "Năm nào?", "Trong năm nào?")), "gift false 1: 0 new, 1 changed, 0 unchanged, 4 changed_meanwhile")
	if got := c.bankTexts(t, "&kind=shortAnswer"); !slices.Equal(got, []string{"Vào năm nào?"}) {
		t.Errorf("the bank has %v", got)
	}
	// Another question of the same text and other answers is another question.
	wantBank(t, c.importBank(t, "y.gift", "Câu nào đúng?{=a ~b}\n\nCâu nào đúng?{=c ~d}\n"), "gift true 2: 2 new, 0 changed, 0 unchanged")
	wantBank(t, c.importBank(t, "y.gift", "Câu nào đúng?{=c ~d}\n\nCâu nào đúng?{=a ~b ~e}\n"), "gift true 2: 0 new, 1 changed, 1 unchanged")
	wantBank(t, c.importBank(t, "y.gift", "Câu nào đúng?{=a ~b}\n\nCâu nào đúng?{=a ~b}\n", "&dryRun=true"), "gift false 2: 0 new, 2 changed, 0 unchanged, 3 repeated")
}

func takesAiken(t *testing.T, c *client) {
	wantBank(t, c.importBank(t, "a.txt", "V. I. Lênin sinh năm nào?\r\nA. 1870\r\nB. 1890\r\nANSWER: A\r\n"), "aiken true 1: 1 new, 0 changed, 0 unchanged")
	if got := c.exportBank(t, "format=aiken&kind=single&q=V."); got != "V. I. Lênin sinh năm nào?\nA. 1870\nB. 1890\nANSWER: A\n\n" {
		t.Errorf("exported %q", got)
	}
	a := c.do(t, "GET", "/v1/editor/questions/export?format=aiken", nil).want(t, 422, "not_for_this_format")
	if n := strings.Count(string(a.body), "/questions/"); n != 5 {
		t.Errorf("%d questions are named: %s", n, a.body)
	}
}

func refusesFiles(t *testing.T, s *server) {
	c := s.as(t, editor)
	before := c.bankTexts(t, "")
	bad := "Tốt?{T}\n\nXấu?{\n=a\n=b\n~c\n}\n\n// sotay: {\"document\":\"khong-co\",\"section\":\"x\"}\nNguồn?{T}\n"
	wantBank(t, c.importBank(t, "x.txt", bad), "gift false 2: 0 new, 0 changed, 0 unchanged, 3 one_right, 9 not_found")
	r := parse[contract.QuestionImport](t, c.do(t, "POST", "/v1/editor/imports?kind=questions", form{name: "x.txt", content: "Q{=a\n=b ~c"}, "Accept-Language", "en").want(t, 200))
	if r.Applied || len(r.Problems) != 1 || r.Problems[0].Detail != "The { is not closed by a }." {
		t.Errorf("%+v", r)
	}
	wantBank(t, c.importBank(t, "x.csv", "Câu hỏi;Đáp án;Phương án A;Phương án B\nMột?;A;x;y\nHai?;C;x;y\n"), "table false 1: 0 new, 0 changed, 0 unchanged, 3B answer_unknown")
	c.do(t, "POST", "/v1/editor/imports?kind=questions", form{name: "x.txt", content: "MẬT\nQ{T}"}).want(t, 422, "classified_document")
	c.do(t, "POST", "/v1/editor/imports?kind=questions", form{name: "x.pdf", content: "%PDF-1.7"}).want(t, 422)
	c.do(t, "POST", "/v1/editor/imports?kind=questions", form{name: "x.gift", content: strings.Repeat("x", formats.MaxBytes+1)}).want(t, 413, "file_too_large")
	if got := c.bankTexts(t, ""); !slices.Equal(got, before) {
		t.Errorf("something was written: %v", got)
	}
	ward := s.as(t, wardEditor)
	r = ward.importBank(t, "x.txt", bankFile)
	if r.OrgId != org("phuong") || !r.Applied || len(ward.bankTexts(t, "")) != 2 {
		t.Errorf("the ward's import: %+v", r)
	}
	ward.do(t, "POST", "/v1/editor/imports?kind=questions&orgId="+org("tinh"), form{name: "x.txt", content: bankFile}).want(t, 403, "out_of_scope")
}

// stepsTogether takes a batch on; each question has its own result.
func stepsTogether(t *testing.T, s *server) {
	c, second := s.as(t, editor), s.as(t, approver)
	var ids []any
	for _, q := range get[contract.EditorQuestionList](t, c, "/v1/editor/questions?topic="+url.QueryEscape("Chủ đề A")).Items {
		ids = append(ids, q.Id)
	}
	step := func(c *client, verb, want string) {
		t.Helper()
		var got []string
		for _, r := range parse[contract.QuestionStepResults](t, c.do(t, "POST", "/v1/editor/questions/steps", fields{"ids": append(ids, "khong-co"), "verb": verb}).want(t, 200)).Items {
			if r.Done {
				got = append(got, string(*r.State))
			} else {
				got = append(got, *r.Code)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", verb, got, want)
		}
	}
	step(second, "submit", "not_found not_found not_found not_found")
	step(c, "submit", "submitted submitted submitted not_found")
	step(c, "submit", "wrong_state wrong_state wrong_state not_found")
	step(second, "approve", "approved approved approved not_found")
	step(second, "publish", "published published published not_found")
	c.do(t, "POST", "/v1/editor/questions/steps", fields{"ids": ids, "verb": "withdraw"}).want(t, 400)
	if got := c.bankTexts(t, "&state=published"); len(got) != 3 {
		t.Errorf("published: %v", got)
	}
}
