package directory

import (
	"sync"

	"sotay/internal/directory/tree"
)

// keptChanges is how many changes of members are remembered.
const keptChanges = 4096

// recent remembers which members have changed lately, as this process has taken
// it in.
type recent struct {
	mu   sync.Mutex
	ids  []string // the newest, oldest first
	last int64    // how many there have been
}

func (c *recent) add(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	if c.ids = append(c.ids, id); len(c.ids) > 2*keptChanges {
		c.ids = append(c.ids[:0:0], c.ids[keptChanges:]...)
	}
}

// mark is a moment of a process: how many changes it had taken in, and the tree
// of the day.
type mark struct {
	last int64
	tree *tree.Snapshot
}

// Changed returns the members who may stand otherwise than at a moment that it
// returned before, nil for none, and the moment of now. all says that it may be
// anybody: the day or the tree is another one, or too many have changed.
func (s *Service) Changed(since any) (memberIDs []string, now any, all bool) {
	t := s.Tree()
	c := &s.recent
	c.mu.Lock()
	defer c.mu.Unlock()
	to := mark{last: c.last, tree: t}
	from, ok := since.(mark)
	if !ok || from.tree != t || c.last-from.last > int64(len(c.ids)) {
		return nil, to, true
	}
	return append([]string(nil), c.ids[int64(len(c.ids))-(c.last-from.last):]...), to, false
}
