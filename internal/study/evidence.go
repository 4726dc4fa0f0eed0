package study

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sotay/internal/caller"
	"sotay/internal/effect"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/store"
	"sotay/internal/study/evidence"
	"sotay/internal/study/tally"
)

// Evidence is what a member has shown in a drive; its id is of both. What was
// read outside of drives is kept by text, under a drive of "".
type Evidence struct {
	store.Meta      `bson:",inline"`
	effect.Pending  `bson:",inline"`
	evidence.Record `bson:",inline"`
	MemberID        string `bson:"memberId"`
	DriveID         string `bson:"driveId"`
	// BeganAt, PassedAt and CompleteAt are when it first showed so, by the
	// server's clock; the zero time for not yet.
	BeganAt    time.Time `bson:"beganAt"`
	PassedAt   time.Time `bson:"passedAt"` // all quizzes
	CompleteAt time.Time `bson:"completeAt"`
	// Basis, On and Studied are of the completion: whether it was owed, the day
	// of the last that was read or passed, and the versions that were read.
	Basis   tally.Basis `bson:"basis"`
	On      string      `bson:"on"`
	Studied []Studied   `bson:"studied"`
	// ToppedAt is when it showed so of newer versions.
	ToppedAt time.Time `bson:"toppedAt"`
	// Capped says that more time was claimed than can have passed.
	Capped bool `bson:"capped"`
}

// Studied names a version of a text.
type Studied struct {
	Kind    string `bson:"kind"`
	ID      string `bson:"id"`
	Version int64  `bson:"version"`
}

func evidenceSchema() *store.Schema {
	return &store.Schema{Name: "driveevidence", Recent: 8192, Indexes: []store.Index{
		{Name: "member", Fields: []store.Field{{Path: "memberId", Type: store.String}, {Path: "driveId", Type: store.String}}},
		effect.Index(),
	}}
}

func evidenceID(driveID, memberID string) string { return ident.Derive("evidence", driveID, memberID) }

// Event is what a phone has seen of a section by an instant: values since the
// beginning of the session, so that a repeat changes nothing.
type Event struct {
	ID, Kind         string
	TextKind, TextID string // document or material
	Version          int64
	SectionID        string // "" for a recording
	// SessionID is the phone's own mark of one sitting.
	SessionID        string
	ForegroundMillis int64
	ReachedEnd       bool
	Played           []evidence.Interval
	At               time.Time // by the phone's clock
}

// ProgressEvent is the kind of events that there is.
const ProgressEvent = "progress"

// Result is what became of an event; Fault is nil when it was accepted.
type Result struct {
	ID    string
	Fault *fault.Fault
}

