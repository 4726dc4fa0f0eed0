package directory

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// How the table is kept fresh. A writer's clock may be behind ours, so that
// each poll looks back; what a clock that jumped still hides, the full reading
// finds.
const (
	pollEvery   = time.Second
	pollOverlap = 2 * time.Minute
	fullEvery   = 10 * time.Minute
)

// Deps are what the room needs.
type Deps struct {
	Engine store.Engine
	Now    clock.Now
	Log    *slog.Logger
	// Refused are members who may not sign in whatever their status: the demo
	// accounts, whose password is public, outside a demonstration.
	Refused map[string]bool
}

// Service is the room.
type Service struct {
	orgs    *store.Collection[Org]
	members *store.Collection[Member]
	table   *table
	now     clock.Now
	log     *slog.Logger
	today   atomic.Pointer[dayUntil]
}

// dayUntil caches which day it is, so that each request need not format it.
type dayUntil struct {
	day         string
	from, until time.Time
}

// New opens the room. Start must be called before it is used.
func New(d Deps) (*Service, error) {
	if d.Engine == nil || d.Now == nil || d.Log == nil {
		return nil, errors.New("directory: a dependency is missing")
	}
	s := &Service{now: d.Now, log: d.Log, table: newTable()}
	s.table.refused = d.Refused
	schemas := Schemas()
	var err error
	if s.orgs, err = store.NewCollection[Org](d.Engine, schemas[0]); err != nil {
		return nil, err
	}
	s.members, err = store.NewCollection[Member](d.Engine, schemas[1])
	return s, err
}

// Start reads all organisations and members.
func (s *Service) Start(ctx context.Context) error {
	if err := s.loadTree(ctx); err != nil {
		return err
	}
	return s.members.Each(ctx, func(m Member) error {
		s.table.set(&m)
		return nil
	})
}

func (s *Service) loadTree(ctx context.Context) error {
	next := tree{}
	changed := false
	old := *s.table.tree.Load()
	err := s.orgs.Each(ctx, func(o Org) error {
		next[o.ID] = &o
		if was := old[o.ID]; was == nil || was.Rev != o.Rev {
			changed = true
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("load organisations: %w", err)
	}
	if changed || len(next) != len(old) {
		s.table.tree.Store(&next)
	}
	return nil
}

// Run keeps the table fresh until ctx ends.
func (s *Service) Run(ctx context.Context) {
	poll, full := time.NewTicker(pollEvery), time.NewTicker(fullEvery)
	defer poll.Stop()
	defer full.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
			err = s.Refresh(ctx)
		case <-full.C:
			err = s.Start(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.log.Warn("directory not read", "error", err)
		}
	}
}

// Refresh reads what has changed lately.
func (s *Service) Refresh(ctx context.Context) error {
	since := s.now().Add(-pollOverlap)
	orgs, err := s.orgs.Find(ctx, store.Query{Index: "updatedAt", From: since, Limit: 1})
	if err != nil {
		return err
	}
	if len(orgs.Items) > 0 {
		if err := s.loadTree(ctx); err != nil {
			return err
		}
	}
	return s.members.All(ctx, store.Query{Index: "updatedAt", From: since}, func(m Member) error {
		s.table.set(&m)
		return nil
	})
}

// lookTimeout bounds the reading of a member who is not in the table.
const lookTimeout = 2 * time.Second

// Identity returns a member as of today. One who is not in the table yet, for
// another replica has just written them, is looked up: whoever asks holds our
// signature on the id.
func (s *Service) Identity(memberID string) (*caller.Identity, bool) {
	return s.IdentityAt(memberID, s.now())
}

// IdentityAt is Identity for a caller who has the present moment at hand.
func (s *Service) IdentityAt(memberID string, now time.Time) (*caller.Identity, bool) {
	today := s.day(now)
	i := s.table.identity(memberID, today)
	if i == nil {
		ctx, cancel := context.WithTimeout(context.Background(), lookTimeout)
		defer cancel()
		if m, err := s.members.Get(ctx, memberID); err == nil {
			s.table.set(&m)
			i = s.table.identity(memberID, today)
		}
	}
	return i, i != nil
}

// day is the calendar day in Vietnam.
func (s *Service) day(now time.Time) string {
	if d := s.today.Load(); d != nil && !now.Before(d.from) && now.Before(d.until) {
		return d.day
	}
	local := now.In(clock.Vietnam)
	from := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, clock.Vietnam)
	d := &dayUntil{day: clock.Day(now), from: from, until: from.AddDate(0, 0, 1)}
	s.today.Store(d)
	return d.day
}

// OrgPath returns an organisation's path from the root, nil when unknown.
func (s *Service) OrgPath(orgID string) []string { return s.table.path(orgID) }

// Size counts members and organisations, for the log.
func (s *Service) Size() (members, orgs int) { return s.table.len(), len(*s.table.tree.Load()) }

// Profile is a member as that member sees it.
type Profile struct {
	Member   Member
	Identity *caller.Identity
	Path     []Org
	OrgName  map[string]string
}

// Profile reads the member's own record.
func (s *Service) Profile(ctx context.Context, memberID string) (Profile, error) {
	m, err := s.members.Get(ctx, memberID)
	if errors.Is(err, store.ErrNotFound) {
		return Profile{}, fault.NotFound
	}
	if err != nil {
		return Profile{}, err
	}
	s.table.set(&m)
	i, ok := s.Identity(memberID)
	if !ok {
		return Profile{}, fault.NotFound
	}
	p := Profile{Member: m, Identity: i, OrgName: map[string]string{}}
	tr := *s.table.tree.Load()
	for _, id := range i.OrgPath {
		if o := tr[id]; o != nil {
			p.Path = append(p.Path, *o)
		}
	}
	for _, r := range i.Roles {
		if o := tr[r.OrgID]; o != nil {
			p.OrgName[r.OrgID] = o.Name
		}
	}
	return p, nil
}
