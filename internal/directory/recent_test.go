package directory

import (
	"fmt"
	"slices"
	"testing"
)

// Whoever has changed since a moment is told; everybody when too many have, or
// nobody has asked before.
func TestChanged(t *testing.T) {
	t.Parallel()
	s := newFixture(t, openEngine(t)).Service
	_, at, all := s.Changed(nil)
	if !all {
		t.Error("the first time is about anybody")
	}
	s.recent.add("a")
	s.recent.add("b")
	ids, next, all := s.Changed(at)
	if all || !slices.Equal(ids, []string{"a", "b"}) {
		t.Errorf("got %v, all %v", ids, all)
	}
	if ids, _, all = s.Changed(next); all || len(ids) != 0 {
		t.Errorf("nothing since: %v, all %v", ids, all)
	}
	for i := range 3 * keptChanges {
		s.recent.add(fmt.Sprint(i))
	}
	if _, _, all = s.Changed(next); !all {
		t.Error("more have changed than are remembered")
	}
	_, next, _ = s.Changed(nil)
	s.recent.add("c")
	if ids, _, all = s.Changed(next); all || !slices.Equal(ids, []string{"c"}) {
		t.Errorf("after many: %v, all %v", ids, all)
	}
}
