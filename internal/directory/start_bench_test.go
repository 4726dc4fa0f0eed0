package directory

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"sotay/internal/caller"
)

// province is a seed of n members in branches of 50, in communes of 40
// branches.
func province(n int) Seed {
	const from = "2025-07-01"
	seed := Seed{Orgs: []SeedOrg{{Key: "root", Name: "Tỉnh", Kind: "province", From: from}}}
	for b := range n / 50 {
		if b%40 == 0 {
			seed.Orgs = append(seed.Orgs, SeedOrg{Key: fmt.Sprintf("x%d", b/40), Name: fmt.Sprintf("Xã %d", b/40), Kind: "commune", Parent: "root", From: from})
		}
		seed.Orgs = append(seed.Orgs, SeedOrg{Key: fmt.Sprintf("b%d", b), Name: fmt.Sprintf("Chi bộ %d", b), Kind: "branch", Parent: fmt.Sprintf("x%d", b/40), From: from})
	}
	given := []string{"Ánh", "Bình", "Cường", "Dũng", "Giang", "Hạnh", "Kiên", "Liễu", "Minh", "Nhẫn"}
	for i := range n {
		seed.Members = append(seed.Members, SeedMember{Key: fmt.Sprint(i), Name: fmt.Sprintf("Nguyễn Văn %d %s", i%977, given[i%10]), Org: fmt.Sprintf("b%d", i/50),
			Kind: Official, Statuses: []SeedStatus{{Status: Active, From: "2010-01-01"}, {Status: []string{Active, Exempt}[i%30/29], From: "2024-01-01"}}})
	}
	return seed
}

// BenchmarkStart reads the directory of a large province.
func BenchmarkStart(b *testing.B) {
	e := openEngine(b)
	s := newFixture(b, e)
	if _, _, err := s.Apply(b.Context(), province(50_000)); err != nil {
		b.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() {
		s = newFixture(b, e)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc)/(1<<20), "MB-heap")
	who := &caller.Caller{Identity: &caller.Identity{MemberID: "asks", Roles: []caller.Role{{Name: caller.Admin, OrgID: OrgID("root")}}}}
	for range 3 {
		at := time.Now()
		if _, _, err := s.Members(b.Context(), who, MemberFilter{OrgID: OrgID("x3")}, "", 50); err != nil {
			b.Fatal(err)
		}
		b.Logf("list of a commune: %v", time.Since(at))
	}
}
