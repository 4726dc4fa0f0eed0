package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Raw is an encoded document.
type Raw = bson.Raw

// Engine is what a database adapter implements. Ids are string or int64 as
// the schema says. An engine neither retries nor interprets: Collection and
// Sequence do.
//
// Every method returns an error that wraps ctx.Err() when ctx ended first and
// nothing was written; a write whose outcome is not known wraps ErrUncertain.
type Engine interface {
	// Name is "sqlite" or "mongodb".
	Name() string
	// Prepare creates what is missing of the collections and their indexes.
	// It may run at any time, also beside a running replica.
	Prepare(ctx context.Context, schemas []*Schema) error
	// Get returns one document or ErrNotFound.
	Get(ctx context.Context, s *Schema, id any) (Raw, error)
	// GetMany returns those of at most MaxPage documents that exist, in any
	// order.
	GetMany(ctx context.Context, s *Schema, ids []any) ([]Raw, error)
	// Insert writes at most MaxPage new documents and returns a result for
	// each: nil, ErrClash (its id or a unique key is taken), or another
	// error. One document's clash does not touch its neighbours. A nil result
	// means durable.
	Insert(ctx context.Context, s *Schema, docs []Raw) []error
	// Replace writes doc over the document with this id and _rev, or returns
	// ErrStale when there is none, or ErrClash on a unique key. old is the
	// document of that revision; nil when it is not known, and then an engine
	// that could leave indexes alone which do not change writes them all.
	Replace(ctx context.Context, s *Schema, id any, rev int64, old, doc Raw) error
	// Delete removes the document with this id and _rev, or returns ErrStale.
	Delete(ctx context.Context, s *Schema, id any, rev int64) error
	// Find returns documents in the order of an index. q has been checked.
	Find(ctx context.Context, s *Schema, q Query) ([]Raw, error)
	// Scan returns documents in the order of ids after the given id (nil: from
	// the start).
	Scan(ctx context.Context, s *Schema, after any, limit int) ([]Raw, error)
	// Last returns the document with the highest id or ErrNotFound.
	Last(ctx context.Context, s *Schema) (Raw, error)
	// Ping answers whether the store can be reached.
	Ping(ctx context.Context) error
	// Close ends all work; writes that were acknowledged are durable.
	Close(ctx context.Context) error
}

// MaxPage is the largest number of documents of one call.
const MaxPage = 500

// MaxDocument is the largest encoded document in bytes.
const MaxDocument = 4 << 20

// What an engine or the contract may answer.
var (
	ErrNotFound = errors.New("document not found")
	// ErrStale means that no document has this id and revision.
	ErrStale = errors.New("document changed meanwhile")
	// ErrClash means that an id or a unique key is taken; engines don't say
	// which, Collection finds out and returns a DuplicateError.
	ErrClash = errors.New("id or unique key taken")
	// ErrUncertain means that a write may or may not have happened.
	ErrUncertain = errors.New("outcome of the write is unknown")
	// ErrContention means that a bounded number of tries was used up.
	ErrContention = errors.New("too many writers on one document")
	// ErrTooLarge means that a document is over MaxDocument.
	ErrTooLarge = errors.New("document is too large")
	// ErrUnchanged is returned by an update function that has nothing to
	// write; Update then returns the document as it stands, and no error.
	ErrUnchanged = errors.New("nothing to change")
)

// DuplicateError says which unique key of a refused write was taken.
type DuplicateError struct {
	Collection string
	// Index is the unique index's name, or "_id".
	Index string
}

func (e *DuplicateError) Error() string {
	return fmt.Sprintf("%s: duplicate %s", e.Collection, e.Index)
}

// IsDuplicate tells whether err is a clash on the named index of any
// collection; no names means any index.
func IsDuplicate(err error, indexes ...string) bool {
	var d *DuplicateError
	if !errors.As(err, &d) {
		return false
	}
	if len(indexes) == 0 {
		return true
	}
	for _, ix := range indexes {
		if d.Index == ix {
			return true
		}
	}
	return false
}

// RuleError says which document rule a document breaks: a fault of the
// program, never of its user, but for ErrTooLarge.
type RuleError struct {
	Collection, Path, Rule string
}

func (e *RuleError) Error() string {
	return fmt.Sprintf("%s: document rule: %s: %s", e.Collection, strings.TrimPrefix(e.Path, "."), e.Rule)
}
