// Command mongostandin is a MongoDB for tests where no MongoDB can be
// installed: an embedded FerretDB behind a proxy that lets one request through
// at a time.
//
// When ready it prints two lines, the mongodb:// URI and the address of the
// control port (see cutter), and it ends when its standard input is closed, so
// that it never outlives its test. All state is in a temporary folder that is
// removed at the end.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := run(os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "mongostandin:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out, errs io.Writer) error {
	dir, err := os.MkdirTemp("", "mongostandin-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	log := slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelError}))
	db, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:   log,
		Handler:  "sqlite",
		// The data are thrown away: nothing needs to be synced.
		SQLiteURL: "file:" + filepath.ToSlash(dir) + "/?_pragma=synchronous(off)",
	})
	if err != nil {
		return err
	}
	stopped := make(chan error, 1)
	go func() { stopped <- db.Run(ctx) }()
	upstream, err := hostOf(db.MongoDBURI())
	if err != nil {
		return err
	}

	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer front.Close()
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer control.Close()
	cut := &cutter{}
	go (&proxy{upstream: upstream, cut: cut}).serve(front)
	go func() { _ = (&http.Server{Handler: cut, ReadHeaderTimeout: time.Second}).Serve(control) }()
	fmt.Fprintf(out, "mongodb://%s/\nhttp://%s/cut\n", front.Addr(), control.Addr())

	_, err = io.Copy(io.Discard, in) // until the one who started us is gone
	cancel()
	<-stopped
	return err
}
