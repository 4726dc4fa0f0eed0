package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"sotay/internal/store"
)

// Prepare makes missing tables, columns and indexes, in one transaction, so
// that another process sees all of it or nothing. A column that is added to a
// table with documents is filled from them.
func (e *Engine) Prepare(ctx context.Context, schemas []*store.Schema) error {
	for _, s := range schemas {
		if err := s.Check(); err != nil {
			return err
		}
		if err := checkNames(s); err != nil {
			return err
		}
	}
	if done, err := e.complete(ctx, schemas); err != nil || done {
		return err
	}
	var tx *sql.Tx
	err := retryBusy(ctx, func() (err error) {
		tx, err = e.writing.BeginTx(ctx, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("sqlite: prepare: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	for _, s := range schemas {
		if err := prepare(ctx, tx, s); err != nil {
			return fmt.Errorf("sqlite: prepare %s: %w", s.Name, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("sqlite: prepare: %w", err)
	}
	return e.refresh(ctx)
}

// complete tells whether all is there, so that a start that changes nothing
// need not wait for the file's lock.
func (e *Engine) complete(ctx context.Context, schemas []*store.Schema) (bool, error) {
	if err := e.refresh(ctx); err != nil {
		return false, err
	}
	rows, err := e.read.QueryContext(ctx, "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
	if err != nil {
		return false, fmt.Errorf("sqlite: prepare: %w", err)
	}
	indexes, err := words(rows)
	if err != nil {
		return false, fmt.Errorf("sqlite: prepare: %w", err)
	}
	cat := e.catalog()
	for _, s := range schemas {
		if !cat.holds(s) {
			return false, nil
		}
		for i := range s.Indexes {
			if ix := &s.Indexes[i]; !ix.Fields[0].Array && !indexes[indexText(s, ix)] {
				return false, nil
			}
		}
	}
	return true, nil
}

// words reads a column of words.
func words(rows *sql.Rows) (map[string]bool, error) {
	out := map[string]bool{}
	for rows.Next() {
		var w string
		if err := rows.Scan(&w); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		out[w] = true
	}
	return out, errors.Join(rows.Err(), rows.Close())
}
