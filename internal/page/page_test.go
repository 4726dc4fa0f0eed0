package page

import (
	"errors"
	"strings"
	"testing"

	"sotay/internal/fault"
	"sotay/internal/secret"
)

func sealer(t testing.TB) *Sealer {
	t.Helper()
	s, err := secret.Parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	if err != nil {
		t.Fatal(err)
	}
	return New(s)
}

func TestCursorBelongsToItsList(t *testing.T) {
	t.Parallel()
	s := sealer(t)
	c := s.Seal("a", []byte("position"))
	if b, err := s.Open("a", c); err != nil || string(b) != "position" {
		t.Fatalf("got %q, %v", b, err)
	}
	for _, bad := range []string{"", "x", "!!!", c[1:], c + "A", strings.Repeat("A", 3000)} {
		if _, err := s.Open("a", bad); !errors.Is(err, fault.BadCursor) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	if _, err := s.Open("b", c); !errors.Is(err, fault.BadCursor) {
		t.Errorf("another list: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	s := sealer(f)
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, c string) {
		if _, err := s.Open("a", c); !errors.Is(err, fault.BadCursor) {
			t.Fatalf("%q: %v", c, err)
		}
	})
}

func TestLimit(t *testing.T) {
	t.Parallel()
	for in, want := range map[int]int{0: 1, 5: 5, 1000: MaxLimit} {
		if got := Limit(&in); got != want {
			t.Errorf("%d: %d", in, got)
		}
	}
	if Limit(nil) != DefaultLimit {
		t.Error("default")
	}
}
