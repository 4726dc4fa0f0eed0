package main

import (
	"strings"
	"testing"
)

func TestProgress(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	b := &progress{out: &out, what: "things", total: 4}
	for range 3 {
		b.step() // the first is said at once, the others within its second
	}
	b.add(1)
	if want := "1 of 4 things (25%)\n4 of 4 things (100%)\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	out.Reset()
	open := &progress{out: &out, what: "things"}
	open.add(7)
	open.add(1)
	if want := "7 things\n"; out.String() != want {
		t.Errorf("without a total: got %q, want %q", out.String(), want)
	}
	out.Reset()
	set := &progress{out: &out, what: "things"}
	set.reach(1, 2)
	set.reach(2, 2)
	if want := "1 of 2 things (50%)\n2 of 2 things (100%)\n"; out.String() != want {
		t.Errorf("reach: got %q, want %q", out.String(), want)
	}
}
