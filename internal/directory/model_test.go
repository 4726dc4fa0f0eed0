package directory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/viet"
)

// people is the obvious way to keep members: a slice that is searched through,
// with what happened to each in the order of days.
type people struct {
	names  map[string]string
	places map[string][]Place
	states map[string][]Status
}

// on lists who counts in which organisation on a day, sorted by name. heir
// follows an organisation that has closed.
func (p *people) on(day string, heir func(org, day string) string) []string {
	type one struct{ key, id, line string }
	var all []one
	for id, name := range p.names {
		org := ""
		for _, x := range p.places[id] {
			if x.From <= day {
				org = x.OrgID
			}
		}
		status := Status{Status: Active}
		for _, x := range p.states[id] {
			if x.From <= day && (x.To == "" || x.To >= day) {
				status = x
			}
		}
		org = heir(org, day)
		if status.Status == TemporaryAttachment {
			org = heir(status.HostID, day)
		}
		if org == "" || hasLeft(status.Status) {
			continue
		}
		all = append(all, one{viet.NameKey(name), id, fmt.Sprintf("%s %s %s", id, org, status.Status)})
	}
	slices.SortFunc(all, func(a, b one) int { return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.id, b.id)) })
	var out []string
	for _, x := range all {
		out = append(out, x.line)
	}
	return out
}

// TestMemberTableIsWhatTheModelSays runs random admissions, transfers,
// statuses, a merger and a split, on one replica, and compares the lists of
// every day on both, page by page.
func TestMemberTableIsWhatTheModelSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := openEngine(t)
		a, b := newFixture(t, e), newFixture(t, e)
		r := &run{t: rt, fixture: a, people: people{names: map[string]string{}, places: map[string][]Place{}, states: map[string][]Status{}}}
		r.begin()
		for range rapid.IntRange(5, 25).Draw(rt, "acts") {
			r.step()
		}
		if err := b.Start(context.Background()); err != nil {
			rt.Fatal(err)
		}
		for n := 1; n <= 28; n += 4 {
			r.compare(a, fmt.Sprintf("2026-11-%02d", n))
		}
		for _, f := range []fixture{a, b} {
			r.compare(f, clock.Day(f.now()))
		}
	})
}

type run struct {
	t *rapid.T
	fixture
	people
	merged, split string // the days
	parts         []string
}

func (r *run) begin() {
	var orgs []SeedOrg
	orgs = append(orgs, SeedOrg{Key: "root", Name: "Tỉnh", Kind: "province", From: "2025-01-01"})
	for n := range 5 {
		orgs = append(orgs, SeedOrg{Key: fmt.Sprintf("c%d", n), Name: fmt.Sprintf("Chi bộ %d", n), Kind: "branch", Parent: "root", From: "2025-01-01"})
	}
	if _, _, err := r.Apply(context.Background(), Seed{Orgs: orgs}); err != nil {
		r.t.Fatal(err)
	}
}

// heir follows organisations by what this run did: c3 merges into c4, c2 is
// split into parts.
func (r *run) heir(org, day string) string {
	if org == OrgID("c3") && r.merged != "" && day >= r.merged {
		return OrgID("c4")
	}
	if org == OrgID("c2") && r.split != "" && day >= r.split {
		return r.parts[0]
	}
	return org
}

func (r *run) day(label string) string {
	return fmt.Sprintf("2026-11-%02d", rapid.IntRange(1, 28).Draw(r.t, label))
}

