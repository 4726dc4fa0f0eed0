package study

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/effect"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/store"
	"sotay/internal/study/tally"
	"sotay/internal/viet"
)

// Completion says that a member has completed a drive. There is one for each of
// both, written once.
type Completion struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	DriveID        string `bson:"driveId"`
	MemberID       string `bson:"memberId"`
	// Code stands on the certificate. Once the member is erased it is void: the
	// completion's own id.
	Code  string      `bson:"code"`
	Basis tally.Basis `bson:"basis"`
	// On is the day that the evidence showed, YYYY-MM-DD.
	On string `bson:"on"`
	// Due is the last day on which it was in time, "" for who owed nothing.
	Due        string    `bson:"due"`
	RecordedAt time.Time `bson:"recordedAt"`
	// By recorded it on behalf, by a method and for a reason; "" when evidence
	// showed it.
	By     string `bson:"by"`
	Method string `bson:"method"`
	Reason string `bson:"reason"`
	// Studied are the versions that were read.
	Studied []Studied `bson:"studied"`
	// Corrections are what was said of it later, in order.
	Corrections []Correction `bson:"corrections"`
	// TopUps are the newer versions whose changes were read later.
	TopUps []TopUp `bson:"topUps"`
}

// TopUp says that what had changed since a completion was read.
type TopUp struct {
	At      time.Time `bson:"at"`
	Studied []Studied `bson:"studied"`
}

// CorrectionKind is what a correction does.
type CorrectionKind string

// The corrections.
const (
	Revoke    CorrectionKind = "revoke"
	Reinstate CorrectionKind = "reinstate"
)

// Correction is a later fact about a completion; the completion itself stays as
// it was written.
type Correction struct {
	Kind   CorrectionKind `bson:"kind"`
	At     time.Time      `bson:"at"`
	By     string         `bson:"by"`
	Reason string         `bson:"reason"`
	// Basis and On are of what was shown after a revocation; "" when the
	// completion stands again as it was.
	Basis tally.Basis `bson:"basis"`
	On    string      `bson:"on"`
}

// Stands tells whether it counts today.
func (c *Completion) Stands() bool {
	n := len(c.Corrections)
	return n == 0 || c.Corrections[n-1].Kind == Reinstate
}

// entries are what a row says of a completion, in their order whatever the clocks
// were that wrote them.
func (c *Completion) entries() []tally.Entry {
	out := []tally.Entry{{Kind: tally.Completed, At: c.RecordedAt, Basis: c.Basis, On: c.On, Due: c.Due}}
	for i := range c.Corrections {
		x := &c.Corrections[i]
		e := tally.Entry{Kind: tally.Revoked, At: x.At}
		if x.Kind == Reinstate {
			e = tally.Entry{Kind: tally.Completed, At: x.At, Basis: cmp.Or(x.Basis, c.Basis), On: cmp.Or(x.On, c.On), Due: c.Due}
		}
		if last := out[len(out)-1].At; e.At.Before(last) {
			e.At = last
		}
		out = append(out, e)
	}
	return out
}

func completionSchema() *store.Schema {
	return &store.Schema{Name: "completions", Indexes: []store.Index{
		{Name: "member", Fields: []store.Field{{Path: "memberId", Type: store.String}, {Path: "recordedAt", Type: store.Date}}},
		{Name: "drive", Fields: []store.Field{{Path: "driveId", Type: store.String}, {Path: "recordedAt", Type: store.Date}}},
		{Name: "code", Unique: true, Fields: []store.Field{{Path: "code", Type: store.String}}},
		effect.Index(),
	}}
}

// CompletionID is the id of a member's completion of a drive.
func CompletionID(driveID, memberID string) string {
	return ident.Derive("completion", driveID, memberID)
}

