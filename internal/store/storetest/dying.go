package storetest

import (
	"context"
	"errors"
	"sync/atomic"

	"sotay/internal/store"
)

// ErrDead is what a process gets of a Dying engine after its death.
var ErrDead = errors.New("the process is dead")

// Dying is an engine whose process dies at a write. Nothing is written from then
// on.
type Dying struct {
	store.Engine
	left   atomic.Int64
	behind bool
}

// NewDying returns an engine whose process dies at the write of this number,
// from 1: before it happens, or behind it with the answer unsent.
func NewDying(e store.Engine, write int64, behind bool) *Dying {
	d := &Dying{Engine: e, behind: behind}
	d.left.Store(write)
	return d
}

// Died tells whether there were as many writes.
func (d *Dying) Died() bool { return d.left.Load() <= 0 }

func (d *Dying) write(do func() error) error {
	n := d.left.Add(-1)
	if n > 0 {
		return do()
	}
	if n == 0 && d.behind {
		if err := do(); err != nil {
			return err
		}
	}
	return ErrDead
}

// Insert implements store.Engine.
func (d *Dying) Insert(ctx context.Context, s *store.Schema, docs []store.Raw) []error {
	out := make([]error, len(docs))
	if err := d.write(func() error { out = d.Engine.Insert(ctx, s, docs); return nil }); err != nil {
		for i := range out {
			out[i] = err
		}
	}
	return out
}

// Replace implements store.Engine.
func (d *Dying) Replace(ctx context.Context, s *store.Schema, id any, rev int64, old, doc store.Raw) error {
	return d.write(func() error { return d.Engine.Replace(ctx, s, id, rev, old, doc) })
}

// Delete implements store.Engine.
func (d *Dying) Delete(ctx context.Context, s *store.Schema, id any, rev int64) error {
	return d.write(func() error { return d.Engine.Delete(ctx, s, id, rev) })
}
