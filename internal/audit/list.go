package audit

import (
	"context"
	"fmt"
	"time"

	"sotay/internal/store"
)

// Filter narrows a list of entries; zero values are any. From is inclusive, To
// exclusive.
type Filter struct {
	ActorID, Target, Act string
	From, To             time.Time
}

// List returns entries, newest first, behind a position.
func (r *Record) List(ctx context.Context, f Filter, after store.Position, limit int) (entries []Entry, next store.Position, more bool, err error) {
	q := store.Query{Index: "at", Desc: true, Limit: store.MaxPage, After: after}
	switch {
	case f.Target != "":
		q.Index, q.Eq = "target", []any{f.Target}
	case f.ActorID != "":
		q.Index, q.Eq = "actor", []any{f.ActorID}
	}
	if !f.From.IsZero() {
		q.From = f.From
	}
	if !f.To.IsZero() {
		q.To = f.To
	}
	for {
		page, err := r.entries.Find(ctx, q)
		if err != nil {
			return nil, next, false, fmt.Errorf("list audit entries: %w", err)
		}
		for _, e := range page.Items {
			if f.ActorID != "" && e.ActorID != f.ActorID || f.Act != "" && e.Act != f.Act {
				continue
			}
			if len(entries) == limit {
				return entries, next, true, nil
			}
			entries = append(entries, e)
			next = store.Position{Values: []any{e.At}, ID: e.ID}
		}
		if !page.More {
			return entries, next, false, nil
		}
		q.After = page.Next
	}
}
