package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"sotay/internal/ident"
)

// maxTries bounds the tries of an Update under contention. With 64 writers on
// one document each round has a winner, so that 64 rounds serve all of them.
const maxTries = 256

// Collection is a typed view of one collection with string ids. *T embeds
// Meta.
type Collection[T any] struct {
	engine Engine
	schema *Schema
	recent recent
}

// NewCollection joins a schema and an engine. It fails when T has no Meta or
// the schema is not sound.
func NewCollection[T any](e Engine, s *Schema) (*Collection[T], error) {
	if _, ok := any(new(T)).(carrier); !ok {
		return nil, fmt.Errorf("%s: %T does not embed store.Meta", s.Name, *new(T))
	}
	if s.IntID {
		return nil, fmt.Errorf("%s: a collection has string ids", s.Name)
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	return &Collection[T]{engine: e, schema: s, recent: newRecent(s.Recent)}, nil
}

func meta[T any](t *T) *Meta { return any(t).(carrier).storeMeta() }

// Get returns one document or ErrNotFound.
func (c *Collection[T]) Get(ctx context.Context, id string) (T, error) {
	var t T
	doc, err := c.engine.Get(ctx, c.schema, id)
	if err != nil {
		return t, c.wrap("get", id, err)
	}
	return t, Decode(doc, &t)
}

// GetMany returns those of the documents that exist, by id.
func (c *Collection[T]) GetMany(ctx context.Context, ids []string) (map[string]T, error) {
	docs, err := c.GetManyRaw(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string]T, len(docs))
	for _, doc := range docs {
		var t T
		if err := Decode(doc, &t); err != nil {
			return nil, err
		}
		out[meta(&t).ID] = t
	}
	return out, nil
}

// Insert writes a new document and sets its revision. It returns a
// DuplicateError when the id or a unique key is taken.
func (c *Collection[T]) Insert(ctx context.Context, t *T) error {
	m := meta(t)
	m.Rev, m.W = 1, ident.Token()
	doc, err := c.encode(t)
	if err != nil {
		return err
	}
	uncertain := false
	for range 3 {
		err = c.engine.Insert(ctx, c.schema, []Raw{doc})[0]
		if err == nil {
			return nil
		}
		uncertain = uncertain || errors.Is(err, ErrUncertain)
		if !uncertain && !errors.Is(err, ErrClash) {
			return c.wrap("insert", m.ID, err)
		}
		done, serr := c.settleInsert(ctx, m, doc, uncertain)
		if done || serr != nil {
			return serr
		}
	}
	if uncertain && !errors.Is(err, ErrUncertain) {
		err = fmt.Errorf("%w: %w", ErrUncertain, err) // an earlier try may still land
	}
	return c.wrap("insert", m.ID, err)
}

// InsertMany writes new documents, each on its own, and returns a result for
// each: nil, or what Insert would have returned.
func (c *Collection[T]) InsertMany(ctx context.Context, ts []*T) []error {
	errs := make([]error, len(ts))
	for start := 0; start < len(ts); start += MaxPage {
		end := min(start+MaxPage, len(ts))
		c.insertPage(ctx, ts[start:end], errs[start:end])
	}
	return errs
}

func (c *Collection[T]) insertPage(ctx context.Context, ts []*T, errs []error) {
	docs := make([]Raw, 0, len(ts))
	at := make([]int, 0, len(ts))
	for i, t := range ts {
		m := meta(t)
		m.Rev, m.W = 1, ident.Token()
		doc, err := c.encode(t)
		if err != nil {
			errs[i] = err
			continue
		}
		docs, at = append(docs, doc), append(at, i)
	}
	if len(docs) == 0 {
		return
	}
	for k, err := range c.engine.Insert(ctx, c.schema, docs) {
		i := at[k]
		if errors.Is(err, ErrClash) || errors.Is(err, ErrUncertain) {
			done, serr := c.settleInsert(ctx, meta(ts[i]), docs[k], errors.Is(err, ErrUncertain))
			if !done && serr == nil {
				serr = c.wrap("insert", meta(ts[i]).ID, err)
			}
			errs[i] = serr
			continue
		}
		if err != nil {
			errs[i] = c.wrap("insert", meta(ts[i]).ID, err)
		}
	}
}

// settleInsert finds out what became of an insert: done with nil when our
// write is there, a DuplicateError when another's is, neither when nothing is
// found.
func (c *Collection[T]) settleInsert(ctx context.Context, m *Meta, doc Raw, uncertain bool) (bool, error) {
	ctx, cancel := settling(ctx, uncertain)
	defer cancel()
	return settle(ctx, c.engine, c.schema, m.ID, m.W, doc)
}

// UpdateFunc states what the document shall be. It may run several times, on
// fresh copies, and touches nothing else; it returns ErrUnchanged when there
// is nothing to write, or the error that Update shall return.
type UpdateFunc[T any] func(*T) error

