package viet

import (
	"slices"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func folds(s string) (out []string) {
	for _, t := range Tokens(s) {
		out = append(out, t.Fold)
	}
	return out
}

func exacts(s string) (out []string) {
	for _, t := range Tokens(s) {
		out = append(out, t.Exact)
	}
	return out
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in    string
		fold, exact []string
	}{
		{"nothing", " ,.—", nil, nil},
		{"a document number", "57-NQ/TW", []string{"57", "nq", "tw"}, []string{"57", "nq", "tw"}},
		{"prose", "Đảng ta, thật vĩ đại!", []string{"dang", "ta", "that", "vi", "dai"}, []string{"đảng", "ta", "thật", "vĩ", "đại"}},
		{"digits of other scripts", "số ٣", []string{"so", "٣"}, []string{"số", "٣"}},
		{"a mark alone is no word", "\u0301 a", []string{"a"}, []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, in := range []string{c.in, norm.NFD.String(c.in)} {
				if got := folds(in); !slices.Equal(got, c.fold) {
					t.Errorf("folds of %q = %q, want %q", in, got, c.fold)
				}
				if got := exacts(in); !slices.Equal(got, c.exact) {
					t.Errorf("exact words of %q = %q, want %q", in, got, c.exact)
				}
				if got := Syllables(in); got != len(c.fold) {
					t.Errorf("Syllables(%q) = %d, want %d", in, got, len(c.fold))
				}
			}
		})
	}
}

func TestTokensGiveOffsets(t *testing.T) {
	t.Parallel()
	got := Tokens("«Hoà» 5")
	want := []Token{{"hoa", "hòa", 2, 6}, {"5", "5", 9, 10}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestExactPlacesTheTone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"hoà", "hòa"}, {"hòa", "hòa"}, {"thuỷ", "thủy"}, {"thủy", "thủy"}, {"hoè", "hòe"}, {"uỷ", "ủy"},
		{"quý", "quý"}, {"qúy", "quý"}, {"già", "già"}, {"gìa", "già"}, {"gì", "gì"}, {"giếng", "giếng"},
		{"cuả", "của"}, {"nghĩa", "nghĩa"}, {"khuỷu", "khuỷu"}, {"ngoài", "ngoài"}, {"rượu", "rượu"},
		{"hoàn", "hoàn"}, {"huých", "huých"}, {"thuở", "thuở"}, {"quốc", "quốc"}, {"mượn", "mượn"},
		{"résumé", "résumé"}, {"đảng", "đảng"}, {"HOÀ", "hòa"}, {"Ðiều", "điều"}, {"nǚ", "nǚ"},
	} {
		for _, in := range []string{c.in, norm.NFD.String(c.in)} {
			if got := Exact(in); got != c.want {
				t.Errorf("Exact(%q) = %q, want %q", in, got, c.want)
			}
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"", "Hoà bình", "57-NQ/TW", "a\u0301\u0323", "\xffa", "İ", "=\u0338x", "가\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, tok := range Tokens(s) {
			if tok.Start < end || tok.End <= tok.Start || tok.End > len(s) || tok.Fold == "" {
				t.Fatalf("bad token %+v in %q", tok, s)
			}
			if Exact(tok.Exact) != tok.Exact || Fold(tok.Exact) != tok.Fold {
				t.Fatalf("unstable token %+v", tok)
			}
			end = tok.End
		}
		c, d := NFC(s), norm.NFD.String(s)
		if !slices.Equal(exacts(c), exacts(d)) {
			t.Fatalf("composed %q and decomposed %q", exacts(c), exacts(d))
		}
	})
}

// The shortcut for letters of Vietnamese says what the tables say.
func TestWordLetters(t *testing.T) {
	t.Parallel()
	for r := rune(0x80); r < 0x3000; r++ {
		if want := unicode.IsLetter(r) || unicode.IsDigit(r); isWord(r) != want {
			t.Errorf("%U: %v, want %v", r, isWord(r), want)
		}
	}
}
