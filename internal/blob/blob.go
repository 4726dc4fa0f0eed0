package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // opens s3:// addresses
	"gocloud.dev/gcerrors"
)

// Grace is how long a file without a referent is kept: whoever puts one needs
// some time until it is referred to, and a backup some more.
const Grace = 24 * time.Hour

// What the store answers.
var (
	ErrNotFound = errors.New("no such file")
	ErrTooLarge = errors.New("the file is larger than allowed")
)

// Store keeps files.
type Store struct {
	bucket *blob.Bucket
	dir    string // of a local folder, else ""
}

// Info is what is known of a file without reading it.
type Info struct {
	Key  string
	Size int64
	// PutAt is when the file was put last.
	PutAt time.Time
}

// CheckURL tells whether Open would know what to do with an address: "" (the
// local folder) or s3://bucket?….
func CheckURL(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User != nil {
		return errors.New("is not s3://bucket?region=… (credentials belong into the usual AWS variables)")
	}
	return nil
}

// Open opens a bucket, or with an empty address the local folder, which is
// made when it is not there.
func Open(ctx context.Context, address, dir string) (*Store, error) {
	if err := CheckURL(address); err != nil {
		return nil, err
	}
	if address != "" {
		bucket, err := blob.OpenBucket(ctx, address)
		if err != nil {
			return nil, fmt.Errorf("open bucket: %w", err)
		}
		return &Store{bucket: bucket}, nil
	}
	// Temporary files beside the files, so that a file comes in by renaming.
	bucket, err := fileblob.OpenBucket(dir, &fileblob.Options{CreateDir: true, DirFileMode: 0o700, NoTempDir: true,
		Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return nil, fmt.Errorf("open the folder of files: %w", err)
	}
	return &Store{bucket: bucket, dir: dir}, nil
}

// Close closes the store.
func (s *Store) Close() error { return s.bucket.Close() }

// Local tells whether the files lie in a folder of this machine.
func (s *Store) Local() bool { return s.dir != "" }

// Put keeps what r gives, up to limit bytes, and returns the key of the file.
// It is durable when Put returns. Putting what is there renews its PutAt.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (key string, size int64, err error) {
	tmp, err := os.CreateTemp("", "sotay-blob-*")
	if err != nil {
		return "", 0, fmt.Errorf("temporary file: %w", err)
	}
	defer tmp.Close()
	if err := os.Remove(tmp.Name()); err != nil {
		return "", 0, fmt.Errorf("temporary file: %w", err)
	}
	hash := sha256.New()
	size, err = io.Copy(io.MultiWriter(tmp, hash), io.LimitReader(r, limit+1))
	if err != nil {
		return "", 0, fmt.Errorf("read a file: %w", err)
	}
	if size > limit {
		return "", 0, ErrTooLarge
	}
	if _, err := tmp.Seek(0, io.SeekStart); err != nil {
		return "", 0, fmt.Errorf("temporary file: %w", err)
	}
	key = keyOf(hash.Sum(nil))
	if err := s.bucket.Upload(ctx, key, tmp, &blob.WriterOptions{ContentType: "application/octet-stream"}); err != nil {
		return "", 0, fmt.Errorf("put a file: %w", err)
	}
	return key, size, s.sync(key)
}

// keyOf names a file by its content. The first byte is a folder, so that none
// holds too many.
func keyOf(sum []byte) string {
	h := hex.EncodeToString(sum)
	return h[:2] + "/" + h
}

// ValidKey tells whether a key is one that Put makes.
func ValidKey(key string) bool {
	folder, h, ok := strings.Cut(key, "/")
	b, err := hex.DecodeString(h)
	return ok && err == nil && len(b) == sha256.Size && h == strings.ToLower(h) && folder == h[:2]
}

// sync makes a file of the local folder durable, its name too.
func (s *Store) sync(key string) error {
	if s.dir == "" {
		return nil
	}
	name := filepath.Join(s.dir, filepath.FromSlash(key))
	for _, path := range []string{name, filepath.Dir(name), s.dir} {
		f, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("sync a file: %w", err)
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("sync a file: %w", err)
		}
	}
	return nil
}

// Open reads length bytes of a file from an offset; a negative length reads to
// the end.
func (s *Store) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if !ValidKey(key) {
		return nil, ErrNotFound
	}
	r, err := s.bucket.NewRangeReader(ctx, key, offset, length, nil)
	if err != nil {
		return nil, translate("open a file", err)
	}
	return r, nil
}

// Stat returns what is known of a file.
func (s *Store) Stat(ctx context.Context, key string) (Info, error) {
	if !ValidKey(key) {
		return Info{}, ErrNotFound
	}
	a, err := s.bucket.Attributes(ctx, key)
	if err != nil {
		return Info{}, translate("look at a file", err)
	}
	return Info{Key: key, Size: a.Size, PutAt: a.ModTime.UTC()}, nil
}

// PutAt returns when a file was put last; ok is false when it is not there.
func (s *Store) PutAt(ctx context.Context, key string) (at time.Time, ok bool, err error) {
	info, err := s.Stat(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return at, false, nil
	}
	return info.PutAt, err == nil, err
}

// Each calls fn with the key of every file and when it was put last.
func (s *Store) Each(ctx context.Context, fn func(key string, putAt time.Time) error) error {
	return s.List(ctx, func(i Info) error { return fn(i.Key, i.PutAt) })
}

// Delete removes a file; removing what is not there succeeds.
func (s *Store) Delete(ctx context.Context, key string) error {
	if !ValidKey(key) {
		return ErrNotFound
	}
	if err := translate("remove a file", s.bucket.Delete(ctx, key)); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}

// List calls fn with every file, in the order of keys. What is not ours in the
// folder or bucket is passed over.
func (s *Store) List(ctx context.Context, fn func(Info) error) error {
	it := s.bucket.List(nil)
	for {
		o, err := it.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return translate("list files", err)
		}
		if o.IsDir || !ValidKey(o.Key) {
			continue
		}
		if err := fn(Info{Key: o.Key, Size: o.Size, PutAt: o.ModTime.UTC()}); err != nil {
			return err
		}
	}
}

func translate(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case gcerrors.Code(err) == gcerrors.NotFound:
		return fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	return fmt.Errorf("%s: %w", doing, err)
}
