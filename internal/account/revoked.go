package account

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sotay/internal/clock"
	"sotay/internal/effect"
	"sotay/internal/store"
)

// memberPrefix begins the ids of revocations that are of a whole member.
const memberPrefix = "member-"

// maxStale is how old the set of revocations may be before the service says
// that it can't vouch for tokens.
const maxStale = 30 * time.Second

// revocation stops the access tokens of a session, or with memberPrefix those
// of a member. It is kept for as long as such a token could live.
type revocation struct {
	store.Meta `bson:",inline"`
	// At is when; for a member, tokens issued in earlier seconds are stopped.
	At    time.Time `bson:"at"`
	Until time.Time `bson:"until"`
}

func revocationSchema() *store.Schema {
	return &store.Schema{Name: "revocations", Majority: true, Indexes: []store.Index{
		{Name: "until", Fields: []store.Field{{Path: "until", Type: store.Date}}},
	}}
}

// mark is a revocation in memory.
type mark struct{ at, until time.Time }

// marks are revocations by session and by member.
type marks struct{ sessions, members map[string]mark }

func newMarks() marks { return marks{map[string]mark{}, map[string]mark{}} }

func (m marks) add(id string, k mark) {
	into := m.sessions
	if member, ok := strings.CutPrefix(id, memberPrefix); ok {
		id, into = member, m.members
	}
	if old, ok := into[id]; !ok || old.at.Before(k.at) {
		into[id] = k
	}
}

// merge takes over what is not past.
func (m marks) merge(from marks, now time.Time) {
	for id, k := range from.sessions {
		if k.until.After(now) {
			m.add(id, k)
		}
	}
	for id, k := range from.members {
		if k.until.After(now) {
			m.add(memberPrefix+id, k)
		}
	}
}

func (m marks) covers(sid, memberID string, issued time.Time) bool {
	if len(m.sessions) > 0 {
		if _, ok := m.sessions[sid]; ok {
			return true
		}
	}
	if len(m.members) > 0 {
		// Issue is known to the second. A sign-in within the second of the
		// revocation came after it: what came before is in sessions too.
		if k, ok := m.members[memberID]; ok && issued.Before(k.at.Truncate(time.Second)) {
			return true
		}
	}
	return false
}

// revokedSet is what was read from the store, and what this replica wrote
// since. It is never changed.
type revokedSet struct{ read, own marks }

// revocations is the set of what is revoked, the same on every replica within
// a poll.
type revocations struct {
	rows     *store.Collection[revocation]
	now      clock.Now
	lifetime time.Duration

	set    atomic.Pointer[revokedSet]
	mu     sync.Mutex   // one writer of set at a time
	polled atomic.Int64 // when the last good poll began, by elapsed; 0 for never
	// elapsed only runs forward: a wall clock that jumps must neither shut the
	// service nor hide that nothing is read any more.
	elapsed func() time.Duration
}

func newRevocations(d Deps, c Config) (*revocations, error) {
	rows, err := store.NewCollection[revocation](d.Engine, revocationSchema())
	if err != nil {
		return nil, err
	}
	r := &revocations{rows: rows, now: d.Now, lifetime: c.AccessLifetime, elapsed: d.Elapsed}
	r.set.Store(&revokedSet{newMarks(), newMarks()})
	return r, nil
}

func (r *revocations) covers(sid, memberID string, issued time.Time) bool {
	set := r.set.Load()
	return set.read.covers(sid, memberID, issued) || set.own.covers(sid, memberID, issued)
}

// poll reads the live revocations. What is known and not past stays in any
// case: nothing is ever taken back, and a write of our own may have come
// between the read and the swap.
func (r *revocations) poll(ctx context.Context) error {
	now, began := r.now(), r.elapsed()
	read := newMarks()
	err := r.rows.All(ctx, store.Query{Index: "until", From: now}, func(row revocation) error {
		read.add(row.ID, mark{row.At, row.Until})
		return nil
	})
	if err != nil {
		return fmt.Errorf("read revocations: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.set.Load()
	read.merge(old.read, now)
	read.merge(old.own, now)
	r.set.Store(&revokedSet{read, newMarks()})
	r.polled.Store(int64(max(began, 1)))
	return nil
}

func (r *revocations) healthy() bool {
	polled := time.Duration(r.polled.Load())
	return polled > 0 && r.elapsed()-polled < maxStale
}

// apply makes a revocation hold on this replica at once.
func (r *revocations) apply(id string, k mark) {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.set.Load()
	own := marks{maps.Clone(old.own.sessions), maps.Clone(old.own.members)}
	own.add(id, k)
	r.set.Store(&revokedSet{old.read, own})
}

// revoke stops the access tokens of a session or member that were issued until
// then. It may run twice.
func (r *revocations) revoke(ctx context.Context, id string, at time.Time) error {
	until := at.Add(r.lifetime + tokenGrace)
	r.apply(id, mark{at, until})
	err := r.rows.Insert(ctx, &revocation{Meta: store.Meta{ID: id}, At: at, Until: until})
	if !store.IsDuplicate(err, "_id") {
		return err
	}
	_, err = r.rows.Update(ctx, id, func(t *revocation) error {
		if !t.At.Before(at) {
			return store.ErrUnchanged
		}
		t.At, t.Until = at, until
		return nil
	})
	return err
}

// sweep removes what is past.
func (r *revocations) sweep(ctx context.Context) error {
	return sweepRows(ctx, r.rows, "until", r.now(), nil)
}

// performRevoke is the effect of a session that ended.
func (s *Service) performRevoke(ctx context.Context, _ installation, e effect.Effect) error {
	ms, err := strconv.ParseInt(e.Args["at"], 10, 64)
	if err != nil {
		return fmt.Errorf("time of an effect: %w", err)
	}
	return s.revoked.revoke(ctx, e.Args["sid"], time.UnixMilli(ms).UTC())
}
