package store

import (
	"cmp"
	"time"
)

// Compare orders two query values of one type as every engine does: strings by
// bytes, false before true, dates by the millisecond. Values of different
// types are equal: Query.check lets none through.
func Compare(a, b any) int {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return cmp.Compare(x, y)
		}
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y)
		}
	case bool:
		if y, ok := b.(bool); ok {
			return cmp.Compare(ordinal(x), ordinal(y))
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return cmp.Compare(x.UnixMilli(), y.UnixMilli())
		}
	}
	return 0
}

func ordinal(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Tight returns the range bounds that a position has not made superfluous: an
// engine that gave the database both could walk an index again from From for
// every page.
func (q *Query) Tight() (from, to any) {
	from, to = q.From, q.To
	if len(q.After.Values) == 0 {
		return from, to
	}
	at := q.After.Values[0]
	switch {
	case !q.Desc && from != nil && Compare(at, from) >= 0:
		from = nil
	case q.Desc && to != nil && Compare(at, to) < 0:
		to = nil
	}
	return from, to
}
