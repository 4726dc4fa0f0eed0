package demo

import (
	"math/rand/v2"
	"slices"

	"sotay/internal/directory"
)

// Total is how many members the province has, those written by hand included.
const Total = 1200

// The seed of all chance in the province. Another one makes another province
// under the same ids: never change it, or stores that have the old one keep
// half of each.
const seedHigh, seedLow = 20260701, 1200

// began is when the units of today's province began.
const began = "2025-07-01"

// Grow adds units, enterprises, acts and members to a base. What the base has
// stays as it is, but for where its people of the branch dn work.
func Grow(base directory.Seed) directory.Seed {
	g := &grower{Seed: base, chance: rand.New(rand.NewPCG(seedHigh, seedLow)), taken: map[string]bool{}}
	g.Members = slices.Clone(base.Members)
	for i := range g.Members {
		m := &g.Members[i]
		g.taken[m.Org+"/"+m.Name] = true
		if m.Org == "dn" {
			m.Enterprise, m.Shift = "norvik", shifts[i%len(shifts)].ID
		}
	}
	g.Orgs = slices.Concat(base.Orgs, orgs())
	g.Enterprises = slices.Concat(base.Enterprises, enterprises)
	g.Acts = slices.Concat(base.Acts, acts)
	g.people(Total - len(base.Members))
	return g.Seed
}

// grower holds a province while it grows.
type grower struct {
	directory.Seed
	chance *rand.Rand
	taken  map[string]bool // unit and name
}

// people adds n members to the branches, by the branches' weights.
func (g *grower) people(n int) {
	total := 0
	for i := range branches {
		total += branches[i].weight
	}
	given, weight := 0, 0
	for i := range branches {
		b := &branches[i]
		weight += b.weight
		upTo := n * weight / total // sums to n exactly
		g.fill(b, upTo-given)
		given = upTo
	}
}

// fill adds n members to a branch. The first of a branch that has no secretary
// yet is its secretary.
func (g *grower) fill(b *branch, n int) {
	for i := range n {
		m := g.person(b, i)
		if i == 0 && !b.led {
			g.lead(b, &m)
		}
		g.Members = append(g.Members, m)
	}
}

// lead makes a member the secretary: an official one, at work, until the
// branch ends.
func (g *grower) lead(b *branch, m *directory.SeedMember) {
	m.Kind, m.JoinedOn, m.OfficialOn, m.WantsInformation = directory.Official, "2009-05-19", "2010-05-19", false
	m.Statuses = []directory.SeedStatus{{Status: directory.Active, From: m.JoinedOn}}
	m.Roles = append(m.Roles, directory.SeedRole{Role: "secretary", Org: b.key, From: began, To: b.until})
	if b.committee != "" {
		m.Roles = append(m.Roles, directory.SeedRole{Role: "leader", Org: b.committee, From: began})
	}
	if b.enterprise != "" {
		m.Roles = append(m.Roles, directory.SeedRole{Role: "leader", Enterprise: b.enterprise, From: began})
	}
}
