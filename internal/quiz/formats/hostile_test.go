package formats

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"sotay/internal/fault"
)

// Files that want much are answered, with bounded problems.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	const mega = 1 << 20
	for name, src := range map[string]string{
		"answers without end":    "Q{" + strings.Repeat("~a", 3*mega) + "}",
		"braces in braces":       strings.Repeat("{", 7*mega),
		"braces never closed":    strings.Repeat("Q{\n\n", 49_000),
		"braces closed too far":  "Q{\n" + strings.Repeat("\n\nx", 60_000),
		"backslashes":            "Q{=" + strings.Repeat(`\`, 7*mega) + "~b}",
		"blank lines":            strings.Repeat("\n", 199_000),
		"titles":                 strings.Repeat("::", 3*mega),
		"questions":              strings.Repeat("Q{T}\n\n", 5000),
		"one line":               strings.Repeat("chữ ", mega),
		"categories":             "$CATEGORY: " + strings.Repeat("/", 7*mega) + "\nQ{T}",
		"marks of feedback":      "Q{T" + strings.Repeat("#", 7*mega) + "}",
		"HTML in HTML":           "[html]" + strings.Repeat("<b>", mega) + "{T}",
		"a tag in a tag":         "// sotay: " + strings.Repeat(`{"a":`, mega) + "\nQ{T}",
		"choices of Aiken":       "Q\n" + strings.Repeat("A. x\n", 190_000),
		"text of Aiken":          strings.Repeat("x\n", 190_000) + "ANSWER: A",
		"answers of Aiken":       strings.Repeat("Q\nA. a\nB. b\nANSWER: A\n", 5000),
		"a table of much":        tableHead + strings.Repeat("Q;đúng sai;Đúng\n", 2101),
		"a table of little more": tableHead + strings.Repeat("Q;đúng sai;Đúng\n", 2010),
	} {
		f, err := Read("x.txt", []byte(src))
		if err == nil && len(f.Problems) == 0 || len(f.Problems) > maxProblems+2 || len(f.Items) > MaxQuestions {
			t.Errorf("%s: %d items, %d problems, %v", name, len(f.Items), len(f.Problems), err)
		}
	}
}

// What is no file of questions is refused as a whole.
func TestRefusedFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ src, code string }{
		"too large":      {strings.Repeat("a", MaxBytes+1), "file_too_large"},
		"other letters":  {"Q{=\xc3\x28 ~b}", "file_not_utf8"},
		"NUL":            {"Q{T}\x00", "file_not_questions"},
		"a PDF":          {"%PDF-1.7 …", "file_not_spreadsheet"},
		"an archive":     {"PK\x03\x04 …", "file_damaged"},
		"prose":          {"Chỉ là chữ.", "file_not_questions"},
		"too many lines": {strings.Repeat("\n", maxLines+1) + "Q{T}", "file_too_many_lines"},
	} {
		_, err := Read("x", []byte(c.src))
		if f := fault.As(err); f == nil || f.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestFormatsAreTold(t *testing.T) {
	t.Parallel()
	wide := []byte{0xff, 0xfe}
	for _, r := range "Q{T}" {
		wide = append(wide, byte(r), 0)
	}
	for name, c := range map[string]struct {
		src  string
		want Format
	}{
		"x.txt":   {"Q{T}", GIFT},
		"y.txt":   {"Q\nA. a {b}\nB. b\nANSWER: A", Aiken},
		"x.csv":   {tableHead + "Q;;A;x;y", Table},
		"x":       {tableHead + "Q {T};;A;x;y", Table},
		"w.gift":  {string(wide), GIFT},
		"aiken":   {"Q\nA. a\nB. b\nANSWER: A", Aiken},
		"x.aiken": {"Q", Aiken},
	} {
		if f, err := Read(name, []byte(c.src)); err != nil || f.Format != c.want {
			t.Errorf("%s: %s %v", name, f.Format, err)
		}
	}
}

// sound fails unless a file was read into good questions that can be written
// and read again, or into problems, or refused in words.
func sound(t *testing.T, name string, src []byte) {
	f, err := Read(name, src)
	if err != nil {
		if fault.As(err) == nil {
			t.Fatalf("not for people: %v", err)
		}
		return
	}
	if len(f.Items) == 0 && !f.Failed() {
		t.Fatal("neither questions nor errors")
	}
	lines := strings.Count(string(src), "\n") + strings.Count(string(src), "\r") + 1
	for _, p := range f.Problems {
		if p.Code == "" || !utf8.ValidString(p.Text.VI) || p.Text.EN == "" || p.Line < 0 || p.Line > lines {
			t.Fatalf("problem %+v of %d lines", p, lines)
		}
	}
	for i := range f.Items {
		if bad := f.Items[i].Question.Check(fault.BadInput, "").Fields; len(bad) > 0 {
			t.Fatalf("%+v %v", f.Items[i].Question, bad)
		}
		if at := f.Items[i].Place; at.Line+at.Row < 1 {
			t.Fatalf("a question at %+v", at)
		}
	}
	if f.Failed() {
		return
	}
	var b bytes.Buffer
	if err := WriteGIFT(&b, f.Items); err != nil {
		t.Fatal(err)
	}
	again, err := ReadGIFT(b.Bytes())
	if err != nil || len(again.Problems) > 0 || len(again.Items) != len(f.Items) {
		t.Fatalf("%v %+v\n%s", err, again.Problems, b.String())
	}
	for i := range f.Items {
		if got, want := told(&again.Items[i].Question), told(&f.Items[i].Question); got != want {
			t.Fatalf("got %s\nwant %s", got, want)
		}
	}
}

func FuzzGIFT(f *testing.F) {
	for _, s := range []string{"Q{=a ~b}", "// sotay: {\"kind\":\"ordering\",\"partial\":false}\n::T::[plain]Q{\n=1 -> a\n=2 -> b\n####vì\n}\n",
		"$CATEGORY: $course$/top/a//b\n\nQ{~%50%a#f ~%50%b ~%-50%c####g}", "[html]<p>x</p>{T#a#b}", "Q{=a -> b =c -> d = -> e}", `\\\{{=\n\:~\}}`, "Q{\n\nP{T}\n\n}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) { sound(t, "x.gift", src) })
}

func FuzzAiken(f *testing.F) {
	for _, s := range []string{"Q\nA. a\nB. b\nANSWER: A\n", "V. I. Lênin\nA) a\nB) b\nĐÁP ÁN: b", "ANSWER: A", "Q\nB. b\nA. a\nC. c"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) { sound(t, "x.aiken", src) })
}

func FuzzTable(f *testing.F) {
	for _, s := range []string{tableHead + "Q;chọn một;A;x;y\n", tableHead + "Q;ghép cặp;;x;y;;1;2;3;có\nQ;;đúng\n", "Câu hỏi,Phương án A,Mã câu hỏi,Lần sửa\n\"a\nb\",x,id-1,3\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) { sound(t, "x.csv", src) })
}
