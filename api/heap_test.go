package main

import "testing"

// A small heap may grow by the headroom, a large one as Go has it.
func TestGrowth(t *testing.T) {
	t.Parallel()
	for live, want := range map[uint64]int{0: 100, 1 << 20: 12800, 32 << 20: 400, 64 << 20: 200, 127 << 20: 100, 128 << 20: 100, 1 << 30: 100} {
		if got := growth(live); got != want {
			t.Errorf("%d MB: %d per cent, want %d", live>>20, got, want)
		}
	}
}
