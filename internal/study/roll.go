package study

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/effect"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/store"
	"sotay/internal/study/tally"
)

// pageSize is how many members of one unit share a page.
const pageSize = 200

// Opening says that a drive's roll has been taken down: its insert is what
// decides. Its id is the drive's.
type Opening struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	// RollID marks the pages of the roll. Whoever took down another one at the
	// same time was late: its pages count for nothing and are removed.
	RollID string `bson:"rollId"`
	// RollDate is the day whose members, units and statuses the roll has.
	RollDate string    `bson:"rollDate"`
	Members  int64     `bson:"members"`
	OpenedAt time.Time `bson:"openedAt"`
	// Rules say who of the roll is obliged. They are those of the installation
	// on that day and stay the drive's.
	Rules tally.Rules `bson:"rules"`
}

// Page is a part of a drive's roll: up to 200 members of one unit, with what
// became of them.
type Page struct {
	store.Meta `bson:",inline"`
	DriveID    string `bson:"driveId"`
	RollID     string `bson:"rollId"`
	OrgID      string `bson:"orgId"`
	Rows       []Row  `bson:"rows"`
	// Counts are those of the rows, computed with each write.
	Counts    tally.Counts `bson:"counts"`
	UpdatedAt time.Time    `bson:"updatedAt"`
}

// Row is a member of the roll.
type Row struct {
	tally.Row `bson:",inline"`
	// CompletionRev is the revision of the completion that the row shows: an
	// older one is ignored.
	CompletionRev int64 `bson:"completionRev"`
	// RollRev is that of the changes of the roll which it shows.
	RollRev int64 `bson:"rollRev"`
}

func openingSchema() *store.Schema {
	return &store.Schema{Name: "driveopenings", Indexes: []store.Index{effect.Index()}}
}

func pageSchema() *store.Schema {
	return &store.Schema{Name: "drivepages", Indexes: []store.Index{
		{Name: "drive", Fields: []store.Field{{Path: "driveId", Type: store.String}, {Path: "rollId", Type: store.String}}},
		{Name: "roll", Fields: []store.Field{{Path: "rollId", Type: store.String}, {Path: "updatedAt", Type: store.Date}}},
	}}
}

// onRoll are the statuses that a roll has: who is suspended or has left is not
// on it, and who is attached elsewhere for a time is on it there.
var onRoll = []string{string(tally.Active), string(tally.Exempt), string(tally.TemporarilyExempt), string(tally.TemporaryAttachment)}

// open takes a drive's roll down, as of the day on which it opens. Several may
// do so at once: one opening is kept.
func (s *Service) open(ctx context.Context, v *DriveVersion) error {
	day, id := clock.Day(v.Payload.OpensAt), ident.New()
	units := map[string][]Row{}
	s.People.EachOn(day, func(m *caller.Identity) {
		// Who had no unit on that day was not a member yet.
		if len(m.OrgPath) > 0 && slices.Contains(onRoll, m.Status) && Addressed(&v.Visibility, &v.Payload, m) {
			units[m.OrgID] = append(units[m.OrgID], Row{Row: tally.Row{MemberID: m.MemberID, Kind: tally.Kind(m.Kind), Status: tally.Status(m.Status),
				EnterpriseID: m.EnterpriseID, Entries: []tally.Entry{}}})
		}
	})
	o := Opening{Meta: store.Meta{ID: v.ItemID}, RollID: id, RollDate: day, Rules: s.Rules}
	var batch []*Page
	write := func() error {
		errs := s.pages.InsertMany(ctx, batch)
		batch = batch[:0]
		return errors.Join(errs...)
	}
	for org, rows := range units {
		slices.SortFunc(rows, func(a, b Row) int { return strings.Compare(a.MemberID, b.MemberID) })
		o.Members += int64(len(rows))
		for n, chunk := range slices.Collect(slices.Chunk(rows, pageSize)) {
			p := &Page{Meta: store.Meta{ID: fmt.Sprintf("%s/%s/%d", id, org, n)}, DriveID: v.ItemID, RollID: id, OrgID: org, Rows: chunk, UpdatedAt: s.Now()}
			p.count(s.Rules)
			if batch = append(batch, p); len(batch) >= 100 {
				if err := write(); err != nil {
					return fmt.Errorf("roll of drive %s: %w", v.ItemID, err)
				}
			}
		}
	}
	if err := write(); err != nil {
		return fmt.Errorf("roll of drive %s: %w", v.ItemID, err)
	}
	o.OpenedAt = s.Now()
	o.Add(o.OpenedAt, fxClean, nil)
	err := s.openings.Insert(ctx, &o)
	if store.IsDuplicate(err, "_id") {
		if o, err = s.openings.Get(ctx, v.ItemID); err == nil {
			return s.clean(ctx, &o)
		}
	}
	if err != nil {
		return fmt.Errorf("open drive %s: %w", v.ItemID, err)
	}
	s.Log.Info("drive opened", "drive", v.ItemID, "members", o.Members, "units", len(units))
	s.openingFx.Settle(ctx, "drive", o.ID, o)
	return nil
}

// clean removes the pages of rolls that were not kept.
func (s *Service) clean(ctx context.Context, o *Opening) error {
	return s.pages.All(ctx, store.Query{Index: "drive", Eq: []any{o.ID}}, func(p Page) error {
		if p.RollID == o.RollID {
			return nil
		}
		err := s.pages.DeleteIf(ctx, p.ID, p.Rev)
		if errors.Is(err, store.ErrStale) {
			return nil // nobody writes such a page: another has removed it
		}
		return err
	})
}

