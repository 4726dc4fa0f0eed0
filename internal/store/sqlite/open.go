package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver

	"sotay/internal/store"
)

// Options say which file to open.
type Options struct {
	// Path is the database file; it is made when absent, its folder is not.
	Path   string
	Logger *slog.Logger
}

// Engine is a store in one SQLite file. It is safe for concurrent use.
type Engine struct {
	log     *slog.Logger
	path    string
	writing *sql.DB // the writer's connection, the checkpointer's and Prepare's
	read    *sql.DB
	tables  atomic.Pointer[catalog]
	stmts   sync.Map // query text → *sql.Stmt on read
	layouts sync.Map // *store.Schema → *layout
	writer  *writer
	cancel  context.CancelFunc
	working sync.WaitGroup
	closing sync.Once
}

var _ store.Engine = (*Engine)(nil)

// busyTimeout is how long SQLite itself waits for another process's lock.
const busyTimeout = 10 * time.Second

// Open opens the file and starts the writer.
func Open(ctx context.Context, o Options) (*Engine, error) {
	if o.Path == "" || o.Logger == nil {
		return nil, errors.New("sqlite: path and logger are required")
	}
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	if err := create(path); err != nil {
		return nil, fmt.Errorf("sqlite: create database: %w", err)
	}
	e := &Engine{log: o.Logger, path: path}
	if e.writing, err = open(ctx, dsn(path, false), 3); err != nil {
		return nil, fmt.Errorf("sqlite: open: %w", err)
	}
	if e.read, err = open(ctx, dsn(path, true), max(4, 2*runtime.GOMAXPROCS(0))); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: open for reading: %w", err), e.writing.Close())
	}
	if err := e.refresh(ctx); err != nil {
		return nil, errors.Join(err, e.read.Close(), e.writing.Close())
	}
	e.start()
	return e, nil
}

// start runs the writer and the checkpointer until Close.
func (e *Engine) start() {
	ctx, cancel := context.WithCancel(context.Background())
	e.cancel = cancel
	e.writer = newWriter(e)
	e.working.Go(func() { e.writer.run(ctx) })
	e.working.Go(func() { e.writer.checkpoints(ctx) })
}

// create makes the file readable by its owner alone: it holds what the law
// calls sensitive. SQLite gives its side files the same mode.
func create(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// dsn states every pragma that a connection needs: one given by Exec would
// hold for one connection of the pool only.
func dsn(path string, readOnly bool) string {
	q := url.Values{}
	q.Set("_txlock", "immediate")
	q.Set("_dqs", "0") // a misspelt column is an error, not a string
	for _, p := range []string{
		fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()),
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"cache_size(-16384)",
		// The checkpointer works long before this; it is for its failure.
		fmt.Sprintf("wal_autocheckpoint(%d)", autoCheckpoint),
		"journal_size_limit(67108864)",
		"trusted_schema(0)", // a file that is restored from is anybody's
	} {
		q.Add("_pragma", p)
	}
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	return u.String()
}

// open connects once, again while another process holds the lock that the
// first switch to WAL needs: SQLite does not wait for that one by itself.
func open(ctx context.Context, dsn string, conns int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	err = retryBusy(ctx, func() error { return db.PingContext(ctx) })
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Name returns "sqlite".
func (e *Engine) Name() string { return "sqlite" }

// Ping reads the file's header.
func (e *Engine) Ping(ctx context.Context) error {
	if err := e.writer.health(); err != nil {
		return fmt.Errorf("sqlite: ping: %w", err)
	}
	var v int64
	if err := e.read.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&v); err != nil {
		return fmt.Errorf("sqlite: ping: %w", err)
	}
	return nil
}

// Close refuses new writes, performs those that wait, and closes the file.
// When ctx ends before, the writes still waiting fail.
func (e *Engine) Close(ctx context.Context) error {
	var err error
	e.closing.Do(func() { err = e.close(ctx) })
	return err
}

func (e *Engine) close(ctx context.Context) error {
	e.writer.queue.close()
	stop := context.AfterFunc(ctx, e.cancel)
	defer stop()
	<-e.writer.finished
	e.cancel()
	e.working.Wait()
	_, cerr := e.writing.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
	if isBusy(cerr) {
		cerr = nil // another process checkpoints
	}
	e.stmts.Range(func(_, s any) bool {
		_ = s.(*sql.Stmt).Close() // the pool is closed next
		return true
	})
	return errors.Join(cerr, e.read.Close(), e.writing.Close())
}
