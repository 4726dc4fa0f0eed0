package store

import (
	"context"
	"time"
)

// settleTime bounds the re-read after an uncertain outcome, which runs also
// when the caller has gone.
const settleTime = 5 * time.Second

// settling is the context for finding out what became of a write.
func settling(ctx context.Context, uncertain bool) (context.Context, context.CancelFunc) {
	ctx = context.WithoutCancel(ctx)
	if uncertain {
		ctx = confirming(ctx)
	}
	return context.WithTimeout(ctx, settleTime)
}

type confirmKey struct{}

// confirming marks the reads that settle an uncertain write. A write that was
// cut off may be seen on a primary before it is held by a majority; reported as
// done then, it could still be lost.
func confirming(ctx context.Context) context.Context {
	return context.WithValue(ctx, confirmKey{}, true)
}

// Confirming tells an engine that a read must return only what can no longer
// be lost.
func Confirming(ctx context.Context) bool {
	on, _ := ctx.Value(confirmKey{}).(bool)
	return on
}
