package store

import (
	"context"
	"errors"
	"fmt"
)

// What a restore may meet.
var (
	// ErrRestoring means that a restore was broken off: what is in the store is
	// a part.
	ErrRestoring = errors.New("a restore into this store was not finished")
	// ErrNotEmpty means that there is a store already.
	ErrNotEmpty = errors.New("the store is not empty")
)

// Restore fills a new store. source names what it is filled from, and version
// is the version that those documents have.
//
// Until fill has returned the store bears a mark under which nothing but a
// Restore from the same source takes it up: Run returns ErrRestoring. fill then
// runs again over what is there.
func (m Migration) Restore(ctx context.Context, e Engine, source string, version int64, fill func(context.Context) error) error {
	if err := m.check(); err != nil {
		return err
	}
	if version < 0 || version > m.latest() {
		return fmt.Errorf("restore: version %d of the source, %d of the program: %w", version, m.latest(), ErrNewerStore)
	}
	if err := e.Prepare(ctx, []*Schema{schemaSchema(), LeaseSchema()}); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	rows, err := NewCollection[schemaRow](e, schemaSchema())
	if err != nil {
		return err
	}
	return m.leased(ctx, e, func(ctx context.Context) error {
		if err := m.begin(ctx, e, rows, source); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		if err := fill(ctx); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		return record(ctx, rows, func(r *schemaRow) { r.Version, r.Restoring = version, "" })
	})
}

// begin sets the mark, or finds it set by a restore from the same source.
func (m Migration) begin(ctx context.Context, e Engine, rows *Collection[schemaRow], source string) error {
	row, err := rows.Get(ctx, schemaID)
	switch {
	case err == nil && row.Restoring == source:
	case err == nil && row.Restoring != "":
		return ErrRestoring
	case err == nil:
		return ErrNotEmpty
	case !errors.Is(err, ErrNotFound):
		return err
	}
	if _, err := m.prepare(ctx, e); err != nil {
		return err
	}
	if row.Restoring == source {
		return nil
	}
	for _, s := range m.Schemas { // a store that lost its row, or not ours
		if _, err := e.Last(ctx, s); !errors.Is(err, ErrNotFound) {
			return errors.Join(ErrNotEmpty, err)
		}
	}
	row = schemaRow{Meta: Meta{ID: schemaID}, Restoring: source}
	return rows.Insert(ctx, &row)
}

// Version reads which version the documents of a store have. It fails on a
// store that Run would not take up, and with ErrNotFound on none.
func (m Migration) Version(ctx context.Context, e Engine) (int64, error) {
	rows, err := NewCollection[schemaRow](e, schemaSchema())
	if err != nil {
		return 0, err
	}
	if _, err := rows.Get(ctx, schemaID); err != nil {
		return 0, err
	}
	row, err := m.state(ctx, rows)
	return row.Version, err
}
