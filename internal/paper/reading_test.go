package paper

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"sotay/internal/library"
)

// printableOf is a document with these sections.
func printableOf(sections ...library.Section) *library.Printable {
	return &library.Printable{ID: "d1", Version: 3, PublishedAt: printed, Document: library.Document{
		Type: "resolution", Number: "57-NQ/TW", Title: "Về đột phá phát triển khoa học, công nghệ", Abstract: "Nghị quyết nêu các nhiệm vụ trọng tâm.",
		Issuer: "Bộ Chính trị", IssuedOn: "2024-02-02", EffectiveOn: "2024-03-01", Place: "Hà Nội", Signer: "Nguyễn Văn Mẫu",
		Source: library.Source{Author: "Nhóm biên soạn", Date: "24/11/2026"}, Sections: sections}}
}

func body(src string) library.Section { return library.Section{ID: "s1", Level: 1, HTML: src} }

// pagesOf prints a document and returns the text of each page, a line for each
// stretch of type.
func pagesOf(t testing.TB, p *library.Printable, large bool) []string {
	t.Helper()
	r := beginReading(p, large)
	pages := listen(r)
	if err := r.set().pdf.Error(); err != nil {
		t.Fatal(err)
	}
	return *pages
}

// listen gathers the type of each page as it is set.
func listen(r *reading) *[]string {
	pages := &[]string{}
	r.doc.told = func(text string) {
		for len(*pages) < r.doc.pdf.PageNo() {
			*pages = append(*pages, "")
		}
		(*pages)[r.doc.pdf.PageNo()-1] += text + "\n"
	}
	return pages
}

// flat is the text of pages without the ends of lines.
func flat(pages []string) string { return strings.Join(strings.Fields(strings.Join(pages, " ")), " ") }

// holdsInOrder fails unless a text holds parts one after the other.
func holdsInOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, p := range parts {
		_, after, ok := strings.Cut(rest, p)
		if !ok {
			t.Errorf("%q does not stand, or not there, in:\n%s", p, text)
			return
		}
		rest = after
	}
}

func TestReadingHolds(t *testing.T) {
	t.Parallel()
	p := printableOf(
		library.Section{Level: 1, Label: "I", Heading: "Bối cảnh", HTML: "<p>Một <strong>hai</strong> <em>ba</em><u>bốn</u> H<sub>2</sub>O &amp; x<sup>2 3</sup>.</p>"},
		library.Section{Level: 2, Label: "1.", Heading: "Nhiệm vụ", HTML: `<ol start="3" type="a"><li><p>việc c</p></li><li>việc d<ul><li>nhỏ</li><li></li></ul></li></ol><blockquote><p>trích</p></blockquote>`},
		library.Section{Level: 1, HTML: `<p>xem <a href="https://dangcongsan.vn/tin">bài này</a>, <a href="https://a.vn/">a.vn</a>, <a href="#s1">trên</a></p><pre>a&#10;  b</pre><hr>`},
	)
	pages := pagesOf(t, p, false)
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	holdsInOrder(t, flat(pages), "Bộ Chính trị", "Số 57-NQ/TW", "Hà Nội, ngày 02 tháng 02 năm 2024", "NGHỊ QUYẾT", "Về đột phá", "Nghị quyết nêu",
		"I. Bối cảnh", "Một hai ba bốn H 2 O & x 2 3 .", "1. Nhiệm vụ", "c. việc c", "d. việc d", "– nhỏ", "trích", "bài này (dangcongsan.vn/tin), a.vn, trên", "a b",
		"Nguyễn Văn Mẫu", "Nguồn: Nhóm biên soạn, 24/11/2026.", "Có hiệu lực từ ngày 01/03/2024.", "Phiên bản 3 trong Sổ tay")
	if got, want := footerOf(p), "Phiên bản 3 · Số 57-NQ/TW · Về đột phá phát triển khoa học, công nghệ"; got != want {
		t.Errorf("footer %q, want %q", got, want)
	}
}

