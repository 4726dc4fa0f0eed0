package ident

import (
	"strings"
	"testing"
)

func TestIDs(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	last := ""
	for range 1000 {
		id := New()
		if !Valid(id) || seen[id] || id <= last {
			t.Fatalf("%q after %q", id, last)
		}
		seen[id], last = true, id
	}
	if first, again := Derive("a"), Derive("a"); Derive("a", "bc") == Derive("ab", "c") || first != again || !Valid(first) {
		t.Error("derived ids are not what they should be")
	}
	if a, b := Token(), Token(); a == b || len(a) != 16 || !Valid(a) {
		t.Errorf("%q and %q", a, b)
	}
	for id, want := range map[string]bool{"a": true, "a-b": true, "": false, "-a": false, "A": false, "a/b": false, "ạ": false, "a b": false,
		strings.Repeat("a", 64): true, strings.Repeat("a", 65): false} {
		if Valid(id) != want {
			t.Errorf("%q", id)
		}
	}
}
