package httpapi

import (
	"strings"
	"testing"
)

func TestChooseEncoding(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"": "", "gzip": "gzip", "br": "br", "gzip, deflate, br": "br", "gzip;q=1.0, br;q=0.5": "gzip", "br;q=0, gzip": "gzip",
		"identity": "", "*": "br", "br;q=0, *": "gzip", "gzip;q=0": "", "GZIP": "gzip", "x-gzip": "gzip", "br;q=x, gzip;q=0.1": "gzip",
		"gzip, br;q=0.9": "gzip", "deflate": "", "zstd, gzip;q=0.2, br;q=0.2": "br", "identity;q=0.5, *;q=0": "",
	} {
		if got := chooseEncoding([]byte(header)); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"": false, `"a-gz"`: true, `W/"a-gz"`: true, `"b", "a-gz"`: true, `*`: true, `"a"`: false, `a-gz`: false,
	} {
		if got := matches([]byte(header), `"a-gz"`); got != want {
			t.Errorf("%q: got %v, want %v", header, got, want)
		}
	}
}

func TestPrefersEnglish(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"": false, "en": true, "vi": false, "en-US,en;q=0.9": true, "vi-VN, en;q=0.8": false, "en;q=0.3, vi;q=0.2": true, "fr": false, "*": false, "fr, en;q=0.1": true,
	} {
		if got := prefersEnglish(header); got != want {
			t.Errorf("%q: got %v, want %v", header, got, want)
		}
	}
}

func TestRevision(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]int64{`"r7"`: 7, `*`: 0, ` "r12" `: 12} {
		if got, err := revision(&tag); err != nil || got != want {
			t.Errorf("%q: got %d, %v; want %d", tag, got, err, want)
		}
	}
	for _, tag := range []string{``, `r7`, `"7"`, `"r07"`, `"r-1"`, `"r0"`, `W/"r7"`, `"r7", "r8"`, `"r99999999999999999999"`} {
		if got, err := revision(&tag); err == nil {
			t.Errorf("%q: got %d, want a fault", tag, got)
		}
	}
}

func TestGoodRequestID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"abcdefgh": true, "A1-b2-C3-": true, "short": false, "has space": false, "quote\"quote": false, "line\nbreaks": false,
		strings.Repeat("a", 65): false, "ký-tự-lạ": false,
	} {
		if got := goodRequestID([]byte(id)); got != want {
			t.Errorf("%q: got %v, want %v", id, got, want)
		}
	}
}

func FuzzHeaders(f *testing.F) {
	f.Add("gzip;q=0.5, br", `W/"x"`, "en;q=1")
	f.Fuzz(func(t *testing.T, encoding, etag, language string) {
		if got := chooseEncoding([]byte(encoding)); got != "" && got != "gzip" && got != "br" {
			t.Fatalf("%q: chose %q", encoding, got)
		}
		matches([]byte(etag), `"x"`)
		prefersEnglish(language)
		if rev, err := revision(&etag); err == nil && rev < 0 {
			t.Fatalf("%q: revision %d", etag, rev)
		}
	})
}
