package store

import (
	"context"
	"errors"
	"fmt"
)

// A page of Dump aims at copyBytes, since documents are of a few hundred bytes
// or of megabytes.
const (
	copyBytes = 4 << 20
	copyPage  = 100
)

// Dump calls fn with all documents of a collection as they are stored, in the
// order of ids, some at a time. Writers go on meanwhile: what they write behind
// the place where Dump is comes in, what they write before it does not.
func Dump(ctx context.Context, e Engine, s *Schema, fn func([]Raw) error) error {
	var after any
	for limit := 16; ; {
		docs, err := e.Scan(ctx, s, after, limit)
		if err != nil {
			return wrapError(s, "dump", fmt.Sprint(after), err)
		}
		if len(docs) == 0 {
			return nil
		}
		if err := fn(docs); err != nil {
			return err
		}
		bytes := 0
		for _, doc := range docs {
			bytes += len(doc)
		}
		if len(docs) < limit {
			return nil
		}
		if after, err = DocumentID(s, docs[len(docs)-1]); err != nil {
			return err
		}
		limit = min(max(1, copyBytes/(bytes/len(docs)+1)), copyPage)
	}
}

// Load writes documents as Dump gave them, marks and revisions too. A document
// that is there in the same state stays, so that a Load that was broken off may
// run again; another one under its id or a unique key is an error.
func Load(ctx context.Context, e Engine, s *Schema, docs []Raw) error {
	for len(docs) > 0 {
		n := min(len(docs), copyPage)
		for i, err := range e.Insert(ctx, s, docs[:n]) {
			if err := settleLoad(ctx, e, s, docs[i], err); err != nil {
				return err
			}
		}
		docs = docs[n:]
	}
	return nil
}

// settleLoad looks whether a document is there after all when its insert gave
// an error, and tries again when that was uncertain.
func settleLoad(ctx context.Context, e Engine, s *Schema, doc Raw, err error) error {
	id, ierr := DocumentID(s, doc)
	if ierr != nil {
		return ierr
	}
	for try := 0; err != nil; try++ {
		if !errors.Is(err, ErrClash) && !errors.Is(err, ErrUncertain) || try == 3 {
			return wrapError(s, "load", fmt.Sprint(id), err)
		}
		stored, gerr := e.Get(ctx, s, id)
		if gerr == nil && stored.Lookup("_w").Equal(doc.Lookup("_w")) {
			return nil
		}
		if gerr != nil && !errors.Is(gerr, ErrNotFound) || gerr == nil || errors.Is(err, ErrClash) {
			return wrapError(s, "load", fmt.Sprint(id), errors.Join(err, gerr))
		}
		err = e.Insert(ctx, s, []Raw{doc})[0]
	}
	return nil
}

// DocumentID reads a document's id, string or int64 as the schema says.
func DocumentID(s *Schema, doc Raw) (any, error) {
	rv := doc.Lookup("_id")
	if s.IntID {
		if id, ok := rv.Int64OK(); ok {
			return id, nil
		}
	} else if id, ok := rv.StringValueOK(); ok {
		return id, nil
	}
	return nil, &RuleError{s.Name, "_id", "is not of the collection's type"}
}
