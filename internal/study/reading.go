package study

import (
	"context"
	"slices"
	"strings"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/store"
	"sotay/internal/study/evidence"
)

// Reading is how far a member is with a text or a recording.
type Reading struct {
	Kind, ID string // document or material
	Version  int64  // the one that is asked for
	Title    string
	Done     bool
	Read     int64 // how many sections count as read
	Sections []SectionRead
	// Heard and Played are of a recording that lasts Length.
	Heard          bool
	Played, Length time.Duration
}

// All tells whether every section counts as read.
func (r *Reading) All() bool { return r.Read == int64(len(r.Sections)) }

// does tells whether it is all that a step of a kind asks for.
func (r *Reading) does(k StepKind) bool {
	if k == ListenStep {
		return r.Heard
	}
	return r.All()
}

// SectionRead is how far a member is with a section.
type SectionRead struct {
	ID               string
	Read, ReachedEnd bool
	// Counted is the time that counts, Needed the least in which it counts as
	// read. Capped says that more was claimed than can have passed.
	Counted, Needed time.Duration
	Capped          bool
}

// MyReading returns how far the caller is with the texts of a drive, read or
// not; of "" with what was read outside of drives.
func (s *Service) MyReading(ctx context.Context, c *caller.Caller, driveID string) ([]Reading, error) {
	if driveID == "" {
		return s.readOutside(ctx, c)
	}
	v, err := s.drive(driveID)
	if err != nil {
		return nil, err
	}
	if !s.mayStudy(v, c.Identity) {
		return nil, fault.NotFound
	}
	e, err := s.looked(ctx, v, c.MemberID)
	if err != nil {
		return nil, err
	}
	spent := e.Spent(v.Payload.OpensAt)
	out := []Reading{}
	for i := range v.Payload.Steps {
		x := &v.Payload.Steps[i]
		if x.Kind == QuizStep {
			continue
		}
		t, err := s.asked(ctx, x)
		if err != nil {
			return nil, err
		}
		kind, id := x.Item()
		r, err := s.readingOf(ctx, kind, id, t, &e, spent)
		if err != nil {
			return nil, err
		}
		r.Done = r.does(x.Kind)
		out = append(out, r)
	}
	return out, nil
}

// readOutside is what the caller has read that no drive asked for, the text that
// was read last first.
func (s *Service) readOutside(ctx context.Context, c *caller.Caller) ([]Reading, error) {
	out := []Reading{}
	last := map[string]int64{}
	err := s.records.All(ctx, store.Query{Index: "member", Eq: []any{c.MemberID, ""}}, func(e Evidence) error {
		if len(e.Sections) == 0 {
			return nil
		}
		kind, id, _ := strings.Cut(e.Sections[0].ItemID, "/")
		if !s.Texts.Sees(c.Identity, kind, id) {
			return nil // no more: not even its title
		}
		t, err := s.current(ctx, kind, id)
		if t == nil || err != nil {
			return err // withdrawn: there is nothing to read on
		}
		r, err := s.readingOf(ctx, kind, id, t, &e, e.Spent(time.Time{}))
		r.Done = r.Heard || len(r.Sections) > 0 && r.All()
		out = append(out, r)
		last[id] = e.lastAt(nil).UnixMilli()
		return err
	})
	slices.SortStableFunc(out, func(a, b Reading) int { return int(last[b.ID] - last[a.ID]) })
	return out, err
}

// readingOf reads the evidence of one text. A section counts as read when it was
// read in any version in which it says the same.
func (s *Service) readingOf(ctx context.Context, kind, id string, t *Text, e *Evidence, spent []evidence.Spent) (Reading, error) {
	out := Reading{Kind: kind, ID: id, Version: t.Version, Title: t.Title, Sections: make([]SectionRead, len(t.Sections)), Length: time.Duration(t.Seconds) * time.Second}
	for i := range t.Sections {
		out.Sections[i] = SectionRead{ID: t.Sections[i].ID, Needed: s.Reading.Floor(t.Sections[i].Syllables)}
	}
	for i := range e.Sections {
		x := &e.Sections[i]
		if x.ItemID != kind+"/"+id {
			continue
		}
		if x.SectionID == "" {
			out.Heard = out.Heard || s.Reading.Heard(x, spent[i], out.Length)
			for _, p := range x.Played {
				out.Played += time.Duration(p.To-p.From) * time.Millisecond
			}
			continue
		}
		then, err := s.text(ctx, kind, id, x.Version)
		if err != nil {
			return out, err
		}
		k := slices.IndexFunc(t.Sections, func(now Section) bool { return now.ID == x.SectionID })
		if old := then.section(x.SectionID); k < 0 || old == nil || old.Hash != t.Sections[k].Hash {
			continue
		}
		o := &out.Sections[k]
		o.ReachedEnd = o.ReachedEnd || x.EndAt != 0
		o.Counted, o.Capped = max(o.Counted, spent[i].Time), o.Capped || spent[i].Capped
		o.Read = o.Read || s.Reading.Read(x, spent[i], t.Sections[k].Syllables)
	}
	for i := range out.Sections {
		if out.Sections[i].Read {
			out.Read++
		}
	}
	return out, nil
}
