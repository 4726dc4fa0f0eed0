package demo

import (
	"fmt"
	"time"

	"sotay/internal/directory"
)

// life is how often what happens to a member, of a thousand in a setting.
type life struct{ probationary, exempt, tempExempt, attached, suspended, moving, left int }

// Exempt are about three of a hundred in the province, and most of them live
// where the retired do; probationary about six, most of them at work.
var lives = map[setting]life{
	town:    {probationary: 35, exempt: 72, tempExempt: 12, attached: 6, suspended: 3, moving: 8, left: 8},
	village: {probationary: 55, exempt: 40, tempExempt: 22, attached: 6, suspended: 3, moving: 5, left: 6},
	office:  {probationary: 60, exempt: 0, tempExempt: 6, attached: 14, suspended: 2, moving: 8, left: 2},
	works:   {probationary: 115, exempt: 4, tempExempt: 18, attached: 12, suspended: 4, moving: 10, left: 3},
}

// day returns one of the days from a year's first to another's last.
func (g *grower) day(from, to int) string {
	first := time.Date(from, 1, 1, 0, 0, 0, 0, time.UTC)
	days := int(time.Date(to+1, 1, 1, 0, 0, 0, 0, time.UTC).Sub(first).Hours() / 24)
	return first.AddDate(0, 0, g.chance.IntN(days)).Format(time.DateOnly)
}

// person makes the n-th member of a branch.
func (g *grower) person(b *branch, n int) directory.SeedMember {
	m := directory.SeedMember{Key: fmt.Sprintf("%s-%03d", b.key, n+1), Org: b.key, Kind: directory.Official}
	ethnic := g.chance.IntN(100) < b.ethnic
	for m.Name == "" || g.taken[b.key+"/"+m.Name] {
		m.Name = g.anyName(ethnic)
	}
	g.taken[b.key+"/"+m.Name] = true
	if ethnic {
		m.Tags = append(m.Tags, "ethnicMinority")
	}
	if b.remote {
		m.Tags = append(m.Tags, "remote")
	}
	g.work(b, &m)
	g.live(b, &m)
	return m
}

func (g *grower) anyName(ethnic bool) string {
	if ethnic {
		return others[g.chance.IntN(len(others))].name(g.chance)
	}
	return kinh.name(g.chance)
}

// work puts a member into an enterprise: those of its branch, and some who
// belong to the branch where they live.
func (g *grower) work(b *branch, m *directory.SeedMember) {
	key := b.enterprise
	if key == "" && b.setting != office && g.chance.IntN(100) < 7 {
		key = pick(g.chance, enterprises).Key
	}
	for i := range enterprises {
		e := &enterprises[i]
		if e.Key != key {
			continue
		}
		m.Enterprise, m.Shift = e.Key, pick(g.chance, e.Shifts).ID
		switch e.Ownership {
		case directory.PrivateOwned:
			m.Tags = append(m.Tags, "privateEnterprise")
		case directory.ForeignOwned:
			m.Tags = append(m.Tags, "fdiEnterprise")
		}
	}
}

// live gives a member a history.
func (g *grower) live(b *branch, m *directory.SeedMember) {
	l := lives[b.setting]
	at := g.chance.IntN(1000)
	happens := func(share int) bool {
		at -= share
		return at < 0 && at >= -share
	}
	if happens(l.probationary) {
		m.Kind, m.JoinedOn = directory.Probationary, g.day(2026, 2026)
		if m.JoinedOn > "2026-10-31" { // nobody joins after the province was written
			m.JoinedOn = "2026-05-19"
		}
		m.Statuses = []directory.SeedStatus{{Status: directory.Active, From: m.JoinedOn}}
		return
	}
	exempt := happens(l.exempt)
	from, to := 1996, 2023
	if exempt {
		from, to = 1968, 1986
	} else if b.setting == works {
		from = 2010
	}
	m.JoinedOn = g.day(from, to)
	m.OfficialOn = yearAfter(m.JoinedOn)
	m.Statuses = []directory.SeedStatus{{Status: directory.Active, From: m.JoinedOn}}
	add := func(s directory.SeedStatus) { m.Statuses = append(m.Statuses, s) }
	no := fmt.Sprintf("%02d-NQ/CB", 1+g.chance.IntN(30))
	switch {
	case exempt:
		add(directory.SeedStatus{Status: directory.Exempt, From: g.day(2025, 2025), DecidedBy: b.key, DecisionNo: no})
		m.WantsInformation = g.chance.IntN(2) == 0
	case happens(l.tempExempt):
		add(directory.SeedStatus{Status: directory.TemporarilyExempt, From: "2026-08-03", To: "2027-02-02", DecidedBy: b.key, DecisionNo: no})
	case happens(l.attached):
		add(directory.SeedStatus{Status: directory.TemporaryAttachment, From: "2026-09-07", To: "2027-06-30", Host: g.host(b), DecidedBy: b.key, DecisionNo: no})
	case happens(l.suspended):
		add(directory.SeedStatus{Status: directory.Suspended, From: "2026-10-05", DecidedBy: above(b), DecisionNo: "12-QĐ/UBKT"})
	case happens(l.moving):
		add(directory.SeedStatus{Status: directory.Transfer, From: "2026-06-15"})
		add(directory.SeedStatus{Status: directory.Active, From: "2026-07-20"})
	case happens(l.left):
		add(directory.SeedStatus{Status: pick(g.chance, []string{directory.Deceased, directory.Deceased, directory.Resigned, directory.StruckOff}),
			From: g.day(2025, 2025), DecidedBy: above(b)})
	}
}

func yearAfter(day string) string {
	t, _ := time.Parse(time.DateOnly, day) // made above
	return t.AddDate(1, 0, 0).Format(time.DateOnly)
}

// host is another branch that takes a guest.
func (g *grower) host(b *branch) string {
	for {
		if h := pick(g.chance, branches); h.key != b.key && h.until == "" {
			return h.key
		}
	}
}

// above is the unit that a branch stands below.
func above(b *branch) string {
	switch {
	case b.parent != "":
		return b.parent
	case b.key == "dn":
		return "ubnd"
	}
	return "phuong"
}
