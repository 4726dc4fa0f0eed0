package publication

import (
	"slices"
	"time"

	"sotay/internal/audience"
	"sotay/internal/effect"
	"sotay/internal/store"
)

// DraftState says where the newest version stands on its way out; "" when it
// is not on its way.
type DraftState string

// LiveState says what is out; "" when nothing ever was.
type LiveState string

// The states.
const (
	Draft      DraftState = "draft"
	Submitted  DraftState = "submitted"
	Approved   DraftState = "approved"
	Publishing DraftState = "publishing"

	Published   LiveState = "published"
	Withdrawing LiveState = "withdrawing"
	Withdrawn   LiveState = "withdrawn"
)

// maxSteps bounds the steps that an item remembers; the audit record has all.
const maxSteps = 100

// Step is one act on an item: who, when, why.
type Step struct {
	Verb    string    `bson:"verb"`
	By      string    `bson:"by"`
	At      time.Time `bson:"at"`
	Version int64     `bson:"version"`
	Reason  string    `bson:"reason"`
}

// Item is one thing that can be published, with its newest version's content.
type Item[P any] struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	// OrgID is the organisation whose editors look after the item.
	OrgID string `bson:"orgId"`
	// UniqueKey is what only one item may have, or the item's own id.
	UniqueKey string `bson:"uniqueKey"`
	// SourceKey makes an import repeatable, SourceHash shows an unchanged
	// source; the key is the item's own id when it was not imported.
	SourceKey  string `bson:"sourceKey"`
	SourceHash string `bson:"sourceHash"`
	// Revision counts what people changed; it is the ETag.
	Revision int64      `bson:"revision"`
	Draft    DraftState `bson:"draftState"`
	Live     LiveState  `bson:"liveState"`
	// State is what Stands returns, kept for the index.
	State string `bson:"state"`
	// Version is the number of the newest version, LiveVersion of the one that
	// is out (0: none).
	Version     int64               `bson:"version"`
	LiveVersion int64               `bson:"liveVersion"`
	Editors     []string            `bson:"editors"`
	ApprovedBy  string              `bson:"approvedBy"`
	PublishedAt time.Time           `bson:"publishedAt"`
	PublishedBy string              `bson:"publishedBy"`
	Visibility  audience.Visibility `bson:"visibility"`
	Payload     P                   `bson:"payload"`
	Steps       []Step              `bson:"steps"`
	CreatedAt   time.Time           `bson:"createdAt"`
	UpdatedAt   time.Time           `bson:"updatedAt"`
}

// Handlers are who has edited the item or taken it a step on; some may stand
// twice.
func (i *Item[P]) Handlers() []string {
	out := slices.Clone(i.Editors)
	for _, step := range i.Steps {
		out = append(out, step.By)
	}
	return out
}

// ItemSchema declares the collection of one kind's items.
func ItemSchema(name string) *store.Schema {
	updated := store.Field{Path: "updatedAt", Type: store.Date}
	return &store.Schema{Name: name, Indexes: []store.Index{
		{Name: "uniqueKey", Unique: true, Fields: []store.Field{{Path: "uniqueKey", Type: store.String}}},
		{Name: "sourceKey", Unique: true, Fields: []store.Field{{Path: "sourceKey", Type: store.String}}},
		{Name: "updatedAt", Fields: []store.Field{updated}},
		{Name: "state", Fields: []store.Field{{Path: "state", Type: store.String}, updated}},
		effect.Index(),
	}}
}

// Stands returns the one state that people are shown: of the newest version.
func (i *Item[P]) Stands() string {
	if i.Draft != "" {
		return string(i.Draft)
	}
	return string(i.Live)
}

// step records an act and closes a change of the item.
func (i *Item[P]) step(verb, by, reason string, now time.Time) {
	i.Steps = append(i.Steps, Step{Verb: verb, By: by, At: now, Version: i.Version, Reason: reason})
	if n := len(i.Steps); n > maxSteps {
		i.Steps = slices.Clone(i.Steps[n-maxSteps:])
	}
	i.touch(now)
}

func (i *Item[P]) touch(now time.Time) {
	i.Revision++
	i.State = i.Stands()
	// Never backwards, whatever the clock does: lists are read in this order.
	if now.After(i.UpdatedAt) {
		i.UpdatedAt = now
	} else {
		i.UpdatedAt = i.UpdatedAt.Add(time.Millisecond)
	}
}

// Version is the immutable content of one version.
type Version[P any] struct {
	store.Meta  `bson:",inline"`
	ItemID      string              `bson:"itemId"`
	OrgID       string              `bson:"orgId"`
	Number      int64               `bson:"number"`
	PublishedAt time.Time           `bson:"publishedAt"`
	PublishedBy string              `bson:"publishedBy"`
	ApprovedBy  string              `bson:"approvedBy"`
	Visibility  audience.Visibility `bson:"visibility"`
	Payload     P                   `bson:"payload"`
	// Body is the encoded immutable part, empty for kinds without one.
	Body Encoded `bson:"body"`
}

// VersionSchema declares the collection of one kind's versions.
func VersionSchema(name string) *store.Schema { return &store.Schema{Name: name} }
