package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"sotay/internal/store"
)

// prepare makes what is missing of one schema.
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
	rows, err := tx.QueryContext(ctx, "SELECT name || ' ' || type FROM pragma_table_info(?)", s.Name)
	if err != nil {
		return nil, err
	}
	have, err := words(rows)
	if err != nil {
		return nil, err
	}
	var added []column
	for _, f := range s.Fields() {
		c := newColumn(f)
		if f.Array || have[c.name+" "+columnTypes[f.Type]] {
			continue
		}
		// A column of that name with another type makes this fail, as it should.
		text := fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s", quote(s.Name), quote(c.name), columnTypes[f.Type])
		if _, err := tx.ExecContext(ctx, text); err != nil {
			return nil, err
		}
		added = append(added, c)
	}
	return added, nil
}

func addSides(ctx context.Context, tx *sql.Tx, s *store.Schema) ([]side, error) {
	rows, err := tx.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table'")
	if err != nil {
		return nil, err
	}
	have, err := words(rows)
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
	text := indexText(s, ix)
	var have string
	err := tx.QueryRowContext(ctx, "SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?", indexName(s, ix)).Scan(&have)
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

func indexText(s *store.Schema, ix *store.Index) string {
	names := make([]string, 0, len(ix.Fields)+1)
	for _, f := range ix.Fields {
		names = append(names, columnOf(f))
	}
	unique := "UNIQUE "
	if !ix.Unique {
		unique, names = "", append(names, "id")
	}
	return fmt.Sprintf("CREATE %sINDEX %s ON %s (%s)", unique, quote(indexName(s, ix)), quote(s.Name), strings.Join(names, ", "))
}
