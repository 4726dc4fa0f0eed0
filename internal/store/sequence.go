package store

import (
	"context"
	"errors"
	"fmt"

	"sotay/internal/ident"
)

// Sequence is a collection with int64 ids that only grows: gapless and in
// order on any number of replicas, without a counter. *T embeds SeqMeta.
type Sequence[T any] struct {
	engine Engine
	schema *Schema
}

// NewSequence joins a schema with int64 ids and an engine.
func NewSequence[T any](e Engine, s *Schema) (*Sequence[T], error) {
	if _, ok := any(new(T)).(seqCarrier); !ok {
		return nil, fmt.Errorf("%s: %T does not embed store.SeqMeta", s.Name, *new(T))
	}
	if !s.IntID {
		return nil, fmt.Errorf("%s: a sequence has int64 ids", s.Name)
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	return &Sequence[T]{engine: e, schema: s}, nil
}

// Append inserts the row that build makes for the number after the highest,
// and tries again with the next when another was faster. It returns a
// DuplicateError when a unique key of the row is taken: the append has
// happened before. build may run several times.
func (s *Sequence[T]) Append(ctx context.Context, build func(seq int64, last *T) (T, error)) (T, error) {
	var none T
	for try := range maxTries {
		last, err := s.Last(ctx)
		seq := int64(1)
		prev := &last
		switch {
		case err == nil:
			seq = any(&last).(seqCarrier).seqMeta().Seq + 1
		case errors.Is(err, ErrNotFound):
			prev = nil
		default:
			return none, err
		}
		t, err := build(seq, prev)
		if err != nil {
			return none, err
		}
		m := any(&t).(seqCarrier).seqMeta()
		m.Seq, m.Rev, m.W = seq, 1, ident.Token()
		done, err := s.insert(ctx, &t, m)
		if done || err != nil {
			return t, err
		}
		if err := pause(ctx, try); err != nil {
			return none, wrapError(s.schema, "append", fmt.Sprint(seq), err)
		}
	}
	return none, wrapError(s.schema, "append", "", ErrContention)
}

// insert reports done when the row is in, an error when it never will be, and
// neither when its number was taken by another row.
func (s *Sequence[T]) insert(ctx context.Context, t *T, m *SeqMeta) (bool, error) {
	doc, err := encodeChecked(s.schema, t)
	if err != nil {
		return false, err
	}
	err = s.engine.Insert(ctx, s.schema, []Raw{doc})[0]
	if err == nil {
		return true, nil
	}
	if !errors.Is(err, ErrClash) && !errors.Is(err, ErrUncertain) {
		return false, wrapError(s.schema, "append", fmt.Sprint(m.Seq), err)
	}
	ctx, cancel := settling(ctx, errors.Is(err, ErrUncertain))
	defer cancel()
	done, err := settle(ctx, s.engine, s.schema, m.Seq, m.W, doc)
	if !IsDuplicate(err, "_id") {
		return done, err
	}
	// The number is taken. If our unique key is too, the row is in already.
	for i := range s.schema.Indexes {
		ix := &s.schema.Indexes[i]
		if !ix.Unique {
			continue
		}
		taken, err := takenByAnother(ctx, s.engine, s.schema, ix, nil, doc)
		if err != nil {
			return false, err
		}
		if taken {
			return false, &DuplicateError{s.schema.Name, ix.Name}
		}
	}
	return false, nil
}

// Last returns the row with the highest number or ErrNotFound.
func (s *Sequence[T]) Last(ctx context.Context) (T, error) {
	var t T
	doc, err := s.engine.Last(ctx, s.schema)
	if err != nil {
		return t, wrapError(s.schema, "last", "", err)
	}
	return t, Decode(doc, &t)
}

// Get returns one row or ErrNotFound.
func (s *Sequence[T]) Get(ctx context.Context, seq int64) (T, error) {
	var t T
	doc, err := s.engine.Get(ctx, s.schema, seq)
	if err != nil {
		return t, wrapError(s.schema, "get", fmt.Sprint(seq), err)
	}
	return t, Decode(doc, &t)
}

// After lists rows with numbers above seq, in order, at most limit.
func (s *Sequence[T]) After(ctx context.Context, seq int64, limit int) ([]T, error) {
	if limit < 1 || limit > MaxPage {
		return nil, fmt.Errorf("%s: limit %d is not in 1..%d", s.schema.Name, limit, MaxPage)
	}
	docs, err := s.engine.Scan(ctx, s.schema, seq, limit)
	if err != nil {
		return nil, wrapError(s.schema, "scan", fmt.Sprint(seq), err)
	}
	return decodeAll[T](docs)
}

// Find returns the first row that an index holds under these values, or
// ErrNotFound.
func (s *Sequence[T]) Find(ctx context.Context, index string, eq ...any) (T, error) {
	var t T
	q := Query{Index: index, Eq: eq, Limit: 1}
	if _, err := q.check(s.schema); err != nil {
		return t, err
	}
	docs, err := s.engine.Find(ctx, s.schema, q)
	if err != nil {
		return t, wrapError(s.schema, "find", index, err)
	}
	if len(docs) == 0 {
		return t, wrapError(s.schema, "find", index, ErrNotFound)
	}
	return t, Decode(docs[0], &t)
}
