package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"sotay/internal/store"
)

func (e *Engine) layout(s *store.Schema) *layout {
	if l, ok := e.layouts.Load(s); ok {
		return l.(*layout)
	}
	l, _ := e.layouts.LoadOrStore(s, newLayout(s))
	return l.(*layout)
}

// stmt returns a prepared statement. Texts vary only with the shape of a
// query, never with its values, so that there are few.
func (e *Engine) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := e.stmts.Load(query); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := e.read.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if old, loaded := e.stmts.LoadOrStore(query, s); loaded {
		return old.(*sql.Stmt), s.Close()
	}
	return s, nil
}

// first reads one document or ErrNotFound.
func (e *Engine) first(ctx context.Context, query string, args ...any) (store.Raw, error) {
	st, err := e.stmt(ctx, query)
	if err != nil {
		return nil, readError(ctx, err)
	}
	var doc []byte
	err = st.QueryRowContext(ctx, args...).Scan(&doc)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, store.ErrNotFound
	}
	if err != nil {
		return nil, readError(ctx, err)
	}
	return doc, nil
}

// list reads all documents that a query finds.
func (e *Engine) list(ctx context.Context, query string, args ...any) (docs []store.Raw, err error) {
	st, err := e.stmt(ctx, query)
	if err != nil {
		return nil, readError(ctx, err)
	}
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return nil, readError(ctx, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var doc document
		if err := rows.Scan(&doc); err != nil {
			return nil, readError(ctx, err)
		}
		docs = append(docs, store.Raw(doc))
	}
	if err := rows.Err(); err != nil {
		return nil, readError(ctx, err)
	}
	return docs, nil
}

// document takes a document as the driver hands it over. The driver makes a
// copy of each value; database/sql, which knows no driver, would make another,
// and documents are large. The suites would see one driver's copies overwritten:
// they compare whole pages.
type document []byte

// Scan implements sql.Scanner.
func (d *document) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok {
		return fmt.Errorf("a document is a %T", src)
	}
	*d = b
	return nil
}

// readError keeps the cause and names the context's end when that was it.
func readError(ctx context.Context, err error) error {
	if cerr := ctx.Err(); cerr != nil && !errors.Is(err, cerr) {
		return fmt.Errorf("sqlite: %w (%w)", cerr, err)
	}
	return fmt.Errorf("sqlite: %w", err)
}

// Get returns one document or ErrNotFound.
func (e *Engine) Get(ctx context.Context, s *store.Schema, id any) (store.Raw, error) {
	return e.first(ctx, e.layout(s).get, id)
}

// GetMany returns those of the documents that exist.
func (e *Engine) GetMany(ctx context.Context, s *store.Schema, ids []any) ([]store.Raw, error) {
	// One text for any number of ids, so that one statement serves all.
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %s: ids: %w", s.Name, err)
	}
	return e.list(ctx, e.layout(s).many, string(list))
}

// Scan returns documents in the order of ids.
func (e *Engine) Scan(ctx context.Context, s *store.Schema, after any, limit int) ([]store.Raw, error) {
	l := e.layout(s)
	if after == nil {
		return e.list(ctx, l.scan, limit)
	}
	return e.list(ctx, l.scanFrom, after, limit)
}

// Last returns the document with the highest id or ErrNotFound.
func (e *Engine) Last(ctx context.Context, s *store.Schema) (store.Raw, error) {
	return e.first(ctx, e.layout(s).last)
}

// Find returns documents in the order of an index.
func (e *Engine) Find(ctx context.Context, s *store.Schema, q store.Query) ([]store.Raw, error) {
	query, args := e.layout(s).find(&q)
	return e.list(ctx, query, args...)
}