func (r *run) step() {
	ctx := context.Background()
	r.clock.Add(time.Second.Milliseconds())
	ids := make([]string, 0, len(r.names))
	for id := range r.names {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	what := rapid.IntRange(0, 9).Draw(r.t, "what")
	org := OrgID(fmt.Sprintf("c%d", rapid.IntRange(0, 1).Draw(r.t, "org")))
	if what < 4 || len(ids) == 0 {
		r.admit(ctx)
		return
	}
	id := rapid.SampledFrom(ids).Draw(r.t, "who")
	switch what {
	case 4, 5:
		day := r.day("transferred")
		if _, err := r.TransferMember(ctx, nil, id, Transferral{OrgID: org, On: day}); err != nil {
			r.t.Fatal(err)
		}
		// A transfer makes void what was planned for later days.
		today := clock.Day(r.now())
		r.places[id] = append(slices.DeleteFunc(r.places[id], func(p Place) bool { return p.From > today && p.From > day }), Place{OrgID: org, From: day})
		slices.SortStableFunc(r.places[id], func(a, b Place) int { return strings.Compare(a.From, b.From) })
	case 6, 7:
		in := StatusInput{Status: rapid.SampledFrom(statuses).Draw(r.t, "status"), From: r.day("from")}
		if in.Status == TemporaryAttachment {
			in.HostID = org
		}
		if !hasLeft(in.Status) && rapid.Bool().Draw(r.t, "ends") {
			in.To = max(in.From, r.day("to"))
		}
		if _, err := r.SetStatus(ctx, nil, id, in); err != nil {
			r.t.Fatal(err)
		}
		s := Status{Status: in.Status, From: in.From, To: in.To, HostID: in.HostID}
		r.states[id] = append(slices.DeleteFunc(r.states[id], func(o Status) bool { return o.From == s.From }), s)
		slices.SortStableFunc(r.states[id], func(a, b Status) int { return strings.Compare(a.From, b.From) })
	case 8:
		r.merge(ctx)
	case 9:
		r.divide(ctx)
	}
}

func (r *run) admit(ctx context.Context) {
	name := rapid.SampledFrom([]string{"Đỗ Thị Ánh", "Lê Văn An", "Trần Ẩn", "Nguyễn Thị Bình", "Y Blô Ksơr"}).Draw(r.t, "name")
	open := []string{"c0", "c1"}
	if r.merged == "" {
		open = append(open, "c3")
	}
	if r.split == "" {
		open = append(open, "c2")
	}
	org := OrgID(rapid.SampledFrom(open).Draw(r.t, "into"))
	day := r.day("admitted")
	m, err := r.CreateMember(ctx, nil, NewMember{OrgID: org, From: day, MemberInput: MemberInput{Name: &name}})
	if err != nil {
		r.t.Fatal(err)
	}
	r.names[m.ID], r.places[m.ID] = name, []Place{{OrgID: org, From: day}}
	r.states[m.ID] = []Status{{Status: Active, From: day}}
}

func (r *run) merge(ctx context.Context) {
	if r.merged != "" {
		return
	}
	day := r.day("merged")
	if _, err := r.MergeOrgs(ctx, nil, Decision{On: day}, Merger{OrgIDs: []string{OrgID("c3")}, IntoID: OrgID("c4")}); err != nil {
		r.t.Fatal(err)
	}
	r.merged = day
}

// divide splits c2; of its members on that day, some go to the second part.
func (r *run) divide(ctx context.Context) {
	if r.split != "" {
		return
	}
	day := r.day("split")
	var movers []string
	for id := range r.names {
		org := ""
		for _, x := range r.places[id] {
			if x.From <= day {
				org = x.OrgID
			}
		}
		if org == OrgID("c2") {
			movers = append(movers, id)
		}
	}
	slices.Sort(movers)
	movers = movers[:len(movers)/2]
	parts := []Part{{Org: OrgInput{Name: "Một", Kind: "branch"}}, {Org: OrgInput{Name: "Hai", Kind: "branch"}, MemberIDs: movers}}
	a, err := r.SplitOrg(ctx, nil, OrgID("c2"), Decision{On: day}, parts)
	if err != nil {
		r.t.Fatal(err)
	}
	r.split, r.parts = day, a.Changes[0].Heirs
	for _, id := range movers {
		r.places[id] = append(r.places[id], Place{OrgID: r.parts[1], From: day})
		slices.SortStableFunc(r.places[id], func(a, b Place) int { return strings.Compare(a.From, b.From) })
	}
}

// compare reads the list of a day in pages and holds it against the model.
func (r *run) compare(f fixture, day string) {
	want := r.on(day, r.heir)
	who := &caller.Caller{Identity: &caller.Identity{MemberID: "asks", Roles: []caller.Role{{Name: caller.Admin, OrgID: OrgID("root")}}}}
	var got []string
	cursor := ""
	for {
		page, next, err := f.Members(context.Background(), who, MemberFilter{AsOf: day}, cursor, 3)
		if err != nil {
			r.t.Fatal(err)
		}
		for i := range page {
			got = append(got, fmt.Sprintf("%s %s %s", page[i].ID, page[i].OrgID, page[i].Now.Status))
		}
		if next == nil {
			break
		}
		cursor = *next
	}
	if !slices.Equal(got, want) {
		r.t.Fatalf("%s:\n got %s\nwant %s", day, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}
