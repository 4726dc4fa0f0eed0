package sqlite

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"sotay/internal/store"
)

// BenchmarkRead measures point reads and a page over 20,000 documents, with a
// context that can end, as a request's.
func BenchmarkRead(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	e, err := Open(ctx, Options{Path: filepath.Join(b.TempDir(), "read.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = e.Close(context.Background()) }()
	s := benchSchema()
	if err := e.Prepare(ctx, []*store.Schema{s}); err != nil {
		b.Fatal(err)
	}
	var ids []any
	for range 40 {
		docs := make([]store.Raw, store.MaxPage)
		for i := range docs {
			docs[i] = benchDoc(b, i)
			ids = append(ids, idOf(docs[i]))
		}
		if err := e.Insert(ctx, s, docs)[0]; err != nil {
			b.Fatal(err)
		}
	}
	check := func(n int, err error) {
		if err != nil || n == 0 {
			b.Fatal(n, err)
		}
	}
	b.Run("Get", func(b *testing.B) {
		for i := range b.N {
			doc, err := e.Get(ctx, s, ids[i*7919%len(ids)])
			check(len(doc), err)
		}
	})
	b.Run("GetMany500", func(b *testing.B) {
		for i := range b.N {
			at := i * 7919 % (len(ids) - 500)
			docs, err := e.GetMany(ctx, s, ids[at:at+500])
			check(len(docs), err)
		}
	})
	b.Run("Find20", func(b *testing.B) {
		for range b.N {
			docs, err := e.Find(ctx, s, store.Query{Index: "byDocument", Eq: []any{"document-0031"}, Limit: 20})
			check(len(docs), err)
		}
	})
}
