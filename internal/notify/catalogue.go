package notify

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"sotay/internal/audience"
	"sotay/internal/changelog"
	"sotay/internal/ident"
)

// The kinds of notices: what they are about.
const (
	Document = "document"
	Material = "material"
	Drive    = "drive"
	Contest  = "contest"
	Reminder = "reminder" // of a drive
)

var published = []string{Document, Material, Drive, Contest}

// notice says that a version of a thing is out.
type notice struct {
	id, kind, ref string
	version       int64
	at            time.Time // when the version came out
	order         int64     // of the entry that was applied last
	out           bool
	visibility    audience.Visibility
}

// catalogue is the newest notice of each thing, withdrawn ones too. It is never
// changed.
type catalogue struct {
	things map[string]notice // by kind and id
	newest []notice          // of what is out, newest first
}

// noticeID names the notice of a version, in every process alike.
func noticeID(kind, id string, version int64) string {
	return ident.Derive("notice", changelog.Key(kind, id, version, changelog.Upsert, ""))
}

// Apply takes new entries of the change log into the catalogue. A body that is
// encoded again is no news, and neither is a visibility that changes with it. It
// implements changelog.Apply.
func (s *Service) Apply(_ context.Context, entries []changelog.Entry) error {
	old := s.out.Load()
	next := &catalogue{things: maps.Clone(old.things)}
	if next.things == nil {
		next.things = map[string]notice{}
	}
	for i := range entries {
		e := &entries[i]
		if slices.Contains(published, e.Kind) {
			next.apply(e)
		}
	}
	for _, n := range next.things {
		if n.out {
			next.newest = append(next.newest, n)
		}
	}
	slices.SortFunc(next.newest, func(a, b notice) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.id, b.id)) })
	s.out.Store(next)
	return nil
}

func (c *catalogue) apply(e *changelog.Entry) {
	key := e.Kind + "/" + e.ID
	n, known := c.things[key]
	if known && e.Order < n.order {
		return // an encoding that lost a race
	}
	if !known || e.Version > n.version {
		n = notice{id: noticeID(e.Kind, e.ID, e.Version), kind: e.Kind, ref: e.ID, version: e.Version, at: e.At}
	}
	n.order, n.out, n.visibility = e.Order, e.Op == changelog.Upsert, e.After
	c.things[key] = n
}
