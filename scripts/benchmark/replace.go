package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"sotay/internal/ident"
	"sotay/internal/store"
)

// replaceRows is how many attempts the floor of saves has, replaceAnswers how
// many answers each: the mean of one that fills.
const (
	replaceRows    = 4096
	replaceAnswers = paperLength / 2
)

// replaceFloor is the best loop one would write by hand for the saves: it writes
// the document of an attempt over, by id and revision, in groups. Table and
// indexes are those of attempts.
func replaceFloor(ctx context.Context, path string, in io.Reader, out io.Writer) error {
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
	rows, err := fillAttempts(ctx, conn)
	if err != nil {
		return err
	}
	queue := make(chan *row, connections)
	broken := make(chan error, 1)
	go func() {
		broken <- conn.Raw(func(c any) error {
			return writeGroups(ctx, c.(driver.ConnPrepareContext), queue, "UPDATE t SET rev = ?, doc = ? WHERE id = ? AND rev = ?", func(r *row) []driver.NamedValue {
				r.rev++
				return []driver.NamedValue{{Ordinal: 1, Value: r.rev}, {Ordinal: 2, Value: r.doc}, {Ordinal: 3, Value: r.id}, {Ordinal: 4, Value: r.rev - 1}}
			})
		})
	}()
	next := make([]int, connections)
	err = serveOrders(in, out, spanned(func() error {
		_, err := db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
		return err
	}, func(client int) error {
		r := rows[client+connections*(next[client]%(replaceRows/connections))]
		next[client]++
		queue <- r
		return <-r.done
	}))
	close(queue)
	return errors.Join(err, <-broken)
}

// fillAttempts makes the table and its rows.
func fillAttempts(ctx context.Context, conn *sql.Conn) ([]*row, error) {
	for _, q := range []string{
		`CREATE TABLE t (id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, mine TEXT, number INTEGER, member TEXT, started INTEGER, sitting TEXT,
			closed INTEGER, due INTEGER, doc BLOB NOT NULL)`,
		"CREATE UNIQUE INDEX t1 ON t (mine, number)", "CREATE INDEX t2 ON t (member, started, id)",
		"CREATE INDEX t3 ON t (sitting, closed, id)", "CREATE INDEX t4 ON t (due, id)", "BEGIN"} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return nil, err
		}
	}
	choices := make([][]string, replaceAnswers)
	for i := range choices {
		choices[i] = []string{ident.Token()[:8]}
	}
	rows := make([]*row, replaceRows)
	for i := range rows {
		a := benchAttempt("quiz/"+ident.New(), ident.New(), openKind, i)
		a.Rev, a.W = 1, ident.Token()
		answerAll(a, choices, i)
		doc, err := store.Encode(a)
		if err != nil {
			return nil, err
		}
		rows[i] = &row{id: a.ID, rev: 1, doc: doc, done: make(chan error, 1)}
		if _, err := conn.ExecContext(ctx, "INSERT INTO t VALUES (?, 1, ?, ?, ?, ?, ?, 0, ?, ?)", a.ID, a.Mine, a.Number, a.MemberID, a.StartedAt.UnixMilli(),
			a.SittingID, a.Due, doc); err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
	}
	_, err := conn.ExecContext(ctx, "COMMIT")
	return rows, err
}