// count counts the rows: everything recorded, also what a clock ahead of ours has
// dated.
func (p *Page) count(rules tally.Rules) { p.Counts = countOf(p.Rows, &rules, forever) }

// changed closes a change of the rows. A page's instant never goes backwards:
// polls read in this order.
func (p *Page) changed(rules tally.Rules, now time.Time) {
	if !now.After(p.UpdatedAt) {
		now = p.UpdatedAt.Add(time.Millisecond)
	}
	p.UpdatedAt = now
	p.count(rules)
}

// countOf counts rows by what had been recorded at an instant.
func countOf(rows []Row, rules *tally.Rules, at time.Time) tally.Counts {
	var c tally.Counts
	for i := range rows {
		c.Count(&rows[i].Row, rules, at)
	}
	return c
}

// roll is what this process knows of an opened drive: where each member stands
// and the counts of each page.
type roll struct {
	opening Opening
	mu      sync.RWMutex
	at      map[string]string // page by member
	pages   map[string]*tallied
	past    past
	noted   bool // NoteChanges has been through it
	// polled is when what was written lately was last taken in, and swept what
	// was written a good while before.
	polled, swept time.Time
}

type tallied struct {
	orgID  string
	rev    int64
	counts tally.Counts
	works  map[string]tally.Counts // by enterprise, of those who work at one
	marks  []mark
}

// notOpen answers who asks for the roll of a drive before it was taken down.
var notOpen = fault.New(fault.Conflict, "not_open",
	"Đợt học tập chưa mở, nên chưa có danh sách.", "The drive has not opened: there is no roll yet.")

// rollOf returns the roll of a drive, reading it when this process has not.
func (s *Service) rollOf(ctx context.Context, driveID string) (*roll, error) {
	s.mu.Lock()
	r := s.rolls[driveID]
	s.mu.Unlock()
	if r != nil {
		return r, nil
	}
	// Many may ask at once; one reads for all, whoever of them goes away.
	read, err, _ := s.reads.Do(driveID, func() (any, error) { return s.readRoll(context.WithoutCancel(ctx), driveID) })
	if err != nil {
		return nil, err
	}
	return read.(*roll), nil
}

// readRoll reads the roll of a drive from the store.
func (s *Service) readRoll(ctx context.Context, driveID string) (*roll, error) {
	o, err := s.openings.Get(ctx, driveID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, notOpen
	}
	if err != nil {
		return nil, err
	}
	now := s.Now()
	r := &roll{opening: o, at: map[string]string{}, pages: map[string]*tallied{}, polled: now, swept: now}
	if err := s.poll(ctx, r, time.Time{}); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.rolls[driveID]; other != nil {
		return other, nil
	}
	s.rolls[driveID] = r
	return r, nil
}

// take brings a page's newest state in.
func (r *roll) take(p *Page) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old := r.pages[p.ID]; old != nil && old.rev >= p.Rev {
		return
	}
	r.pages[p.ID] = &tallied{orgID: p.OrgID, rev: p.Rev, counts: p.Counts, works: works(p.Rows, &r.opening.Rules, forever), marks: marks(p)}
	for i := range p.Rows {
		if r.at[p.Rows[i].MemberID] != p.ID {
			r.at[p.Rows[i].MemberID] = p.ID
		}
	}
}

// mark is what this process remembers of a member's row; false for who has none.
func (r *roll) mark(memberID string) (mark, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if _, m := r.find(memberID); m != nil {
		return *m, true
	}
	return mark{}, false
}

// find returns a member's mark and its page, nil for who has no row; the caller
// holds mu.
func (r *roll) find(memberID string) (*tallied, *mark) {
	if p := r.pages[r.at[memberID]]; p != nil {
		for i := range p.marks {
			if p.marks[i].memberID == memberID {
				return p, &p.marks[i]
			}
		}
	}
	return nil, nil
}

// holds tells whether a member is on the roll today.
func (r *roll) holds(memberID string) bool {
	m, there := r.mark(memberID)
	return there && !m.removed
}

// pageOf is the page that has a member's row, "" for who has none. Who was removed
// has one; see holds.
func (r *roll) pageOf(memberID string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.at[memberID]
}

// setRow states what a member's row in a drive shall be; who has none gets none.
func (s *Service) setRow(ctx context.Context, driveID, memberID string, state func(*Row) (changed bool)) error {
	r, err := s.rollOf(ctx, driveID)
	if errors.Is(err, notOpen) && s.out.Load().drives[driveID] == nil {
		return nil // withdrawn before it opened
	}
	if err != nil {
		return err // also while the roll is being taken down: a sweeper tries again
	}
	id, err := s.pageFor(ctx, r, memberID)
	if id == "" || err != nil {
		return err
	}
	p, err := s.pages.Update(ctx, id, func(p *Page) error {
		i := slices.IndexFunc(p.Rows, func(r Row) bool { return r.MemberID == memberID })
		if i < 0 || !state(&p.Rows[i]) {
			return store.ErrUnchanged
		}
		p.changed(r.opening.Rules, s.Now())
		return nil
	})
	if err != nil {
		return fmt.Errorf("row of %s in drive %s: %w", memberID, driveID, err)
	}
	r.take(&p)
	return nil
}

// forever is later than anything recorded.
var forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
