package audit

import (
	"context"
	"errors"

	"sotay/internal/store"
)

// Mend makes entries that bear the number of a seal which is not there wait for
// a seal again. An archive that was written while the record was sealed holds
// such: it takes the seals before the entries, so that no seal is left without
// what it covers.
func (r *Record) Mend(ctx context.Context) error {
	last, err := r.seals.Last(ctx)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	for {
		page, err := r.entries.Find(ctx, store.Query{Index: "seal", From: last.Seq + 1, Limit: store.MaxPage})
		if err != nil || len(page.Items) == 0 {
			return err
		}
		for i := range page.Items {
			if _, err := r.entries.Update(ctx, page.Items[i].ID, func(e *Entry) error { e.Seal = 0; return nil }); err != nil {
				return err
			}
		}
	}
}
