package study

import (
	"slices"
	"strings"

	"sotay/internal/study/evidence"
)

// Bounds of what a record holds.
const (
	maxSessions = 64   // of one section
	maxClaims   = 4000 // of a record, but for those of sections begun before
	maxPlayed   = 200  // intervals of one event
	// maxIntervals are those of one recording: more is no listening.
	maxIntervals = 1000
)

// bounded leaves out sessions beyond what a record holds, those that are known
// before others and the earliest of these; and the shortest of too many
// intervals. What sections were read to the end stays.
func bounded(before *evidence.Record, r evidence.Record) evidence.Record {
	total := 0
	for i := range r.Sections {
		x := &r.Sections[i]
		if len(x.Sessions) > maxSessions {
			x.Sessions = firstSessions(before, x, maxSessions)
		}
		if len(x.Played) > maxIntervals {
			x.Played = longest(x.Played)
		}
		if total += len(x.Sessions); total > maxClaims {
			x.Sessions = firstSessions(before, x, 0)
		}
	}
	return r
}

// longest are the longest intervals that a record holds, in their order.
func longest(played []evidence.Interval) []evidence.Interval {
	out := slices.Clone(played)
	slices.SortStableFunc(out, func(a, b evidence.Interval) int { return int((b.To - b.From) - (a.To - a.From)) })
	out = out[:maxIntervals]
	slices.SortFunc(out, func(a, b evidence.Interval) int { return int(a.From - b.From) })
	return out
}

// firstSessions are those that were there, filled up by the earliest new ones to
// so many.
func firstSessions(before *evidence.Record, x *evidence.Section, limit int) []evidence.Session {
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
	order = order[:min(len(order), max(limit, len(known)))]
	slices.SortFunc(order, func(a, b evidence.Session) int {
		return strings.Compare(a.DeviceID+"\x00"+a.SessionID, b.DeviceID+"\x00"+b.SessionID)
	})
	return order
}
