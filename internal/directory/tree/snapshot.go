package tree

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"sotay/internal/viet"
)

// Org is an organisation on one day.
type Org struct {
	ID, Code, Name, Kind string
	// ParentID is the open organisation above it, "" for the root.
	ParentID string
	// Path is from the root to the organisation itself.
	Path []string
	// Units are Path and all closed organisations that any of it succeeds:
	// what was published to one of them is for the members here.
	Units []string
	// Children are in the order of their names.
	Children []string
	// Since is the day on which it opened.
	Since string
	key   string // orders siblings
}

// Snapshot is the tree on one day. It is never changed.
type Snapshot struct {
	Day     string
	Root    string
	orgs    map[string]*Org
	closed  map[string]*Org // last state
	heirs   map[string]string
	codes   map[string]string
	history *History
}

// Span is the state of an organisation from a day on.
type Span struct {
	From                       string
	Open                       bool
	Code, Name, Kind, ParentID string
	Heirs                      []string
}

// Spans returns the states of an organisation in the order of their days.
func (h *History) Spans(id string) []Span {
	var out []Span
	for _, s := range h.spans[id] {
		out = append(out, Span{s.from, s.open, s.code, s.name, s.kind, s.parentID, s.heirs})
	}
	return out
}

// Len counts the organisations that ever were.
func (h *History) Len() int { return len(h.spans) }

// Known tells whether an organisation was ever opened, on whatever day.
func (h *History) Known(id string) bool { return len(h.spans[id]) > 0 }

// Same tells whether the tree is the same on two days.
func (h *History) Same(a, b string) bool {
	at := func(day string) int { return sort.Search(len(h.days), func(i int) bool { return h.days[i] > day }) }
	return at(a) == at(b)
}

// on returns the state of an organisation on a day, nil before it opened.
func (h *History) on(id, day string) *span {
	spans := h.spans[id]
	n := sort.Search(len(spans), func(i int) bool { return spans[i].from > day })
	if n == 0 {
		return nil
	}
	return &spans[n-1]
}

// At returns the tree of a day (YYYY-MM-DD).
func (h *History) At(day string) *Snapshot {
	t := &Snapshot{Day: day, orgs: map[string]*Org{}, closed: map[string]*Org{}, heirs: map[string]string{}, codes: map[string]string{}, history: h}
	at := func(id string) *span { return h.on(id, day) }
	before := map[string][]string{} // closed organisations by heir
	for id := range h.spans {
		s := at(id)
		if s == nil {
			continue
		}
		o := &Org{ID: id, Code: s.code, Name: s.name, Kind: s.kind, Since: h.spans[id][0].from, key: siblingKey(s.name)}
		if !s.open {
			t.closed[id] = o
			t.heirs[id] = follow(id, at)
			for _, heir := range s.heirs {
				before[heir] = append(before[heir], id)
			}
			continue
		}
		if s.parentID == "" {
			t.Root = id
		} else {
			o.ParentID = follow(s.parentID, at)
		}
		t.orgs[id] = o
		if s.code != "" {
			t.codes[viet.Fold(s.code)] = id
		}
	}
	t.link(before)
	return t
}

// link fills in children, paths and units from the root down.
func (t *Snapshot) link(before map[string][]string) {
	for id, o := range t.orgs {
		if p := t.orgs[o.ParentID]; p != nil {
			p.Children = append(p.Children, id)
		}
	}
	var walk func(o *Org, path, units []string)
	walk = func(o *Org, path, units []string) {
		o.Path = append(slices.Clip(path), o.ID)
		o.Units = inherited(append(slices.Clip(units), o.ID), o.ID, before)
		slices.SortFunc(o.Children, func(a, b string) int { return compareOrgs(t.orgs[a], t.orgs[b]) })
		for _, id := range o.Children {
			walk(t.orgs[id], o.Path, o.Units)
		}
	}
	if root := t.orgs[t.Root]; root != nil {
		walk(root, nil, nil)
	}
	for id, o := range t.closed {
		o.Path = append(t.common(id, map[string]bool{}), id)
	}
}

