package study

import (
	"slices"
	"time"

	"sotay/internal/audience"
	"sotay/internal/caller"
	"sotay/internal/publication"
)

// KindDrive is the kind of drives in the change log.
const KindDrive = "drive"

// StepKind is what a step asks for.
type StepKind string

// The kinds of steps.
const (
	ReadStep   StepKind = "read"   // the sections of a document or material
	ListenStep StepKind = "listen" // a recording, heard or watched
	QuizStep   StepKind = "quiz"   // to be passed
)

// Step is one thing to do in a drive. Its id is kept from version to version.
type Step struct {
	ID   string   `bson:"id"`
	Kind StepKind `bson:"kind"`
	// One of the three says what it is about.
	DocumentID string `bson:"documentId"`
	MaterialID string `bson:"materialId"`
	QuizID     string `bson:"quizId"`
	// Version is that of the text which was out when the drive was handed in. It
	// is asked for when none is out any more.
	Version int64 `bson:"version"`
}

// Item is the kind and the id of the text or recording of a step.
func (s *Step) Item() (kind, id string) {
	if s.DocumentID != "" {
		return textDocument, s.DocumentID
	}
	return textMaterial, s.MaterialID
}

// The kinds of texts, as the library names them.
const (
	textDocument = "document"
	textMaterial = "material"
)

// Deadline is a day of its own for some members. An empty list asks for nothing.
type Deadline struct {
	MemberIDs     []string  `bson:"memberIds"`
	OrgIDs        []string  `bson:"orgIds"` // subtrees
	EnterpriseIDs []string  `bson:"enterpriseIds"`
	Shifts        []string  `bson:"shifts"`
	Tags          []string  `bson:"tags"`
	DueAt         time.Time `bson:"dueAt"`
}

// Audience says who of those that see a drive are asked to study. An empty list
// asks for nothing.
type Audience struct {
	Kinds         []string `bson:"memberKinds"`
	Statuses      []string `bson:"statuses"`
	EnterpriseIDs []string `bson:"enterpriseIds"`
	Tags          []string `bson:"tags"`
}

// Drive is the content of one version of a study drive.
type Drive struct {
	Title       string `bson:"title"`
	Description string `bson:"description"`
	// PlanDocumentID is the plan that the drive carries out, "" for none.
	PlanDocumentID string     `bson:"planDocumentId"`
	Steps          []Step     `bson:"steps"`
	OpensAt        time.Time  `bson:"opensAt"`
	DueAt          time.Time  `bson:"dueAt"`
	ClosesAt       time.Time  `bson:"closesAt"`
	Deadlines      []Deadline `bson:"deadlines"` // the first that fits holds
	Audience       Audience   `bson:"audience"`
}

// The items and versions of drives.
type (
	DriveItem    = publication.Item[Drive]
	DriveVersion = publication.Version[Drive]
)

// Addressed tells whether a drive asks a member to study.
func Addressed(v *audience.Visibility, d *Drive, m *caller.Identity) bool {
	a := &d.Audience
	return v.Admits(m) && among(a.Kinds, m.Kind) && among(a.Statuses, m.Status) && among(a.EnterpriseIDs, m.EnterpriseID) && anyAmong(a.Tags, m.Tags)
}

// DueFor is when a member's deadline ends.
func (d *Drive) DueFor(m *caller.Identity) time.Time {
	for i := range d.Deadlines {
		o := &d.Deadlines[i]
		if among(o.MemberIDs, m.MemberID) && anyAmong(o.OrgIDs, m.Units) && among(o.EnterpriseIDs, m.EnterpriseID) && among(o.Shifts, m.Shift) && anyAmong(o.Tags, m.Tags) {
			return o.DueAt
		}
	}
	return d.DueAt
}

// OpenAt tells whether the drive is open at an instant.
func (d *Drive) OpenAt(t time.Time) bool { return !t.Before(d.OpensAt) && t.Before(d.ClosesAt) }

// Asks tells whether the drive has a step on a text or recording.
func (d *Drive) Asks(kind, id string) bool {
	return slices.ContainsFunc(d.Steps, func(s Step) bool {
		k, i := s.Item()
		return s.Kind != QuizStep && k == kind && i == id
	})
}

func among(list []string, x string) bool { return len(list) == 0 || slices.Contains(list, x) }

func anyAmong(list, have []string) bool {
	return len(list) == 0 || slices.ContainsFunc(have, func(x string) bool { return slices.Contains(list, x) })
}
