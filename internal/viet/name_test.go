package viet

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestNameKeyOrder(t *testing.T) {
	t.Parallel()
	want := []string{
		"Lê Văn An", "Nguyễn An", "Nguyễn Thị An", "Nguyễn Văn An", "Trần An", "Lê Án", "Lê Anh", "Lê Ánh",
		"Lê Ân", "Phạm Ấn", "Bùi Bình", "Lê Cường", "Hồ Dung", "Hồ Dũng", "Hồ Đào", "Hồ Em", "Hồ Hòa",
		"Hồ Hồng", "Hồ Hợi", "Lê Hợi", "Đỗ Thu", "Đỗ Thư",
		"Đỗ Ý",
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(NameKey(a), NameKey(b)) })
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestNameKeyOrdersTones(t *testing.T) {
	t.Parallel()
	want := []string{"Ma", "Mà", "Mả", "Mã", "Má", "Mạ", "Mă", "Mâ"}
	got := slices.Clone(want)
	slices.Sort(got)
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(NameKey(a), NameKey(b)) })
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNameKeyIgnoresSpelling(t *testing.T) {
	t.Parallel()
	want := NameKey("Nguyễn Thị Hòa")
	for _, s := range []string{"NGUYỄN THỊ HÒA", "  nguyễn  thị hoà ", norm.NFD.String("Nguyễn Thị Hòa")} {
		if got := NameKey(s); got != want {
			t.Errorf("NameKey(%q) = %q, want %q", s, got, want)
		}
	}
	if got := NameKey(" - "); got != "" {
		t.Errorf("a name without words has key %q, want none", got)
	}
}

func FuzzNameKey(f *testing.F) {
	for _, s := range []string{"", "Nguyễn Văn Đức", "a\x00b", "\xff", "O'Brien", "가나"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key := NameKey(s)
		if !utf8.ValidString(key) || !IsNFC(key) || strings.ContainsRune(key, 0) {
			t.Fatalf("NameKey(%q) = %q", s, key)
		}
		if utf8.ValidString(s) && NameKey(norm.NFD.String(s)) != NameKey(NFC(s)) {
			t.Fatalf("composed and decomposed %q have two keys", s)
		}
	})
}
