package account

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A code that was typed in any of the ways in which people type is the code.
func TestCodeFolds(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"123 456 789 012 345": "123456789012345", "123456789012345": "123456789012345",
		"123-456-789-012-345": "123456789012345", " 123.456.789.012.345 ": "123456789012345",
		"l23 456 789 Ol2 345": "123456789012345", "I23\u00a0456 789 o12 345": "123456789012345",
		"１２３ 456 789 012 345": "123456789012345", "123–456–789–012–345": "123456789012345",
	} {
		if got := foldCode(typed); got != want || !isCode(got) {
			t.Errorf("%q folds to %q", typed, got)
		}
	}
	for _, typed := range []string{"", "123", "12345678901234a", "1234567890123456", "\xff23456789012345", "١٢٣٤٥٦٧٨٩٠١٢٣٤٥"} {
		if isCode(foldCode(typed)) {
			t.Errorf("%q is taken for a code", typed)
		}
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 2000 {
		c := newCode()
		if !isCode(c) || foldCode(groupCode(c)) != c || seen[c] || strings.Count(groupCode(c), " ") != 4 {
			t.Fatalf("code %q, grouped %q, seen %t", c, groupCode(c), seen[c])
		}
		seen[c] = true
	}
	if codes.BitLen() < 49 {
		t.Errorf("a code has %d bits", codes.BitLen()-1)
	}
}

// What stands between digits never matters, and nothing else is dropped.
func TestFoldCodeProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringMatching(`[0-9]{15}`).Draw(t, "code")
		var b strings.Builder
		for _, r := range code {
			b.WriteRune(r)
			b.WriteString(rapid.SampledFrom([]string{"", "", " ", "-", ".", "  "}).Draw(t, "between"))
		}
		if got := foldCode(b.String()); got != code {
			t.Fatalf("%q folds to %q", b.String(), got)
		}
	})
}

func FuzzFoldCode(f *testing.F) {
	for _, s := range []string{"", "123 456 789 012 345", "\xff\xfe", "Ⅻ１２３", "ệ̂"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := foldCode(s)
		if foldCode(got) != got {
			t.Fatalf("%q folds to %q and that to %q", s, got, foldCode(got))
		}
		if strings.Trim(got, "0123456789?") != "" {
			t.Fatalf("%q folds to %q", s, got)
		}
	})
}