// TakeEvents merges a batch into every drive of the caller that has the text and
// was open when it was read, and what no drive asks for into the member's own
// record. The batch is one write for each.
func (s *Service) TakeEvents(ctx context.Context, c *caller.Caller, sentAt *time.Time, events []Event) ([]Result, error) {
	now := s.Now()
	var off time.Duration
	if sentAt != nil {
		off = now.Sub(*sentAt)
	}
	out := make([]Result, len(events))
	claims := map[string]evidence.Record{} // by drive, or "/" and the text for those outside
	for i := range events {
		e := &events[i]
		out[i] = Result{ID: e.ID}
		at := e.At.Add(off)
		if at.After(now) {
			at = now
		}
		var err error
		if out[i].Fault, err = s.judge(ctx, c.Identity, e); err != nil {
			return nil, err // of the store: the phone sends the batch again
		}
		if out[i].Fault != nil {
			continue
		}
		claim := evidence.Claim{Key: evidence.Key{ItemID: e.TextKind + "/" + e.TextID, Version: e.Version, SectionID: e.SectionID},
			DeviceID: c.SessionID, SessionID: e.SessionID, At: at.UnixMilli(), Millis: e.ForegroundMillis, End: e.ReachedEnd, Played: e.Played}
		found := false
		for id, v := range s.out.Load().drives {
			if v.Payload.OpenAt(at) && v.Payload.Asks(e.TextKind, e.TextID) && s.mayStudy(v, c.Identity) {
				claims[id], found = evidence.Merge(claims[id], claim.Record()), true
			}
		}
		if !found {
			key := "/" + claim.ItemID
			claims[key] = evidence.Merge(claims[key], claim.Record())
		}
	}
	for id, r := range claims {
		if err := s.keep(ctx, c.MemberID, id, r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// What events are refused for.
func badEvent(field, code, vi, en string) *fault.Fault {
	return fault.New(fault.Unsuited, code, vi, en).At("/"+field, code, vi, en)
}

// judge tells what is wrong with an event by itself.
func (s *Service) judge(ctx context.Context, m *caller.Identity, e *Event) (*fault.Fault, error) {
	if bad := e.wrong(); bad != nil {
		return bad, nil
	}
	if !s.Texts.Sees(m, e.TextKind, e.TextID) && !s.asks(m, e.TextKind, e.TextID) {
		return noText(e), nil
	}
	t, err := s.text(ctx, e.TextKind, e.TextID, e.Version)
	if errors.Is(err, fault.NotFound) {
		return noText(e), nil
	}
	if err != nil {
		return nil, err
	}
	if e.SectionID != "" && t.section(e.SectionID) == nil || e.SectionID == "" && t.Seconds == 0 {
		return badEvent("sectionId", "not_found", "Tài liệu không có phần này.", "The text has no such section."), nil
	}
	if e.SectionID != "" && len(e.Played) > 0 {
		return badEvent("played", "not_a_recording", "Chỉ bản ghi mới có đoạn đã nghe.", "Only a recording is played."), nil
	}
	for k := range e.Played {
		e.Played[k].To = min(e.Played[k].To, t.Seconds*1000)
	}
	return nil, nil
}

// noText answers for what is not there and for what is not the member's to know.
func noText(e *Event) *fault.Fault {
	return badEvent(e.TextKind+"Id", "not_found", "Không có tài liệu hay phiên bản này.", "There is no such text or version.")
}

// asks tells whether a drive that a member sees asks for a text: it may have been
// withdrawn since it was read.
func (s *Service) asks(m *caller.Identity, kind, id string) bool {
	for _, v := range s.out.Load().drives {
		if v.Payload.Asks(kind, id) && s.mayStudy(v, m) {
			return true
		}
	}
	return false
}

// wrong tells what is wrong with an event whatever it is about.
func (e *Event) wrong() *fault.Fault {
	switch {
	case e.Kind != ProgressEvent:
		return badEvent("kind", "unknown_kind", "Không có loại sự kiện này.", "There is no such kind of event.")
	case e.ForegroundMillis < 0 || e.ForegroundMillis > (24*time.Hour).Milliseconds():
		return badEvent("foregroundMillis", "out_of_range", "Thời gian đọc phải từ 0 đến 24 giờ.", "The time must lie between 0 and 24 hours.")
	case len(e.Played) > maxPlayed:
		return badEvent("played", "too_many", "Quá nhiều đoạn đã nghe.", "There are too many intervals.")
	case slices.ContainsFunc(e.Played, func(i evidence.Interval) bool { return i.From < 0 || i.To < i.From }):
		return badEvent("played", "invalid", "Đoạn đã nghe không hợp lệ.", "An interval ends before it begins.")
	case e.Version < 1:
		return badEvent("version", "required", "Cần số phiên bản đã đọc.", "The version that was read is needed.")
	}
	return nil
}

// mayStudy tells whether a member may study in a drive: who sees it may, asked
// or not.
func (s *Service) mayStudy(v *DriveVersion, m *caller.Identity) bool { return v.Visibility.Admits(m) }

// keep merges what was shown into a record, and tells what follows from it. into
// is a drive, or "/" and a text.
func (s *Service) keep(ctx context.Context, memberID, into string, r evidence.Record) error {
	driveID := into
	if strings.HasPrefix(into, "/") {
		driveID = ""
	}
	id := evidenceID(into, memberID)
	for {
		row, err := s.records.Update(ctx, id, func(e *Evidence) error {
			merged := bounded(&e.Record, evidence.Merge(e.Record, r))
			if evidence.Equal(merged, e.Record) {
				return store.ErrUnchanged
			}
			e.Record = merged
			return s.evaluate(ctx, e)
		})
		if !errors.Is(err, store.ErrNotFound) {
			return s.kept(ctx, row, err)
		}
		before, err := s.outside(ctx, memberID, driveID)
		if err != nil {
			return err
		}
		row = Evidence{Meta: store.Meta{ID: id}, MemberID: memberID, DriveID: driveID, Record: bounded(nil, evidence.Merge(before, r)), Studied: []Studied{}}
		if err := s.evaluate(ctx, &row); err != nil {
			return err
		}
		if err = s.records.Insert(ctx, &row); !store.IsDuplicate(err, "_id") {
			return s.kept(ctx, row, err)
		}
	}
}

// outside is what a member has read of the texts of a drive while it was open
// and no drive was known to ask for it: this process may not have known yet, or
// the drive was published later than it opened.
func (s *Service) outside(ctx context.Context, memberID, driveID string) (evidence.Record, error) {
	var out evidence.Record
	v := s.out.Load().drives[driveID]
	if v == nil {
		return out, nil
	}
	var ids []string
	for i := range v.Payload.Steps {
		if x := &v.Payload.Steps[i]; x.Kind != QuizStep {
			kind, id := x.Item()
			ids = append(ids, evidenceID("/"+kind+"/"+id, memberID))
		}
	}
	found, err := s.records.GetMany(ctx, ids)
	for _, id := range ids {
		if e, there := found[id]; there {
			out = evidence.Merge(out, e.Within(v.Payload.OpensAt.UnixMilli(), v.Payload.ClosesAt.UnixMilli()))
		}
	}
	return bounded(nil, out), err
}

// kept performs what follows from a record that was written.
func (s *Service) kept(ctx context.Context, row Evidence, err error) error {
	if err != nil {
		return fmt.Errorf("keep evidence: %w", err)
	}
	s.recordFx.Settle(ctx, "evidence", row.ID, row)
	return nil
}

// setProgress notes in a member's row that they have begun, and passed.
func (s *Service) setProgress(ctx context.Context, e *Evidence) error {
	return s.setRow(ctx, e.DriveID, e.MemberID, func(r *Row) bool {
		began := r.note(tally.Began, e.BeganAt)
		return r.note(tally.PassedIt, e.PassedAt) || began
	})
}

// note adds an entry of a kind that a row has once; false when it is there, or
// there is nothing to note.
func (r *Row) note(kind tally.EntryKind, at time.Time) bool {
	if at.IsZero() || at.Unix() <= 0 || slices.ContainsFunc(r.Entries, func(e tally.Entry) bool { return e.Kind == kind }) {
		return false
	}
	r.Entries = append(r.Entries, tally.Entry{Kind: kind, At: at})
	r.sort()
	return true
}

// sort orders the entries by time. Those of one instant stand in one order too,
// however they came to be there.
func (r *Row) sort() {
	slices.SortStableFunc(r.Entries, func(a, b tally.Entry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(rank(a.Kind), rank(b.Kind))) })
}

// rank has changes of the roll first and what is said of a completion last; the
// latter is in its own order already.
func rank(k tally.EntryKind) int {
	switch k {
	case tally.Added, tally.Removed:
		return 0
	case tally.Completed, tally.Revoked:
		return 2
	default:
		return 1
	}
}

// completeBy writes the completion that the evidence shows.
func (s *Service) completeBy(ctx context.Context, e *Evidence) error {
	_, _, err := s.complete(ctx, Completion{DriveID: e.DriveID, MemberID: e.MemberID, Basis: e.Basis, On: e.On, RecordedAt: e.CompleteAt,
		Studied: e.Studied})
	return err
}
