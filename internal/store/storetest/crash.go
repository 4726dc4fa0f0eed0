package storetest

import (
	"context"
	"os"
	"sync/atomic"

	"sotay/internal/store"
)

// Crash returns an engine that kills its own process, as kill -9 does, right
// after the k-th write call that wrote something. A test runs its own binary
// again as a child for every k and looks at what the child left behind.
func Crash(e store.Engine, k int) store.Engine {
	c := &crash{Engine: e}
	c.left.Store(int64(k))
	return c
}

type crash struct {
	store.Engine
	left atomic.Int64
}

func (c *crash) Insert(ctx context.Context, s *store.Schema, docs []store.Raw) []error {
	errs := c.Engine.Insert(ctx, s, docs)
	for _, err := range errs {
		if err == nil {
			c.wrote()
			break
		}
	}
	return errs
}

func (c *crash) Replace(ctx context.Context, s *store.Schema, id any, rev int64, old, doc store.Raw) error {
	err := c.Engine.Replace(ctx, s, id, rev, old, doc)
	if err == nil {
		c.wrote()
	}
	return err
}

func (c *crash) Delete(ctx context.Context, s *store.Schema, id any, rev int64) error {
	err := c.Engine.Delete(ctx, s, id, rev)
	if err == nil {
		c.wrote()
	}
	return err
}

func (c *crash) wrote() {
	if c.left.Add(-1) != 0 {
		return
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {} // nothing more happens in this process
}
