package docno

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want Number
		text string
	}{
		{"57-NQ/TW", Number{57, "-NQ/TW", "NQ", "TW"}, "57-NQ/TW"},
		{"21 - NQ/TW", Number{21, "-NQ/TW", "NQ", "TW"}, "21-NQ/TW"},
		{"Số 03-KH/TU", Number{3, "-KH/TU", "KH", "TU"}, "03-KH/TU"},
		{"số: 339-QD/TW", Number{339, "-QĐ/TW", "QĐ", "TW"}, "339-QĐ/TW"},
		{"57–NQ/TW", Number{57, "-NQ/TW", "NQ", "TW"}, "57-NQ/TW"},
		{"57 — nq / tw", Number{57, "-NQ/TW", "NQ", "TW"}, "57-NQ/TW"},
		{"42 -HD", Number{42, "-HD", "HD", ""}, "42-HD"},
		{"Kế hoạch số 03", Number{Number: 3}, "03"},
		{"KẾ HOẠCH 03-KH/TU", Number{3, "-KH/TU", "KH", "TU"}, "03-KH/TU"},
		{"Nghị quyết số 57-NQ/TW", Number{57, "-NQ/TW", "NQ", "TW"}, "57-NQ/TW"},
		{"03-KH/TU", Number{3, "-KH/TU", "KH", "TU"}, "03-KH/TU"},
		{"3-KH/TU", Number{3, "-KH/TU", "KH", "TU"}, "03-KH/TU"},
		{"439/QĐ-TTg", Number{439, "/QĐ-TTg", "QĐ", "TTg"}, "439/QĐ-TTg"},
		{"439/qd-ttg", Number{439, "/QĐ-TTg", "QĐ", "TTg"}, "439/QĐ-TTg"},
		{"63/2026/NĐ-CP", Number{63, "/2026/NĐ-CP", "NĐ", "CP"}, "63/2026/NĐ-CP"},
		{"12-ctr/du", Number{12, "-CTr/ĐU", "CTr", "ĐU"}, "12-CTr/ĐU"},
		{"05-TB/BCDTW", Number{5, "-TB/BCĐTW", "TB", "BCĐTW"}, "05-TB/BCĐTW"},
		{"57 NQ/TW", Number{57, "-NQ/TW", "NQ", "TW"}, "57-NQ/TW"},
		{"57NQ/TW", Number{57, "-NQ/TW", "NQ", "TW"}, "57-NQ/TW"},
		{"57-NQ-TW", Number{57, "-NQ/TW", "NQ", "TW"}, "57-NQ/TW"},
		{"10-ĐA/TU", Number{10, "-ĐA/TU", "ĐA", "TU"}, "10-ĐA/TU"},
		{"10-DA/TU", Number{10, "-DA/TU", "DA", "TU"}, "10-DA/TU"},
	} {
		for _, in := range []string{c.in, norm.NFD.String(c.in)} {
			got, err := Parse(in)
			if err != nil || got != c.want || got.String() != c.text {
				t.Errorf("Parse(%q) = %+v %q, %v; want %+v %q", in, got, got, err, c.want, c.text)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", "số", "NQ/TW", "0-NQ/TW", "00", "123456-NQ/TW", "57-", "57-NQ/", "57-NQ//TW", "57-/TW", "15a", "57-NQ/TW trang 3",
		"57-12", "57/NQ-TW-", "-57", "57\x00-NQ", "57-NQ/T\xff", strings.Repeat("1-", 60), "hoàn 57-NQ/TW",
	} {
		if got, err := Parse(in); !errors.Is(err, ErrInvalid) {
			t.Errorf("Parse(%q) = %+v, %v; want ErrInvalid", in, got, err)
		}
	}
}

func TestKeysMeet(t *testing.T) {
	t.Parallel()
	want := "339-qd/tw"
	for _, in := range []string{"339-QĐ/TW", "339-QD/TW", "Số: 339 – qđ/tw"} {
		n, err := Parse(in)
		if err != nil || n.Key() != want {
			t.Errorf("key of %q = %q, %v; want %q", in, n.Key(), err, want)
		}
	}
}

func TestTypes(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, typ := range Types() {
		if typ.ID == "" || typ.Name == "" || seen[typ.ID] || seen[typ.Name] {
			t.Errorf("type %+v is incomplete or double", typ)
		}
		seen[typ.ID], seen[typ.Name] = true, true
	}
	if n := len(Types()); n != 26 {
		t.Errorf("%d types, want 25 and the study document", n)
	}
	for _, s := range []string{"resolution", "Nghị quyết", "NGHI QUYET"} {
		if typ, ok := FindType(s); !ok || typ.ID != "resolution" {
			t.Errorf("FindType(%q) = %+v, %v", s, typ, ok)
		}
	}
	if got := TypesOf("QD"); len(got) != 2 {
		t.Errorf("QĐ stands for %+v, want decision and regulation", got)
	}
	if _, ok := FindType("thơ"); ok {
		t.Error("a poem is a type")
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	symbol := rapid.StringMatching(`[A-ZĐĂƠa-zđ]{1,6}`)
	issuer := rapid.StringMatching(`([A-ZĐa-z0-9]{1,8}[-./]?)?[A-Za-zĐ]{1,4}`)
	sep := rapid.SampledFrom([]string{"-", "/", " - ", "–", "/2026/"})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[0-9]{1,5}`).Draw(t, "n") + sep.Draw(t, "sep") + symbol.Draw(t, "symbol") +
			rapid.SampledFrom([]string{"", "/", "-"}).Draw(t, "join")
		if !strings.HasSuffix(text, "/") && !strings.HasSuffix(text, "-") {
			check(t, text)
			return
		}
		check(t, text+issuer.Draw(t, "issuer"))
	})
}

type failer interface{ Fatalf(string, ...any) }

func check(t failer, text string) {
	n, err := Parse(text)
	if err != nil {
		return
	}
	again, err := Parse(n.String())
	if err != nil || again != n {
		t.Fatalf("%q gives %+v, its own text %q gives %+v, %v", text, n, n.String(), again, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"57-NQ/TW", "số: 339-QD/TW", "439/QĐ-TTg", "63/2026/NĐ-CP", "42 -HD", "1-ǅ", "1-ß", "1 a b", "1/2026/2026/A"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { check(t, s) })
}
