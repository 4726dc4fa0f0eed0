package viet

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"ascii is only lowered", "57-NQ/TW", "57-nq/tw"},
		{"marks go", "Nghị quyết", "nghi quyet"},
		{"d with stroke becomes d", "Đường đi", "duong di"},
		{"the Icelandic look-alike of Đ too", "Ðảng", "dang"},
		{"decomposed text", norm.NFD.String("Điều lệ Đảng ưỡn"), "dieu le dang uon"},
		{"dotted capital I", "İ", "i"},
		{"other scripts stay", "Москва 東京", "москва 東京"},
		{"invalid bytes become the replacement sign", "đ\xff", "d\ufffd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Fold(c.in); got != c.want {
				t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "Đảng", "hoa\u0300", "\xff", "İK", "각", "a\u0338\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Fold(s)
		if !utf8.ValidString(got) || !IsNFC(got) {
			t.Fatalf("Fold(%q) = %q is not valid NFC", s, got)
		}
		if slow := foldSlow(s); got != slow {
			t.Fatalf("Fold(%q) = %q, the slow way %q", s, got, slow)
		}
		if again := Fold(got); again != got {
			t.Fatalf("Fold twice: %q then %q", got, again)
		}
		if utf8.ValidString(s) && Fold(norm.NFD.String(s)) != Fold(NFC(s)) {
			t.Fatalf("composed and decomposed %q fold apart", s)
		}
	})
}

// TestFoldFastEqualsSlow tries every letter of the table.
func TestFoldFastEqualsSlow(t *testing.T) {
	t.Parallel()
	known := 0
	for r := rune(1); r < 0x2100; r++ {
		s := "Đ" + string(r) + "x"
		got, ok := foldFast(s)
		if ok && got != foldSlow(s) {
			t.Errorf("%q: %q, the slow way %q", s, got, foldSlow(s))
		}
		if ok {
			known++
		}
	}
	if _, ok := foldFast("Nguyễn Thị Thuỳ Đường, Ự"); !ok || known < 400 {
		t.Errorf("%d letters fold fast", known)
	}
}
