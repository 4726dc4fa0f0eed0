package sqlite

import (
	"path/filepath"
	"testing"

	"sotay/internal/store"
	"sotay/internal/store/storetest"
)

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opener {
		path := filepath.Join(t.TempDir(), "store.db")
		return func(t *testing.T) store.Engine { return openTest(t, path) }
	})
}
