package changelog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sotay/internal/audience"
	"sotay/internal/clock"
	"sotay/internal/store"
)

// Op says what an entry does.
type Op string

// The operations.
const (
	Upsert Op = "upsert"
	Delete Op = "delete"
)

// Entry is one change of what members see.
type Entry struct {
	store.SeqMeta `bson:",inline"`
	// Key is <kind>/<id>/<version>/<op>, for a body encoded again with
	// /<cause> behind it. It is unique.
	Key     string `bson:"key"`
	Kind    string `bson:"kind"`
	ID      string `bson:"id"`
	Version int64  `bson:"version"`
	Op      Op     `bson:"op"`
	// Order counts the states of the thing; a reader ignores an entry whose
	// order is below one it has applied, so that two encodings that raced end
	// as the newer one.
	Order int64 `bson:"order"`
	// Hash is SHA-256 of the plain body in hex, Bytes the size of its gzip.
	Hash  string `bson:"hash"`
	Bytes int64  `bson:"bytes"`
	// Before and After are the visibilities before and after the change; a
	// kind of "" admits nobody.
	Before audience.Visibility `bson:"before"`
	After  audience.Visibility `bson:"after"`
	At     time.Time           `bson:"at"`
}

// Key makes an entry's unique key; cause is "" but for a re-encoding.
func Key(kind, id string, version int64, op Op, cause string) string {
	k := fmt.Sprintf("%s/%s/%d/%s", kind, id, version, op)
	if cause != "" {
		k += "/" + cause
	}
	return k
}

// Schema declares the log's collection.
func Schema() *store.Schema {
	return &store.Schema{Name: "changelog", IntID: true, Majority: true, Indexes: []store.Index{
		{Name: "key", Unique: true, Fields: []store.Field{{Path: "key", Type: store.String}}},
	}}
}

// Log appends to and reads the change log.
type Log struct {
	seq *store.Sequence[Entry]
	now clock.Now
}

// New opens the log.
func New(e store.Engine, now clock.Now) (*Log, error) {
	seq, err := store.NewSequence[Entry](e, Schema())
	if err != nil {
		return nil, err
	}
	return &Log{seq: seq, now: now}, nil
}

// Append publishes an entry, once: when its key is in the log already, that
// entry is returned.
func (l *Log) Append(ctx context.Context, e Entry) (Entry, error) {
	e.At = l.now()
	out, err := l.seq.Append(ctx, func(int64, *Entry) (Entry, error) { return e, nil })
	if store.IsDuplicate(err, "key") {
		return l.seq.Find(ctx, "key", e.Key)
	}
	return out, err
}

// Last returns the newest number, 0 when the log is empty.
func (l *Log) Last(ctx context.Context) (int64, error) {
	e, err := l.seq.Last(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return e.Seq, err
}

// After lists entries behind a position.
func (l *Log) After(ctx context.Context, seq int64, limit int) ([]Entry, error) {
	return l.seq.After(ctx, seq, limit)
}