// complete writes a completion unless there is one, and returns the one that
// stands.
func (s *Service) complete(ctx context.Context, c Completion) (Completion, bool, error) {
	c.ID, c.Code = CompletionID(c.DriveID, c.MemberID), ident.Code()
	c.RecordedAt = clock.Milli(c.RecordedAt)
	var err error
	if c.Due, err = s.dueDay(ctx, c.DriveID, c.MemberID); err != nil {
		return c, false, err
	}
	if c.Studied == nil {
		c.Studied = []Studied{}
	}
	c.Corrections, c.TopUps = []Correction{}, []TopUp{}
	c.Add(s.Now(), fxRow, nil)
	if c.By != "" {
		c.Add(s.Now(), fxAudit, audit.Args(s.Now(), c.By, "completion.record", "completion/"+c.ID, map[string]string{"drive": c.DriveID, "member": c.MemberID, "method": c.Method}))
	}
	err = s.completions.Insert(ctx, &c)
	if store.IsDuplicate(err, "_id") {
		return s.again(ctx, c)
	}
	if err != nil {
		return c, false, fmt.Errorf("complete drive %s: %w", c.DriveID, err)
	}
	return s.completed(ctx, c), true, nil
}

// dueDay is the last day of a member's deadline, "" when they owe nothing.
func (s *Service) dueDay(ctx context.Context, driveID, memberID string) (string, error) {
	v, err := s.known(ctx, driveID)
	m, ok := s.People.Identity(memberID)
	if err != nil || !ok {
		return "", err
	}
	owed, err := s.obliged(ctx, v, m)
	if !owed || err != nil {
		return "", err
	}
	return clock.Day(v.Payload.DueFor(m).Add(-time.Millisecond)), nil
}

// again takes in what completes a drive that is completed already. When that was
// revoked before, it stands again by what evidence shows now; a secretary
// reinstates it by a correction.
func (s *Service) again(ctx context.Context, c Completion) (Completion, bool, error) {
	fresh := false
	old, err := s.completions.Update(ctx, c.ID, func(d *Completion) error {
		n := len(d.Corrections)
		if fresh = c.By == "" && !d.Stands() && c.RecordedAt.After(d.Corrections[n-1].At) && n < maxCorrections; !fresh {
			return store.ErrUnchanged
		}
		d.Corrections = append(d.Corrections, Correction{Kind: Reinstate, At: c.RecordedAt, Basis: c.Basis, On: c.On})
		d.Fx = append(d.Fx, c.Fx...)
		d.Due = max(d.Due, c.Due)
		return nil
	})
	if err != nil {
		return old, false, fmt.Errorf("complete drive %s: %w", c.DriveID, err)
	}
	return s.completed(ctx, old), fresh, nil
}

// completed performs what follows from a completion that was written.
func (s *Service) completed(ctx context.Context, c Completion) Completion {
	return s.completeFx.Settle(ctx, "completion", c.ID, c)
}

// setCompletion sets what a member's row says of a completion.
func (s *Service) setCompletion(ctx context.Context, c *Completion) error {
	return s.setRow(ctx, c.DriveID, c.MemberID, func(r *Row) bool {
		if r.CompletionRev >= c.Rev {
			return false
		}
		r.shows(c)
		return true
	})
}

// shows states what the row says of a completion, nil for none.
func (r *Row) shows(c *Completion) {
	r.Entries = slices.DeleteFunc(slices.Clone(r.Entries), func(e tally.Entry) bool { return e.Kind == tally.Completed || e.Kind == tally.Revoked })
	r.CompletionRev = 0
	if c != nil {
		r.CompletionRev = c.Rev
		r.Entries = append(r.Entries, c.entries()...)
	}
	r.sort()
}

