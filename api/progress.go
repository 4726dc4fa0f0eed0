package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// progress shows how far a long command has come, once a second at most. All
// long commands use it. With a total of 0 it only counts.
type progress struct {
	out   io.Writer
	what  string
	total int

	mu   sync.Mutex
	done int
	said time.Time
}

// step counts one more.
func (b *progress) step() { b.add(1) }

// add counts n more.
func (b *progress) add(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done += n
	b.say(b.total > 0 && b.done == b.total)
}

// reach sets how far it has come, and perhaps a new total.
func (b *progress) reach(done, total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done, b.total = done, total
	b.say(total > 0 && done == total)
}

// say prints the state, when it is the last or the last word was a second ago.
func (b *progress) say(last bool) {
	now := time.Now()
	if !last && now.Sub(b.said) < time.Second {
		return
	}
	b.said = now
	if b.total == 0 {
		fmt.Fprintf(b.out, "%d %s\n", b.done, b.what)
		return
	}
	fmt.Fprintf(b.out, "%d of %d %s (%d%%)\n", b.done, b.total, b.what, 100*b.done/b.total)
}
