package paper

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansbolditalic"
	"github.com/go-fonts/liberation/liberationsansitalic"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font/sfnt"
	"pgregory.net/rapid"
)

// alphabet is all letters of Vietnamese with all tones, and those of Ê Đê,
// Ba Na, Gia Rai, Cơ Ho, Tày, Nùng, H'Mông and Thái in Latin script.
func alphabet() string {
	var b strings.Builder
	vowels := "aăâeêioôơuưy"
	tones := []string{"", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"}
	for _, v := range vowels + strings.ToUpper(vowels) {
		for _, tone := range tones {
			b.WriteString(string(v) + tone)
		}
	}
	b.WriteString("bcdđfghjklmnpqrstvwxzBCDĐFGHJKLMNPQRSTVWXZ0123456789")
	b.WriteString("ƀɃčČĕĔĭĬŏŎŭŬñÑēĒŌōƁɓžŽ\u0306\u0302\u030c’‘“”…–—•№₫×√≤≥←→°§€")
	return b.String()
}

// TestFontHasAllLetters holds that nothing of a Vietnamese text is replaced.
func TestFontHasAllLetters(t *testing.T) {
	t.Parallel()
	for name, ttf := range map[string][]byte{"regular": liberationsansregular.TTF, "bold": liberationsansbold.TTF,
		"italic": liberationsansitalic.TTF, "bold italic": liberationsansbolditalic.TTF} {
		face, err := sfnt.Parse(ttf)
		if err != nil {
			t.Fatal(err)
		}
		var buf sfnt.Buffer
		for _, r := range printable(alphabet()) {
			if i, err := face.GlyphIndex(&buf, r); err != nil || i == 0 {
				t.Errorf("%s has no %q (%U)", name, r, r)
			}
		}
	}
	if got := printable(alphabet()); strings.ContainsRune(got, missing) {
		t.Errorf("a letter is replaced: %s", got)
	}
	if got := printable("a\u200b漢😀\x00\n\xffb"); got != "a?? ?b" {
		t.Errorf("printable: %q", got)
	}
}

// TestDocument sets headings and paragraphs over several pages.
func TestDocument(t *testing.T) {
	t.Parallel()
	for _, large := range []bool{false, true} {
		d := New(Options{Title: "Thử", Footer: "Bản thử", Made: printed, Large: large})
		for i := range 3 {
			d.Heading(i+1, "Điều khoản về việc học tập của đảng viên được miễn sinh hoạt trong các chi bộ nông thôn và đô thị")
			for range 6 {
				d.Paragraph(strings.Repeat("Đảng viên được miễn sinh hoạt vẫn có thể học đủ các chuyên đề. ", 9))
			}
		}
		d.Paragraph("Một từ dài: " + strings.Repeat("nghiêng", 40))
		var b bytes.Buffer
		if err := d.Write(&b); err != nil {
			t.Fatal(err)
		}
		n, want := strings.Count(b.String(), "/Type /Page\n"), map[bool]int{false: 2, true: 4}[large]
		if n < want {
			t.Errorf("large %t: %d pages", large, n)
		}
		if dir := os.Getenv("HANDBOOK_TEST_PAPER"); dir != "" && !large {
			if err := os.WriteFile(dir+"/document.pdf", b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestWrap holds that lines fit and nothing is lost, whatever the text.
func TestWrap(t *testing.T) {
	t.Parallel()
	d := New(Options{Made: printed})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		width := rapid.Float64Range(8, 180).Draw(t, "width")
		lines := d.wrap(width, regular, 11, text)
		for _, l := range lines {
			if len([]rune(l)) > 1 && d.pdf.GetStringWidth(l) > width {
				t.Fatalf("%q is wider than %.1f", l, width)
			}
		}
		plain := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got, want := plain(strings.Join(lines, " ")), plain(printable(text)); got != want {
			t.Fatalf("lines hold %q, want %q", got, want)
		}
	})
}
