package tally

import (
	"slices"
	"time"
)

// Status is how a member stood when the drive opened, or they were added; others
// are not on a roll.
type Status string

// The statuses of a roll.
const (
	Active              Status = "active"
	Exempt              Status = "exempt"
	TemporarilyExempt   Status = "temporarilyExempt"
	TemporaryAttachment Status = "temporaryAttachment"
)

// Kind is the kind of membership.
type Kind string

// The kinds.
const (
	Official     Kind = "official"
	Probationary Kind = "probationary"
)

// Basis is what a completion rests on.
type Basis string

// The bases.
const (
	ByApp     Basis = "app"
	BySession Basis = "session"
	OnBehalf  Basis = "onBehalf"
	Voluntary Basis = "voluntary"
)

// EntryKind is what an entry says.
type EntryKind string

// The entries. What is noted counts apart and changes neither total nor rates.
const (
	Added     EntryKind = "added"     // to the roll, after the opening
	Removed   EntryKind = "removed"   // from the roll
	Began     EntryKind = "began"     // some evidence is there
	PassedIt  EntryKind = "passed"    // the drive's quiz
	Completed EntryKind = "completed" // with a basis
	Revoked   EntryKind = "revoked"   // a completion, by a correction
	Exempted  EntryKind = "exempted"
	Moved     EntryKind = "moved"
	Suspended EntryKind = "suspended"
	Left      EntryKind = "left"
	Died      EntryKind = "died"
)

// Entry is one thing that came after the opening.
type Entry struct {
	Kind EntryKind `bson:"kind"`
	// At is when it was recorded.
	At time.Time `bson:"at"`
	// Basis and On are of a completion: what it rests on, and the day that the
	// evidence shows, as YYYY-MM-DD. Due is the last day on which it was in time,
	// "" for who owed nothing.
	Basis Basis  `bson:"basis,omitempty"`
	On    string `bson:"on,omitempty"`
	Due   string `bson:"due,omitempty"`
}

// Row is one member of a drive's roll.
type Row struct {
	MemberID     string  `bson:"memberId"`
	Kind         Kind    `bson:"kind"`
	Status       Status  `bson:"status"`
	EnterpriseID string  `bson:"enterpriseId"`
	Entries      []Entry `bson:"entries"` // in the order in which they were recorded
}

// Standing is how a row stands at an instant.
type Standing struct {
	OnRoll bool
	// Completion is the entry that stands, nil for none.
	Completion *Entry
	recorded   kinds
}

// Has tells whether an entry of a kind had been recorded.
func (s *Standing) Has(k EntryKind) bool { return s.recorded&bit(k) != 0 }

// kinds is a set of kinds of entries: rows are counted by the hundred thousand.
type kinds uint16

// allKinds are the kinds, each at its place in a set.
var allKinds = [...]EntryKind{Added, Removed, Began, PassedIt, Completed, Revoked, Exempted, Moved, Suspended, Left, Died}

func bit(k EntryKind) kinds {
	for i := range allKinds {
		if allKinds[i] == k {
			return 1 << i
		}
	}
	return 0
}

// late tells whether the row was added after the opening: then its first change
// is an addition.
func (r *Row) late() bool {
	i := slices.IndexFunc(r.Entries, func(e Entry) bool { return e.Kind == Added || e.Kind == Removed })
	return i >= 0 && r.Entries[i].Kind == Added
}

// At returns how the row stood by what had been recorded at an instant.
func (r *Row) At(t time.Time) Standing {
	s := Standing{OnRoll: !r.late()}
	for i := range r.Entries {
		e := &r.Entries[i]
		if e.At.After(t) {
			continue
		}
		switch e.Kind {
		case Added:
			s.OnRoll = true
		case Removed:
			s.OnRoll = false
		case Completed:
			s.Completion = e
		case Revoked:
			s.Completion = nil
		case Began, PassedIt, Exempted, Moved, Suspended, Left, Died:
		}
		s.recorded |= bit(e.Kind)
	}
	return s
}
