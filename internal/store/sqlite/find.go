package sqlite

import (
	"fmt"
	"strings"

	"sotay/internal/store"
)

// find writes a query down. INDEXED BY makes SQLite refuse what its index does
// not serve, instead of scanning a table that was small in the tests.
func (l *layout) find(q *store.Query) (string, []any) {
	ix := l.schema.Index(q.Index)
	if ix.Fields[0].Array {
		return l.findArray(q, ix)
	}
	var c clauses
	for i, v := range q.Eq {
		c.add(columnOf(ix.Fields[i])+" = ?", v)
	}
	rest := ix.Fields[len(q.Eq):]
	from, to := q.Tight()
	if from != nil {
		c.add(columnOf(rest[0])+" >= ?", from)
	}
	if to != nil {
		c.add(columnOf(rest[0])+" < ?", to)
	}
	order := make([]string, 0, len(rest)+1)
	for _, f := range rest {
		order = append(order, columnOf(f))
	}
	if !q.After.IsZero() {
		c.behind(q, append(order, "id"))
	}
	if !ix.Unique {
		order = append(order, "id")
	}
	text := fmt.Sprintf("SELECT doc FROM %s INDEXED BY %s%s%s LIMIT ?",
		l.table, quote(indexName(l.schema, ix)), c.where(), orderBy(order, q.Desc))
	return text, append(c.args, q.Limit)
}

func (l *layout) findArray(q *store.Query, ix *store.Index) (string, []any) {
	var c clauses
	c.add("e.value = ?", q.Eq[0])
	if !q.After.IsZero() {
		c.behind(q, []string{"e.id"})
	}
	// CROSS JOIN keeps the side table outermost, where the order is.
	text := fmt.Sprintf("SELECT t.doc FROM %s e CROSS JOIN %s t ON t.id = e.id%s%s LIMIT ?",
		quote(sideName(l.schema.Name, ix.Fields[0].Path)), l.table, c.where(), orderBy([]string{"e.id"}, q.Desc))
	return text, append(c.args, q.Limit)
}

// clauses are the conditions of a query, all of which hold.
type clauses struct {
	text []string
	args []any
}

func (c *clauses) add(text string, v any) {
	c.text = append(c.text, text)
	c.args = append(c.args, bindable(v))
}

// behind continues after a position by comparing rows, which SQLite turns into
// a bound on the index.
func (c *clauses) behind(q *store.Query, columns []string) {
	sign := ">"
	if q.Desc {
		sign = "<"
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	c.text = append(c.text, fmt.Sprintf("(%s) %s (%s)", strings.Join(columns, ", "), sign, marks))
	for _, v := range q.After.Values {
		c.args = append(c.args, bindable(v))
	}
	c.args = append(c.args, q.After.ID)
}

func (c *clauses) where() string {
	if len(c.text) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.text, " AND ")
}

func orderBy(columns []string, desc bool) string {
	if len(columns) == 0 {
		return ""
	}
	if desc {
		return " ORDER BY " + strings.Join(columns, " DESC, ") + " DESC"
	}
	return " ORDER BY " + strings.Join(columns, ", ")
}
