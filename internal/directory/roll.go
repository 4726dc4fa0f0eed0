package directory

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"
	"sync"

	"sotay/internal/directory/tree"
)

// roll lists the members of each unit in the order of their names, as of
// today. It is brought in step when it is asked: with the tree and the day as
// a whole, with single members as they change.
type roll struct {
	mu    sync.Mutex
	tree  *tree.Snapshot
	units map[string]*list
}

// list is one unit's members; unsorted after a change.
type list struct {
	rows   []*row
	sorted bool
}

func (u *list) sort() {
	if !u.sorted {
		slices.SortFunc(u.rows, compareRows)
		u.sorted = true
	}
}

func compareRows(a, b *row) int {
	return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.id, b.id))
}

// changed takes in a member's new row in place of the old one.
// Changes of one member may come out of order.
func (l *roll) changed(t *table, old, now *row) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tree == nil || old == now {
		return // all is listed when somebody asks
	}
	if old != nil && old.listedIn == l.tree {
		if from := l.units[old.listed]; from != nil {
			if k := slices.Index(from.rows, old); k >= 0 {
				from.rows = slices.Delete(from.rows, k, k+1)
			}
		}
	}
	if now.listedIn != l.tree && t.row(now.id) == now {
		l.add(now)
	}
}

func (l *roll) add(r *row) {
	r.listed, r.listedIn = r.unit(l.tree), l.tree
	to := l.units[r.listed]
	if to == nil {
		to = &list{}
		l.units[r.listed] = to
	}
	to.rows, to.sorted = append(to.rows, r), false
}

// rebuild lists everybody anew when the tree has changed.
func (l *roll) rebuild(t *table, tr *tree.Snapshot) {
	if l.tree == tr {
		return
	}
	l.tree, l.units = tr, map[string]*list{}
	t.each(l.add)
}

// place is where a listing goes on: behind the row with this key and id.
type place struct {
	Key, ID string
}

// members returns up to limit rows of a subtree behind a place, in the order
// of names, that fit.
func (l *roll) members(t *table, tr *tree.Snapshot, orgID string, after place, limit int, fits func(*row) bool) []*row {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rebuild(t, tr)
	probe := &row{key: after.Key, id: after.ID}
	var h heads
	tr.Subtree(orgID, func(o *tree.Org) bool {
		u := l.units[o.ID]
		if u == nil {
			return true
		}
		u.sort()
		at := 0
		if after.ID != "" {
			var found bool
			if at, found = slices.BinarySearchFunc(u.rows, probe, compareRows); found {
				at++
			}
		}
		if at < len(u.rows) {
			h = append(h, u.rows[at:])
		}
		return true
	})
	heap.Init(&h)
	var out []*row
	for len(h) > 0 && len(out) < limit {
		r := h[0][0]
		if fits(r) {
			out = append(out, r)
		}
		if h[0] = h[0][1:]; len(h[0]) == 0 {
			heap.Pop(&h)
		} else {
			heap.Fix(&h, 0)
		}
	}
	return out
}

// unit returns the members of one unit, in the order of names, that fit.
func (l *roll) unit(t *table, tr *tree.Snapshot, orgID string, fits func(*row) bool) []*row {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rebuild(t, tr)
	u := l.units[orgID]
	if u == nil {
		return nil
	}
	u.sort()
	return slices.DeleteFunc(slices.Clone(u.rows), func(r *row) bool { return !fits(r) })
}

// count counts the members of each unit that fit.
func (l *roll) count(t *table, tr *tree.Snapshot, orgID string, fits func(*row) bool) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rebuild(t, tr)
	n := 0
	tr.Subtree(orgID, func(o *tree.Org) bool {
		if u := l.units[o.ID]; u != nil {
			for _, r := range u.rows {
				if fits(r) {
					n++
				}
			}
		}
		return true
	})
	return n
}

// heads merges sorted lists: the list with the least first row comes first.
type heads [][]*row

func (h heads) Len() int           { return len(h) }
func (h heads) Less(i, j int) bool { return compareRows(h[i][0], h[j][0]) < 0 }
func (h heads) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *heads) Push(x any) { *h = append(*h, x.([]*row)) }

// Pop implements heap.Interface.
func (h *heads) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// onDay lists a subtree on another day than today: everybody is looked at.
func (t *table) onDay(tr *tree.Snapshot, orgID string, after place, limit int, fits func(*row) bool) []*row {
	inside := map[string]bool{}
	tr.Subtree(orgID, func(o *tree.Org) bool { inside[o.ID] = true; return true })
	probe := &row{key: after.Key, id: after.ID}
	var out []*row
	t.each(func(r *row) {
		if inside[r.unit(tr)] && (after.ID == "" || compareRows(r, probe) > 0) && fits(r) {
			out = append(out, r)
		}
	})
	slices.SortFunc(out, compareRows)
	return out[:min(limit, len(out))]
}
