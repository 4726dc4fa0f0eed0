package evidence

import (
	"cmp"
	"slices"
	"strings"
)

// Key names a section of one version of a document, or a material, whose section
// is "".
type Key struct {
	ItemID    string `bson:"itemId"`
	Version   int64  `bson:"version"`
	SectionID string `bson:"sectionId"`
}

// Session is what one session of a device says of a section.
type Session struct {
	DeviceID  string `bson:"deviceId"`
	SessionID string `bson:"sessionId"`
	// Millis is the time in the foreground.
	Millis int64 `bson:"millis"`
	// First and Last are its earliest and latest event, by the server's clock
	// as far as that is known, in Unix milliseconds.
	First int64 `bson:"first"`
	Last  int64 `bson:"last"`
}

// Interval is a part of a recording, in milliseconds from its beginning; To is
// not part of it.
type Interval struct {
	From int64 `bson:"from"`
	To   int64 `bson:"to"`
}

// Section is what is known of one section.
type Section struct {
	Key `bson:",inline"`
	// EndAt is when its end was first reached, 0 when it was not.
	EndAt    int64      `bson:"endAt"`
	Sessions []Session  `bson:"sessions"` // by device and session
	Played   []Interval `bson:"played"`   // by time, apart from each other
}

// Record is what is known of a member in a drive.
type Record struct {
	Sections []Section `bson:"sections"` // by key
}

// Claim is one event of a phone: what it has seen of a section by then.
type Claim struct {
	Key
	DeviceID, SessionID string
	// At is when, in Unix milliseconds.
	At     int64
	Millis int64
	End    bool
	Played []Interval
}

// Record is the claim as a record of its own.
func (c *Claim) Record() Record {
	s := Section{Key: c.Key, Sessions: []Session{{DeviceID: c.DeviceID, SessionID: c.SessionID, Millis: c.Millis, First: c.At, Last: c.At}}, Played: union(c.Played, nil)}
	if c.End {
		s.EndAt = c.At
	}
	return Record{Sections: []Section{s}}
}

func compareKeys(a, b Key) int {
	return cmp.Or(strings.Compare(a.ItemID, b.ItemID), cmp.Compare(a.Version, b.Version), strings.Compare(a.SectionID, b.SectionID))
}

// Merge returns what two records show together. Neither is changed.
func Merge(a, b Record) Record {
	return Record{Sections: merge(a.Sections, b.Sections, func(x, y *Section) int { return compareKeys(x.Key, y.Key) }, func(x, y Section) Section {
		out := Section{Key: x.Key, EndAt: earliest(x.EndAt, y.EndAt), Played: union(x.Played, y.Played)}
		out.Sessions = merge(x.Sessions, y.Sessions, func(x, y *Session) int {
			return cmp.Or(strings.Compare(x.DeviceID, y.DeviceID), strings.Compare(x.SessionID, y.SessionID))
		}, func(x, y Session) Session {
			x.Millis, x.First, x.Last = max(x.Millis, y.Millis), min(x.First, y.First), max(x.Last, y.Last)
			return x
		})
		return out
	})}
}

// Within is what of a record lies between two instants, to not included: whole
// sessions, and with them what is known of their time. Of a recording, what was
// played counts when all of its sessions do.
func (r *Record) Within(from, to int64) Record {
	var out Record
	for i := range r.Sections {
		x := r.Sections[i]
		all := len(x.Sessions)
		x.Sessions = slices.DeleteFunc(slices.Clone(x.Sessions), func(s Session) bool { return s.First < from || s.Last >= to })
		if len(x.Sessions) == 0 {
			continue
		}
		if x.EndAt < from || x.EndAt >= to {
			x.EndAt = 0
		}
		if len(x.Sessions) < all {
			x.Played = nil
		}
		out.Sections = append(out.Sections, x)
	}
	return out
}

// Equal tells whether two records show the same.
func Equal(a, b Record) bool {
	return slices.EqualFunc(a.Sections, b.Sections, func(x, y Section) bool {
		return x.Key == y.Key && x.EndAt == y.EndAt && slices.Equal(x.Sessions, y.Sessions) && slices.Equal(x.Played, y.Played)
	})
}

// earliest is the smaller of two instants, of which 0 is none.
func earliest(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// merge joins two sorted lists; both says what comes of what is in either.
func merge[T any](a, b []T, compare func(x, y *T) int, both func(x, y T) T) []T {
	out := make([]T, 0, max(len(a), len(b)))
	for len(a) > 0 && len(b) > 0 {
		switch c := compare(&a[0], &b[0]); {
		case c < 0:
			out, a = append(out, a[0]), a[1:]
		case c > 0:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, both(a[0], b[0])), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// union puts intervals in order and joins those that touch. Empty ones are
// dropped.
func union(a, b []Interval) []Interval {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(x, y Interval) int { return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To)) })
	out := make([]Interval, 0, len(all))
	for _, i := range all {
		switch n := len(out); {
		case i.To <= i.From:
		case n > 0 && i.From <= out[n-1].To:
			out[n-1].To = max(out[n-1].To, i.To)
		default:
			out = append(out, i)
		}
	}
	return out
}
