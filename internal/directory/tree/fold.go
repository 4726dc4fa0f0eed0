package tree

import (
	"cmp"
	"slices"

	"sotay/internal/viet"
)

// span is the state of an organisation from a day on.
type span struct {
	from     string
	open     bool
	code     string
	name     string
	kind     string
	parentID string
	heirs    []string
}

// History is all that is known of the organisations. It is never changed.
type History struct {
	spans map[string][]span
	// days are the days on which something changes, in order.
	days []string
	acts int
}

// Build replays acts, in any order given, by day and number. It returns a
// *Fault for the first that contradicts what holds on its day.
func Build(acts []Act) (*History, error) {
	sorted := slices.Clone(acts)
	slices.SortStableFunc(sorted, func(a, b Act) int { return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Seq, b.Seq)) })
	f := &fold{now: map[string]*span{}, codes: map[string]string{}, history: &History{spans: map[string][]span{}, acts: len(acts)}}
	for i := range sorted {
		if err := f.apply(&sorted[i]); err != nil {
			return nil, err
		}
	}
	return f.history, nil
}

// fold is a history under construction: the state on the day it has reached.
type fold struct {
	now     map[string]*span
	codes   map[string]string // open organisations by folded code
	root    string
	history *History
}

func (f *fold) apply(a *Act) error {
	fail := func(orgID, code string) error { return &Fault{Seq: a.Seq, OrgID: orgID, Code: code} }
	for i := range a.Changes {
		if code := f.change(&a.Changes[i]); code != "" {
			return fail(a.Changes[i].OrgID, code)
		}
	}
	// Judged when the whole act is in: its parts may lean on each other.
	for i := range a.Changes {
		if code := f.check(&a.Changes[i]); code != "" {
			return fail(a.Changes[i].OrgID, code)
		}
	}
	for i := range a.Changes {
		f.keep(a.On, a.Changes[i].OrgID)
	}
	if n := len(f.history.days); n == 0 || f.history.days[n-1] != a.On {
		f.history.days = append(f.history.days, a.On)
	}
	return nil
}

// keep writes the state that an act made into the history. Acts of one day
// leave one span.
func (f *fold) keep(day, id string) {
	s := *f.now[id]
	s.from = day
	spans := f.history.spans[id]
	if n := len(spans); n > 0 && spans[n-1].from == day {
		spans[n-1] = s
		return
	}
	f.history.spans[id] = append(spans, s)
}

// change writes one change into the state, or says what is wrong with it.
func (f *fold) change(c *Change) string {
	s := f.now[c.OrgID]
	switch c.Op {
	case Open:
		if s != nil {
			return Exists
		}
		if c.Name == "" || c.Kind == "" {
			return NameMissing
		}
		if c.ParentID == "" {
			if f.root != "" {
				return SecondRoot
			}
			f.root = c.OrgID
		}
		f.now[c.OrgID] = &span{open: true, name: c.Name, kind: c.Kind, parentID: c.ParentID}
		return f.recode(c.OrgID, c.Code)
	case Set:
		if s == nil || !s.open {
			return NotOpen
		}
		return f.set(s, c)
	case Close:
		if s == nil || !s.open {
			return NotOpen
		}
		if c.OrgID == f.root {
			return RootCloses
		}
		delete(f.codes, viet.Fold(s.code))
		next := *s
		next.open, next.heirs = false, c.Heirs
		f.now[c.OrgID] = &next
		return ""
	}
	return UnknownOp
}

func (f *fold) set(s *span, c *Change) string {
	if c.Name == "" && c.Kind == "" && c.ParentID == "" && c.Code == "" {
		return NothingGiven
	}
	next := *s
	next.name, next.kind = cmp.Or(c.Name, s.name), cmp.Or(c.Kind, s.kind)
	if c.ParentID != "" {
		if c.OrgID == f.root {
			return Cycle
		}
		next.parentID = c.ParentID
	}
	f.now[c.OrgID] = &next
	return f.recode(c.OrgID, c.Code)
}

// recode gives an open organisation a code of its own.
func (f *fold) recode(id, code string) string {
	if code == "" {
		return ""
	}
	if holder := f.codes[viet.Fold(code)]; holder != "" && holder != id {
		return CodeTaken
	}
	s := f.now[id]
	delete(f.codes, viet.Fold(s.code))
	f.codes[viet.Fold(code)] = id
	s.code = code
	return ""
}

// check tests what an act left of an organisation.
func (f *fold) check(c *Change) string {
	s := f.now[c.OrgID]
	if c.Op == Close {
		return f.checkClosed(c, s)
	}
	if !s.open || c.OrgID == f.root {
		return "" // closed again by the same act, or the root
	}
	if p := f.now[s.parentID]; p == nil || f.resolve(s.parentID) == "" {
		return NoParent
	}
	return f.climb(c.OrgID)
}

func (f *fold) checkClosed(c *Change, s *span) string {
	for _, heir := range s.heirs {
		if h := f.now[heir]; h == nil || !h.open {
			return HeirNotOpen
		}
		if code := f.climb(heir); code != "" {
			return code
		}
	}
	if len(s.heirs) > 0 {
		return ""
	}
	for id, o := range f.now {
		if o.open && f.closedBelow(o.parentID, c.OrgID) && id != f.root {
			return HasChildren
		}
	}
	return ""
}

// closedBelow tells whether following a closed parent leads through an
// organisation.
func (f *fold) closedBelow(parent, through string) bool {
	for range len(f.now) {
		if parent == through {
			return true
		}
		p := f.now[parent]
		if p == nil || p.open || len(p.heirs) == 0 {
			return false
		}
		parent = p.heirs[0]
	}
	return false
}

// climb walks from an organisation to the root.
func (f *fold) climb(id string) string {
	for range MaxDepth {
		if id == f.root {
			return ""
		}
		next := f.resolve(f.now[id].parentID)
		if next == "" {
			return NoParent
		}
		if next == id {
			return Cycle
		}
		id = next
	}
	return f.loopOrDepth(id)
}

// loopOrDepth tells why a climb did not end.
func (f *fold) loopOrDepth(id string) string {
	seen := map[string]bool{}
	for id != f.root && id != "" {
		if seen[id] {
			return Cycle
		}
		seen[id] = true
		id = f.resolve(f.now[id].parentID)
	}
	return TooDeep
}

// resolve follows a closed organisation to the open one that stands in its
// place, "" when there is none.
func (f *fold) resolve(id string) string {
	return follow(id, func(id string) *span { return f.now[id] })
}

// follow goes from an organisation that has closed to its first heir, or to
// the one above it when it has none, until one is open.
func follow(id string, at func(string) *span) string {
	for range 1000 { // longer than any chain of mergers; ends a loop of heirs
		s := at(id)
		if s == nil {
			return ""
		}
		if s.open {
			return id
		}
		if len(s.heirs) > 0 {
			id = s.heirs[0]
		} else {
			id = s.parentID
		}
	}
	return ""
}
