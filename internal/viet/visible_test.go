package viet

import "testing"

func TestSeen(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Đỗ Thị Ánh":            "Đỗ Thị Ánh",
		"Đỗ\u200b Thị\ufeff":    "Đỗ Thị",
		"\u202enăV êL\u202c":    "năV êL",
		"a\u2066b\u2069\u200fc": "abc",
		"soft\u00adhyphen":      "softhyphen",
		"line\u2028end":         "lineend",
		"\u00a0blank\u3000":     "\u00a0blank\u3000",
		"A\u0301":               "A\u0301",
	} {
		if got := Seen(in); got != want || HasUnseen(in) != (in != want) || HasUnseen(got) {
			t.Errorf("%+q: got %+q, want %+q", in, got, want)
		}
	}
}