// TestReadingTwice holds that a version always gives the same paper, and large
// type a larger one.
func TestReadingTwice(t *testing.T) {
	t.Parallel()
	p := printableOf(body(strings.Repeat("<p>"+strings.Repeat("Đảng viên học tập ở chi bộ. ", 20)+"</p>", 30)))
	var one, two bytes.Buffer
	for _, b := range []*bytes.Buffer{&one, &two} {
		if err := (Readings{}).Write(b, p, false); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("not the same twice")
	}
	if plain, large := len(pagesOf(t, p, false)), len(pagesOf(t, p, true)); float64(large) < 1.6*float64(plain) {
		t.Errorf("%d pages, in large type %d", plain, large)
	}
}

// TestNoHeadingStandsLast puts headings at every height of a page.
func TestNoHeadingStandsLast(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		for _, after := range []string{"<p>Sau tiêu đề</p>", "<table><tr><th>Sau tiêu đề</th></tr><tr><td>Ô</td></tr></table>", "<ul><li>Sau tiêu đề</li></ul>"} {
			p := printableOf(body(strings.Repeat("<p>dòng</p>", n)), library.Section{Level: 1, Heading: "Phần lớn"},
				library.Section{Level: 2, Heading: "Mục nhỏ", HTML: after})
			for i, page := range pagesOf(t, p, false) {
				if strings.Contains(page, "Phần lớn") != strings.Contains(page, "Sau tiêu đề") {
					t.Fatalf("after %d lines page %d parts a heading from its text:\n%s", n, i+1, page)
				}
			}
		}
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`<table><thead><tr><th rowspan="2">STT</th><th colspan="2">Nội dung đầu bảng</th></tr><tr><th>Việc</th><th>Hạn</th></tr></thead><tbody>`)
	for i := range 120 {
		fmt.Fprintf(&b, "<tr><td>%d</td><td><p>việc số %d</p><p>thêm</p></td><td>hạn-%d</td></tr>", i+1, i+1, i+1)
	}
	b.WriteString("</tbody></table><p>Sau bảng.</p>")
	for _, large := range []bool{false, true} {
		pages := pagesOf(t, printableOf(body(b.String())), large)
		if len(pages) < 4 {
			t.Fatalf("%d pages", len(pages))
		}
		for i, page := range pages {
			if has, row := strings.Contains(page, "Nội dung đầu bảng"), strings.Contains(page, "việc số"); row && !has {
				t.Errorf("page %d has no headings:\n%s", i+1, page)
			}
			if i < len(pages)-1 && !strings.Contains(page, "Phiên bản 3 · Số 57-NQ/TW") { // the last is closed by Write
				t.Errorf("page %d has no footer:\n%s", i+1, page)
			}
		}
		all := flat(pages)
		for i := range 120 {
			if !strings.Contains(all, fmt.Sprintf("hạn-%d", i+1)) {
				t.Errorf("row %d is missing", i+1)
			}
		}
	}
}

// TestBrokenRow sets a row that no page holds, and rows that hang together over
// more than a page.
func TestBrokenRow(t *testing.T) {
	t.Parallel()
	var cell, rows strings.Builder
	for i := range 900 {
		fmt.Fprintf(&cell, "chữ%d ", i)
	}
	for i := range 90 {
		fmt.Fprintf(&rows, "<tr><td>dòng%d</td></tr>", i)
	}
	src := "<table><tr><th>A</th><th>B</th></tr><tr><td>" + cell.String() + "</td><td>ngắn</td></tr></table>" +
		`<table><tr><td rowspan="999">nhóm</td><td>đầu</td></tr>` + rows.String() + "</table>"
	all := flat(pagesOf(t, printableOf(body(src)), true))
	for i := range 900 {
		if strings.Count(all, fmt.Sprintf("chữ%d ", i)) != 1 {
			t.Fatalf("word %d is not there once", i)
		}
	}
	for i := range 90 {
		if strings.Count(all+" ", fmt.Sprintf("dòng%d ", i)) != 1 {
			t.Fatalf("row %d is not there once", i)
		}
	}
}

