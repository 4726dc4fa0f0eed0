package sqlite

import (
	"fmt"
	"strings"
	"time"

	"sotay/internal/store"
)

// layout is how a schema is read: its names and the statements that never vary.
type layout struct {
	schema                          *store.Schema
	table                           string // quoted
	get, many, scan, scanFrom, last string
}

func newLayout(s *store.Schema) *layout {
	l := &layout{schema: s, table: quote(s.Name)}
	l.get = fmt.Sprintf("SELECT doc FROM %s WHERE id = ?", l.table)
	l.many = fmt.Sprintf("SELECT doc FROM %s WHERE id IN (SELECT value FROM json_each(?))", l.table)
	l.scan = fmt.Sprintf("SELECT doc FROM %s ORDER BY id LIMIT ?", l.table)
	l.scanFrom = fmt.Sprintf("SELECT doc FROM %s WHERE id > ? ORDER BY id LIMIT ?", l.table)
	l.last = fmt.Sprintf("SELECT doc FROM %s ORDER BY id DESC LIMIT 1", l.table)
	return l
}

// The names: an indexed field a.b of table t is the column ix_a__b, an array
// field the side table t__each__a__b, an index i the index t__i.
const (
	columnPrefix = "ix_"
	sideInfix    = "__each__"
	dot          = "__"
)

func columnName(path string) string { return columnPrefix + strings.ReplaceAll(path, ".", dot) }

func sideName(table, path string) string {
	return table + sideInfix + strings.ReplaceAll(path, ".", dot)
}

// indexName is unique in the file, as SQLite wants it.
func indexName(s *store.Schema, ix *store.Index) string { return s.Name + dot + ix.Name }

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func columnOf(f store.Field) string { return quote(columnName(f.Path)) }

// checkNames reports what the names can't hold: SQLite's are the same in
// capitals, and a name must lead back to its path.
func checkNames(s *store.Schema) error {
	if strings.Contains(s.Name, dot) {
		return fmt.Errorf("sqlite: schema %s: a name has no %s", s.Name, dot)
	}
	seen := map[string]bool{}
	for _, f := range s.Fields() {
		low := strings.ToLower(f.Path)
		if strings.Contains(f.Path, dot) || seen[low] {
			return fmt.Errorf("sqlite: schema %s: field %s has %s in it or differs from another by capitals only", s.Name, f.Path, dot)
		}
		seen[low] = true
	}
	return nil
}

// columnTypes are the declared types. SQLite compares all but TEXT as
// integers; the rest of the name tells a later process how to read the field.
var columnTypes = [...]string{
	store.String: "TEXT", store.Int64: "INTEGER", store.Bool: "INTEGER_BOOL", store.Date: "INTEGER_DATE",
}

func typeOf(declared string) store.FieldType {
	for t, name := range columnTypes {
		if name == declared {
			return store.FieldType(t)
		}
	}
	return store.Int64
}

// bindable turns a query value into what a column holds: dates are
// milliseconds, bools 0 and 1.
func bindable(v any) any {
	switch x := v.(type) {
	case time.Time:
		return x.UnixMilli()
	case bool:
		if x {
			return int64(1)
		}
		return int64(0)
	}
	return v
}
