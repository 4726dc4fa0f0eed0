package httpapi

import (
	"strings"
	"testing"
	"unicode/utf8"

	"sotay/internal/clock"
	"sotay/internal/study"
)

// A credential with the longest title of a drive still fits onto paper.
func TestShortened(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "Đảng bộ": "Đảng bộ", "Đảng bộ tỉnh": "Đảng bộ…"} {
		if got := shortened(in, 9); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	if n := utf8.RuneCountInString(shortened(strings.Repeat("ệ", 500), maxCredentialTitle)); n != maxCredentialTitle {
		t.Errorf("%d characters", n)
	}
}

// What leads to the check of a certificate stands on paper for ever.
func TestCheckLink(t *testing.T) {
	t.Parallel()
	const code = "7ZK3M-9QW2X-04HTB-VN6PA"
	for base, want := range map[string]string{"": "sotay:verify/7zk3m9qw2x04htbvn6pa", "https://so.vn": "https://so.vn/v1/verify/7zk3m9qw2x04htbvn6pa",
		"http://10.0.0.5:8080/tay/": "http://10.0.0.5:8080/tay/v1/verify/7zk3m9qw2x04htbvn6pa"} {
		s := &Server{Deps: Deps{PublicURL: base}}
		if got := s.checkLink(code); got != want {
			t.Errorf("%q: %s, want %s", base, got, want)
		}
	}
	c := &study.Certificate{Code: code}
	s := &Server{Deps: Deps{PublicURL: "https://so.vn/", Now: clock.System}}
	if got := s.credential(c); got["issuer"] != "https://so.vn" || got["id"] != s.checkLink(code) {
		t.Errorf("credential %v", got)
	}
}
