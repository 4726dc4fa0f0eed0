package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"sotay/internal/store"
)

func blobEntry(key string) string { return "blobs/" + path.Base(key) }

// Target is where an archive is brought back to.
type Target struct {
	Engine store.Engine
	// Rules are those that the archive was opened with.
	Rules Rules
	Blobs Blobs
	// Did is told what was done, for a display. It may be nil.
	Did func(documents, files int)
}

func (t *Target) did(documents, files int) {
	if t.Did != nil {
		t.Did(documents, files)
	}
}

// Fill writes the documents of an export and the files of any archive. It may
// run again over what an earlier run has written. What is read is held against
// the manifest once more before it is written.
func (a *Archive) Fill(ctx context.Context, t Target) error {
	want := map[string]Entry{}
	for _, e := range a.Manifest.Entries {
		want[e.Name] = e
	}
	return walk(a.path, func(name string, size int64, content io.Reader) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, ok := want[name]
		switch {
		case name == manifestName || name == storeName:
			return nil
		case !ok || e.Size != size:
			return broken("it changed while it was read")
		case blobName.MatchString(name):
			return t.blob(ctx, name, content)
		}
		return t.chunk(ctx, e, content)
	})
}

func (t *Target) blob(ctx context.Context, name string, content io.Reader) error {
	key, err := t.Blobs.Put(ctx, content, maxBlob)
	if err != nil {
		return err
	}
	if blobEntry(key) != name {
		return broken("it changed while it was read")
	}
	t.did(0, 1)
	return nil
}

func (t *Target) chunk(ctx context.Context, e Entry, content io.Reader) error {
	all, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(all); hex.EncodeToString(sum[:]) != e.SHA256 {
		return broken("it changed while it was read")
	}
	s, docs, err := t.Rules.documents(e.Name, bytes.NewReader(all))
	if err != nil {
		return err
	}
	if err := store.Load(ctx, t.Engine, s, docs); err != nil {
		return err
	}
	t.did(len(docs), 0)
	return nil
}

// Copy writes all documents of another store: of the one that a backup holds.
func (t *Target) Copy(ctx context.Context, from store.Engine) error {
	return t.Rules.each(ctx, from, func(s *store.Schema, docs []store.Raw) error {
		t.did(len(docs), 0)
		return store.Load(ctx, t.Engine, s, docs)
	})
}

// Check tests all documents of a store that a backup held against the rules.
func (r Rules) Check(ctx context.Context, from store.Engine) error {
	c := r.checker()
	return r.each(ctx, from, func(s *store.Schema, docs []store.Raw) error {
		for _, doc := range docs {
			if err := c.document(s, doc); err != nil {
				return broken("%s: %v", s.Name, err)
			}
		}
		return nil
	})
}

func (r Rules) each(ctx context.Context, from store.Engine, fn func(*store.Schema, []store.Raw) error) error {
	for _, s := range r.Schemas {
		if err := store.Dump(ctx, from, s, func(docs []store.Raw) error { return fn(s, docs) }); err != nil {
			return err
		}
	}
	return nil
}

// ExtractStore writes the store of a backup to a file that is not there yet.
func (a *Archive) ExtractStore(to string) error {
	found := false
	err := walk(a.path, func(name string, _ int64, content io.Reader) error {
		if name != storeName {
			return nil
		}
		found = true
		f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		hash := sha256.New()
		_, err = io.Copy(io.MultiWriter(f, hash), content)
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("extract the store: %w", err)
		}
		if hex.EncodeToString(hash.Sum(nil)) != a.sum(storeName) {
			return broken("it changed while it was read")
		}
		return nil
	})
	if err == nil && !found {
		err = broken("there is no store in it")
	}
	return err
}

func (a *Archive) sum(name string) string {
	for _, e := range a.Manifest.Entries {
		if e.Name == name {
			return e.SHA256
		}
	}
	return ""
}
