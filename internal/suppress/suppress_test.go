package suppress

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSmall(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		people []int64
		want   []bool
	}{
		"large ones":             {[]int64{5, 9, 30}, []bool{false, false, false}},
		"two small ones":         {[]int64{3, 30, 4, 20}, []bool{true, false, true, false}},
		"one small one":          {[]int64{3, 30, 20}, []bool{true, false, true}},
		"two very small ones":    {[]int64{1, 1, 6, 20}, []bool{true, true, true, false}},
		"one alone":              {[]int64{3}, []bool{true}},
		"nobody":                 {[]int64{0, 7}, []bool{false, false}},
		"a small one and nobody": {[]int64{0, 2, 7, 8}, []bool{false, true, true, false}},
	} {
		if got := Small(c.people); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Whoever knows the sum above and all that is told can't tell a group of fewer
// than five: what is hidden is none, or two groups at least with five people
// together, or all there is.
func TestNothingIsLeftOver(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.SliceOfN(rapid.Int64Range(0, 12), 0, 10).Draw(t, "people")
		var hidden, sum, shown int64
		for i, s := range Small(people) {
			switch {
			case s:
				hidden, sum = hidden+1, sum+people[i]
			case people[i] > 0:
				shown++
				if people[i] < Fewest {
					t.Fatalf("%d people are told", people[i])
				}
			}
		}
		if shown > 0 && hidden > 0 && (hidden < 2 || sum < Fewest) {
			t.Fatalf("%v: %d groups of %d people are hidden beside %d told", people, hidden, sum, shown)
		}
	})
}
