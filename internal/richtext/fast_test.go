package richtext

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// Both ways of reading a text say the same of what Sanitize writes, and the
// fast one reads nearly all of it.
func TestFastPlainTextIsPlainText(t *testing.T) {
	t.Parallel()
	fast, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(0, 30).Draw(t, "pieces") {
			b.WriteString(rapid.SampledFrom([]string{"<p>", "</p>", "<b>", "</b>", "<br>", "<ul><li>", "</li></ul>", "<table><tr><td>", "</td><td>",
				"</td></tr></table>", `<a href="https://a.vn/x?y=1&z=%3E">`, "</a>", "Đường", " lối ", "\n", "\t", "a < b", "&amp;", "&nbsp;", "\u00a0", "\u3000",
				"e\u0301", "\u0338", "\"", "'", "<H1>", "<script>", "</script>", "<!-- x -->", "&#13;", "\x07", "<p", `<ol start="3">`, "&lt;b&gt;", "\u0085", "<div/>"}).Draw(t, "piece"))
		}
		for _, src := range []string{b.String(), Sanitize(b.String())} {
			text, ok := plainFast(src)
			if want := plainSlow(src); ok && text != want {
				t.Fatalf("%q: got %q, want %q", src, text, want)
			}
		}
		all++
		if _, ok := plainFast(Sanitize(b.String())); ok {
			fast++
		}
	})
	if fast < all*9/10 {
		t.Errorf("the fast way read %d of %d", fast, all)
	}
}

func FuzzFastPlainText(f *testing.F) {
	for _, s := range []string{"<p>a</p>", "a<b", `<a href="x>y">z</a>`, "<a =\"\">", "<br/>", "&amp;&x;", "<p\n>", "</>", "<p a='b'>", "\xff", "<textarea><b>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if text, ok := plainFast(src); ok && text != plainSlow(src) {
			t.Errorf("%q: got %q, want %q", src, text, plainSlow(src))
		}
	})
}

// A text of settled runes alone is in NFC in any order.
func TestSettledRunes(t *testing.T) {
	t.Parallel()
	for r := rune(0xa0); r < 0x3000; r++ {
		if p := norm.NFC.PropertiesString(string(r)); settled(r) && (p.CCC() != 0 || p.BoundaryBefore() != true || !norm.NFC.IsNormalString(string(r))) {
			t.Errorf("%U may change", r)
		}
	}
}
