package mongodb_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sotay/internal/store/mongodb"
	"sotay/internal/store/storetest"
)

// A connection string's password is in no error and no log line.
func TestPasswordIsConcealed(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{
		"mongodb://an:s3cret@host:port/", "mongodb://an:s3cret@@host/", "mongodb://an:s3cret%zz@host/",
		"mongodb://an:s3cret@127.0.0.1:1/?connectTimeoutMS=20&serverSelectionTimeoutMS=20", "http://an:s3cret@host/",
	} {
		var log bytes.Buffer
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		_, err := mongodb.Open(ctx, mongodb.Options{URI: uri, Database: "x", Logger: slog.New(slog.NewTextHandler(&log, nil))})
		cancel()
		if err == nil || strings.Contains(err.Error()+log.String(), "s3cret") {
			t.Errorf("%s: error %v, log %s", uri, err, log.String())
		}
	}
}

func TestOpenIsLogged(t *testing.T) {
	t.Parallel()
	uri := storetest.MongoDB(t)
	var log bytes.Buffer
	e, err := mongodb.Open(t.Context(), mongodb.Options{URI: uri, Database: storetest.Database(), Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), uri) {
		t.Errorf("the connection string is logged: %s", log.String())
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := mongodb.Open(ctx, mongodb.Options{URI: "mongodb://127.0.0.1:1/", Database: "x", Logger: slog.New(slog.DiscardHandler)})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
}
