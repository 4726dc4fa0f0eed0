package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"sotay/internal/caller"
	"sotay/internal/directory/tree"
	"sotay/internal/effect"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// forest is all acts that were read, and the trees that follow from them.
type forest struct {
	acts    []tree.Act
	seq     int64
	history *tree.History
	today   *atomic.Pointer[tree.Snapshot]
	days    *lru.Cache[string, *tree.Snapshot] // of other days
}

// maxDays is how many trees of other days are kept: those on which drives have
// opened are asked for again and again.
const maxDays = 16

func newDays() *lru.Cache[string, *tree.Snapshot] {
	c, _ := lru.New[string, *tree.Snapshot](maxDays) // fails for a size of 0 alone
	return c
}

func emptyForest() *forest {
	h, _ := tree.Build(nil) // nothing contradicts nothing
	return &forest{history: h, today: &atomic.Pointer[tree.Snapshot]{}, days: newDays()}
}

// with returns the forest after more acts, which follow its own.
func (f *forest) with(acts ...tree.Act) (*forest, error) {
	next := &forest{acts: append(slices.Clip(f.acts), acts...), seq: acts[len(acts)-1].Seq, today: &atomic.Pointer[tree.Snapshot]{}, days: newDays()}
	var err error
	next.history, err = tree.Build(next.acts)
	return next, err
}

// treeToday returns the tree of the day of a moment. Of one day and one state
// of the acts there is one snapshot, which others compare by its address.
func (s *Service) treeToday(now time.Time) *tree.Snapshot {
	f, day := s.forest.Load(), s.day(now)
	for {
		t := f.today.Load()
		if t != nil && t.Day == day {
			return t
		}
		made := f.history.At(day)
		if f.today.CompareAndSwap(t, made) {
			return made
		}
	}
}

// treeOn returns the tree of any day, "" for today.
func (s *Service) treeOn(day string) *tree.Snapshot {
	today := s.Tree()
	if day == "" || day == today.Day {
		return today
	}
	f := s.forest.Load()
	t, ok := f.days.Get(day)
	if !ok {
		t = f.history.At(day)
		f.days.Add(day, t)
	}
	return t
}

// readActs takes in the acts that were added since.
func (s *Service) readActs(ctx context.Context) error {
	s.growing.Lock()
	defer s.growing.Unlock()
	f := s.forest.Load()
	var added []tree.Act
	err := s.acts.All(ctx, store.Query{Index: "seq", From: f.seq + 1}, func(a Act) error {
		added = append(added, a.pure())
		return nil
	})
	if err != nil || len(added) == 0 {
		return doing("read acts", err)
	}
	next, err := f.with(added...)
	if err != nil {
		return doing("read acts", err)
	}
	s.forest.Store(next)
	return nil
}

// actTries bounds the tries of adding an act: each lost race is another's act.
const actTries = 64

// decide adds an act. prepare says what it changes, given the tree on its day
// and today's; it may run several times. The act is judged against all acts
// before it, and the number decides between two who add at once.
func (s *Service) decide(ctx context.Context, who *caller.Caller, a Act, prepare func(on, today *tree.Snapshot, a *Act) error) (Act, error) {
	// A repeat is answered before it is judged: what it asks for has happened.
	if old, err := s.repeated(ctx, &a); !errors.Is(err, store.ErrNotFound) {
		return old, err
	}
	for range actTries {
		if err := s.readActs(ctx); err != nil {
			return a, err
		}
		f := s.forest.Load()
		next := a
		if err := prepare(f.history.At(a.On), s.Tree(), &next); err != nil {
			return a, err
		}
		next.Seq, next.At, next.By = f.seq+1, s.now(), actorID(who)
		if _, err := f.with(next.pure()); err != nil {
			return a, treeFault(err, next.Seq)
		}
		next.Add(next.At, fxAudit, actAudit(&next))
		if len(next.Moves) > 0 {
			next.Add(next.At, fxPlace, nil)
		}
		err := s.acts.Insert(ctx, &next)
		switch {
		case store.IsDuplicate(err, "seq"):
			continue
		case store.IsDuplicate(err, "_id"):
			return s.repeated(ctx, &next)
		case err != nil:
			return a, doing("add act", err)
		}
		return next, s.decided(ctx, &next)
	}
	return a, doing("add act", store.ErrContention)
}

