package ingest

import (
	"reflect"
	"slices"
	"testing"
)

func TestLabels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, label, rest string }{
		{"Phần thứ nhất: Những vấn đề chung", "Phần thứ nhất", "Những vấn đề chung"},
		{"PHẦN THỨ HAI", "PHẦN THỨ HAI", ""},
		{"Phần I. Mở đầu", "Phần I", "Mở đầu"},
		{"Chương II", "Chương II", ""},
		{"Chương II – Tổ chức", "Chương II", "Tổ chức"},
		{"Mục 1. Chung", "Mục 1", "Chung"},
		{"Tiểu mục 2: Riêng", "Tiểu mục 2", "Riêng"},
		{"Điều 5. Tên", "Điều 5", "Tên"},
		{"ĐIỀU  5a. TÊN", "ĐIỀU 5a", "TÊN"},
		{"Khoản 2", "Khoản 2", ""},
		{"I. Quan điểm", "I", "Quan điểm"},
		{"1. Mục tiêu", "1", "Mục tiêu"},
		{"1.2. Đến năm 2030", "1.2", "Đến năm 2030"},
		{"1.2 Đến năm 2030", "1.2", "Đến năm 2030"},
		{"a) Về tổ chức", "a)", "Về tổ chức"},
		{"đ) Khác", "đ)", "Khác"},
		{"Mục tiêu", "", "Mục tiêu"},
		{"Phần lớn cán bộ", "", "Phần lớn cán bộ"},
		{"5 năm thực hiện", "", "5 năm thực hiện"},
		{"2025. Một năm", "", "2025. Một năm"},
		{"V. I. Lê-nin", "", "V. I. Lê-nin"},
		{"C. Mác", "", "C. Mác"},
		{"Điều lệ Đảng", "", "Điều lệ Đảng"},
	} {
		if label, rest := splitLabel(labelPatterns(), c.in); label != c.label || rest != c.rest {
			t.Errorf("%q gives %q and %q, want %q and %q", c.in, label, rest, c.label, c.rest)
		}
	}
}

func TestMarkdownBody(t *testing.T) {
	t.Parallel()
	src := "Chương I\n===\nmột\n\nĐiều 1. *Tên* {#dieu-1}\n---\nhai <script>x</script>\n\n> # không phải đề mục\n\n[a](javascript:x) [b](#dieu-1)\n\n###### 1. Sâu\n"
	want := []Section{
		{Level: 1, Label: "Chương I", HTML: "<p>một</p>"},
		{ID: "dieu-1", Level: 2, Label: "Điều 1", Heading: "Tên", HTML: "<p>hai x</p>\n<blockquote>\n<p>không phải đề mục</p>\n</blockquote>\n<p>a <a href=\"#dieu-1\">b</a></p>"},
		{Level: 6, Label: "1", Heading: "Sâu"},
	}
	got, problems := MarkdownBody([]byte(src))
	if !reflect.DeepEqual(got, want) || Failed(problems) {
		t.Errorf("problems %+v\ngot  %+v\nwant %+v", problems, got, want)
	}
}

func TestQABody(t *testing.T) {
	t.Parallel()
	src := `# Hỏi – đáp
lời dẫn
## Câu 1: Đảng là gì? {#dang}
Là đội tiên phong.

Mục: #dieu-1, #dieu-2
## 2. Ai là đảng viên?
Người được kết nạp.
Mục: #dieu-3
### Thêm
dòng cuối
## Vì sao?
Mục: không phải tham chiếu
`
	want := []Item{
		{ID: "dang", Question: "Đảng là gì?", AnswerHTML: "<p>Là đội tiên phong.</p>", SectionIDs: []string{"dieu-1", "dieu-2"}},
		{Question: "Ai là đảng viên?", AnswerHTML: "<p>Người được kết nạp.\nMục: #dieu-3</p>\n<p>Thêm</p>\n<p>dòng cuối</p>"},
		{Question: "Vì sao?", AnswerHTML: "<p>Mục: không phải tham chiếu</p>"},
	}
	got, problems := QABody([]byte(src))
	if !reflect.DeepEqual(got, want) || !slices.Equal(codes(problems), []string{"~text_outside_answers@02 body"}) {
		t.Errorf("problems %q\ngot  %+v\nwant %+v", codes(problems), got, want)
	}
}

func TestQABodyTakesAReferenceOffTheLastParagraph(t *testing.T) {
	t.Parallel()
	got, _ := QABody([]byte("## Hỏi\nmột\nhai\nMục: #a\n"))
	want := []Item{{Question: "Hỏi", AnswerHTML: "<p>một\nhai</p>", SectionIDs: []string{"a"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestQABodyRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		src  string
		want []string
	}{
		{"", []string{"no_questions@01 body"}},
		{"## A\n\n## B\nx\n", []string{"empty_answer@01 body"}},
		{"## A\nMục: #a\n", []string{"empty_answer@01 body"}},
		{"## Câu 3:\nx\n", []string{"empty_question@01 body"}},
		{"## A {#a}\nx\n\n## B {#a}\ny\n", []string{"duplicate_id@04 body"}},
	} {
		_, problems := QABody([]byte(c.src))
		if got := codes(problems); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.src, got, c.want)
		}
	}
}
