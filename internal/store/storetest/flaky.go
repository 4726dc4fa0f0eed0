package storetest

import (
	"context"
	"fmt"
	"sync/atomic"

	"sotay/internal/store"
)

// Fate is what becomes of a write.
type Fate int

// The fates of a write.
const (
	// Answered writes and says so.
	Answered Fate = iota
	// Unanswered writes and answers ErrUncertain.
	Unanswered
	// Lost writes nothing and answers ErrUncertain.
	Lost
)

// Flaky returns an engine whose n-th write call, from 1, has the fate that
// plan says.
func Flaky(e store.Engine, plan func(n int64) Fate) store.Engine {
	return &flaky{Engine: e, plan: plan}
}

type flaky struct {
	store.Engine
	plan  func(n int64) Fate
	calls atomic.Int64
}

func (f *flaky) Insert(ctx context.Context, s *store.Schema, docs []store.Raw) []error {
	fate := f.plan(f.calls.Add(1))
	if fate == Answered {
		return f.Engine.Insert(ctx, s, docs)
	}
	if fate == Unanswered {
		f.Engine.Insert(ctx, s, docs)
	}
	errs := make([]error, len(docs))
	for i := range errs {
		errs[i] = fmt.Errorf("flaky insert: %w", store.ErrUncertain)
	}
	return errs
}

func (f *flaky) Replace(ctx context.Context, s *store.Schema, id any, rev int64, old, doc store.Raw) error {
	return f.write(func() error { return f.Engine.Replace(ctx, s, id, rev, old, doc) })
}

func (f *flaky) Delete(ctx context.Context, s *store.Schema, id any, rev int64) error {
	return f.write(func() error { return f.Engine.Delete(ctx, s, id, rev) })
}

func (f *flaky) write(call func() error) error {
	switch f.plan(f.calls.Add(1)) {
	case Unanswered:
		_ = call()
		return fmt.Errorf("flaky write: %w", store.ErrUncertain)
	case Lost:
		return fmt.Errorf("flaky write: %w", store.ErrUncertain)
	}
	return call()
}