// common returns the way that all open organisations in the place of a closed
// one share: who looks after all of them looks after what it left.
func (t *Snapshot) common(id string, seen map[string]bool) []string {
	if o := t.orgs[id]; o != nil {
		return slices.Clip(o.Path)
	}
	if seen[id] {
		return nil
	}
	seen[id] = true
	s := t.history.on(id, t.Day)
	if s == nil {
		return nil
	}
	next := s.heirs
	if len(next) == 0 {
		next = []string{s.parentID}
	}
	path := t.common(next[0], seen)
	for _, heir := range next[1:] {
		other := t.common(heir, seen)
		n := 0
		for n < min(len(path), len(other)) && path[n] == other[n] {
			n++
		}
		path = path[:n:n]
	}
	return path
}

// inherited adds the closed organisations that an organisation succeeds,
// directly or through others.
func inherited(units []string, id string, before map[string][]string) []string {
	preds := slices.Clone(before[id])
	slices.Sort(preds)
	for _, p := range preds {
		if !slices.Contains(units, p) {
			units = inherited(append(units, p), p, before)
		}
	}
	return units
}

// siblingKey orders organisations as people list them: by whole name without
// marks, numbers by their value.
func siblingKey(name string) string {
	var b strings.Builder
	digits := ""
	flush := func() {
		if digits != "" {
			b.WriteString(strings.Repeat("0", max(0, 8-len(digits))) + digits)
			digits = ""
		}
	}
	for _, r := range viet.Fold(name) {
		if r >= '0' && r <= '9' {
			digits += string(r)
			continue
		}
		flush()
		b.WriteRune(r)
	}
	flush()
	return b.String()
}

func compareOrgs(a, b *Org) int {
	return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.ID, b.ID))
}

// Org returns an open organisation, nil when there is none.
func (t *Snapshot) Org(id string) *Org { return t.orgs[id] }

// Closed returns the last state of an organisation that has closed, nil for
// others. Its path leads through the open one that stands in its place.
func (t *Snapshot) Closed(id string) *Org { return t.closed[id] }

// Len counts the open organisations.
func (t *Snapshot) Len() int { return len(t.orgs) }

// Resolve follows an organisation that has closed to the open one in its
// place; "" when it never was.
func (t *Snapshot) Resolve(id string) string {
	if t.orgs[id] != nil {
		return id
	}
	return t.heirs[id]
}

// Path returns the way from the root to an organisation. One that has closed
// lies below the one that took its place, or below what is above all of them.
// nil when it never was.
func (t *Snapshot) Path(id string) []string {
	if o := t.orgs[id]; o != nil {
		return o.Path
	}
	if o := t.closed[id]; o != nil {
		return o.Path
	}
	return nil
}

// Subtree calls fn for an open organisation and all below it, each before its
// children, until fn answers false.
func (t *Snapshot) Subtree(id string, fn func(*Org) bool) bool {
	o := t.orgs[id]
	if o == nil {
		return true
	}
	if !fn(o) {
		return false
	}
	for _, child := range o.Children {
		if !t.Subtree(child, fn) {
			return false
		}
	}
	return true
}

// ByCode returns the open organisation with a code, in any case and with or
// without marks; nil when there is none.
func (t *Snapshot) ByCode(code string) *Org { return t.orgs[t.codes[viet.Fold(code)]] }

// Search returns open organisations below and including one, in tree order,
// whose name or code holds all words; "" finds all.
func (t *Snapshot) Search(below, words string, fn func(*Org) bool) {
	wanted := strings.Fields(viet.Fold(words))
	t.Subtree(below, func(o *Org) bool {
		text := viet.Fold(o.Name + " " + o.Code)
		for _, w := range wanted {
			if !strings.Contains(text, w) {
				return true
			}
		}
		return fn(o)
	})
}
