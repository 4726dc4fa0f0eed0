package study

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sotay/internal/store"
	"sotay/internal/study/tally"
)

// pageFor is the page of a member's row, "" for who has none. A row that another
// process has added is found by the act that added it.
func (s *Service) pageFor(ctx context.Context, r *roll, memberID string) (string, error) {
	if id := r.pageOf(memberID); id != "" {
		return id, nil
	}
	x, err := s.changes.Get(ctx, rollChangeID(r.opening.ID, memberID))
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err == nil {
		err = s.setRoll(ctx, &x)
	}
	return x.PageID, err
}

// setRoll sets what the member's row says of changes of the roll. Who was added
// gets a row, with what they have done before.
func (s *Service) setRoll(ctx context.Context, x *RollChange) error {
	r, err := s.rollOf(ctx, x.DriveID)
	if err != nil {
		return err
	}
	row, err := s.lateRow(ctx, r, x)
	if err != nil {
		return err
	}
	for {
		p, err := s.pages.Update(ctx, x.PageID, func(p *Page) error {
			i := slices.IndexFunc(p.Rows, func(r Row) bool { return r.MemberID == x.MemberID })
			switch {
			case i < 0:
				p.Rows = append(p.Rows, row)
			case p.Rows[i].RollRev >= x.Rev:
				return store.ErrUnchanged
			default:
				p.Rows[i].onRoll(x)
			}
			p.changed(r.opening.Rules, s.Now())
			return nil
		})
		if errors.Is(err, store.ErrNotFound) {
			p = Page{Meta: store.Meta{ID: x.PageID}, DriveID: x.DriveID, RollID: r.opening.RollID, OrgID: x.OrgID, Rows: []Row{row}, UpdatedAt: s.Now()}
			p.count(r.opening.Rules)
			if err = s.pages.Insert(ctx, &p); store.IsDuplicate(err, "_id") {
				continue // another has made the page
			}
		}
		if err != nil {
			return fmt.Errorf("roll of drive %s for %s: %w", x.DriveID, x.MemberID, err)
		}
		r.take(&p)
		return nil
	}
}

// lateRow is the row of a member who is not on the roll yet. What is recorded
// after it was read finds the row, or the act, and states itself.
func (s *Service) lateRow(ctx context.Context, r *roll, x *RollChange) (Row, error) {
	row := Row{Row: tally.Row{MemberID: x.MemberID, Kind: x.Kind, Status: x.Status, EnterpriseID: x.EnterpriseID, Entries: []tally.Entry{}}}
	if r.pageOf(x.MemberID) != "" {
		return row, nil // it is there
	}
	e, err := s.records.Get(ctx, evidenceID(x.DriveID, x.MemberID))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return row, err
	}
	row.note(tally.Began, e.BeganAt)
	row.note(tally.PassedIt, e.PassedAt)
	c, err := s.completionOf(ctx, x.DriveID, x.MemberID)
	if err != nil {
		return row, err
	}
	row.shows(c)
	row.onRoll(x)
	return row, nil
}

// onRoll states what the row says of changes of the roll.
func (r *Row) onRoll(x *RollChange) {
	r.Entries = slices.DeleteFunc(slices.Clone(r.Entries), func(e tally.Entry) bool { return e.Kind == tally.Added || e.Kind == tally.Removed })
	for i := range x.Acts {
		kind := tally.Added
		if x.Acts[i].Kind == RemoveFromRoll {
			kind = tally.Removed
		}
		r.Entries = append(r.Entries, tally.Entry{Kind: kind, At: x.Acts[i].At})
	}
	r.RollRev = x.Rev
	r.sort()
}
