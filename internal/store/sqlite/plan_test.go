package sqlite

import (
	"slices"
	"strings"
	"testing"

	"sotay/internal/store"
)

// Every shape of query begins where its rows are and finds them in order:
// SQLite searches the index and sorts nothing.
func TestPlans(t *testing.T) {
	t.Parallel()
	e := openTest(t, "")
	str := func(p string) store.Field { return store.Field{Path: p, Type: store.String} }
	fields := []store.Field{str("a"), str("b.c"), {Path: "n", Type: store.Int64}}
	s := &store.Schema{Name: "plans", Indexes: []store.Index{
		{Name: "plain", Fields: fields},
		{Name: "single", Fields: fields, Unique: true},
		{Name: "each", Fields: []store.Field{{Path: "tags", Type: store.String, Array: true}}},
	}}
	if err := e.Prepare(t.Context(), []*store.Schema{s}); err != nil {
		t.Fatal(err)
	}
	l := e.layout(s)
	queries := []store.Query{
		{Index: "each", Eq: []any{"x"}},
		{Index: "each", Eq: []any{"x"}, After: store.Position{ID: "i"}},
	}
	values := []any{"x", "y", int64(1)}
	for _, ix := range []string{"plain", "single"} {
		for n := range 4 {
			q := store.Query{Index: ix, Eq: values[:n], Limit: 5}
			queries = append(queries, q)
			q.After = store.Position{Values: values[n:], ID: "i"}
			queries = append(queries, q)
			if n < 3 {
				q.From, q.To = values[n], values[n]
				queries = append(queries, q)
				q.After = store.Position{}
				queries = append(queries, q)
			}
		}
	}
	for _, q := range queries {
		for _, desc := range []bool{false, true} {
			q.Desc = desc
			text, args := l.find(&q)
			bounded := len(q.Eq) > 0 || q.From != nil || !q.After.IsZero()
			checkPlan(t, e, text, args, bounded)
		}
	}
	checkPlan(t, e, l.get, []any{"x"}, true)
	checkPlan(t, e, l.many, []any{`["x","y"]`}, true)
	checkPlan(t, e, l.scanFrom, []any{"x", 5}, true)
	checkPlan(t, e, l.scan, []any{5}, false)
	checkPlan(t, e, l.last, nil, false)
}

func checkPlan(t *testing.T, e *Engine, text string, args []any, bounded bool) {
	t.Helper()
	rows, err := e.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	bad := func(line string) bool {
		return strings.Contains(line, "TEMP B-TREE") ||
			strings.HasPrefix(line, "SCAN") && !strings.Contains(line, "json_each") &&
				(bounded || !strings.Contains(line, "USING INDEX"))
	}
	if slices.ContainsFunc(plan, bad) {
		t.Errorf("%s\n%s", text, strings.Join(plan, "\n"))
	}
}
