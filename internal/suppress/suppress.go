package suppress

import (
	"cmp"
	"slices"
)

// Fewest is the least number of people whose counts are told in public.
const Fewest = 5

// Small tells which of the units below one whose counts are told must not be
// told themselves, by their numbers of people: those with fewer than Fewest, and
// of the others the smallest ones as long as the sum above would tell what is
// hidden. Units without anybody hide nobody, and are told.
func Small(people []int64) []bool {
	order := make([]int, len(people))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(people[a], people[b]), cmp.Compare(a, b)) })
	out := make([]bool, len(people))
	var hidden, sum int64
	for _, i := range order {
		n := people[i]
		if n > 0 && (n < Fewest || hidden > 0 && (hidden < 2 || sum < Fewest)) {
			out[i] = true
			hidden, sum = hidden+1, sum+n
		}
	}
	return out
}
