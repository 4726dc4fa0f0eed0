package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// forEach runs a test on a folder and on a bucket.
func forEach(t *testing.T, fn func(t *testing.T, s *Store)) {
	t.Helper()
	t.Run("folder", func(t *testing.T) {
		fn(t, open(t, "", filepath.Join(t.TempDir(), "deep", "blobs")))
	})
	t.Run("s3", func(t *testing.T) {
		t.Setenv("AWS_ACCESS_KEY_ID", "key")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
		backend := s3mem.New()
		if err := backend.CreateBucket("files"); err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(gofakes3.New(backend).Server())
		t.Cleanup(server.Close)
		q := url.Values{"region": {"vn-1"}, "endpoint": {server.URL}, "use_path_style": {"true"}}
		fn(t, open(t, "s3://files?"+q.Encode(), ""))
	})
}

func open(t *testing.T, address, dir string) *Store {
	t.Helper()
	s, err := Open(context.Background(), address, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func put(t *testing.T, s *Store, content string) string {
	t.Helper()
	key, size, err := s.Put(context.Background(), strings.NewReader(content), 1<<20)
	if err != nil || size != int64(len(content)) || !ValidKey(key) {
		t.Fatalf("put %d bytes: %q %d %v", len(content), key, size, err)
	}
	return key
}

func read(t *testing.T, s *Store, key string, offset, length int64) string {
	t.Helper()
	r, err := s.Open(context.Background(), key, offset, length)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFiles(t *testing.T) {
	forEach(t, func(t *testing.T, s *Store) {
		ctx := context.Background()
		content := strings.Repeat("0123456789", 10000)
		key := put(t, s, content)
		if again := put(t, s, content); again != key {
			t.Errorf("the same content is %s and %s", key, again)
		}
		other := put(t, s, "khác")
		for _, c := range []struct {
			offset, length int64
			want           string
		}{{0, -1, content}, {3, 4, "3456"}, {99998, -1, "89"}, {0, 1, "0"}, {99999, 10, "9"}} {
			if got := read(t, s, key, c.offset, c.length); got != c.want {
				t.Errorf("%d bytes from %d: %d bytes, want %d", c.length, c.offset, len(got), len(c.want))
			}
		}
		info, err := s.Stat(ctx, key)
		if err != nil || info.Size != 100000 || info.Key != key || time.Since(info.PutAt).Abs() > time.Minute {
			t.Errorf("%+v, %v", info, err)
		}
		var keys []string
		if err := s.List(ctx, func(i Info) error { keys = append(keys, i.Key); return nil }); err != nil {
			t.Fatal(err)
		}
		want := []string{key, other}
		if slices.Sort(want); !slices.Equal(keys, want) {
			t.Errorf("listed %v, want %v", keys, want)
		}
		if at, ok, err := s.PutAt(ctx, key); err != nil || !ok || !at.Equal(info.PutAt) {
			t.Errorf("put at %v, %v, %v", at, ok, err)
		}
		n := 0
		if err := s.Each(ctx, func(string, time.Time) error { n++; return nil }); err != nil || n != 2 {
			t.Errorf("%d files, %v", n, err)
		}
		stop := errors.New("stop")
		if err := s.List(ctx, func(Info) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("got %v", err)
		}
		for range 2 {
			if err := s.Delete(ctx, key); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Open(ctx, key, 0, -1); !errors.Is(err, ErrNotFound) {
			t.Errorf("open what is gone: %v", err)
		}
		if _, err := s.Stat(ctx, key); !errors.Is(err, ErrNotFound) {
			t.Errorf("look at what is gone: %v", err)
		}
		if _, ok, err := s.PutAt(ctx, key); ok || err != nil {
			t.Errorf("when it was put, of what is gone: %v, %v", ok, err)
		}
		if read(t, s, other, 0, -1) != "khác" {
			t.Error("another file changed")
		}
	})
}

func TestRefusedFilesLeaveNothing(t *testing.T) {
	forEach(t, func(t *testing.T, s *Store) {
		ctx := context.Background()
		if _, _, err := s.Put(ctx, strings.NewReader("12345"), 4); !errors.Is(err, ErrTooLarge) {
			t.Errorf("too large: %v", err)
		}
		broken := errors.New("broken")
		if _, _, err := s.Put(ctx, io.MultiReader(strings.NewReader("123"), failing{broken}), 100); !errors.Is(err, broken) {
			t.Errorf("broken: %v", err)
		}
		if _, _, err := s.Put(ctx, bytes.NewReader([]byte("1234")), 4); err != nil {
			t.Errorf("the largest: %v", err)
		}
		n := 0
		if err := s.List(ctx, func(Info) error { n++; return nil }); err != nil || n != 1 {
			t.Errorf("%d files, %v", n, err)
		}
	})
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Keys are never paths: what Put did not make is not there.
func TestForeignKeys(t *testing.T) {
	dir := t.TempDir()
	s := open(t, "", filepath.Join(dir, "blobs"))
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := strings.Repeat("ab", 32)
	for _, key := range []string{"", "secret", "../secret", "/etc/passwd", "ab/../../secret", "ab/" + strings.ToUpper(sum), "cd/" + sum, sum} {
		if _, err := s.Open(context.Background(), key, 0, -1); !errors.Is(err, ErrNotFound) {
			t.Errorf("open %q: %v", key, err)
		}
		if err := s.Delete(context.Background(), key); !errors.Is(err, ErrNotFound) {
			t.Errorf("delete %q: %v", key, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for address, good := range map[string]bool{"": true, "s3://files?region=x": true, "s3://": false, "http://x": false, "file:///etc": false,
		"s3://key:secret@files": false, "mem://": false, "::": false} {
		if err := CheckURL(address); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
}
