package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"sotay/internal/ident"
	"sotay/internal/store"
)

func benchSchema() *store.Schema {
	return &store.Schema{Name: "completions", Indexes: []store.Index{
		{Name: "byMember", Fields: []store.Field{{Path: "member", Type: store.String}, {Path: "at", Type: store.Date}}},
		{Name: "byDocument", Fields: []store.Field{{Path: "document", Type: store.String}}},
	}}
}

type benchRow struct {
	store.Meta `bson:",inline"`
	Member     string    `bson:"member"`
	Document   string    `bson:"document"`
	At         time.Time `bson:"at"`
	Note       string    `bson:"note"`
}

func benchDoc(b *testing.B, i int) store.Raw {
	b.Helper()
	doc, err := store.Encode(&benchRow{
		Meta:     store.Meta{ID: ident.New(), Rev: 1, W: ident.Token()},
		Member:   fmt.Sprintf("member-%06d", i*7919%100000),
		Document: fmt.Sprintf("document-%04d", i*31%2000),
		At:       time.UnixMilli(1_790_000_000_000 + int64(i)),
		Note:     "Nghiên cứu, học tập và quán triệt nghị quyết của Đảng, phần thứ hai, mục III",
	})
	if err != nil {
		b.Fatal(err)
	}
	return doc
}

// BenchmarkInsert compares the engine with the best loop one would write by
// hand over the same driver, in turns within one run.
func BenchmarkInsert(b *testing.B) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			var ratios []float64
			for range b.N {
				for range 5 {
					ratios = append(ratios, round(b, writers))
				}
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "ratio")
		})
	}
}

func round(b *testing.B, writers int) float64 {
	b.Helper()
	docs := make([]store.Raw, 10000+500*writers)
	for i := range docs {
		docs[i] = benchDoc(b, i)
	}
	raw, rawTail := measure(b, writers, docs, rawLoop)
	eng, engTail := measure(b, writers, docs, engineLoop)
	b.Logf("raw %.0f/s p99 %v, engine %.0f/s p99 %v, ratio %.2f", raw, rawTail, eng, engTail, eng/raw)
	return eng / raw
}

func measure(b *testing.B, writers int, docs []store.Raw, open func(*testing.B) (insert func(store.Raw) error, done func())) (rate float64, p99 time.Duration) {
	b.Helper()
	insert, done := open(b)
	defer done()
	var wg sync.WaitGroup
	var mu sync.Mutex
	var all []time.Duration
	start := time.Now()
	for w := range writers {
		wg.Go(func() {
			var took []time.Duration
			for i := w; i < len(docs); i += writers {
				t := time.Now()
				if err := insert(docs[i]); err != nil {
					b.Error(err)
					return
				}
				took = append(took, time.Since(t))
			}
			mu.Lock()
			all = append(all, took...)
			mu.Unlock()
		})
	}
	wg.Wait()
	rate = float64(len(docs)) / time.Since(start).Seconds()
	slices.Sort(all)
	return rate, all[len(all)*99/100]
}

func engineLoop(b *testing.B) (insert func(store.Raw) error, done func()) {
	b.Helper()
	ctx := context.Background()
	e, err := Open(ctx, Options{Path: filepath.Join(b.TempDir(), "engine.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	s := benchSchema()
	if err := e.Prepare(ctx, []*store.Schema{s}); err != nil {
		b.Fatal(err)
	}
	insert = func(doc store.Raw) error { return e.Insert(ctx, s, []store.Raw{doc})[0] }
	return insert, func() { _ = e.Close(ctx) }
}

// rawLoop is one goroutine with a pinned connection and a prepared statement
// that takes what waits, up to 256, and answers after COMMIT.
func rawLoop(b *testing.B) (insert func(store.Raw) error, done func()) {
	b.Helper()
	ctx := context.Background()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "raw.db")+
		"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		b.Fatal(err)
	}
	run := func(q string) {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			b.Error(err)
		}
	}
	run("CREATE TABLE t (id TEXT PRIMARY KEY, rev INTEGER, member TEXT, at INTEGER, document TEXT, doc BLOB)")
	run("CREATE INDEX t1 ON t (member, at, id)")
	run("CREATE INDEX t2 ON t (document, id)")
	st, err := conn.PrepareContext(ctx, "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		b.Fatal(err)
	}
	queue := make(chan *item, 1024)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		rawWriter(queue, run, func(it *item) {
			if _, err := st.ExecContext(ctx, it.id, it.rev, it.member, it.at, it.on, []byte(it.doc)); err != nil {
				b.Error(err)
			}
		})
	}()
	insert = func(doc store.Raw) error {
		str := func(key string) string { return doc.Lookup(key).StringValue() }
		it := &item{doc, str("_id"), 1, str("member"), doc.Lookup("at").DateTime(), str("document"), make(chan error, 1)}
		queue <- it
		return <-it.done
	}
	return insert, func() { close(queue); <-finished; _ = st.Close(); _ = conn.Close(); _ = db.Close() }
}

type item struct {
	doc    store.Raw
	id     string
	rev    int64
	member string
	at     int64
	on     string
	done   chan error
}

func rawWriter(queue chan *item, run func(string), insert func(*item)) {
	var group []*item
	for first := range queue {
		group = append(group[:0], first)
	drain:
		for len(group) < 256 {
			select {
			case it := <-queue:
				group = append(group, it)
			default:
				break drain
			}
		}
		run("BEGIN IMMEDIATE")
		for _, it := range group {
			insert(it)
		}
		run("COMMIT")
		for _, it := range group {
			it.done <- nil
		}
	}
}
