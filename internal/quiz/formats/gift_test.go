package formats

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sotay/internal/quiz/question"
)

// found lists problems as "place code", warnings with a question mark.
func found(f File) (out []string) {
	for _, p := range f.Problems {
		at := fmt.Sprint(p.Line)
		if p.Row > 0 || p.Column != "" {
			at = fmt.Sprint(p.Row) + p.Column
		}
		if p.Warning {
			at += "?"
		}
		out = append(out, at+" "+p.Code)
	}
	return out
}

func gift(t *testing.T, src string) File {
	t.Helper()
	f, err := ReadGIFT([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// told is a question in one line.
func told(q *question.Question) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q", q.Kind, q.Text)
	for _, c := range q.Choices {
		fmt.Fprintf(&b, " %v:%q", c.Right, c.Text)
	}
	if q.Kind == question.TrueFalse {
		fmt.Fprintf(&b, " %v", q.True)
	}
	for _, p := range q.Pairs {
		fmt.Fprintf(&b, " %q>%q", p.Prompt, p.Option)
	}
	for _, o := range slices.Concat(q.Spare, q.Steps) {
		fmt.Fprintf(&b, " %q", o.Text)
	}
	if len(q.Accepted) > 0 {
		fmt.Fprintf(&b, " %q", q.Accepted)
	}
	if q.Partial {
		b.WriteString(" partial")
	}
	if q.Explanation != "" {
		fmt.Fprintf(&b, " because %q", q.Explanation)
	}
	if q.Topic != "" {
		fmt.Fprintf(&b, " of %q", q.Topic)
	}
	return b.String()
}

// What other programs write, and what people type.
func TestGIFTOfOtherPrograms(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ src, want, problems string }{
		"single on one line":            {"Thủ đô của Việt Nam? {=Hà Nội ~Huế ~Đà Nẵng}", `single "Thủ đô của Việt Nam?" true:"Hà Nội" false:"Huế" false:"Đà Nẵng"`, ""},
		"escapes within answers":        {`::T::1 + 1 \= ? {=a \= 2 ~\{3\} ~\~4 ~5\:6 ~7\#8}`, `single "1 + 1 = ?" true:"a = 2" false:"{3}" false:"~4" false:"5:6" false:"7#8"`, ""},
		"an escape that is none":        {`Công thức \(x\) {=\alpha ~\\beta}`, `single "Công thức \\(x\\)" true:"\\alpha" false:"\\beta"`, ""},
		"comma and semicolon":           {"Q{=a, b; c ~d}", `single "Q" true:"a, b; c" false:"d"`, ""},
		"lines, marks and a BOM":        {"\ufeff// đầu tệp\r\n::T:: Dòng một\r\ndòng hai {\r\n\t=đúng\r\n\t~sai\r\n}\r\n", "single \"Dòng một\\ndòng hai\" true:\"đúng\" false:\"sai\"", ""},
		"true":                          {"Đúng không?{T}", `trueFalse "Đúng không?" true`, ""},
		"false with both feedbacks":     {"Q{FALSE#chưa đúng#rất tốt####vì thế}", `trueFalse "Q" false because "vì thế\n“Sai”: chưa đúng\nrất tốt"`, "1? feedback_joined"},
		"weights of a third":            {"Q{~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-33.33333%d}", `multiple "Q" true:"a" true:"b" true:"c" false:"d" partial`, ""},
		"weights with a comma":          {"Q{~%33,33%a ~%33,33%b ~%33,33%c}", `multiple "Q" true:"a" true:"b" true:"c" partial`, ""},
		"wrong ones cost nothing":       {"Q{~%50%a ~%50%b ~c}", `multiple "Q" true:"a" true:"b" false:"c" partial`, "1? deduction_differs"},
		"a wrong one costs all":         {"Q{~%50%a ~%50%b ~%-100%c}", `multiple "Q" true:"a" true:"b" false:"c"`, "1? all_or_nothing"},
		"weights that differ":           {"Q{\n~%70%a\n~%30%b\n~c}", "", "2 weights_unequal, 3 weights_unequal"},
		"part of a single":              {"Q{=a\n~%50%b\n~c}", "", "2 weight_unsupported"},
		"matching with a spare option":  {"Q{=Hà Nội -> 1010 =Huế -> 1802 = -> 1975}", `matching "Q" "Hà Nội">"1010" "Huế">"1802" "1975" partial`, ""},
		"an arrow in a choice":          {"Q{=a -> b ~c}", `single "Q" true:"a -> b" false:"c"`, ""},
		"short answers":                 {"Q{=Quảng Nam =%100%tỉnh Quảng Nam}", `shortAnswer "Q" ["Quảng Nam" "tỉnh Quảng Nam"]`, ""},
		"a short answer in part":        {"Q{=a =%50%b}", "", "1 weight_unsupported"},
		"a wildcard":                    {"Q{=a*}", "", "1 wildcard_unsupported"},
		"ordering":                      {"// sotay: {\"kind\":\"ordering\"}\nQ{=2 -> sau =1 -> trước}", `ordering "Q" "trước" "sau" partial`, ""},
		"ordering of other numbers":     {"// sotay: {\"kind\":\"ordering\"}\nQ{=2 -> sau =3 -> trước}", "", "2 not_ordering"},
		"ordering of choices":           {"// sotay: {\"kind\":\"ordering\"}\nQ{=a ~b}", "", "1 not_ordering"},
		"the missing word":              {"Đảng ra đời năm {=1930 ~1945} tại Hương Cảng.", `single "Đảng ra đời năm _____ tại Hương Cảng." true:"1930" false:"1945"`, ""},
		"a category":                    {"$CATEGORY: $course$/top/Nghị quyết/Đại hội\n\nQ{T}", `trueFalse "Q" true of "Nghị quyết / Đại hội"`, ""},
		"HTML of another program":       {`[html]<p dir\="ltr">Một &amp; <b>hai</b></p>{=<p>a</p> ~b<br>c}`, `single "Một & hai" true:"a" false:"b\nc"`, "1? format_dropped"},
		"an image":                      {`[html]<img src\="x.png">{=a ~b}`, "", "1 image_unsupported"},
		"markdown":                      {"[markdown]**đậm**{=a ~b}", `single "**đậm**" true:"a" false:"b"`, "1? markdown_kept"},
		"less than is no HTML":          {"a < b và b > c{=a ~b}", `single "a < b và b > c" true:"a" false:"b"`, ""},
		"feedback of choices":           {"Q{=a#giỏi\n~b#sai rồi\n~c####chung}", `single "Q" true:"a" false:"b" false:"c" because "chung\n“a”: giỏi\n“b”: sai rồi"`, "1? feedback_joined"},
		"a blank line within":           {"Q{\n=a\n\n~b\n}", `single "Q" true:"a" false:"b"`, ""},
		"no blank line between":         {"::1::Q{T}\n::2::P{F}", "trueFalse \"Q\" true; trueFalse \"P\" false", ""},
		"an essay":                      {"Q{}", "", "1 kind_unsupported"},
		"a number":                      {"Q {#3:0.5}", "", "1 kind_unsupported"},
		"no answers":                    {"Chỉ là một đoạn văn.", "", "1 answers_missing"},
		"braces not closed":             {"Q{\n=a\n~b\n\nP{T}", `trueFalse "P" true`, "1 brace_unclosed"},
		"braces not closed at the end":  {"P{T}\n\nQ{\n=a\n~b", `trueFalse "P" true`, "3 brace_unclosed"},
		"a brace alone":                 {"Q } {T}", "", "1 brace_stray"},
		"a brace within":                {"Q {=a{ ~b}", "", "1 brace_nested"},
		"answers twice":                 {"Q{T}\nP{F}", "", "2 answers_twice"},
		"text before the answers":       {"Q{a =b ~c}", "", "1 answers_unreadable"},
		"two right ones":                {"Q{\n=a\n=b\n~c\n}", "", "1 one_right"},
		"choices alike":                 {"Q{\n=a\n~b\n~b\n}", "", "4 duplicate"},
		"none right":                    {"Q{~a ~b}", "", "1 none_right"},
		"a tag that can't be read":      {"// sotay: {\"difficulty\":\nQ{T}", "", "1 tag_unreadable"},
		"a tag with more":               {"// sotay: {\"answer\":1}\nQ{T}", "", "1 tag_unreadable"},
		"an unknown difficulty":         {"// sotay: {\"difficulty\":\"x\"}\nQ{T}", "", "1 unknown"},
		"a tag does not jump":           {"// sotay: {\"difficulty\":\"x\"}\n\nQ{T}", `trueFalse "Q" true`, ""},
		"an explanation that is long":   {"Q{T####\n" + strings.Repeat("a", 4001) + "}", "", "2 too_long"},
		"no question":                   {"// chỉ có chú thích\n\n", "", "0 no_questions"},
		"an escaped sign and a newline": {`Dòng một\nDòng hai{=a\nb ~c}`, `single "Dòng một\nDòng hai" true:"a\nb" false:"c"`, ""},
	} {
		f := gift(t, c.src)
		var got []string
		for i := range f.Items {
			got = append(got, told(&f.Items[i].Question))
		}
		if problems := strings.Join(found(f), ", "); strings.Join(got, "; ") != c.want || problems != c.problems {
			t.Errorf("%s:\n got %s\nwant %s\nproblems %s\n    want %s", name, strings.Join(got, "; "), c.want, problems, c.problems)
		}
	}
}

// Problems speak both languages.
func TestProblemsSpeak(t *testing.T) {
	t.Parallel()
	for _, p := range gift(t, "Q{\n\nP\n\n}{").Problems {
		if p.Text.VI == "" || p.Text.EN == "" || p.Code == "" {
			t.Errorf("%+v", p)
		}
	}
}