// decided takes an act into the trees and performs what follows from it.
func (s *Service) decided(ctx context.Context, a *Act) error {
	if err := s.readActs(ctx); err != nil {
		return err
	}
	*a = s.actFx.Settle(ctx, "orgact", a.ID, *a)
	return nil
}

// repeated returns the act that an earlier request of this id made.
func (s *Service) repeated(ctx context.Context, a *Act) (Act, error) {
	old, err := s.acts.Get(ctx, a.ID)
	if err != nil {
		return old, doing("repeat act", err)
	}
	if old.Request != a.Request {
		return old, keyReused
	}
	return old, s.decided(ctx, &old)
}

// keyReused answers another request under an Idempotency-Key in use.
var keyReused = fault.New(fault.Unsuited, "idempotency_key_reused",
	"Khóa chống lặp này đã dùng cho một yêu cầu khác.", "This idempotency key was used for another request.").
	At("/header/Idempotency-Key", "reused", "Hãy dùng khóa khác.", "Use another key.")

// performPlace puts the members of a split into its parts. A member who was
// put there already is left alone.
func (s *Service) performPlace(ctx context.Context, a Act, _ effect.Effect) error {
	for _, mv := range a.Moves {
		m, err := s.members.Update(ctx, mv.MemberID, func(m *Member) error {
			if !m.putPlace(Place{Key: "act/" + a.ID, OrgID: mv.OrgID, From: a.On, DecisionNo: a.DecisionNo}) {
				return store.ErrUnchanged
			}
			m.UpdatedAt = s.now()
			return nil
		})
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("place member %s: %w", mv.MemberID, err)
		}
		s.take(&m)
	}
	return nil
}

// treeFault says to people why the tree refuses an act.
func treeFault(err error, seq int64) error {
	var f *tree.Fault
	if !errors.As(err, &f) {
		return err
	}
	if f.Seq != seq {
		return laterAct.Because(err)
	}
	text, ok := treeTexts[f.Code]
	if !ok {
		return err
	}
	return fault.New(fault.Unsuited, f.Code, text.vi, text.en).Because(err).At(text.pointer, f.Code, text.vi, text.en)
}

var laterAct = fault.New(fault.Conflict, "contradicts_later_act",
	"Thay đổi này mâu thuẫn với một thay đổi có hiệu lực về sau đã được ghi.",
	"This contradicts an act that is recorded for a later day.").
	At("/on", "contradicts_later_act", "Hãy chọn ngày khác.", "Choose another day.")

type treeText struct{ pointer, vi, en string }

var treeTexts = map[string]treeText{
	tree.Exists:       {"/orgId", "Tổ chức này đã có.", "This organisation exists already."},
	tree.NotOpen:      {"/orgId", "Tổ chức chưa có hoặc không còn hoạt động vào ngày này.", "The organisation is not there on this day."},
	tree.NoParent:     {"/parentId", "Tổ chức cấp trên chưa có hoặc không còn hoạt động vào ngày này.", "The organisation above is not there on this day."},
	tree.SecondRoot:   {"/parentId", "Đã có tổ chức cao nhất; cần chọn tổ chức cấp trên.", "There is a root already: name the organisation above."},
	tree.Cycle:        {"/parentId", "Tổ chức không thể trực thuộc chính nó hay cấp dưới của nó.", "An organisation can't stand below itself."},
	tree.HeirNotOpen:  {"/into", "Tổ chức tiếp nhận chưa có hoặc không còn hoạt động vào ngày này.", "The organisation that takes over is not there on this day."},
	tree.HasChildren:  {"/orgId", "Còn tổ chức trực thuộc; hãy chuyển hoặc sáp nhập chúng trước.", "There are organisations below it: move or merge them first."},
	tree.TooDeep:      {"/parentId", "Quá số cấp cho phép.", "There would be too many levels."},
	tree.CodeTaken:    {"/code", "Mã này đã có ở tổ chức khác.", "This code belongs to another organisation."},
	tree.RootCloses:   {"/orgId", "Không thể kết thúc tổ chức cao nhất.", "The root can't close."},
	tree.NothingGiven: {"", "Không có gì để thay đổi.", "There is nothing to change."},
	tree.NameMissing:  {"/name", "Cần tên và loại tổ chức.", "Name and kind are needed."},
}