// TestWideTables sets more and more columns: none may be lost.
func TestWideTables(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 5, 9, 14, 30, 60} {
		var head, row strings.Builder
		for i := range n {
			fmt.Fprintf(&head, "<th>Tiêu đề nghiêng %d</th>", i)
			fmt.Fprintf(&row, "<td>giá trị thuyết minh số %d.</td>", i)
		}
		src := "<table><tr>" + head.String() + "</tr><tr>" + row.String() + "</tr></table>"
		for _, large := range []bool{false, true} {
			all := strings.ReplaceAll(flat(pagesOf(t, printableOf(body(src)), large)), " ", "")
			for i := range n {
				for _, want := range []string{"thuyếtminhsố", fmt.Sprintf("%d.", i)} {
					if !strings.Contains(all, want) {
						t.Errorf("%d columns, large %t: %q is missing", n, large, want)
					}
				}
			}
		}
	}
}

// TestHostile sets what nobody writes. All of it ends, within few pages.
func TestHostile(t *testing.T) {
	t.Parallel()
	const many = 5000
	for name, src := range map[string]string{
		"deep lists":    strings.Repeat("<ul><li>", many) + "x",
		"deep quotes":   strings.Repeat("<blockquote>", many) + "x",
		"deep bold":     strings.Repeat("<b>", many) + "x",
		"deep tables":   strings.Repeat("<table><tr><td>", many) + "x",
		"ends only":     strings.Repeat("</table></td></ul></b></blockquote></pre></a>", many),
		"breaks":        strings.Repeat("<br>", many) + "x",
		"rules":         strings.Repeat("<hr>", many),
		"empty rows":    "<table>" + strings.Repeat("<tr>", 10*many) + "</table>",
		"empty cells":   "<table><tr>" + strings.Repeat("<td>", 10*many) + "</table>",
		"large spans":   "<table>" + strings.Repeat(`<tr><td colspan="999" rowspan="999">x</td><td rowspan="999">y</td></tr>`, 3000) + "</table>",
		"one word":      strings.Repeat("nghiêng", 10*many),
		"word in cell":  "<table><tr><td>" + strings.Repeat("nghiêng", many) + "</td><td>" + strings.Repeat("dài", many) + "</td></tr></table>",
		"many looks":    strings.Repeat("<b>a</b><i>b</i>", many),
		"links":         strings.Repeat(`<a href="https://a.vn/x">`, many) + "x" + strings.Repeat("</a>", many),
		"marks":         "a" + strings.Repeat("\u0306\u0302", many),
		"bold marks":    "a" + strings.Repeat("<b>\u0306</b>", 8*many),
		"only cells":    strings.Repeat("<td>x", many),
		"no such place": "x\x00\xff\u202e\ufffe😀漢" + strings.Repeat("\ufb02", many),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, large := range []bool{false, true} {
				d := beginReading(printableOf(body(src)), large).set()
				if n := d.pdf.PageNo(); n > maxPages+2 || d.pdf.Err() {
					t.Errorf("%d pages, %v", n, d.pdf.Error())
				}
			}
		})
	}
}

// TestCutShort prints what is too long to its bound, and says so.
func TestCutShort(t *testing.T) {
	t.Parallel()
	r := beginReading(printableOf(body(strings.Repeat("<p>dòng</p>", 3000))), false)
	r.pages = 5
	pages := listen(r)
	if err := r.set().Write(io.Discard); err != nil {
		t.Fatal(err)
	}
	if all := flat(*pages); len(*pages) != 6 || !strings.Contains(all, "Bản in dừng ở đây") || !strings.Contains(all, "Hết") {
		t.Errorf("%d pages", len(*pages))
	}
}

