package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"sotay/internal/store"
)

// Prepare makes missing tables, columns and indexes, in one transaction, so
// that another process sees all of it or nothing. A column that is added to a
// table with documents is filled from them.
func (e *Engine) Prepare(ctx context.Context, schemas []*store.Schema) (err error) {
	for _, s := range schemas {
		if err := s.Check(); err != nil {
			return err
		}
		if err := checkNames(s); err != nil {
			return err
		}
	}
	var tx *sql.Tx
	err = retryBusy(ctx, func() (err error) {
		tx, err = e.writing.BeginTx(ctx, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("sqlite: prepare: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
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

func prepare(ctx context.Context, tx *sql.Tx, s *store.Schema) error {
	id := "TEXT NOT NULL PRIMARY KEY"
	if s.IntID {
		id = "INTEGER PRIMARY KEY"
	}
	text := fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (id %s, rev INTEGER NOT NULL", quote(s.Name), id)
	for _, f := range s.Fields() {
		if !f.Array {
			text += fmt.Sprintf(", %s %s", columnOf(f), columnTypes[f.Type])
		}
	}
	// The document comes last: what stands behind a large value is only
	// reached by reading through it.
	if _, err := tx.ExecContext(ctx, text+", doc BLOB NOT NULL)"); err != nil {
		return err
	}
	columns, err := addColumns(ctx, tx, s)
	if err != nil {
		return err
	}
	sides, err := addSides(ctx, tx, s)
	if err != nil {
		return err
	}
	if err := fill(ctx, tx, s, columns, sides); err != nil {
		return err
	}
	for i := range s.Indexes {
		if ix := &s.Indexes[i]; !ix.Fields[0].Array {
			if err := addIndex(ctx, tx, s, ix); err != nil {
				return err
			}
		}
	}
	return nil
}

// addColumns returns those that it had to add.
func addColumns(ctx context.Context, tx *sql.Tx, s *store.Schema) ([]column, error) {
	have, err := words(ctx, tx, "SELECT name FROM pragma_table_info(?)", s.Name)
	if err != nil {
		return nil, err
	}
	var added []column
	for _, f := range s.Fields() {
		c := newColumn(f)
		if f.Array || have[c.name] {
			continue
		}
		text := fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s", quote(s.Name), quote(c.name), columnTypes[f.Type])
		if _, err := tx.ExecContext(ctx, text); err != nil {
			return nil, err
		}
		added = append(added, c)
	}
	return added, nil
}

func addSides(ctx context.Context, tx *sql.Tx, s *store.Schema) ([]side, error) {
	have, err := words(ctx, tx, "SELECT name FROM sqlite_schema WHERE type = 'table'")
	if err != nil {
		return nil, err
	}
	idType := "TEXT"
	if s.IntID {
		idType = "INTEGER"
	}
	var added []side
	for _, f := range s.Fields() {
		a := newSide(s.Name, f)
		if !f.Array || have[a.name] {
			continue
		}
		for _, text := range []string{
			fmt.Sprintf("CREATE TABLE %s (value %s NOT NULL, id %s NOT NULL, PRIMARY KEY (value, id)) WITHOUT ROWID",
				quote(a.name), columnTypes[f.Type], idType),
			fmt.Sprintf("CREATE INDEX %s ON %s (id)", quote(a.name+dot+"id"), quote(a.name)),
		} {
			if _, err := tx.ExecContext(ctx, text); err != nil {
				return nil, err
			}
		}
		added = append(added, a)
	}
	return added, nil
}

// addIndex makes an index, or compares the one there: another definition under
// the same name is refused, as MongoDB does.
func addIndex(ctx context.Context, tx *sql.Tx, s *store.Schema, ix *store.Index) error {
	var names []string
	for _, f := range ix.Fields {
		names = append(names, columnOf(f))
	}
	unique := "UNIQUE "
	if !ix.Unique {
		unique, names = "", append(names, "id")
	}
	name := indexName(s, ix)
	text := fmt.Sprintf("CREATE %sINDEX %s ON %s (%s)", unique, quote(name), quote(s.Name), strings.Join(names, ", "))
	var have string
	err := tx.QueryRowContext(ctx, "SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?", name).Scan(&have)
	if err == nil && have != text {
		return fmt.Errorf("index %s stands with another definition", ix.Name)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if _, err = tx.ExecContext(ctx, text); isClash(err) {
		return fmt.Errorf("index %s: %w: %w", ix.Name, store.ErrClash, err)
	}
	return err
}

// words reads a column of names.
func words(ctx context.Context, tx *sql.Tx, query string, args ...any) (map[string]bool, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		out[name] = true
	}
	return out, errors.Join(rows.Err(), rows.Close())
}
