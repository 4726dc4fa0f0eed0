package directory

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/directory/tree"
	"sotay/internal/effect"
	"sotay/internal/page"
	"sotay/internal/secret"
	"sotay/internal/store"
)

// How the table is kept fresh. A writer's clock may be behind ours, so that
// each poll looks back a little and some polls further; what a clock that
// jumped still hides, the full reading finds.
const (
	pollEvery   = time.Second
	pollOverlap = 3 * time.Second
	deepEvery   = 30 * time.Second
	deepOverlap = 90 * time.Second
	fullEvery   = 10 * time.Minute
)

// Deps are what the room needs.
type Deps struct {
	Engine store.Engine
	Secret *secret.Secret
	Audit  *audit.Record
	Pages  *page.Sealer
	Now    clock.Now
	Log    *slog.Logger
	// Refused are members who may not sign in whatever their status: the demo
	// accounts, whose password is public, outside a demonstration.
	Refused map[string]bool
}

// Service is the room.
type Service struct {
	acts        *store.Collection[Act]
	members     *store.Collection[Member]
	enterprises *store.Collection[Enterprise]
	actFx       *effect.Runner[Act]
	memberFx    *effect.Runner[Member]
	companyFx   *effect.Runner[Enterprise]

	table  *table
	roll   roll
	recent recent
	now    clock.Now
	log    *slog.Logger
	audit  *audit.Record
	pages  *page.Sealer
	keys   keys
	today  atomic.Pointer[dayUntil]

	forest  atomic.Pointer[forest]
	growing sync.Mutex // over the reading of acts

	leavers []func(ctx context.Context, memberID string) error
	erasers []func(ctx context.Context, memberID string) error
	polled  pollState
}

// pollState is touched by Run alone.
type pollState struct{ last, deep time.Time }

// dayUntil caches which day it is, so that each request need not format it.
type dayUntil struct {
	day         string
	from, until time.Time
}

// New opens the room. Start must be called before it is used.
func New(d Deps) (*Service, error) {
	if d.Engine == nil || d.Secret == nil || d.Audit == nil || d.Pages == nil || d.Now == nil || d.Log == nil {
		return nil, errors.New("directory: a dependency is missing")
	}
	s := &Service{now: d.Now, log: d.Log, audit: d.Audit, pages: d.Pages, table: newTable(), keys: keys{d.Secret}}
	s.table.refused = d.Refused
	s.forest.Store(emptyForest())
	schemas := Schemas()
	var err error
	if s.acts, err = store.NewCollection[Act](d.Engine, schemas[0]); err != nil {
		return nil, err
	}
	if s.members, err = store.NewCollection[Member](d.Engine, schemas[1]); err != nil {
		return nil, err
	}
	if s.enterprises, err = store.NewCollection[Enterprise](d.Engine, schemas[2]); err != nil {
		return nil, err
	}
	s.effects(d)
	return s, nil
}

// The effects of the room's documents.
const (
	fxAudit = "audit"
	fxPlace = "place" // of an act: members into the parts of a split
	fxLeave = "leave" // of a member: sessions end
	fxErase = "erase" // of a member: other rooms erase what they hold
)

func (s *Service) effects(d Deps) {
	s.actFx = effect.NewRunner(s.acts, d.Now, d.Log)
	s.memberFx = effect.NewRunner(s.members, d.Now, d.Log)
	s.companyFx = effect.NewRunner(s.enterprises, d.Now, d.Log)
	s.actFx.On(fxAudit, audit.Handler[Act](d.Audit))
	s.memberFx.On(fxAudit, audit.Handler[Member](d.Audit))
	s.companyFx.On(fxAudit, audit.Handler[Enterprise](d.Audit))
	s.actFx.On(fxPlace, s.performPlace)
	s.memberFx.On(fxLeave, func(ctx context.Context, m Member, _ effect.Effect) error { return each(ctx, s.leavers, m.ID) })
	s.memberFx.On(fxErase, func(ctx context.Context, m Member, _ effect.Effect) error { return each(ctx, s.erasers, m.ID) })
}