func TestNumerals(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		n    int
		kind string
		want string
	}{{3, "", "3"}, {3, "1", "3"}, {27, "a", "aa"}, {28, "A", "AB"}, {1994, "I", "MCMXCIV"}, {4, "i", "iv"}, {5000, "I", "5000"}, {0, "I", "0"}} {
		if got := numeral(row.n, row.kind); got != row.want {
			t.Errorf("%d as %q: %s, want %s", row.n, row.kind, got, row.want)
		}
	}
}

// FuzzReading holds that whatever the text, it is set, and no letter of it lost.
func FuzzReading(f *testing.F) {
	for _, src := range []string{"", "<p>a <b>b</b></p>", "<table><tr><th>a</th></tr><tr><td colspan=2 rowspan=3>b</td></tr></table>",
		`<ol type="i" start="9"><li>x<ul><li>y</ul></ol>`, "<pre>a\n b</pre><hr><blockquote>q", `<a href="https://a.vn">đ</a>`, "<td>a<tr><table><td>b</table>c"} {
		f.Add(src, false)
		f.Add(src, true)
	}
	f.Fuzz(func(t *testing.T, src string, large bool) {
		if len(src) > 20000 {
			return
		}
		r := beginReading(printableOf(), large)
		pages := listen(r)
		r.doc.Page()
		var want strings.Builder
		readMarkup(src, bodySize, func(b *block) {
			gather(&want, b)
			r.add(b)
		}, func() bool { return true })
		if r.end(); r.full {
			return
		}
		if err := r.doc.pdf.Error(); err != nil {
			t.Fatal(err)
		}
		got := letterCount(flat(*pages))
		for c, n := range letterCount(printable(want.String())) {
			if got[c] < n {
				t.Fatalf("%q: %q stands %d times, want %d", src, c, got[c], n)
			}
		}
	})
}

func gather(to *strings.Builder, b *block) {
	for _, r := range b.runs {
		to.WriteString(r.text)
		to.WriteByte(' ')
	}
	if b.table != nil {
		for _, c := range b.table.cells {
			for _, b := range c.blocks {
				gather(to, b)
			}
		}
	}
}

// letterCount counts the letters of ASCII: others may come in another form.
func letterCount(s string) map[rune]int {
	out := map[rune]int{}
	for _, r := range s {
		if r > ' ' && r < 0x7f && r != missing {
			out[r]++
		}
	}
	return out
}

// BenchmarkCongress prints a report to a congress: 40,000 words.
func BenchmarkCongress(b *testing.B) {
	p := printableOf()
	for i := range 50 {
		p.Document.Sections = append(p.Document.Sections, library.Section{Level: 1, Label: fmt.Sprint(i), Heading: "Nhiệm vụ và giải pháp",
			HTML: strings.Repeat("<p>"+strings.Repeat("Đảng viên được miễn sinh hoạt vẫn <b>có thể</b> học đủ các <i>chuyên đề</i>. ", 5)+"</p>", 12)})
	}
	for b.Loop() {
		var out bytes.Buffer
		if err := (Readings{}).Write(&out, p, false); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(out.Len()), "bytes")
	}
}

// TestNasty sets a text with all that a text may hold, and writes it to be
// looked at where HANDBOOK_TEST_PAPER names a folder.
func TestNasty(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/nasty.html")
	if err != nil {
		t.Fatal(err)
	}
	for name, large := range map[string]bool{"nasty": false, "nasty-large": true} {
		p := printableOf(library.Section{Level: 1, Label: "Điều 1", Heading: "Bảng và danh sách", HTML: string(src)})
		holdsInOrder(t, flat(pagesOf(t, p, large)), "Điều 1. Bảng", "H’Ƀlê", "100. Mục", "Bảng mười cột:", "Miễn sinh hoạt", "Tháng mười hai: 12", "Dòng ba", "Hết")
		var b bytes.Buffer
		if err := (Readings{}).Write(&b, p, large); err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("HANDBOOK_TEST_PAPER"); dir != "" {
			if err := os.WriteFile(dir+"/"+name+".pdf", b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
