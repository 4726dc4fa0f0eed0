package quiz

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/effect"
	"sotay/internal/fault"
	"sotay/internal/publication"
	"sotay/internal/store"
)

// MaxOverrides bounds the overrides of one quiz: they are one document.
const MaxOverrides = 1000

// fxAudit is the effect that writes an audit entry.
const fxAudit = "audit"

// Override changes a quiz's terms for one member or for a group. Exactly one of
// the first fields is set.
type Override struct {
	MemberID     string `bson:"memberId"`
	OrgID        string `bson:"orgId"` // its subtree
	Tag          string `bson:"tag"`
	Status       string `bson:"status"`
	EnterpriseID string `bson:"enterpriseId"`
	// What is nil stays as it is; the zero time is no bound, and the number 0
	// no limit.
	OpensAt          *time.Time `bson:"opensAt"`
	ClosesAt         *time.Time `bson:"closesAt"`
	TimeLimitSeconds *int64     `bson:"timeLimitSeconds"`
	Attempts         *int64     `bson:"attempts"`
}

// Overrides are those of one quiz, under its id; they hold for all versions.
type Overrides struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	Rows           []Override `bson:"rows"`
	// Members are those named, so that an erasure finds them.
	Members  []string `bson:"members"`
	Revision int64    `bson:"revision"` // counts changes from 1
}

func overrideSchema() *store.Schema {
	return &store.Schema{Name: "quizoverrides", Indexes: []store.Index{
		{Name: "members", Fields: []store.Field{{Path: "members", Type: store.String, Array: true}}},
		effect.Index(),
	}}
}

// EditorOverrides returns the overrides of a quiz in the caller's scope.
func (s *Service) EditorOverrides(ctx context.Context, c *caller.Caller, quizID string) (Overrides, error) {
	if _, err := s.EditorQuiz(ctx, c, quizID); err != nil {
		return Overrides{}, err
	}
	return s.overridesOf(ctx, quizID)
}

// overridesOf returns the overrides of a quiz, empty when it never had any.
func (s *Service) overridesOf(ctx context.Context, quizID string) (Overrides, error) {
	o, err := s.overrides.Get(ctx, quizID)
	if errors.Is(err, store.ErrNotFound) {
		return Overrides{Meta: store.Meta{ID: quizID}, Revision: 1}, nil
	}
	return o, err
}

// SetOverrides replaces the overrides of a quiz; rev is the revision that was
// read, 0 for any. They hold from the next start, lease and review on; what has
// begun keeps its deadline.
func (s *Service) SetOverrides(ctx context.Context, c *caller.Caller, quizID string, rev int64, rows []Override) (Overrides, error) {
	item, err := s.quizzes.Get(ctx, quizID)
	if err == nil {
		err = s.office.InScope(c, editorial.Editors...)(item.OrgID)
	}
	if err != nil {
		return Overrides{}, err
	}
	if err := s.checkOverrides(&item, rows); err != nil {
		return Overrides{}, err
	}
	set := func(o *Overrides) error {
		if rev > 0 && o.Revision != rev {
			return publication.StaleRevision
		}
		o.Rows, o.Members = rows, nil
		for i := range rows {
			if rows[i].MemberID != "" {
				o.Members = append(o.Members, rows[i].MemberID)
			}
		}
		o.Revision++
		now := s.Now()
		o.Add(now, fxAudit, audit.Args(now, c.MemberID, "quiz.overrides", KindQuiz+"/"+quizID, map[string]string{"org": item.OrgID, "rows": fmt.Sprint(len(rows))}))
		return nil
	}
	o, err := s.writeOverrides(ctx, quizID, set)
	if err != nil {
		return o, err
	}
	return s.overrideFx.Settle(ctx, "quizoverrides", o.ID, o), nil
}

// writeOverrides updates the document, or makes it.
func (s *Service) writeOverrides(ctx context.Context, quizID string, set store.UpdateFunc[Overrides]) (Overrides, error) {
	o, err := s.overrides.Update(ctx, quizID, set)
	if !errors.Is(err, store.ErrNotFound) {
		return o, err
	}
	o = Overrides{Meta: store.Meta{ID: quizID}, Revision: 1}
	if err := set(&o); err != nil {
		return o, err
	}
	if err := s.overrides.Insert(ctx, &o); !store.IsDuplicate(err) {
		return o, err
	}
	return s.overrides.Update(ctx, quizID, set) // another was first
}

