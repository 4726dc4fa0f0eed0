package sqlite

import (
	"context"
	"fmt"
)

// CopyTo writes the store as it is at one instant to another file, which is not
// there yet or empty. Readers and writers of all processes go on meanwhile. The
// copy holds no free pages and is not synced to the disk.
func (e *Engine) CopyTo(ctx context.Context, path string) error {
	if _, err := e.writing.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return fmt.Errorf("sqlite: copy: %w", readError(ctx, err))
	}
	return nil
}
