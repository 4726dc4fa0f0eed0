package secret

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for s, ok := range map[string]bool{
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=": true, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA": true,
		" AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n": true, "": false, "AAAA": false, "not base64 at all, but long enough to be": false,
	} {
		if _, err := Parse(s); (err == nil) != ok {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestProcessesThatStartAtOnceShareOneSecret(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret")
	keys := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			s, err := LoadOrMake(path)
			if err != nil {
				t.Error(err)
				return
			}
			keys[i] = s.Key(Cursors)
		})
	}
	wg.Wait()
	for _, k := range keys {
		if !bytes.Equal(k, keys[0]) {
			t.Fatal("two secrets were made")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".secret-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestBoxes(t *testing.T) {
	t.Parallel()
	s, err := Parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(s.Key(Cursors), s.Key(Refresh)) {
		t.Fatal("two purposes share a key")
	}
	sealed := s.Box(Cursors).Seal([]byte("x"), []byte("list"))
	if b, err := s.Box(Cursors).Open(sealed, []byte("list")); err != nil || string(b) != "x" {
		t.Fatalf("got %q, %v", b, err)
	}
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)-1] ^= 1
	for name, try := range map[string]func() error{
		"another purpose": func() error { _, err := s.Box(Refresh).Open(sealed, []byte("list")); return err },
		"another list":    func() error { _, err := s.Box(Cursors).Open(sealed, []byte("other")); return err },
		"changed":         func() error { _, err := s.Box(Cursors).Open(flipped, []byte("list")); return err },
		"short":           func() error { _, err := s.Box(Cursors).Open([]byte("x"), nil); return err },
	} {
		if err := try(); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
