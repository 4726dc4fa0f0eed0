package account

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/fault"
)

// RosterEntry is a member on the list of a unit.
type RosterEntry struct{ MemberID, Name, OrgID, OrgName string }

// Roster lists the members of an organisation's subtree who have not left, by
// unit in the order of the tree, then by name. It ends with fn's error.
type Roster interface {
	Roster(ctx context.Context, orgID string, fn func(RosterEntry) error) error
}

// How many people one call prints, and how many it looks through to find them.
const (
	MaxSheet     = 500
	maxSheetLook = 5000
)

// TooManyPeople answers the order of a sheet that one call can't print.
var TooManyPeople = fault.New(fault.Unsuited, "too_many_people",
	"Mỗi lần chỉ in mã cho tối đa "+strconv.Itoa(MaxSheet)+" người. Hãy in theo từng đơn vị, hoặc dùng lệnh \"sotay codes print\" trên máy chủ.",
	"At most "+strconv.Itoa(MaxSheet)+" people are printed at a time. Print unit by unit, or use the command \"sotay codes print\" on the server.")

// SheetOrder says whose codes are to be printed.
type SheetOrder struct {
	OrgID string
	// All also takes members who have a password.
	All bool
	// By is who orders it; nil is the command line, which ActorID may name a
	// member for.
	By      *caller.Caller
	ActorID string
}

// SheetPlan is who gets a new code. Nothing is issued yet.
type SheetPlan struct {
	OrgID   string
	People  []RosterEntry
	Skipped int // hold a role beyond the issuer's scope
	Active  int // have a password, and were not asked for
	grants  []grant
}

// Slip is what a member gets to cut off.
type Slip struct {
	RosterEntry
	Issued
}

// PlanSheet finds who is to get a code. Errors: fault.NotFound for an
// organisation outside the caller's scope, TooManyPeople for callers.
func (s *Service) PlanSheet(ctx context.Context, o SheetOrder) (*SheetPlan, error) {
	path := s.members.OrgPath(o.OrgID)
	if s.roster == nil || path == nil || o.By != nil && !o.By.Covers(path, caller.Admin) {
		return nil, fault.NotFound
	}
	p := &SheetPlan{OrgID: o.OrgID}
	var batch []RosterEntry
	looked := 0
	take := func() error {
		defer func() { batch = batch[:0] }()
		return s.plan(ctx, o, p, batch)
	}
	err := s.roster.Roster(ctx, o.OrgID, func(e RosterEntry) error {
		if looked++; o.By != nil && (looked > maxSheetLook || len(p.People) > MaxSheet) {
			return TooManyPeople
		}
		if batch = append(batch, e); len(batch) < sheetBatch {
			return nil
		}
		return take()
	})
	if err == nil {
		err = take()
	}
	if err == nil && o.By != nil && len(p.People) > MaxSheet {
		err = TooManyPeople
	}
	if err != nil {
		return nil, fmt.Errorf("plan sheet of %s: %w", o.OrgID, err)
	}
	return p, nil
}

// sheetBatch is how many accounts are read at a time, sheetWriters how many are
// written: the store commits in groups.
const (
	sheetBatch   = 200
	sheetWriters = 16
)

// plan sorts a batch of the roster.
func (s *Service) plan(ctx context.Context, o SheetOrder, p *SheetPlan, batch []RosterEntry) error {
	ids := make([]string, len(batch))
	for i := range batch {
		ids[i] = batch[i].MemberID
	}
	have, err := s.credentials.GetMany(ctx, ids)
	if err != nil {
		return err
	}
	for _, e := range batch {
		if have[e.MemberID].Hash != "" && !o.All {
			p.Active++
			continue
		}
		g, err := s.sheetGrant(o, e.MemberID)
		switch {
		case errors.Is(err, NeedsAdmin):
			p.Skipped++
		case errors.Is(err, fault.NotFound), errors.Is(err, MemberLeft): // moved or left in between
		case err != nil:
			return err
		default:
			p.People, p.grants = append(p.People, e), append(p.grants, g)
		}
	}
	return nil
}

func (s *Service) sheetGrant(o SheetOrder, memberID string) (grant, error) {
	target, ok := s.members.Identity(memberID)
	switch {
	case !ok:
		return grant{}, fault.NotFound
	case o.By != nil:
		return s.grantFor(o.By.Identity, caller.Admin, target)
	case !target.MaySignIn:
		return grant{}, MemberLeft
	}
	return grant{}, nil
}

// RecordSheet writes one entry for a whole sheet, before a code of it is
// issued: an entry for codes that were never made does no harm, codes without
// an entry would.
func (s *Service) RecordSheet(ctx context.Context, o SheetOrder, p *SheetPlan) error {
	actor := o.ActorID
	if o.By != nil {
		actor = o.By.MemberID
	}
	return s.audit.Write(ctx, "", audit.Entry{At: clock.Milli(s.now()), ActorID: actor, Act: "activation.sheet", Target: "org/" + p.OrgID,
		Details: map[string]string{"people": strconv.Itoa(len(p.People)), "skipped": strconv.Itoa(p.Skipped), "all": strconv.FormatBool(o.All)}})
}

// IssueSlips issues the codes of the people from one to another of a plan, and
// calls done after each, several at one time.
func (s *Service) IssueSlips(ctx context.Context, p *SheetPlan, from, to int, done func()) ([]Slip, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := make([]Slip, to-from)
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(sheetWriters, len(out)) {
		wg.Go(func() {
			for i := range next {
				e := p.People[from+i]
				issued, err := s.issue(ctx, e.MemberID, p.grants[from+i], nil)
				if err != nil {
					cancel(err)
					return
				}
				out[i] = Slip{RosterEntry: e, Issued: issued}
				if done != nil {
					done()
				}
			}
		})
	}
feed:
	for i := range out {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return out, nil
}

// Sheet plans, records and issues a sheet in one call, for an administrator.
func (s *Service) Sheet(ctx context.Context, c *caller.Caller, orgID string, all bool) ([]Slip, error) {
	o := SheetOrder{OrgID: orgID, All: all, By: c}
	p, err := s.PlanSheet(ctx, o)
	if err != nil {
		return nil, err
	}
	if len(p.People) == 0 {
		return nil, NobodyToPrint
	}
	if err := s.RecordSheet(ctx, o, p); err != nil {
		return nil, err
	}
	return s.IssueSlips(ctx, p, 0, len(p.People), nil)
}

// NobodyToPrint answers the order of a sheet on which nobody would stand.
var NobodyToPrint = fault.New(fault.Unsuited, "nobody_to_print",
	"Không có ai cần mã mới: mọi người trong đơn vị đã có mật khẩu, hoặc có vai trò ngoài phạm vi của bạn. Dùng all=true để in cả cho người đã có mật khẩu.",
	"Nobody needs a new code: all members of the unit have a password, or hold a role beyond your scope. With all=true those with a password are printed too.")