// checkOverrides tests rows from outside, by field.
func (s *Service) checkOverrides(item *QuizItem, rows []Override) error {
	f := fault.BadInput
	seen := map[string]bool{}
	for i := range rows {
		r := &rows[i]
		at := fmt.Sprintf("/items/%d", i)
		who := r.who()
		switch {
		case len(who) != 1:
			f = f.At(at, "one_of", "Nêu đúng một trong: đảng viên, tổ chức, nhóm, trạng thái, doanh nghiệp.", "Name exactly one of member, organisation, tag, status and enterprise.")
			continue
		case seen[who[0]]:
			f = f.At(at, "duplicate", "Đối tượng này đứng hai lần.", "The same stands twice.")
		case r.OrgID != "" && !slices.Contains(s.Orgs.OrgPath(r.OrgID), item.OrgID):
			f = f.At(at+"/orgId", "not_found", "Không có tổ chức này.", "There is no such organisation.")
		case r.MemberID != "" && !s.within(r.MemberID, item.OrgID):
			f = f.At(at+"/memberId", "not_found", "Không có đảng viên này.", "There is no such member.")
		}
		seen[who[0]] = true
		if r.OpensAt == nil && r.ClosesAt == nil && r.TimeLimitSeconds == nil && r.Attempts == nil {
			f = f.At(at, "required", "Chưa nêu điều gì thay đổi.", "It changes nothing.")
		}
		if r.OpensAt != nil && r.ClosesAt != nil {
			f = checkWindow(f, at, &Window{OpensAt: *r.OpensAt, ClosesAt: *r.ClosesAt})
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// within tells whether a member belongs to an organisation or one below it.
func (s *Service) within(memberID, orgID string) bool {
	i, ok := s.Members.Identity(memberID)
	return ok && slices.Contains(i.OrgPath, orgID)
}

// who names what is set of the first fields.
func (r *Override) who() (out []string) {
	for _, v := range [][2]string{{"member", r.MemberID}, {"org", r.OrgID}, {"tag", r.Tag}, {"status", r.Status}, {"enterprise", r.EnterpriseID}} {
		if v[1] != "" {
			out = append(out, v[0]+"/"+v[1])
		}
	}
	return out
}

// fits tells whether the override is for a member.
func (r *Override) fits(i *caller.Identity) bool {
	return r.MemberID != "" && r.MemberID == i.MemberID || r.OrgID != "" && slices.Contains(i.Units, r.OrgID) ||
		r.Tag != "" && slices.Contains(i.Tags, r.Tag) || r.Status != "" && r.Status == i.Status ||
		r.EnterpriseID != "" && r.EnterpriseID == i.EnterpriseID
}

// termsFor are the terms of a sitting for a member: those of a quiz may be
// overridden, a contest's are the same for all.
func (s *Service) termsFor(ctx context.Context, i *caller.Identity, t *Sitting) (terms, error) {
	m := termsOf(t)
	quizID, ok := strings.CutPrefix(t.ID, KindQuiz+"/")
	if !ok {
		return m, nil
	}
	o, err := s.overrides.Get(ctx, quizID)
	if errors.Is(err, store.ErrNotFound) {
		return m, nil
	}
	return m.overridden(i, o.Rows), err
}

// overridden puts what the overrides that are for a member say in the place of
// the quiz's terms; where several say something, the most generous holds. It is
// pure.
func (m terms) overridden(i *caller.Identity, rows []Override) terms {
	var opens, closes *time.Time
	var limit, attempts *int64
	for k := range rows {
		r := &rows[k]
		if !r.fits(i) {
			continue
		}
		opens = most(opens, r.OpensAt, func(a, b time.Time) bool { return a.IsZero() || !b.IsZero() && a.Before(b) })
		closes = most(closes, r.ClosesAt, func(a, b time.Time) bool { return a.IsZero() || !b.IsZero() && a.After(b) })
		more := func(a, b int64) bool { return a == 0 || b != 0 && a > b }
		limit, attempts = most(limit, r.TimeLimitSeconds, more), most(attempts, r.Attempts, more)
	}
	if opens != nil {
		m.window.OpensAt = *opens
	}
	if closes != nil {
		m.window.ClosesAt = *closes
	}
	if limit != nil {
		m.limit = time.Duration(*limit) * time.Second
	}
	if attempts != nil {
		m.attempts = *attempts
	}
	return m
}

// most returns the more generous of two values, either of which may be nil.
func most[T any](a, b *T, more func(a, b T) bool) *T {
	if a == nil || b != nil && more(*b, *a) {
		return b
	}
	return a
}
