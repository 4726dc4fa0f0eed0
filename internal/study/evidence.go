package study

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sotay/internal/caller"
	"sotay/internal/clock"
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

// Bounds of what a record holds.
const (
	maxSessions = 64   // of one section
	maxClaims   = 4000 // of a record
	maxPlayed   = 200  // intervals of one event
)

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
	claims := map[string]evidence.Record{} // by drive, "" and the text for those outside
	for i := range events {
		e := &events[i]
		out[i] = Result{ID: e.ID}
		at := e.At.Add(off)
		if at.After(now) {
			at = now
		}
		if out[i].Fault = s.judge(ctx, c, e); out[i].Fault != nil {
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
func (s *Service) judge(ctx context.Context, c *caller.Caller, e *Event) *fault.Fault {
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
	live := s.Texts.LiveVersion(e.TextKind, e.TextID)
	if live == 0 || e.Version > live {
		return badEvent(e.TextKind+"Id", "not_found", "Không có tài liệu hay phiên bản này.", "There is no such text or version.")
	}
	t, err := s.text(ctx, e.TextKind, e.TextID, e.Version)
	if err != nil {
		return badEvent("version", "not_found", "Không có phiên bản này.", "There is no such version.").Because(err)
	}
	if e.SectionID == "" && t.Seconds > 0 || slices.ContainsFunc(t.Sections, func(x Section) bool { return x.ID == e.SectionID }) {
		return nil
	}
	return badEvent("sectionId", "not_found", "Tài liệu không có phần này.", "The text has no such section.")
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
		row = Evidence{Meta: store.Meta{ID: id}, MemberID: memberID, DriveID: driveID, Record: bounded(nil, r), Studied: []Studied{}}
		if err := s.evaluate(ctx, &row); err != nil {
			return err
		}
		if err = s.records.Insert(ctx, &row); !store.IsDuplicate(err, "_id") {
			return s.kept(ctx, row, err)
		}
	}
}

// kept performs what follows from a record that was written.
func (s *Service) kept(ctx context.Context, row Evidence, err error) error {
	if err != nil {
		return fmt.Errorf("keep evidence: %w", err)
	}
	if _, err := s.recordFx.Perform(ctx, row.ID, row); err != nil {
		s.Log.Warn("effects left for a later try", "kind", "evidence", "id", row.ID, "error", err)
	}
	return nil
}

// bounded leaves out sessions beyond what a record holds, the earliest first in:
// what is known already stays.
func bounded(before *evidence.Record, r evidence.Record) evidence.Record {
	total := 0
	for i := range r.Sections {
		x := &r.Sections[i]
		if len(x.Sessions) > maxSessions {
			x.Sessions = firstSessions(before, x)
		}
		total += len(x.Sessions)
	}
	if total > maxClaims && before != nil {
		return *before
	}
	return r
}

// firstSessions are those that were there, filled up by the earliest new ones.
func firstSessions(before *evidence.Record, x *evidence.Section) []evidence.Session {
	known := map[string]bool{}
	if before != nil {
		for i := range before.Sections {
			if before.Sections[i].Key == x.Key {
				for _, o := range before.Sections[i].Sessions {
					known[o.DeviceID+"/"+o.SessionID] = true
				}
			}
		}
	}
	order := slices.Clone(x.Sessions)
	slices.SortStableFunc(order, func(a, b evidence.Session) int {
		ka, kb := known[a.DeviceID+"/"+a.SessionID], known[b.DeviceID+"/"+b.SessionID]
		switch {
		case ka && !kb:
			return -1
		case kb && !ka:
			return 1
		}
		return int(a.First - b.First)
	})
	order = order[:maxSessions]
	slices.SortFunc(order, func(a, b evidence.Session) int {
		return compare(a.DeviceID+"\x00"+a.SessionID, b.DeviceID+"\x00"+b.SessionID)
	})
	return order
}

// Progress is how far a member is with a step.
type Progress struct {
	Step  Step
	Title string
	Done  bool
	// Sections and Read count the sections of a step of reading.
	Sections, Read int64
	at             time.Time // when a quiz was passed
}

// lastAt is when the last thing was read or passed that a record shows.
func (e *Evidence) lastAt(steps []Progress) time.Time {
	var last time.Time
	for i := range e.Sections {
		for _, x := range e.Sections[i].Sessions {
			if at := time.UnixMilli(x.Last); at.After(last) {
				last = at
			}
		}
	}
	for i := range steps {
		if steps[i].at.After(last) {
			last = steps[i].at
		}
	}
	return last
}

// evaluate marks in a record what it shows for the first time, with the effects
// of that.
func (s *Service) evaluate(ctx context.Context, e *Evidence) error {
	if e.DriveID == "" {
		return nil
	}
	v, err := s.drive(e.DriveID)
	if err != nil {
		return nil //nolint:nilerr // withdrawn meanwhile: what was read is kept
	}
	now := s.Now()
	if e.BeganAt.IsZero() && len(e.Sections) > 0 {
		e.BeganAt = now
		e.Add(now, fxRow, nil)
	}
	steps, studied, err := s.steps(ctx, v, e)
	if err != nil {
		return err
	}
	quizzes, passed, complete := false, true, true
	for i := range steps {
		complete = complete && steps[i].Done
		if steps[i].Step.Kind == QuizStep {
			quizzes, passed = true, passed && steps[i].Done
		}
	}
	if quizzes && passed && e.PassedAt.IsZero() {
		e.PassedAt = now
		e.Add(now, fxRow, nil)
	}
	if complete && e.CompleteAt.IsZero() {
		e.CompleteAt, e.Studied, e.Basis = now, studied, tally.ByApp
		e.On = clock.Day(e.lastAt(steps))
		if m, ok := s.People.Identity(e.MemberID); ok && !s.obliged(v, m) {
			e.Basis = tally.Voluntary
		}
		e.Add(now, fxComplete, nil)
	}
	return nil
}

// steps tells how far the evidence shows a member with each step.
func (s *Service) steps(ctx context.Context, v *DriveVersion, e *Evidence) ([]Progress, []Studied, error) {
	spent := e.Spent(v.Payload.OpensAt)
	e.Capped = slices.ContainsFunc(spent, func(x evidence.Spent) bool { return x.Capped })
	out := make([]Progress, len(v.Payload.Steps))
	var studied []Studied
	for i := range v.Payload.Steps {
		p := &out[i]
		p.Step = v.Payload.Steps[i]
		if p.Step.Kind == QuizStep {
			at, err := s.Quizzes.Passed(ctx, e.MemberID, p.Step.QuizID)
			if err != nil {
				return nil, nil, err
			}
			p.Done, p.at = !at.IsZero(), at
			continue
		}
		kind, id := p.Step.Item()
		t, err := s.current(ctx, kind, id)
		if err != nil {
			return nil, nil, err
		}
		if t == nil { // withdrawn meanwhile: nobody can be asked for it
			p.Done = true
			continue
		}
		p.Title = t.Title
		studied = append(studied, Studied{kind, id, t.Version})
		if err := s.read(ctx, p, t, kind+"/"+id, e, spent); err != nil {
			return nil, nil, err
		}
	}
	return out, studied, nil
}

// read looks at the evidence of a text. A section counts as read when it was
// read in any version in which it says the same.
func (s *Service) read(ctx context.Context, p *Progress, t *Text, item string, e *Evidence, spent []evidence.Spent) error {
	done := map[string]bool{}
	for i := range e.Sections {
		x := &e.Sections[i]
		if x.ItemID != item {
			continue
		}
		if x.SectionID == "" {
			done[""] = done[""] || s.reading.Heard(x, spent[i], time.Duration(t.Seconds)*time.Second)
			continue
		}
		kind, id, _ := strings.Cut(item, "/")
		then, err := s.text(ctx, kind, id, x.Version)
		if err != nil {
			return err
		}
		now, old := t.section(x.SectionID), then.section(x.SectionID)
		if now != nil && old != nil && now.Hash == old.Hash && s.reading.Read(x, spent[i], now.Syllables) {
			done[x.SectionID] = true
		}
	}
	if p.Step.Kind == ListenStep {
		p.Done = done[""]
		return nil
	}
	p.Sections = int64(len(t.Sections))
	for i := range t.Sections {
		if done[t.Sections[i].ID] {
			p.Read++
		}
	}
	p.Done = p.Read == p.Sections
	return nil
}

func (t *Text) section(id string) *Section {
	for i := range t.Sections {
		if t.Sections[i].ID == id {
			return &t.Sections[i]
		}
	}
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

func (r *Row) sort() {
	slices.SortStableFunc(r.Entries, func(a, b tally.Entry) int { return a.At.Compare(b.At) })
}

// completeBy writes the completion that the evidence shows.
func (s *Service) completeBy(ctx context.Context, e *Evidence) error {
	_, _, err := s.complete(ctx, Completion{DriveID: e.DriveID, MemberID: e.MemberID, Basis: e.Basis, On: e.On, RecordedAt: e.CompleteAt,
		Studied: e.Studied})
	return err
}

func compare(a, b string) int { return strings.Compare(a, b) }