// Update reads the document, applies fn and writes it by compare-and-set, in
// bounded tries. It returns the document as written. Where the schema says so,
// the first try is on the document as this process last wrote it: only a write
// that succeeds comes of that, nothing else is decided by it.
func (c *Collection[T]) Update(ctx context.Context, id string, fn UpdateFunc[T]) (T, error) {
	var mark string
	old, remembered := c.recent.take(id)
	for try := 0; try < maxTries; {
		var t T
		var err error
		if !remembered {
			if old, err = c.engine.Get(ctx, c.schema, id); err != nil {
				return t, c.wrap("get", id, err)
			}
		}
		if err := Decode(old, &t); err != nil {
			return t, err
		}
		m := meta(&t)
		if mark != "" && m.W == mark {
			// An uncertain write of ours came to be after all.
			if written, err := c.carries(ctx, id, mark); err != nil || written {
				return t, err
			}
		}
		if err := fn(&t); err != nil {
			if remembered {
				remembered = false
				continue
			}
			if errors.Is(err, ErrUnchanged) {
				return t, nil
			}
			return t, err
		}
		if m.ID != id {
			return t, fmt.Errorf("%s: update changed the id of %s", c.schema.Name, id)
		}
		rev := m.Rev
		mark = ident.Token()
		m.Rev, m.W = rev+1, mark
		doc, err := c.encode(&t)
		if err != nil {
			return t, err
		}
		err = c.engine.Replace(ctx, c.schema, id, rev, old, doc)
		switch {
		case err == nil:
			c.recent.put(id, doc)
			return t, nil
		case errors.Is(err, ErrClash):
			done, serr := c.settleInsert(ctx, m, doc, false)
			if done || serr != nil {
				return t, serr
			}
		case errors.Is(err, ErrUncertain):
			if written, gerr := c.carries(ctx, id, mark); gerr != nil || written {
				return t, gerr
			}
		case !errors.Is(err, ErrStale):
			return t, c.wrap("update", id, err)
		}
		if remembered { // another process has written since
			remembered = false
			continue
		}
		if err := pause(ctx, try); err != nil {
			return t, c.wrap("update", id, err)
		}
		try++
	}
	var t T
	return t, c.wrap("update", id, ErrContention)
}

// carries tells whether the document has our mark, asking also when the caller
// has gone: an uncertain write must not be reported as failed.
func (c *Collection[T]) carries(ctx context.Context, id, mark string) (bool, error) {
	ctx, cancel := settling(ctx, true)
	defer cancel()
	t, err := c.Get(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil && meta(&t).W == mark, err
}

// pause waits a little, more with each try, so that writers spread out.
func pause(ctx context.Context, try int) error {
	top := min(time.Duration(try+1)*200*time.Microsecond, 10*time.Millisecond)
	timer := time.NewTimer(rand.N(top))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// DeleteIf removes the document if it still has this revision, else ErrStale.
func (c *Collection[T]) DeleteIf(ctx context.Context, id string, rev int64) error {
	err := c.engine.Delete(ctx, c.schema, id, rev)
	if errors.Is(err, ErrUncertain) {
		ctx, cancel := settling(ctx, true)
		defer cancel()
		if _, gerr := c.Get(ctx, id); errors.Is(gerr, ErrNotFound) {
			return nil
		}
	}
	return c.wrap("delete", id, err)
}

// Page is a slice of a listing.
type Page[T any] struct {
	Items []T
	// Next is the position of the last item, More whether others follow it.
	Next Position
	More bool
}

// Find lists by an index.
func (c *Collection[T]) Find(ctx context.Context, q Query) (Page[T], error) {
	var page Page[T]
	ix, err := q.check(c.schema)
	if err != nil {
		return page, err
	}
	limit := q.Limit
	if q.Limit < MaxPage {
		q.Limit++ // one more tells whether others follow
	}
	docs, err := c.engine.Find(ctx, c.schema, q)
	if err != nil {
		return page, c.wrap("find", ix.Name, err)
	}
	page.More = len(docs) > limit || limit == MaxPage && len(docs) == MaxPage
	docs = docs[:min(limit, len(docs))]
	if page.Items, err = decodeAll[T](docs); err != nil {
		return page, err
	}
	if n := len(docs); n > 0 {
		page.Next = positionOf(docs[n-1], ix.Fields[len(q.Eq):], meta(&page.Items[n-1]).ID)
	}
	return page, nil
}

// All calls fn for every document a query finds, page by page, until fn fails.
func (c *Collection[T]) All(ctx context.Context, q Query, fn func(T) error) error {
	q.Limit = MaxPage
	for {
		page, err := c.Find(ctx, q)
		if err != nil {
			return err
		}
		for _, t := range page.Items {
			if err := fn(t); err != nil {
				return err
			}
		}
		if !page.More {
			return nil
		}
		q.After = page.Next
	}
}

// Scan lists in the order of ids, after the given id ("": from the start).
func (c *Collection[T]) Scan(ctx context.Context, after string, limit int) ([]T, error) {
	if limit < 1 || limit > MaxPage {
		return nil, fmt.Errorf("%s: limit %d is not in 1..%d", c.schema.Name, limit, MaxPage)
	}
	var from any
	if after != "" {
		from = after
	}
	docs, err := c.engine.Scan(ctx, c.schema, from, limit)
	if err != nil {
		return nil, c.wrap("scan", after, err)
	}
	return decodeAll[T](docs)
}

// Each calls fn for every document in the order of ids until fn fails.
func (c *Collection[T]) Each(ctx context.Context, fn func(T) error) error {
	after := ""
	for {
		ts, err := c.Scan(ctx, after, MaxPage)
		if err != nil {
			return err
		}
		for i := range ts {
			if err := fn(ts[i]); err != nil {
				return err
			}
			after = meta(&ts[i]).ID
		}
		if len(ts) < MaxPage {
			return nil
		}
	}
}

func (c *Collection[T]) encode(t *T) (Raw, error) { return encodeChecked(c.schema, t) }

func (c *Collection[T]) wrap(op, id string, err error) error {
	return wrapError(c.schema, op, id, err)
}
