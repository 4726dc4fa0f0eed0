package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"sotay/internal/store"
)

// Blobs are the attached files, by keys that end in "/<sha-256>".
type Blobs interface {
	List(ctx context.Context, fn func(key string, size int64) error) error
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// Put keeps a file of at most limit bytes and returns its key.
	Put(ctx context.Context, r io.Reader, limit int64) (key string, err error)
}

// Source is what an archive is made of.
type Source struct {
	Engine store.Engine
	// Still are the collections that must be of one instant; Rest follow in
	// this order.
	Still, Rest []*store.Schema
	Blobs       Blobs
	// Did is told what was done, for a display. It may be nil.
	Did func(documents, files int)
}

func (s *Source) did(documents, files int) {
	if s.Did != nil {
		s.Did(documents, files)
	}
}

// tries bounds how often an export begins anew.
const tries = 5

// errMoved means that the collections of Still changed while they were read.
var errMoved = errors.New("what is published changed while it was read, again and again; try later")

// WriteExport writes all documents and files. The documents of Still are of one
// instant: they are read twice, and all of it begins anew when anything was
// written between the two.
func WriteExport(ctx context.Context, name string, m Manifest, s Source) error {
	m.Kind = Export
	var err error
	for range tries {
		err = write(name, m, func(w *writer) error { return w.export(ctx, &s) })
		if !errors.Is(err, errMoved) {
			break
		}
	}
	return err
}

func (w *writer) export(ctx context.Context, s *Source) error {
	before := sha256.New()
	for _, c := range s.Still {
		if err := w.collection(ctx, s, c, before); err != nil {
			return err
		}
	}
	after := sha256.New()
	for _, c := range s.Still {
		if err := store.Dump(ctx, s.Engine, c, func(docs []store.Raw) error { note(after, c, docs); return nil }); err != nil {
			return err
		}
	}
	if !bytes.Equal(before.Sum(nil), after.Sum(nil)) {
		return errMoved
	}
	for _, c := range s.Rest {
		if err := w.collection(ctx, s, c, sha256.New()); err != nil {
			return err
		}
	}
	return w.blobs(ctx, s)
}

// note adds the state of documents to a hash: ids, and the mark that every
// write of a document renews.
func note(h hash.Hash, c *store.Schema, docs []store.Raw) {
	for _, doc := range docs {
		fmt.Fprintf(h, "%s %s %s\n", c.Name, doc.Lookup("_id").String(), doc.Lookup("_w").String())
	}
}

// collection writes the documents of one collection, in entries of some
// megabytes.
func (w *writer) collection(ctx context.Context, s *Source, c *store.Schema, seen hash.Hash) error {
	var chunk bytes.Buffer
	held, part := 0, 0
	flush := func() error {
		if held == 0 {
			return nil
		}
		part++
		err := w.add(fmt.Sprintf("collections/%s/%06d.bson", c.Name, part), int64(chunk.Len()), int64(held), &chunk)
		s.did(held, 0)
		chunk.Reset()
		held = 0
		return err
	}
	err := store.Dump(ctx, s.Engine, c, func(docs []store.Raw) error {
		note(seen, c, docs)
		for _, doc := range docs {
			chunk.Write(doc)
			held++
			if chunk.Len() >= chunkBytes {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// blobs writes the attached files. They come after the documents: a file is put
// before a document speaks of it, and stays for a day after none does.
func (w *writer) blobs(ctx context.Context, s *Source) error {
	return s.Blobs.List(ctx, func(key string, size int64) error {
		r, err := s.Blobs.Open(ctx, key)
		if err != nil {
			return err
		}
		err = w.add(blobEntry(key), size, 0, r)
		s.did(0, 1)
		return errors.Join(err, r.Close())
	})
}

// WriteBackup writes the embedded store, of which path is a copy, and all files.
func WriteBackup(ctx context.Context, name, path string, m Manifest, s Source) error {
	m.Kind = Backup
	return write(name, m, func(w *writer) error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		info, err := f.Stat()
		if err == nil {
			err = w.add(storeName, info.Size(), 0, f)
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		return w.blobs(ctx, &s)
	})
}
