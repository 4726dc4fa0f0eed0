package storetest

import (
	"time"

	"sotay/internal/store"
)

// thing is a row with a field of every kind that the contract knows.
type thing struct {
	store.Meta `bson:",inline"`
	Owner      string    `bson:"owner"`
	Key        string    `bson:"key"`
	N          int64     `bson:"n"`
	On         bool      `bson:"on"`
	At         time.Time `bson:"at"`
	Tags       []string  `bson:"tags"`
	Draft      draft     `bson:"draft"`
	Body       string    `bson:"body"`
	Extra      any       `bson:"extra,omitempty"`
}

type draft struct {
	State string `bson:"state"`
	Steps []step `bson:"steps"`
}

type step struct {
	Name string `bson:"name"`
}

func thingSchema() *store.Schema {
	str := func(p string) store.Field { return store.Field{Path: p, Type: store.String} }
	n := store.Field{Path: "n", Type: store.Int64}
	at := store.Field{Path: "at", Type: store.Date}
	return &store.Schema{Name: "things", Indexes: []store.Index{
		{Name: "byOwner", Fields: []store.Field{str("owner"), at}},
		{Name: "byState", Fields: []store.Field{str("draft.state"), n}},
		{Name: "byOn", Fields: []store.Field{{Path: "on", Type: store.Bool}, n, at}},
		{Name: "byAt", Fields: []store.Field{at}},
		{Name: "byKey", Fields: []store.Field{str("key")}, Unique: true},
		{Name: "byOwnerKey", Fields: []store.Field{str("owner"), str("key")}, Unique: true},
		{Name: "byTag", Fields: []store.Field{{Path: "tags", Type: store.String, Array: true}}},
	}}
}

// named is a thing whose unique keys are its own id.
func named(id string) *thing {
	return &thing{Meta: store.Meta{ID: id}, Key: id, At: day}
}

// day is when things happen in tests that don't care.
var day = time.Date(2026, 11, 3, 15, 40, 0, 0, time.UTC)
