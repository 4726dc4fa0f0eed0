package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// Marks is what a member has read: all up to an instant, and some later ones. Its
// id is the member's.
type Marks struct {
	store.Meta `bson:",inline"`
	UpTo       time.Time `bson:"upTo"`
	// IDs are sorted.
	IDs []string `bson:"ids"`
}

func marksSchema() *store.Schema { return &store.Schema{Name: "readmarks"} }

// maxMarks bounds the single marks of a member; the oldest go first, when they
// stand for notices that nobody sees any more or that UpTo covers.
const maxMarks = 2000

// merge adds marks: the later instant, and all ids. It is commutative,
// associative and idempotent.
func (m *Marks) merge(o *Marks) {
	if o.UpTo.After(m.UpTo) {
		m.UpTo = o.UpTo
	}
	m.IDs = append(slices.Clone(m.IDs), o.IDs...)
	slices.Sort(m.IDs)
	m.IDs = slices.Compact(m.IDs)
}

func (m *Marks) has(n *Notice) bool {
	if !n.At.After(m.UpTo) {
		return true
	}
	_, found := slices.BinarySearch(m.IDs, n.ID)
	return found
}

// news is how old a notice may be to be unread for who has never read one: nobody
// begins with a year of them.
const news = 30 * 24 * time.Hour

// unmarked are the marks of a member who has made none.
func (s *Service) unmarked(memberID string) Marks {
	return Marks{Meta: store.Meta{ID: memberID}, UpTo: s.Now().Add(-news), IDs: []string{}}
}

// marksOf returns what a member has read.
func (s *Service) marksOf(ctx context.Context, memberID string) (Marks, error) {
	m, err := s.marks.Get(ctx, memberID)
	if errors.Is(err, store.ErrNotFound) {
		return s.unmarked(memberID), nil
	}
	return m, err
}

// Read marks notices of the caller's inbox, those named and all up to an instant,
// and returns how many are left. What is not in the inbox is passed over.
func (s *Service) Read(ctx context.Context, c *caller.Caller, ids []string, upTo time.Time) (unread int64, err error) {
	if len(ids) == 0 && upTo.IsZero() {
		return 0, fault.BadInput.At("", "required", "Cần ids hoặc upTo.", "ids or upTo is needed.")
	}
	if now := s.Now(); upTo.After(now) {
		upTo = now
	}
	all, err := s.inbox(ctx, c)
	if err != nil {
		return 0, err
	}
	add := Marks{UpTo: upTo}
	seen := map[string]*Notice{}
	for i := range all {
		seen[all[i].ID] = &all[i]
	}
	for _, id := range ids {
		if n := seen[id]; n != nil {
			add.IDs = append(add.IDs, id)
		}
	}
	m, err := s.keep(ctx, c.MemberID, &add, seen)
	if err != nil {
		return 0, fmt.Errorf("keep read marks: %w", err)
	}
	return countUnread(all, &m), nil
}

// keep merges marks into those of a member.
func (s *Service) keep(ctx context.Context, memberID string, add *Marks, seen map[string]*Notice) (Marks, error) {
	for {
		m, err := s.marks.Update(ctx, memberID, func(m *Marks) error {
			before := *m
			m.merge(add)
			m.shrink(seen)
			if m.UpTo.Equal(before.UpTo) && slices.Equal(m.IDs, before.IDs) {
				return store.ErrUnchanged
			}
			return nil
		})
		if !errors.Is(err, store.ErrNotFound) {
			return m, err
		}
		m = s.unmarked(memberID)
		m.merge(add)
		m.shrink(seen)
		if err := s.marks.Insert(ctx, &m); !store.IsDuplicate(err, "_id") {
			return m, err
		}
	}
}

// shrink takes out single marks that say nothing: UpTo covers them, or there are
// too many and nobody sees their notice.
func (m *Marks) shrink(seen map[string]*Notice) {
	full := len(m.IDs) > maxMarks
	m.IDs = slices.DeleteFunc(m.IDs, func(id string) bool {
		n := seen[id]
		return n != nil && !n.At.After(m.UpTo) || n == nil && full
	})
	m.IDs = m.IDs[:min(len(m.IDs), maxMarks)]
}

// MyMarks returns what is kept of what the caller has read, for their export.
func (s *Service) MyMarks(ctx context.Context, c *caller.Caller) (Marks, error) {
	m, err := s.marks.Get(ctx, c.MemberID)
	if errors.Is(err, store.ErrNotFound) {
		return Marks{IDs: []string{}}, nil
	}
	return m, err
}

// Erase removes a member's marks. May run twice.
func (s *Service) Erase(ctx context.Context, memberID string) error {
	m, err := s.marks.Get(ctx, memberID)
	if err == nil {
		err = s.marks.DeleteIf(ctx, memberID, m.Rev)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("erase read marks of %s: %w", memberID, err)
	}
	return nil
}
