package library

import (
	"encoding/json"
	"slices"
	"strings"

	"sotay/internal/caller"
	"sotay/internal/changelog"
	"sotay/internal/fault"
)

// syncSchema is raised when phones must read everything again.
const syncSchema = 1

// syncCursor is what a sealed cursor of sync holds.
type syncCursor struct {
	// Seq is the position in the change log from which deltas follow.
	Seq int64 `json:"s"`
	// Audience is the caller's audience hash when the phone's copy began.
	Audience string `json:"a"`
	Schema   int    `json:"v"`
	// Manifest says that the manifest is still being read; Key is the last
	// "<kind>/<id>" of it.
	Manifest bool   `json:"m,omitempty"`
	Key      string `json:"k,omitempty"`
}

// Change is one thing that a phone must fetch or drop.
type Change struct {
	Seq      int64
	Kind, ID string
	Op       changelog.Op
	Version  int64
	Hash     string
	Bytes    int64
}

// SyncPage is an answer of Sync.
type SyncPage struct {
	Changes []Change
	Next    string
	More    bool
	Reset   bool
	// Begins marks the first page of a manifest.
	Begins bool
}

const syncList = "sync"

// Sync returns what changed for the caller since the cursor: deltas with
// tombstones, or the whole manifest in pages when there is no cursor or the
// caller's audience has changed.
func (s *Service) Sync(c *caller.Caller, cursor string, limit int) (SyncPage, error) {
	cat := s.catalogue.Load()
	at := syncCursor{Seq: int64(len(cat.entries)), Audience: c.Audience, Schema: syncSchema, Manifest: true}
	if cursor != "" {
		b, err := s.pages.Open(syncList, cursor)
		if err != nil {
			return SyncPage{}, err
		}
		var was syncCursor
		if err := json.Unmarshal(b, &was); err != nil {
			return SyncPage{}, fault.BadCursor
		}
		if was.Audience == c.Audience && was.Schema == syncSchema {
			at = was
		}
	}
	var page SyncPage
	if at.Manifest {
		page, at = cat.manifest(c, at, limit)
	} else {
		page, at = cat.deltas(c, at, limit)
	}
	b, err := json.Marshal(at)
	if err != nil {
		return page, err
	}
	page.Next = s.pages.Seal(syncList, b)
	return page, nil
}

// manifest lists all that is out and visible, in the order of keys. What
// changes while a phone reads it comes again as deltas from where it began.
func (c *catalogue) manifest(who *caller.Caller, at syncCursor, limit int) (SyncPage, syncCursor) {
	page := SyncPage{Reset: true, Begins: at.Key == ""}
	var visible []standing
	for key, st := range c.standing {
		if st.live && key > at.Key && admits(c.visibility(st.entry.Kind, st.entry.ID), who) {
			visible = append(visible, st)
		}
	}
	slices.SortFunc(visible, func(a, b standing) int { return strings.Compare(keyOf(a.entry), keyOf(b.entry)) })
	page.More = len(visible) > limit
	for _, st := range visible[:min(limit, len(visible))] {
		page.Changes = append(page.Changes, upsertOf(st.entry))
		at.Key = keyOf(st.entry)
	}
	if !page.More {
		at.Manifest, at.Key = false, ""
	}
	return page, at
}

// deltas walks the log from the cursor. A cursor ahead of this replica waits
// where it is.
func (c *catalogue) deltas(who *caller.Caller, at syncCursor, limit int) (SyncPage, syncCursor) {
	var page SyncPage
	for at.Seq < int64(len(c.entries)) && len(page.Changes) < limit {
		e := &c.entries[at.Seq]
		at.Seq++
		if ch, ok := c.delta(who, e); ok {
			page.Changes = append(page.Changes, ch)
		}
	}
	page.More = at.Seq < int64(len(c.entries))
	return page, at
}

// delta is what one entry means to the caller now: the thing's newest state
// when it is visible (told once, at that state's own entry), a tombstone when
// it was visible before the entry and is not now, else nothing.
func (c *catalogue) delta(who *caller.Caller, e *changelog.Entry) (Change, bool) {
	now := c.standing[keyOf(e)]
	if now.live && admits(c.visibility(e.Kind, e.ID), who) {
		return upsertOf(now.entry), now.entry.Seq == e.Seq
	}
	if e.Before.Admits(who.Identity) {
		return Change{Seq: e.Seq, Kind: e.Kind, ID: e.ID, Op: changelog.Delete, Version: e.Version}, true
	}
	return Change{}, false
}

func upsertOf(e *changelog.Entry) Change {
	return Change{Seq: e.Seq, Kind: e.Kind, ID: e.ID, Op: changelog.Upsert, Version: e.Version, Hash: e.Hash, Bytes: e.Bytes}
}

func keyOf(e *changelog.Entry) string { return e.Kind + "/" + e.ID }
