package main

import (
	"bufio"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"sotay/internal/ident"
	"sotay/internal/library"
	"sotay/internal/store"
)

// The floors below run as processes of their own. A line with a duration on
// standard input is an order; the answer is one line of JSON.

// answer is what a floor did in one run.
type answer struct {
	Count    int
	Seconds  float64
	P50, P99 time.Duration
	Err      string
}

// serveOrders performs a run for each order until the input ends.
func serveOrders(in io.Reader, out io.Writer, perform func(time.Duration) (answer, error)) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		span, err := time.ParseDuration(lines.Text())
		if err != nil {
			return err
		}
		a, err := perform(span)
		if err != nil {
			a.Err = err.Error()
		}
		if err := json.NewEncoder(out).Encode(a); err != nil {
			return err
		}
	}
	return lines.Err()
}

// row is a bookmark as the product stores it.
type row struct {
	id, member string
	at, rev    int64 // rev of what is replaced
	doc        []byte
	done       chan error
}

func newRow(members, documents []string, i int) (*row, error) {
	b := library.Bookmark{MemberID: members[i%len(members)], DocumentID: documents[i/len(members)%len(documents)],
		CreatedAt: time.Now().UTC().Truncate(time.Millisecond)}
	b.ID, b.Rev, b.W = fmt.Sprintf("%s/%s", b.MemberID, b.DocumentID), 1, ident.Token()
	doc, err := store.Encode(&b)
	return &row{id: b.ID, member: b.MemberID, at: b.CreatedAt.UnixMilli(), doc: doc, done: make(chan error, 1)}, err
}

// groupSize is the most rows that one transaction takes, the product's too.
const groupSize = 256

// rowsPerSecond is more than any machine inserts: the rows of a run are made
// before its clock starts.
const rowsPerSecond = 50_000

// insertFloor is the best loop one would write by hand over the same driver:
// one pinned connection, a prepared statement called without database/sql in
// between, and a transaction of whatever waits, acknowledged after COMMIT.
// Table and indexes are those of bookmarks. The log is copied into the file
// between runs, when no clock runs: the floor pays for no checkpoint, the
// product does.
func insertFloor(ctx context.Context, path string, in io.Reader, out io.Writer) error {
	db, err := sql.Open("sqlite", "file:"+path+
		"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-16384)&_pragma=wal_autocheckpoint(0)")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	for _, q := range []string{
		"CREATE TABLE t (id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, member TEXT, at INTEGER, doc BLOB NOT NULL)",
		"CREATE INDEX t1 ON t (member, at, id)"} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	queue := make(chan *row, connections)
	broken := make(chan error, 1)
	go func() {
		broken <- conn.Raw(func(c any) error { return writeGroups(ctx, c.(driver.ConnPrepareContext), queue, insertText, inserted) })
	}()
	members, documents := make([]string, 512), make([]string, 20_000)
	for _, list := range [][]string{members, documents} {
		for i := range list {
			list[i] = ident.New()
		}
	}
	made := 0
	err = serveOrders(in, out, func(span time.Duration) (answer, error) {
		rows := make([]*row, int(span.Seconds()*rowsPerSecond))
		for i := range rows {
			var err error
			if rows[i], err = newRow(members, documents, made); err != nil {
				return answer{}, err
			}
			made++
		}
		if _, err := db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			return answer{}, err
		}
		var next atomic.Int64
		return fromMany(span, func(int) error {
			i := int(next.Add(1)) - 1
			if i >= len(rows) {
				return errors.New("more rows were inserted than were made")
			}
			queue <- rows[i]
			return <-rows[i].done
		})
	})
	close(queue)
	return errors.Join(err, <-broken)
}

const insertText = "INSERT INTO t (id, rev, member, at, doc) VALUES (?, ?, ?, ?, ?)"

func inserted(r *row) []driver.NamedValue {
	return []driver.NamedValue{{Ordinal: 1, Value: r.id}, {Ordinal: 2, Value: int64(1)},
		{Ordinal: 3, Value: r.member}, {Ordinal: 4, Value: r.at}, {Ordinal: 5, Value: r.doc}}
}

// writeGroups commits what waits, in groups, until the queue ends: each row by
// one statement with the arguments that args gives.
func writeGroups(ctx context.Context, conn driver.ConnPrepareContext, queue chan *row, text string, args func(*row) []driver.NamedValue) error {
	var stmts [3]driver.StmtExecContext
	for i, q := range []string{"BEGIN IMMEDIATE", text, "COMMIT"} {
		st, err := conn.PrepareContext(ctx, q)
		if err != nil {
			return err
		}
		defer func() { _ = st.Close() }()
		stmts[i] = st.(driver.StmtExecContext)
	}
	begin, write, commit := stmts[0], stmts[1], stmts[2]
	// A context that can end would cost a goroutine for each statement.
	still := context.Background()
	var group []*row
	for first := range queue {
		group = append(group[:0], first)
	drain:
		for len(group) < groupSize {
			select {
			case r, ok := <-queue:
				if !ok {
					break drain
				}
				group = append(group, r)
			default:
				break drain
			}
		}
		_, failed := begin.ExecContext(still, nil)
		for _, r := range group {
			if failed == nil {
				_, failed = write.ExecContext(still, args(r))
			}
		}
		if failed == nil {
			_, failed = commit.ExecContext(still, nil)
		}
		for _, r := range group {
			r.done <- failed
		}
		if failed != nil {
			return failed
		}
	}
	return nil
}

// spanned is a run of calls to fn from all clients, for serveOrders, behind what
// is not to be measured.
func spanned(before func() error, fn func(client int) error) func(time.Duration) (answer, error) {
	return func(span time.Duration) (answer, error) {
		if err := before(); err != nil {
			return answer{}, err
		}
		return fromMany(span, fn)
	}
}

// fromMany calls fn from as many goroutines as there are connections until the
// span is over.
func fromMany(span time.Duration, fn func(client int) error) (answer, error) {
	return fromSome(connections, span, fn)
}

func fromSome(clients int, span time.Duration, fn func(client int) error) (answer, error) {
	var mu sync.Mutex
	var all []time.Duration
	var failed error
	var wg sync.WaitGroup
	begin := time.Now()
	for client := range clients {
		wg.Go(func() {
			var took []time.Duration
			var err error
			for time.Since(begin) < span && err == nil {
				t := time.Now()
				if err = fn(client); err == nil {
					took = append(took, time.Since(t))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			if err != nil {
				failed = err
			}
		})
	}
	wg.Wait()
	return answer{Count: len(all), Seconds: time.Since(begin).Seconds(),
		P50: quantile(all, 0.50), P99: quantile(all, 0.99)}, failed
}
