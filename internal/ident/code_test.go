package ident

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCodes(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	var letters [codeLetters]map[byte]bool
	for i := range letters {
		letters[i] = map[byte]bool{}
	}
	for range 2000 {
		c := Code()
		if got, ok := ParseCode(PrintCode(c)); !ok || got != c || seen[c] {
			t.Fatalf("%q printed as %q is read as %q", c, PrintCode(c), got)
		}
		seen[c] = true
		for i := range letters {
			letters[i][c[i]] = true
		}
	}
	for i, l := range letters { // no place holds less than five bits
		if len(l) != len(alphabet) {
			t.Errorf("place %d has %d letters", i, len(l))
		}
	}
	if got := PrintCode("7zk3m9qw2x04htbvn6pa"); got != "7ZK3M-9QW2X-04HTB-VN6PA" {
		t.Error(got)
	}
}

func TestCodeAsTyped(t *testing.T) {
	t.Parallel()
	const code = "7zk3m9qw2x0410bvn1pa"
	for typed, ok := range map[string]bool{
		code: true, strings.ToUpper(code): true, "7ZK3M-9QW2X-0410B-VN1PA": true, "7zk3 m9qw 2x04 10bv n1pa": true,
		"7zk3m9qw2xO4IObvnlpa": true, "7zk3m9qw2xo4iobvnLpa": true, " -7zk3m9qw2x0410bvn1pa\u00a0": true, "7zk3m–9qw2x—0410b‑vn1pa": true,
		"": false, "-": false, code[1:]: false, code + "0": false, "7zk3m9qw2x0410bvn1pu": false, "7zk3m9qw2x0410bvn1p_": false,
		"7zk3m9qw2x0410bvn1pａ": false, "7zk3m9qw2x0410bvn1pá": false, "７zk3m9qw2x0410bvn1pa": false, "7zk3m9qw2x0410bvn1p\u212a": false,
	} {
		if got, good := ParseCode(typed); good != ok || ok && got != code {
			t.Errorf("%q is read as %q, %t", typed, got, good)
		}
	}
}

// However somebody types a code, it is that code.
func TestCodeTypedAnyhow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := Code()
		var b strings.Builder
		for _, r := range code {
			like := map[rune]string{'0': "0oO", '1': "1iIlL"}[r]
			if like == "" {
				like = string(r) + strings.ToUpper(string(r))
			}
			b.WriteString(rapid.SampledFrom([]string{"", "", "-", " ", " - "}).Draw(t, "between"))
			b.WriteRune(rapid.SampledFrom([]rune(like)).Draw(t, "letter"))
		}
		if got, ok := ParseCode(b.String()); !ok || got != code {
			t.Fatalf("%q is read as %q, want %q", b.String(), got, code)
		}
	})
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"", "7ZK3M-9QW2X-0410B-VN1PA", "7zk3m9qw2xO4IObvnlpa", "\xff", "İ", strings.Repeat("0", 20)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := ParseCode(typed)
		if !ok {
			return
		}
		if len(code) != codeLetters || strings.Trim(code, alphabet) != "" {
			t.Fatalf("%q is read as %q", typed, code)
		}
		if again, ok := ParseCode(PrintCode(code)); !ok || again != code {
			t.Fatalf("%q printed is read as %q", code, again)
		}
	})
}
