package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNewerStore means that the store was migrated by a later release.
var ErrNewerStore = errors.New("the store is newer than this program")

// Step brings the documents of a store forward by one version.
//
// A step may run again after a crash, and beside replicas of the release
// before: it adds what the new release needs and removes nothing that the old
// one reads. Collections and indexes are there when it runs, but for unique
// indexes that the documents don't satisfy yet.
type Step struct {
	// Version is what the store has after the step: 1, 2, 3 …
	Version int64
	Name    string
	Run     func(ctx context.Context, e Engine) error
}

// Migration is a release's view of the store.
type Migration struct {
	Schemas []*Schema
	Steps   []Step
	Lease   LeaseOptions
}

// Migrate brings a store to the release that has these schemas and steps.
func Migrate(ctx context.Context, e Engine, schemas []*Schema, steps []Step) error {
	return Migration{Schemas: schemas, Steps: steps}.Run(ctx, e)
}

// schemaRow says how far the store was brought.
type schemaRow struct {
	Meta    `bson:",inline"`
	Version int64 `bson:"version"`
	// Prepared is the hash of the schemas that were prepared last.
	Prepared string `bson:"prepared"`
	// Restoring names what a restore that is not finished fills the store from.
	Restoring string `bson:"restoring"`
}

const schemaID = "schema"

func schemaSchema() *Schema { return &Schema{Name: "schema", Majority: true} }

// Run migrates. One process does so at a time; the others wait for it. When
// there is nothing to do it takes no lease and writes nothing.
func (m Migration) Run(ctx context.Context, e Engine) error {
	if err := m.check(); err != nil {
		return err
	}
	if err := e.Prepare(ctx, []*Schema{schemaSchema(), LeaseSchema()}); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	rows, err := NewCollection[schemaRow](e, schemaSchema())
	if err != nil {
		return err
	}
	row, err := m.state(ctx, rows)
	if err != nil || m.current(row) {
		return err
	}
	return m.leased(ctx, e, func(ctx context.Context) error { return m.run(ctx, e, rows) })
}

// leased runs fn while it holds the lease of migrations.
func (m Migration) leased(ctx context.Context, e Engine, fn func(context.Context) error) error {
	leases, err := NewLeases(e, m.Lease)
	if err != nil {
		return err
	}
	release, lost, err := leases.Acquire(ctx, "migrate")
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer release()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-lost:
			cancel(errors.New("migrate: the lease was lost"))
		case <-ctx.Done():
		}
	}()
	if err := fn(ctx); err != nil {
		return errors.Join(err, context.Cause(ctx))
	}
	return nil
}

func (m Migration) check() error {
	for i, s := range m.Steps {
		if s.Version != int64(i+1) || s.Run == nil {
			return fmt.Errorf("migrate: step %d has version %d or nothing to run", i+1, s.Version)
		}
	}
	seen := map[string]bool{schemaSchema().Name: true, LeaseSchema().Name: true}
	for _, s := range m.Schemas {
		if seen[s.Name] {
			return fmt.Errorf("migrate: schema %s is declared twice", s.Name)
		}
		seen[s.Name] = true
	}
	return nil
}

func (m Migration) latest() int64 { return int64(len(m.Steps)) }

func (m Migration) current(row schemaRow) bool {
	return row.Version == m.latest() && row.Prepared == m.hash()
}

// state reads how far the store is; a new store is at version 0.
func (m Migration) state(ctx context.Context, rows *Collection[schemaRow]) (schemaRow, error) {
	row, err := rows.Get(ctx, schemaID)
	switch {
	case errors.Is(err, ErrNotFound):
		return schemaRow{Meta: Meta{ID: schemaID}}, nil
	case err != nil:
		return row, fmt.Errorf("migrate: %w", err)
	case row.Restoring != "":
		return row, fmt.Errorf("migrate: %w", ErrRestoring)
	case row.Version > m.latest():
		return row, fmt.Errorf("migrate: version %d of the store, %d of the program: %w", row.Version, m.latest(), ErrNewerStore)
	}
	return row, nil
}

// run does the work, under the lease.
func (m Migration) run(ctx context.Context, e Engine, rows *Collection[schemaRow]) error {
	row, err := m.state(ctx, rows)
	if err != nil || m.current(row) { // another process was faster
		return err
	}
	if row.Rev == 0 {
		if err := rows.Insert(ctx, &row); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
	}
	whole, err := m.prepare(ctx, e)
	if err != nil {
		return err
	}
	for _, s := range m.Steps {
		if s.Version <= row.Version {
			continue
		}
		if err := s.Run(ctx, e); err != nil {
			return fmt.Errorf("migrate: step %d %s: %w", s.Version, s.Name, err)
		}
		if err := record(ctx, rows, func(r *schemaRow) { r.Version = max(r.Version, s.Version) }); err != nil {
			return err
		}
	}
	if !whole {
		if err := e.Prepare(ctx, m.Schemas); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
	}
	return record(ctx, rows, func(r *schemaRow) { r.Prepared = m.hash() })
}

func record(ctx context.Context, rows *Collection[schemaRow], set func(*schemaRow)) error {
	_, err := rows.Update(ctx, schemaID, func(r *schemaRow) error { set(r); return nil })
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// prepare creates what the schemas declare. A unique index may need what a step
// has yet to write; whole is false when such a one was left out.
func (m Migration) prepare(ctx context.Context, e Engine) (whole bool, err error) {
	whole = true
	for _, s := range m.Schemas {
		err := e.Prepare(ctx, []*Schema{s})
		if errors.Is(err, ErrClash) {
			whole = false
			later := *s
			later.Indexes = slices.DeleteFunc(slices.Clone(s.Indexes), func(ix Index) bool { return ix.Unique })
			err = e.Prepare(ctx, []*Schema{&later})
		}
		if err != nil {
			return false, fmt.Errorf("migrate: %w", err)
		}
	}
	return whole, nil
}

// hash is the same for the same schemas in any order.
func (m Migration) hash() string {
	sorted := slices.Clone(m.Schemas)
	slices.SortFunc(sorted, func(a, b *Schema) int { return strings.Compare(a.Name, b.Name) })
	text, err := json.Marshal(sorted)
	if err != nil {
		return "" // a schema has nothing that JSON cannot hold
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
