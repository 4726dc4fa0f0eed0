package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"sotay/internal/caller"
	"sotay/internal/directory"
)

// A province of the benchmark: branches of branchSize, in communes of
// communeSize members, which is the subtree whose list is measured.
const (
	branchSize  = 50
	communeSize = 5000
)

const provinceFrom = "2025-07-01"

// province adds a tree of n members below the root, and an administrator who
// may list them.
func (s *seeding) province(ctx context.Context, n int) error {
	if n == 0 || s.have.Chief.Token != "" {
		return nil
	}
	active := []directory.SeedStatus{{Status: "active", From: provinceFrom}}
	seed := directory.Seed{Orgs: []directory.SeedOrg{benchOrg()}, Members: []directory.SeedMember{{Key: "chief", Name: "Người Đo Chung", Org: "bench", Kind: "official",
		Statuses: active, Username: "chief", Roles: []directory.SeedRole{{Role: string(caller.Admin), Org: "bench", From: provinceFrom}}}}}
	given := []string{"Ánh", "Bình", "Cường", "Dũng", "Giang", "Hạnh", "Kiên", "Liễu", "Minh", "Nhẫn"}
	for i := range n {
		commune, branch := fmt.Sprint("commune-", i/communeSize), fmt.Sprint("branch-", i/branchSize)
		if i%communeSize == 0 {
			seed.Orgs = append(seed.Orgs, directory.SeedOrg{Key: commune, Name: "Đảng bộ xã " + commune, Kind: "commune", Parent: "bench", From: provinceFrom})
		}
		if i%branchSize == 0 {
			seed.Orgs = append(seed.Orgs, directory.SeedOrg{Key: branch, Name: "Chi bộ " + branch, Kind: "branch", Parent: commune, From: provinceFrom})
		}
		seed.Members = append(seed.Members, directory.SeedMember{Key: fmt.Sprint("p-", i), Name: fmt.Sprintf("Nguyễn Văn %d %s", i%977, given[i%len(given)]),
			Org: branch, Kind: "official", Statuses: active})
	}
	if _, _, err := s.rooms.directory.Apply(ctx, seed); err != nil {
		return err
	}
	var err error
	s.have.Chief, err = s.signIn(ctx, "chief")
	return err
}

// provinces measures a start with a whole province, and its lists of members
// beside those of a province of a tenth.
func (m *measuring) provinces(ctx context.Context) error {
	var took []time.Duration
	var wide *server
	for range 3 {
		if wide != nil {
			wide.stop()
		}
		var err error
		if wide, err = m.serve(ctx, "wide", m.store("wide")); err != nil {
			return err
		}
		begin := time.Now()
		if err := ready(wide); err != nil {
			return err
		}
		took = append(took, wide.started+time.Since(begin))
	}
	atMost("start_ready_s", median(took).Seconds(), 5)
	calm(ctx, 2*time.Second)
	atMost("start_rss_mb", wide.rss(), 600)
	note("start: %d documents of 60 KB and 200,000 members, from the start of the process until /readyz says yes, on one core", len(wide.have.Documents))
	narrow, err := m.serve(ctx, "narrow", m.store("narrow"))
	if err != nil {
		return err
	}
	var large, small []time.Duration
	for range m.rounds { // in turns, so that both see the same machine
		for _, x := range []struct {
			s    *server
			took *[]time.Duration
		}{{wide, &large}, {narrow, &small}} {
			got, err := listings(x.s)
			if err != nil {
				return err
			}
			*x.took = append(*x.took, got...)
		}
	}
	atMost("member_list_ms", ms(median(large)), 5)
	atMost("member_list_200k_vs_20k", float64(median(large))/float64(median(small)), 1.5)
	note("member list: %d members below the unit, page of 50, each reading written to the audit record; on 20,000 members %s", communeSize, millis(median(small)))
	return nil
}

func ready(s *server) error {
	c, err := dial(s.addr)
	if err != nil {
		return err
	}
	defer c.close()
	status, body, err := c.do(http.MethodGet, "/readyz", "", "", "")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("not ready: %d %s", status, body)
	}
	return err
}

// listings reads the first page of the commune some times.
func listings(s *server) ([]time.Duration, error) {
	c, err := dial(s.addr)
	if err != nil {
		return nil, err
	}
	defer c.close()
	var took []time.Duration
	for range 60 {
		var page struct {
			Items []struct{} `json:"items"`
		}
		begin := time.Now()
		if err := c.get("/v1/orgs/"+directory.OrgID("commune-1")+"/members?limit=50", s.have.Chief.Token, &page); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begin))
		if len(page.Items) != 50 {
			return nil, fmt.Errorf("a page of %d members", len(page.Items))
		}
	}
	return took[10:], nil // the first warm up
}
