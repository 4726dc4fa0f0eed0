package quiz

import (
	"errors"
	"sync"
	"sync/atomic"

	"sotay/internal/fault"
	"sotay/internal/store"
)

// cached keeps immutable documents that were read, up to a number of them.
type cached[T any] struct {
	mu   sync.RWMutex
	rows map[string]*T
	max  int
	// reads counts how often the store was asked.
	reads atomic.Int64
}

func newCached[T any](most int) *cached[T] { return &cached[T]{rows: map[string]*T{}, max: most} }

// get returns a document, from memory when it was read before.
func (c *cached[T]) get(id string, read func() (T, error)) (*T, error) {
	c.mu.RLock()
	row := c.rows[id]
	c.mu.RUnlock()
	if row != nil {
		return row, nil
	}
	c.reads.Add(1)
	fresh, err := read()
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.NotFound
	}
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for old := range c.rows { // any one: all can be read again
		if len(c.rows) < c.max {
			break
		}
		delete(c.rows, old)
	}
	c.rows[id] = &fresh
	return &fresh, nil
}
