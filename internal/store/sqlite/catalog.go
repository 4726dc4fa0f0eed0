package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sotay/internal/store"
)

// catalog is what the file's tables hold. Writes follow it and not the
// schemas: when a later release has added an index, a process of the release
// before must fill its column too, as a MongoDB server would.
type catalog struct {
	// version is SQLite's count of schema changes.
	version int64
	tables  map[string]*table
}

// table is how documents are written.
type table struct {
	columns []column
	sides   []side

	insert, remove string
	update, tail   string // the two ends of a replace, see there
}

// column is an indexed field: a real column beside the document.
type column struct {
	field store.Field
	name  string
	set   string // in an UPDATE
}

// side is the side table of an array field: a row for each of its elements.
type side struct {
	field       store.Field
	name        string
	clear, fill string
}

// catalog returns the tables as last read.
func (e *Engine) catalog() *catalog { return e.tables.Load() }

// refresh reads the tables again.
func (e *Engine) refresh(ctx context.Context) error {
	rows, err := e.read.QueryContext(ctx, `SELECT v.schema_version, m.name, c.name, c.type
		FROM pragma_schema_version v LEFT JOIN sqlite_schema m ON m.type = 'table'
		LEFT JOIN pragma_table_info(m.name) c ORDER BY m.rowid, c.cid`)
	if err != nil {
		return fmt.Errorf("sqlite: read catalog: %w", err)
	}
	c := &catalog{tables: map[string]*table{}}
	for rows.Next() {
		var name, column, declared *string
		if err := rows.Scan(&c.version, &name, &column, &declared); err != nil {
			return errors.Join(fmt.Errorf("sqlite: read catalog: %w", err), rows.Close())
		}
		if name != nil && column != nil {
			c.add(*name, *column, typeOf(*declared))
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("sqlite: read catalog: %w", err)
	}
	for name, t := range c.tables {
		t.statements(name)
	}
	e.tables.Store(c)
	return nil
}

// add takes in one column of a table or a side table.
func (c *catalog) add(name, col string, ft store.FieldType) {
	if parent, path, ok := strings.Cut(name, sideInfix); ok {
		if col == "value" {
			f := store.Field{Path: strings.ReplaceAll(path, dot, "."), Type: ft, Array: true}
			c.table(parent).sides = append(c.table(parent).sides, newSide(parent, f))
		}
		return
	}
	t := c.table(name)
	if path, ok := strings.CutPrefix(col, columnPrefix); ok {
		t.columns = append(t.columns, newColumn(store.Field{Path: strings.ReplaceAll(path, dot, "."), Type: ft}))
	}
}

func (c *catalog) table(name string) *table {
	t := c.tables[name]
	if t == nil {
		t = &table{}
		c.tables[name] = t
	}
	return t
}

// holds tells whether a schema's table has a place for all of its fields.
func (c *catalog) holds(s *store.Schema) bool {
	t := c.tables[s.Name]
	if t == nil {
		return false
	}
	for _, f := range s.Fields() {
		if f.Array && !slices.ContainsFunc(t.sides, func(s side) bool { return s.field == f }) ||
			!f.Array && !slices.ContainsFunc(t.columns, func(c column) bool { return c.field == f }) {
			return false
		}
	}
	return true
}

func newColumn(f store.Field) column {
	return column{f, columnName(f.Path), quote(columnName(f.Path)) + " = ?"}
}

func newSide(table string, f store.Field) side {
	name := sideName(table, f.Path)
	return side{
		field: f,
		name:  name,
		clear: fmt.Sprintf("DELETE FROM %s WHERE id = ?", quote(name)),
		fill: fmt.Sprintf("INSERT INTO %s (value, id) SELECT DISTINCT value, ? FROM json_each(?)",
			quote(name)),
	}
}

func (t *table) statements(name string) {
	names, marks := "id, rev", "?, ?"
	for _, c := range t.columns {
		names += ", " + quote(c.name)
		marks += ", ?"
	}
	t.insert = fmt.Sprintf("INSERT INTO %s (%s, doc) VALUES (%s, ?)", quote(name), names, marks)
	t.update = fmt.Sprintf("UPDATE %s SET rev = ?", quote(name))
	t.tail = ", doc = ? WHERE id = ? AND rev = ?"
	t.remove = fmt.Sprintf("DELETE FROM %s WHERE id = ? AND rev = ?", quote(name))
}
