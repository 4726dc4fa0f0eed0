package tree

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// model is the obvious way: a table of organisations for every day, each made
// from the one before by whoever acted on that day.
type model struct {
	days []map[string]modelOrg
}

type modelOrg struct {
	open         bool
	name, parent string
	heirs        []string
}

const modelDays = 12

func dayName(d int) string { return fmt.Sprintf("2026-01-%02d", d+1) }

// apply writes changes into every day from one on, or says that they can't be.
func (m *model) apply(day int, changes []Change) (*model, bool) {
	next := &model{days: make([]map[string]modelOrg, modelDays)}
	for d := range modelDays {
		next.days[d] = maps.Clone(m.days[d])
	}
	for d := day; d < modelDays; d++ {
		t := next.days[d]
		for _, c := range changes {
			o, ok := t[c.OrgID]
			switch c.Op {
			case Open:
				if ok {
					return nil, false
				}
				t[c.OrgID] = modelOrg{open: true, name: c.Name, parent: c.ParentID}
			case Set:
				if !ok || !o.open {
					return nil, false
				}
				if c.Name != "" {
					o.name = c.Name
				}
				if c.ParentID != "" {
					o.parent = c.ParentID
				}
				t[c.OrgID] = o
			case Close:
				if !ok || !o.open {
					return nil, false
				}
				o.open, o.heirs = false, c.Heirs
				t[c.OrgID] = o
			}
		}
	}
	for d := day; d < modelDays; d++ {
		if !soundDay(next.days[d]) {
			return nil, false
		}
	}
	return next, true
}

func stand(t map[string]modelOrg, id string) string {
	for range 100 {
		o, ok := t[id]
		if !ok {
			return ""
		}
		if o.open {
			return id
		}
		if len(o.heirs) > 0 {
			id = o.heirs[0]
		} else {
			id = o.parent
		}
	}
	return ""
}

func pathOf(t map[string]modelOrg, id string) []string {
	var path []string
	for range MaxDepth {
		path = append(path, id)
		if t[id].parent == "" {
			slices.Reverse(path)
			return path
		}
		if id = stand(t, t[id].parent); id == "" {
			return nil
		}
	}
	return nil
}

func soundDay(t map[string]modelOrg) bool {
	for id, o := range t {
		if o.open && pathOf(t, id) == nil {
			return false
		}
		if !o.open && stand(t, id) == "" {
			return false
		}
	}
	return true
}

// units are the path and everything that any of it succeeds, by trying until
// nothing is added.
func units(t map[string]modelOrg, id string) []string {
	all := pathOf(t, id)
	for grown := true; grown; {
		grown = false
		for other, o := range t {
			if !o.open && !slices.Contains(all, other) && slices.ContainsFunc(o.heirs, func(h string) bool { return slices.Contains(all, h) }) {
				all, grown = append(all, other), true
			}
		}
	}
	slices.Sort(all)
	return all
}

// TestTreeIsWhatTheModelSays adds random acts in the order of their days and
// compares every organisation on every day.
func TestTreeIsWhatTheModelSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := &model{days: make([]map[string]modelOrg, modelDays)}
		for d := range m.days {
			m.days[d] = map[string]modelOrg{}
		}
		var acts []Act
		made := 0
		day := 0
		for n := range rapid.IntRange(3, 25).Draw(t, "acts") {
			if n > 0 {
				day = min(modelDays-1, day+rapid.IntRange(0, 2).Draw(t, "later"))
			}
			changes := drawChanges(t, m.days[day], &made)
			a := Act{Seq: int64(n + 1), On: dayName(day), Changes: changes}
			next, sound := m.apply(day, changes)
			_, err := Build(append(slices.Clone(acts), a))
			if (err == nil) && !sound {
				t.Fatalf("taken, though the model refuses: %+v", a)
			}
			if err != nil {
				continue // the tree refuses more than the model: members below, roots, depth
			}
			m, acts = next, append(acts, a)
		}
		h, err := Build(acts)
		if err != nil {
			t.Fatal(err)
		}
		shuffled := slices.Clone(acts)
		slices.Reverse(shuffled)
		again, err := Build(shuffled)
		if err != nil {
			t.Fatal(err)
		}
		for d := range modelDays {
			compareDay(t, h.At(dayName(d)), m.days[d])
			compareDay(t, again.At(dayName(d)), m.days[d])
		}
	})
}

func compareDay(t *rapid.T, s *Snapshot, want map[string]modelOrg) {
	open := 0
	for id, o := range want {
		if got := s.Resolve(id); got != stand(want, id) {
			t.Fatalf("%s: %s resolves to %q, want %q", s.Day, id, got, stand(want, id))
		}
		if !o.open {
			if s.Org(id) != nil || s.Closed(id) == nil {
				t.Fatalf("%s: %s is not closed", s.Day, id)
			}
			continue
		}
		open++
		got := s.Org(id)
		if got == nil || got.Name != o.name || !slices.Equal(got.Path, pathOf(want, id)) {
			t.Fatalf("%s: %s is %+v, want %+v at %v", s.Day, id, got, o, pathOf(want, id))
		}
		if u := slices.Sorted(slices.Values(got.Units)); !slices.Equal(u, units(want, id)) {
			t.Fatalf("%s: %s has units %v, want %v", s.Day, id, u, units(want, id))
		}
		for _, child := range got.Children {
			if s.Org(child).ParentID != id {
				t.Fatalf("%s: %s is no child of %s", s.Day, child, id)
			}
		}
	}
	if s.Len() != open {
		t.Fatalf("%s: %d open, want %d", s.Day, s.Len(), open)
	}
}

// drawChanges makes an act on what there is: often sound, sometimes not.
func drawChanges(t *rapid.T, now map[string]modelOrg, made *int) []Change {
	fresh := func(parent string) Change {
		*made++
		return Change{OrgID: fmt.Sprintf("o%d", *made), Op: Open, Name: fmt.Sprintf("Tên %d", *made), Kind: "unit", ParentID: parent}
	}
	ids := slices.Sorted(maps.Keys(now))
	if len(ids) == 0 {
		return []Change{fresh("")}
	}
	pick := rapid.SampledFrom(ids)
	switch rapid.IntRange(0, 6).Draw(t, "act") {
	case 0, 1, 2:
		return []Change{fresh(pick.Draw(t, "parent"))}
	case 3:
		return []Change{{OrgID: pick.Draw(t, "org"), Op: Set, Name: fmt.Sprintf("Mới %d", *made)}}
	case 4:
		return []Change{{OrgID: pick.Draw(t, "org"), Op: Set, ParentID: pick.Draw(t, "parent")}}
	case 5: // a merger into one that is there
		return []Change{{OrgID: pick.Draw(t, "org"), Op: Close, Heirs: []string{pick.Draw(t, "into")}}}
	}
	old := pick.Draw(t, "org") // a split
	a, b := fresh(stand(now, now[old].parent)), fresh(stand(now, now[old].parent))
	out := []Change{{OrgID: old, Op: Close, Heirs: []string{a.OrgID, b.OrgID}}, a, b}
	for _, id := range ids {
		if now[id].open && stand(now, now[id].parent) == old && id != old && rapid.Bool().Draw(t, "moves") {
			out = append(out, Change{OrgID: id, Op: Set, ParentID: b.OrgID})
		}
	}
	return out
}
