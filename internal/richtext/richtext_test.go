package richtext

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"sotay/internal/viet"
)

func TestSanitize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"plain text is escaped", "a < b & c", "a &lt; b &amp; c"},
		{"kept elements stay", "<p>Một <strong>hai</strong><br><em>ba</em> H<sub>2</sub>O</p>", "<p>Một <strong>hai</strong><br><em>ba</em> H<sub>2</sub>O</p>"},
		{"style, class and id go", `<p style="color:red" class=x id=y onclick=z>a</p>`, "<p>a</p>"},
		{"scripts go with their contents", "<p>a</p><script>alert(1)</script><style>p{}</style>b", "<p>a</p>b"},
		{"images go for now", `<p>a<img src=x onerror=alert(1)>b</p>`, "<p>ab</p>"},
		{"headings become paragraphs", "<h1>Chương I</h1><p>a</p>", "<p>Chương I</p><p>a</p>"},
		{"foreign blocks keep words apart", "<div>a</div><div>b</div>", "<p>a</p><p>b</p>"},
		{"empty paragraphs go", "<p></p><div><div>a</div></div>", "\n\n<p>a</p>"},
		{"lists keep start and type", `<ol start="3" type="a" class=c><li>x</ol>`, `<ol start="3" type="a"><li>x</li></ol>`},
		{"odd list values go", `<ol start="-99999" type="zz"><li>x</ol>`, `<ol><li>x</li></ol>`},
		{"table cells keep their spans", `<table border=1><tr><th scope=ROW>a<td colspan=2 rowspan=x>b</table>`, `<table><tr><th scope="row">a</th><td colspan="2">b</td></tr></table>`},
		{"cells outside tables go", "<td>a</td><tr>b", "ab"},
		{"links may use http, https and mailto", `<a href="https://a.vn/x?y=1&z">a</a><a href="mailto:a@b.vn" target=_blank>b</a>`, `<a href="https://a.vn/x?y=1&amp;z">a</a><a href="mailto:a@b.vn">b</a>`},
		{"links may lead to a place on the page", `<a href="#dieu-5">a</a>`, `<a href="#dieu-5">a</a>`},
		{"other links leave their text", `<a href="javascript:alert(1)">a</a> <a href=/x>b</a> <a href="//h/x">c</a> <a>d</a>`, "a b c d"},
		{"crossed tags are nested", "<b>1<i>2</b>3</i>", "<b>1<i>2</i></b>3"},
		{"a block ends the paragraph", "<p>a<ul><li>b<li>c</ul>", "<p>a</p><ul><li>b</li><li>c</li></ul>"},
		{"a cell cannot close what is outside it", "<b><table><tr><td></b>a</table>", "<b><table><tr><td>a</td></tr></table></b>"},
		{"text comes out in NFC", norm.NFD.String("<p>Điều lệ</p>"), "<p>Điều lệ</p>"},
		{"a solidus after a tag cannot swallow it", "<p>\u0338a</p>", "<p>a</p>"},
		{"comments and doctypes go", "<!doctype html><!-- x -->a", "a"},
		{"control characters go", "a\x00\x07b\r\nc&#13;", "ab\nc\n"},
		{"svg tricks leave no tag", `<svg><p><style><img src=x onerror=alert(1)>`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Sanitize(c.in); strings.TrimSpace(got) != strings.TrimSpace(c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"blocks are lines", "<p>Một\n hai</p><p>ba&nbsp;&amp; bốn</p>", "Một hai\nba & bốn"},
		{"breaks and items are lines", "a<br>b<ul><li>c</li><li>d</li></ul>", "a\nb\nc\nd"},
		{"cells are apart", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
		{"inline tags join", "Đ<b>ả</b>ng", "Đảng"},
		{"scripts go", "a<script>x</script><style>y</style>b", "ab"},
		{"decomposed text is composed", norm.NFD.String("<p>Đường lối</p>"), "Đường lối"},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := PlainText(c.in); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestHostileInputEndsSoon(t *testing.T) {
	t.Parallel()
	const n = 100_000
	for name, in := range map[string]string{
		"nested blocks":     strings.Repeat("<blockquote>", n) + "x" + strings.Repeat("</blockquote>", n),
		"nested divs":       strings.Repeat("<div>", n) + "x",
		"nested inline":     strings.Repeat("<b>", n) + "x" + strings.Repeat("</i></b>", n),
		"nested tables":     strings.Repeat("<table><tr><td>", n) + "x",
		"links":             strings.Repeat(`<a href="#x">`, n),
		"attributes":        "<p " + strings.Repeat("a=b ", n) + ">",
		"list items":        strings.Repeat("<ul><li>", n),
		"unfinished":        strings.Repeat("<", n),
		"entities":          strings.Repeat("&amp;&#x338;", n),
		"one mark per tag":  strings.Repeat("<x>\u0301", n),
		"more than we read": strings.Repeat("ạ", 3<<20),
	} {
		start := time.Now()
		got := Sanitize(in)
		if !viet.IsNFC(got) || !utf8.ValidString(got) {
			t.Errorf("%s: not valid NFC", name)
		}
		PlainText(in)
		// Ten seconds leave room for the race detector on a busy machine.
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%s: took %v", name, d)
		}
	}
}

func FuzzSanitize(f *testing.F) {
	for _, s := range []string{
		"<p>a</p>", "<b><p>x</b></p>", "<a href='#x'><a href=#y>", "<table><td><li>", "<p>\u0338", "a<x>\u0301",
		"<p><div></p>", "<pre>\n\nx", "<textarea><p>", "<a href='http://%zz'>", "&#x80;&#0;&lt;b>", "<plaintext>x", "<noscript><p>",
		"<a href=\"http://a/\u0338\">", "<select><b>", "<title>&lt;p></title>", "<math><mi>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Sanitize(s)
		if !viet.IsNFC(once) || !utf8.ValidString(once) {
			t.Fatalf("%q is not valid NFC", once)
		}
		if twice := Sanitize(once); twice != once {
			t.Fatalf("from  %q\nonce  %q\ntwice %q", s, once, twice)
		}
		low := strings.ToLower(once)
		for _, bad := range []string{"<script", "<img", "<style", "<h1", "=\"javascript:"} {
			if strings.Contains(low, bad) {
				t.Fatalf("%q holds %q", once, bad)
			}
		}
	})
}

func FuzzPlainText(f *testing.F) {
	for _, s := range []string{"<p>a</p>b", "<script>", "a\x00\u0301", "<style><p>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := PlainText(s); !viet.IsNFC(got) || !utf8.ValidString(got) || strings.ContainsRune(got, 0) {
			t.Fatalf("PlainText(%q) = %q", s, got)
		}
	})
}
