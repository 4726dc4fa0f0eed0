package formats

import (
	"strings"
	"testing"
)

func TestAiken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ src, want, problems string }{
		"one":                    {"Thủ đô?\nA. Hà Nội\nB. Huế\nANSWER: A\n", `single "Thủ đô?" true:"Hà Nội" false:"Huế"`, ""},
		"brackets, blanks, CRLF": {"\ufeffThủ đô?\r\n\r\nA) Huế\r\n  B)Hà Nội\r\n\r\nanswer : b", `single "Thủ đô?" false:"Huế" true:"Hà Nội"`, ""},
		"in Vietnamese":          {"Q\nA. a\nB. b\nĐÁP ÁN: B", `single "Q" false:"a" true:"b"`, ""},
		"a name like a choice":   {"V. I. Lênin sinh năm nào?\nA. 1870\nB. 1890\nANSWER: A", `single "V. I. Lênin sinh năm nào?" true:"1870" false:"1890"`, ""},
		"a name like the first":  {"A. Einstein sinh năm nào?\nA. 1879\nB. 1890\nANSWER: A", `single "A. Einstein sinh năm nào?" true:"1879" false:"1890"`, ""},
		"several lines":          {"Một\nhai\nA. a\nB. b\nANSWER: A", `single "Một\nhai" true:"a" false:"b"`, ""},
		"semicolons":             {"Q\nA. a, b; c\nB. d = e\nANSWER: A", `single "Q" true:"a, b; c" false:"d = e"`, ""},
		"no answer":              {"Q\nA. a\nB. b\n", "", "1 answer_missing"},
		"an answer alone":        {"ANSWER: A\nQ\nA. a\nB. b\nANSWER: B", `single "Q" false:"a" true:"b"`, "1 answer_alone"},
		"an unknown answer":      {"Q\nA. a\nB. b\nANSWER: C\nP\nA. a\nB. b\nANSWER: B", `single "P" false:"a" true:"b"`, "4 answer_unknown"},
		"two answers":            {"Q\nA. a\nB. b\nANSWER: A, B", "", "4 answer_unknown"},
		"a letter too far":       {"Q\nA. a\nC. c\nANSWER: A", "", "3 letter_order"},
		"a line between":         {"Q\nA. a\ntiếp\nB. b\nANSWER: A", "", "3 line_unexpected"},
		"an empty choice":        {"Q\nA. a\nB.\nANSWER: A", "", "3 required"},
		"one choice":             {"Q\nA. a\nANSWER: A", "", "1 too_few"},
		"nothing":                {"\n\n", "", "0 no_questions"},
	} {
		f, err := ReadAiken([]byte(c.src))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range f.Items {
			got = append(got, told(&f.Items[i].Question))
		}
		if problems := strings.Join(found(f), ", "); strings.Join(got, "; ") != c.want || problems != c.problems {
			t.Errorf("%s:\n got %s\nwant %s\nproblems %s, want %s", name, strings.Join(got, "; "), c.want, problems, c.problems)
		}
	}
}
