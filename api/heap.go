package main

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
)

// headroom is how much a small heap may grow before it is collected. A password
// hash takes 19 MiB: with a heap of some 30 MB, Go's default would collect at
// every other sign-in, which cost a seventh of them (measured).
const headroom = 128 << 20

// settleHeap gives back what reading everything in needed and serving does not,
// and has a small heap collected less often. An operator's GOGC stands.
func settleHeap() {
	debug.FreeOSMemory()
	if os.Getenv("GOGC") != "" {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if live[0].Value.Kind() != metrics.KindUint64 {
		return
	}
	if n := live[0].Value.Uint64(); n > 0 && n < headroom {
		debug.SetGCPercent(int(headroom * 100 / n))
	}
}