func each(ctx context.Context, fns []func(context.Context, string) error, id string) error {
	for _, fn := range fns {
		if err := fn(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// OnLeave registers what ends a member's sessions. Each may run twice. Before
// the service is used.
func (s *Service) OnLeave(fn func(ctx context.Context, memberID string) error) {
	s.leavers = append(s.leavers, fn)
}

// OnErase registers what takes a member out of another room. Each may run
// twice. Before the service is used.
func (s *Service) OnErase(fn func(ctx context.Context, memberID string) error) {
	s.erasers = append(s.erasers, fn)
}

// Sweepers perform what a writer left behind, for effect.Loop.
func (s *Service) Sweepers() []effect.Sweeper {
	return []effect.Sweeper{s.actFx, s.memberFx, s.companyFx}
}

// Start reads all organisations and members.
func (s *Service) Start(ctx context.Context) error {
	if err := s.readActs(ctx); err != nil {
		return err
	}
	rd := newReading(s.table)
	// In the order in which they were written, which is how they lie: in the
	// order of ids each would be fetched from another place of the file. Who is
	// written meanwhile comes again, at the end.
	return s.members.AllRaw(ctx, store.Query{Index: "updatedAt"}, func(doc store.Raw) error {
		r, err := rd.row(doc)
		if r != nil {
			old, now := s.table.put(r)
			s.roll.changed(s.table, old, now)
			if old != nil && old != now { // not at the start of the process
				s.recent.add(r.id)
			}
		}
		return err
	})
}

// take brings a member's newest state into the table.
func (s *Service) take(m *Member) {
	old, now := s.table.set(m)
	s.roll.changed(s.table, old, now)
	if old != now {
		s.recent.add(m.ID)
	}
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

// Refresh reads what has changed lately. It is for one goroutine at a time.
func (s *Service) Refresh(ctx context.Context) error {
	if err := s.readActs(ctx); err != nil {
		return err
	}
	now, p := s.now(), &s.polled
	since := p.last.Add(-pollOverlap)
	deep := now.Sub(p.deep) >= deepEvery || now.Before(p.deep)
	if deep || since.After(now) {
		since = now.Add(-deepOverlap)
	}
	err := s.takeSince(ctx, since)
	if err == nil {
		p.last = now
		if deep {
			p.deep = now
		}
	}
	return err
}

// takeSince takes in members that were written since a moment. Polls look back,
// and what an import has written is theirs for minutes: only those that are new
// to the table are read as a whole.
func (s *Service) takeSince(ctx context.Context, since time.Time) error {
	var news []string
	err := s.members.AllRaw(ctx, store.Query{Index: "updatedAt", From: since}, func(doc store.Raw) error {
		var m stored
		if err := store.Walk(doc, m.take); err != nil {
			return fmt.Errorf("member %s: %w", m.id, err)
		}
		if !s.table.knows(m.id, m.rev) {
			news = append(news, string(m.id))
		}
		return nil
	})
	for ids := range slices.Chunk(news, store.MaxPage) {
		if err != nil {
			break
		}
		var found map[string]Member
		found, err = s.members.GetMany(ctx, ids)
		for _, m := range found {
			s.take(&m)
		}
	}
	return err
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
	tr := s.treeToday(now)
	i := s.table.identity(memberID, tr)
	if i == nil {
		ctx, cancel := context.WithTimeout(context.Background(), lookTimeout)
		defer cancel()
		if m, err := s.members.Get(ctx, memberID); err == nil {
			s.take(&m)
			i = s.table.identity(memberID, tr)
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

// Tree returns the organisations as of today.
func (s *Service) Tree() *tree.Snapshot { return s.treeToday(s.now()) }

// OrgPath returns an organisation's path from the root, nil when it never was.
// One that has closed lies below the one that took its place.
func (s *Service) OrgPath(orgID string) []string { return s.Tree().Path(orgID) }

// Size counts members and organisations, for the log.
func (s *Service) Size() (members, orgs int) { return s.table.len(), s.Tree().Len() }

// wrote settles a member that was written: the table first, then what follows
// from the write. What fails there is not lost: a sweeper finishes it.
func (s *Service) wrote(ctx context.Context, m *Member) {
	s.take(m)
	done, err := s.memberFx.Perform(ctx, m.ID, *m)
	if err != nil {
		s.log.Warn("effects left for a later try", "kind", "member", "id", m.ID, "error", err)
		return
	}
	*m = done
	s.take(m)
}

func doing(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
