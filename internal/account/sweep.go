package account

import (
	"context"
	"errors"
	"time"

	"sotay/internal/store"
)

// row is what a generic sweep needs of *T.
type row[T any] interface {
	*T
	StoreID() string
	revision() int64
}

// sweepRows removes the rows whose date under an index has passed, but for
// those that keep holds on to. A row that changed meanwhile stays.
func sweepRows[T any, P row[T]](ctx context.Context, rows *store.Collection[T], index string, now time.Time, keep func(P) bool) error {
	return rows.All(ctx, store.Query{Index: index, To: now}, func(t T) error {
		p := P(&t)
		if keep != nil && keep(p) {
			return nil
		}
		err := rows.DeleteIf(ctx, p.StoreID(), p.revision())
		if errors.Is(err, store.ErrStale) {
			return nil
		}
		return err
	})
}

func (c *counter) revision() int64      { return c.Rev }
func (r *revocation) revision() int64   { return r.Rev }
func (i *installation) revision() int64 { return i.Rev }
func (n *usedNonce) revision() int64    { return n.Rev }
