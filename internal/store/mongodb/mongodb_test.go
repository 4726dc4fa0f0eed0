package mongodb_test

import (
	"context"
	"log/slog"
	"testing"

	"sotay/internal/store"
	"sotay/internal/store/mongodb"
	"sotay/internal/store/storetest"
)

func TestContract(t *testing.T) {
	uri := storetest.MongoDB(t)
	storetest.Run(t, func(t *testing.T) storetest.Opener {
		return opener(t, uri, storetest.Database())
	})
}

func opener(t *testing.T, uri, database string) storetest.Opener {
	t.Helper()
	watch := storetest.CommandWatch(t)
	return func(t *testing.T) store.Engine {
		t.Helper()
		e, err := mongodb.Open(t.Context(), mongodb.Options{
			URI: uri, Database: database, Logger: slog.New(slog.DiscardHandler), Monitor: watch,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := e.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
		return e
	}
}
