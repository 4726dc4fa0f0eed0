package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/directory"
	"sotay/internal/editorial"
	"sotay/internal/effect"
	"sotay/internal/ident"
	"sotay/internal/store"
	"sotay/internal/study"
	"sotay/internal/study/tally"
)

// pastDays is for how many days members have completed them.
const pastDays = 7

// wholeDrives makes drives for the whole province, opens all but the last, and
// has every member complete each.
func (s *seeding) wholeDrives(ctx context.Context) error {
	if s.drives == 0 || len(s.have.Drives) > 0 {
		return nil
	}
	if err := s.leader(ctx); err != nil {
		return err
	}
	var ids []string
	for i := range s.drives {
		steps := []editorial.Verb{editorial.Submit, editorial.Approve}
		if i < s.drives-1 {
			steps = append(steps, editorial.Publish)
		}
		id, err := s.newDrive(ctx, fmt.Sprint("Đợt học tập toàn tỉnh ", i+1), (pastDays+1)*24*time.Hour, steps...)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if err := errors.Join(s.rooms.studies.CatchUp(ctx), s.rooms.studies.OpenDue(ctx)); err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.completions(ctx, id); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "seeded %d completions\n", s.inTree)
	}
	s.have.Drives = ids
	return nil
}

// leader adds a leader of the province and signs them in.
func (s *seeding) leader(ctx context.Context) error {
	_, _, err := s.rooms.directory.Apply(ctx, directory.Seed{Orgs: []directory.SeedOrg{benchOrg()}, Members: []directory.SeedMember{{Key: "leader",
		Name: "Người Lãnh Đạo Đo", Org: "bench", Kind: "official", Statuses: []directory.SeedStatus{{Status: "active", From: provinceFrom}}, Username: "leader",
		Roles: []directory.SeedRole{{Role: string(caller.Leader), Org: "bench", From: provinceFrom}}}}})
	if err == nil {
		s.have.Leader, err = s.signIn(ctx, "leader")
	}
	return err
}

// completions writes those of a drive as the room does, but has nothing follow
// from them: what a lost effect leaves, a million times.
func (s *seeding) completions(ctx context.Context, driveID string) error {
	var coll *store.Collection[study.Completion]
	for _, x := range study.Schemas() {
		if x.Name != "completions" {
			continue
		}
		var err error
		if coll, err = store.NewCollection[study.Completion](s.rooms.engine, x); err != nil {
			return err
		}
	}
	first, apart := clock.Milli(time.Now().AddDate(0, 0, -pastDays)), pastDays*24*time.Hour/time.Duration(s.inTree)
	var batch []*study.Completion
	for i := range s.inTree {
		memberID, at := directory.MemberID(fmt.Sprint("p-", i)), first.Add(time.Duration(i)*apart)
		batch = append(batch, &study.Completion{Meta: store.Meta{ID: study.CompletionID(driveID, memberID)}, Pending: effect.Pending{Fx: []effect.Effect{}},
			DriveID: driveID, MemberID: memberID, Code: ident.Code(), Basis: tally.ByApp, On: clock.Day(at), RecordedAt: at,
			Studied:     []study.Studied{{Kind: "document", ID: s.have.Documents[0], Version: 1}},
			Corrections: []study.Correction{}, TopUps: []study.TopUp{}})
		if len(batch) < store.MaxPage && i < s.inTree-1 {
			continue
		}
		if err := errors.Join(coll.InsertMany(ctx, batch)...); err != nil {
			return err
		}
		batch = batch[:0]
	}
	return ctx.Err()
}
