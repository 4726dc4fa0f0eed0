package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// headroom is how much a small heap may grow before it is collected. A password
// hash takes 19 MiB: with a heap of some 30 MB, Go's default would collect at
// every other sign-in, which cost a seventh of them (measured).
const headroom = 128 << 20

// usualGrowth is Go's own: a heap is collected when it has grown by so many per
// cent.
const usualGrowth = 100

// settleHeap gives back what reading everything in needed and serving does not,
// and has a small heap collected less often. An operator's GOGC stands.
func settleHeap() {
	debug.FreeOSMemory()
	if os.Getenv("GOGC") == "" {
		keepHeadroom(usualGrowth)
	}
}

// keepHeadroom sets how much the heap may grow, again after each collection: a
// share that suits a small heap would let one grow to gigabytes that an import
// has made large meanwhile.
func keepHeadroom(now int) {
	if next := growth(liveHeap()); next != now {
		debug.SetGCPercent(next)
		now = next
	}
	runtime.SetFinalizer(new(collected), func(*collected) { keepHeadroom(now) })
}

// collected is garbage at once: its finalizer runs after the next collection.
type collected struct{ _ [32]byte }

// growth is by how many per cent a heap of so many live bytes may grow.
func growth(live uint64) int {
	if live == 0 || live >= headroom {
		return usualGrowth
	}
	return int(headroom * usualGrowth / live)
}

// liveHeap is what the last collection left, in bytes; 0 when it is not known.
func liveHeap() uint64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if live[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return live[0].Value.Uint64()
}
