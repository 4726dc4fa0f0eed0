package sqlite

import (
	"context"
	"fmt"
)

// The write-ahead log is copied into the file by a connection of its own, so
// that no caller waits for it.
const (
	// checkpointChanges and checkpointBytes are what is written between two
	// checkpoints.
	checkpointChanges = 2000
	checkpointBytes   = 4 << 20
	// resetPages is the length of the log from which the writer is held for a
	// moment. Without that a busy log never ends: while one part is copied
	// another is written, and it begins anew only when all of it was copied.
	resetPages = 4096
	// autoCheckpoint is the length from which the writer's own connection
	// copies the log.
	autoCheckpoint = 16384
)

// count tells the checkpointer when enough was written.
func (w *writer) count(changes, bytes int) {
	w.written += changes
	w.volume += bytes
	if w.written < checkpointChanges && w.volume < checkpointBytes {
		return
	}
	w.written, w.volume = 0, 0
	select {
	case w.tell <- struct{}{}:
	default:
	}
}

// checkpoints copies the log whenever it is told to, until ctx ends.
func (w *writer) checkpoints(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.tell:
		}
		if err := w.checkpoint(ctx); err != nil && ctx.Err() == nil {
			w.log.Warn("store checkpoint failed", "error", err)
		}
	}
}

func (w *writer) checkpoint(ctx context.Context) error {
	length, err := w.passive(ctx)
	if err != nil || length < resetPages {
		return err
	}
	// What is left is little: the pages written while the rest was copied.
	w.gate.Lock()
	defer w.gate.Unlock()
	_, err = w.passive(ctx)
	return err
}

// passive copies what it can without making anyone wait and returns the length
// of the log, in pages, when it began.
func (w *writer) passive(ctx context.Context) (length int, err error) {
	var busy, copied int
	err = w.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &length, &copied)
	if isBusy(err) {
		return 0, nil // another process is at it
	}
	if err != nil {
		return 0, fmt.Errorf("checkpoint: %w", err)
	}
	return length, nil
}
