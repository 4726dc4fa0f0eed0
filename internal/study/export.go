package study

import (
	"context"
	"strings"
	"time"

	"sotay/internal/caller"
	"sotay/internal/store"
)

// Exported is what a member has read and heard for a drive, or of one text
// outside of drives, then with a DriveID of "".
type Exported struct {
	DriveID string
	// Devices and Sessions count those that told of it.
	Devices, Sessions int64
	Sections          []ExportedSection
}

// ExportedSection is what is known of one section or recording.
type ExportedSection struct {
	Kind, ID  string // document or material
	Version   int64
	SectionID string // "" for a recording
	Sessions  int64
	// Claimed is the time that the phones told, Believed what of it counts, and
	// Played how much of a recording was heard.
	Claimed, Believed, Played time.Duration
	First, Last               time.Time
	EndAt                     time.Time // the zero time when the end was not reached
}

// ExportEvidence returns all that is held of what the caller has read and heard.
func (s *Service) ExportEvidence(ctx context.Context, c *caller.Caller) ([]Exported, error) {
	var out []Exported
	err := s.records.All(ctx, store.Query{Index: "member", Eq: []any{c.MemberID}}, func(e Evidence) error {
		var opened time.Time
		if v, err := s.drive(e.DriveID); err == nil {
			opened = v.Payload.OpensAt
		}
		out = append(out, e.exported(opened))
		return nil
	})
	return out, err
}

// exported is a record as its member gets it. opened is the zero time when no
// drive bounds what can be believed.
func (e *Evidence) exported(opened time.Time) Exported {
	out := Exported{DriveID: e.DriveID, Sections: make([]ExportedSection, len(e.Sections))}
	spent := e.Spent(opened)
	devices, sessions := map[string]bool{}, map[[2]string]bool{}
	for i := range e.Sections {
		x := &e.Sections[i]
		kind, id, _ := strings.Cut(x.ItemID, "/")
		o := ExportedSection{Kind: kind, ID: id, Version: x.Version, SectionID: x.SectionID, Sessions: int64(len(x.Sessions)), Believed: spent[i].Time}
		for k, y := range x.Sessions {
			devices[y.DeviceID], sessions[[2]string{y.DeviceID, y.SessionID}] = true, true
			o.Claimed += time.Duration(y.Millis) * time.Millisecond
			if first := time.UnixMilli(y.First); k == 0 || first.Before(o.First) {
				o.First = first
			}
			if last := time.UnixMilli(y.Last); last.After(o.Last) {
				o.Last = last
			}
		}
		for _, p := range x.Played {
			o.Played += time.Duration(p.To-p.From) * time.Millisecond
		}
		if x.EndAt != 0 {
			o.EndAt = time.UnixMilli(x.EndAt)
		}
		out.Sections[i] = o
	}
	out.Devices, out.Sessions = int64(len(devices)), int64(len(sessions))
	return out
}

// ExportRolls returns what was changed of rolls about the caller.
func (s *Service) ExportRolls(ctx context.Context, c *caller.Caller) ([]RollChange, error) {
	var out []RollChange
	err := s.changes.All(ctx, store.Query{Index: "member", Eq: []any{c.MemberID}}, func(x RollChange) error {
		for i := range x.Acts {
			one := x
			one.Acts = x.Acts[i : i+1]
			out = append(out, one)
		}
		return nil
	})
	return out, err
}

// RemindersOf returns the reminders that went to a member.
func (s *Service) RemindersOf(ctx context.Context, memberID string) ([]Reminder, error) {
	var out []Reminder
	err := s.reminders.All(ctx, store.Query{Index: "member", Eq: []any{memberID}}, func(m Reminder) error {
		out = append(out, m)
		return nil
	})
	return out, err
}
