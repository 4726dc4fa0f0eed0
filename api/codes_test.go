package main

import (
	"fmt"
	"slices"
	"testing"

	"sotay/internal/account"
)

// Files are cut between units, and none holds many more slips than it should.
func TestCutFiles(t *testing.T) {
	t.Parallel()
	var people []account.RosterEntry
	for unit, size := range []int{1500, 499, 3, 2500, 10} {
		for range size {
			people = append(people, account.RosterEntry{OrgID: fmt.Sprint(unit)})
		}
	}
	want := []codesFile{{"a/codes.pdf", 0, 2002}, {"a/codes-2.pdf", 2002, 4502}, {"a/codes-3.pdf", 4502, 4512}}
	if got := cutFiles(people, "a/codes.pdf"); !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	if got := cutFiles(nil, "x.pdf"); len(got) != 0 {
		t.Errorf("files for nobody: %v", got)
	}
}