// topUp adds to a completion that what has changed since was read.
func (s *Service) topUp(ctx context.Context, e *Evidence) error {
	_, err := s.completions.Update(ctx, CompletionID(e.DriveID, e.MemberID), func(c *Completion) error {
		if slices.Equal(c.Studied, e.Studied) || slices.ContainsFunc(c.TopUps, func(t TopUp) bool { return slices.Equal(t.Studied, e.Studied) }) {
			return store.ErrUnchanged
		}
		c.TopUps = append(c.TopUps, TopUp{At: e.ToppedAt, Studied: e.Studied})
		return nil
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("top up the completion of drive %s: %w", e.DriveID, err)
	}
	return nil
}

// OnBehalf is what a secretary records for a member.
type OnBehalf struct {
	MemberID string
	// Method is how they studied: inPerson, paper, phone, session.
	Method string
	On     string // YYYY-MM-DD
	Reason string
}

// bySession is the method whose basis is the session itself.
const bySession = "session"

var methods = []string{"inPerson", "paper", "phone", bySession}

// notYourOwn: nobody is the witness of their own study.
var notYourOwn = fault.New(fault.Forbidden, "not_your_own",
	"Bạn không tự ghi nhận cho chính mình; hãy học trong ứng dụng.", "You can't record your own: study in the app.")

var completedAlready = fault.New(fault.Conflict, "already_completed",
	"Đảng viên này đã được ghi nhận hoàn thành.", "This member's completion is on record already.")

// RecordOnBehalf records that a member of the caller's branch has studied. The
// same once more returns what was recorded; fresh tells which.
func (s *Service) RecordOnBehalf(ctx context.Context, c *caller.Caller, driveID string, in OnBehalf) (done Completion, fresh bool, err error) {
	v, err := s.drive(driveID)
	if err != nil {
		return done, false, err
	}
	m, ok := s.People.Identity(in.MemberID)
	if !ok || !c.CoversMember(m, caller.Secretary) || !v.Visibility.Admits(m) || !slices.Contains(onRoll, m.Status) {
		return done, false, fault.NotFound
	}
	if m.MemberID == c.MemberID {
		return done, false, notYourOwn
	}
	in.Reason = viet.NFC(strings.TrimSpace(in.Reason))
	now := s.Now()
	f := fault.BadInput
	if in.Reason == "" {
		f = f.At("/reason", "required", "Không được để trống.", "It may not be empty.")
	}
	if !slices.Contains(methods, in.Method) {
		f = f.At("/method", "not_allowed", "Không có cách ghi nhận này.", "There is no such method.")
	}
	if _, err := time.Parse(time.DateOnly, in.On); err != nil {
		f = f.At("/on", "invalid", "Ngày phải có dạng YYYY-MM-DD.", "A day is written YYYY-MM-DD.")
	} else if in.On < clock.Day(v.Payload.OpensAt) || in.On > clock.Day(now) {
		f = f.At("/on", "outside_window", "Ngày phải từ khi đợt mở đến hôm nay.", "The day must lie between the opening and today.")
	}
	if len(f.Fields) > 0 {
		return done, false, f
	}
	if now.Before(v.Payload.OpensAt) {
		return done, false, notOpen
	}
	basis := tally.OnBehalf
	if in.Method == bySession {
		basis = tally.BySession
	}
	done, fresh, err = s.complete(ctx, Completion{DriveID: driveID, MemberID: in.MemberID, Basis: basis, On: in.On, RecordedAt: now,
		By: c.MemberID, Method: in.Method, Reason: in.Reason})
	switch {
	case err != nil || fresh:
	case !done.Stands():
		err = revokedAlready
	case done.Basis != basis || done.On != in.On || done.Method != in.Method:
		err = completedAlready
	}
	return done, fresh, err
}

// completionOf returns a member's completion of a drive, nil for none.
func (s *Service) completionOf(ctx context.Context, driveID, memberID string) (*Completion, error) {
	c, err := s.completions.Get(ctx, CompletionID(driveID, memberID))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &c, err
}

// MyCompletions returns the caller's completions, newest first.
func (s *Service) MyCompletions(ctx context.Context, c *caller.Caller) ([]Completion, error) {
	var out []Completion
	err := s.completions.All(ctx, store.Query{Index: "member", Eq: []any{c.MemberID}, Desc: true}, func(d Completion) error {
		out = append(out, d)
		return nil
	})
	return out, err
}
