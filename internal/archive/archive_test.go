package archive

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"sotay/internal/store"
	"sotay/internal/store/sqlite"
)

// row is a document of the tests.
type row struct {
	store.Meta `bson:",inline"`
	Body       string `bson:"body"`
}

func things() *store.Schema { return &store.Schema{Name: "things"} }

func rules() Rules { return Rules{Schemas: []*store.Schema{things()}} }

func openStore(t testing.TB) store.Engine {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "s.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	if err := e.Prepare(t.Context(), []*store.Schema{things()}); err != nil {
		t.Fatal(err)
	}
	return e
}

// shelf keeps files in memory.
type shelf map[string][]byte

func (s shelf) List(_ context.Context, fn func(string, int64) error) error {
	for _, key := range slices.Sorted(maps.Keys(s)) {
		if err := fn(key, int64(len(s[key]))); err != nil {
			return err
		}
	}
	return nil
}

func (s shelf) Open(_ context.Context, key string) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(s[key])), nil
}

func (s shelf) Put(_ context.Context, r io.Reader, _ int64) (string, error) {
	b, err := io.ReadAll(r)
	sum := sha256.Sum256(b)
	key := hex.EncodeToString(sum[:])
	key = key[:2] + "/" + key
	s[key] = b
	return key, err
}

// filled is a store with n documents of some size, and a shelf with a file.
func filled(t testing.TB, n, size int) Source {
	t.Helper()
	e := openStore(t)
	c, err := store.NewCollection[row](e, things())
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := c.Insert(t.Context(), &row{Meta: store.Meta{ID: fmt.Sprintf("r%05d", i)}, Body: strings.Repeat(fmt.Sprint(i%10), size)}); err != nil {
			t.Fatal(err)
		}
	}
	s := shelf{}
	if _, err := s.Put(t.Context(), strings.NewReader("a file"), 100); err != nil {
		t.Fatal(err)
	}
	return Source{Engine: e, Still: []*store.Schema{things()}, Blobs: s}
}

func exported(t testing.TB, s Source) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.tar.zst")
	if err := WriteExport(t.Context(), name, Manifest{Program: "test"}, s); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestThereAndBack moves more than one entry holds.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	s := filled(t, 30, 700_000) // 21 MB
	name := exported(t, s)
	a, err := Open(name, rules())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(a.Manifest.Entries); a.Manifest.Documents() != 30 || a.Manifest.Blobs() != 1 || n < 4 {
		t.Errorf("%d documents, %d files in %d entries", a.Manifest.Documents(), a.Manifest.Blobs(), n)
	}
	to, files := openStore(t), shelf{}
	documents := 0
	for range 2 { // it may run again
		err = a.Fill(t.Context(), Target{Engine: to, Rules: rules(), Blobs: files, Did: func(d, _ int) { documents += d }})
		if err != nil {
			t.Fatal(err)
		}
	}
	all := func(e store.Engine) (out []byte) {
		err := store.Dump(t.Context(), e, things(), func(docs []store.Raw) error { out = append(out, slices.Concat(docs...)...); return nil })
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if !bytes.Equal(all(s.Engine), all(to)) || documents != 60 {
		t.Error("the documents are not those that went in")
	}
	if !maps.EqualFunc(files, s.Blobs.(shelf), bytes.Equal) {
		t.Errorf("files: %d", len(files))
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v %v", info.Mode(), err)
	}
	if err := WriteExport(t.Context(), name, Manifest{}, s); err == nil {
		t.Error("an archive is written over")
	}
}

// restless writes whenever the collection was read to its end, so that no two
// readings are alike.
type restless struct {
	store.Engine
	rows  *store.Collection[row]
	times int
}

func (r *restless) Scan(ctx context.Context, s *store.Schema, after any, limit int) ([]store.Raw, error) {
	docs, err := r.Engine.Scan(ctx, s, after, limit)
	if err == nil && len(docs) < limit && r.times > 0 {
		r.times--
		_, err = r.rows.Update(ctx, "r00000", func(x *row) error { x.Body += "x"; return nil })
	}
	return docs, err
}

// TestWhatMovesIsReadAgain, and in the end given up.
func TestWhatMovesIsReadAgain(t *testing.T) {
	t.Parallel()
	for times, want := range map[int]error{1: nil, 3: nil, 100: errMoved} {
		s := filled(t, 3, 10)
		rows, err := store.NewCollection[row](s.Engine, things())
		if err != nil {
			t.Fatal(err)
		}
		s.Engine = &restless{Engine: s.Engine, rows: rows, times: times}
		dir := t.TempDir()
		err = WriteExport(t.Context(), filepath.Join(dir, "a"), Manifest{}, s)
		if !errors.Is(err, want) {
			t.Errorf("after %d writes: %v, want %v", times, err, want)
		}
		left, _ := os.ReadDir(dir)
		if (len(left) == 1) != (want == nil) {
			t.Errorf("after %d writes the folder holds %v", times, left)
		}
	}
}

// file is one entry of an archive that a test makes by hand.
type file struct {
	name string
	body []byte
	kind byte
}

// handmade packs entries as they are.
func handmade(t testing.TB, files ...file) string {
	t.Helper()
	var out bytes.Buffer
	zip, err := zstd.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(zip)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Size: int64(len(f.body)), Mode: 0o777, Typeflag: tar.TypeReg}
		if f.kind != 0 {
			h.Typeflag, h.Linkname, h.Size = f.kind, "/etc/passwd", 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if f.kind == 0 {
			if _, err := w.Write(f.body); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(w.Close(), zip.Close()); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// manifest is one over these entries.
func manifest(kind string, files ...file) file {
	var entries []string
	for _, f := range files {
		sum := sha256.Sum256(f.body)
		docs := ""
		if strings.HasSuffix(f.name, ".bson") {
			docs = `,"documents":1`
		}
		entries = append(entries, fmt.Sprintf(`{"name":%q,"size":%d,"sha256":"%x"%s}`, f.name, len(f.body), sum, docs))
	}
	return file{name: manifestName, body: fmt.Appendf(nil, `{"format":"sotay-archive","formatVersion":1,"kind":%q,"entries":[%s]}`, kind, strings.Join(entries, ","))}
}

func document(t testing.TB, id string) []byte {
	t.Helper()
	doc, err := store.Encode(&row{Meta: store.Meta{ID: id, Rev: 1, W: "w"}})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestHostile opens what no program of ours has written.
func TestHostile(t *testing.T) {
	t.Parallel()
	chunk := func(id string, n int) file {
		return file{name: fmt.Sprintf("collections/things/%06d.bson", n), body: document(t, id)}
	}
	a, b := chunk("a", 1), chunk("b", 2)
	if _, err := Open(handmade(t, a, b, manifest(Export, a, b)), rules()); err != nil {
		t.Fatalf("a good one: %v", err)
	}
	blob := file{name: "blobs/" + strings.Repeat("ab", 32), body: []byte("x")}
	at := func(name string) file { return file{name: name, body: []byte("x")} }
	alone := func(f file) string { return handmade(t, f, manifest(Export, f)) }
	bson := func(body []byte) string { return alone(file{name: a.name, body: body}) }
	for name, path := range map[string]string{
		"a way out":             alone(at("../../etc/passwd")),
		"a way out below":       alone(at("blobs/../../x")),
		"an absolute name":      alone(at("/etc/passwd")),
		"a link":                handmade(t, file{name: a.name, kind: tar.TypeSymlink}, manifest(Export)),
		"a hard link":           handmade(t, file{name: a.name, kind: tar.TypeLink}, manifest(Export)),
		"a folder":              handmade(t, file{name: "blobs/", kind: tar.TypeDir}, manifest(Export)),
		"a device":              handmade(t, file{name: storeName, kind: tar.TypeChar}, manifest(Backup)),
		"another collection":    alone(file{name: "collections/leases/000001.bson", body: document(t, "a")}),
		"another content":       alone(blob),
		"no manifest":           handmade(t, a, b),
		"nothing":               handmade(t),
		"twice":                 handmade(t, a, a, manifest(Export, a, a)),
		"not named":             handmade(t, a, b, manifest(Export, a)),
		"named in vain":         handmade(t, a, manifest(Export, a, b)),
		"named twice":           handmade(t, a, manifest(Export, a, a)),
		"after the manifest":    handmade(t, a, manifest(Export, a, b), b),
		"changed":               handmade(t, chunk("z", 1), manifest(Export, a)),
		"a part left out":       handmade(t, b, manifest(Export, b)),
		"out of order":          handmade(t, chunk("b", 1), chunk("a", 2), manifest(Export, chunk("b", 1), chunk("a", 2))),
		"an id twice":           handmade(t, chunk("a", 1), chunk("a", 2), manifest(Export, chunk("a", 1), chunk("a", 2))),
		"half a document":       bson(a.body[:len(a.body)-3]),
		"length of nothing":     bson([]byte{1, 0, 0, 0}),
		"negative length":       bson([]byte{0xff, 0xff, 0xff, 0xff, 0}),
		"garbage in a document": bson(append([]byte{12, 0, 0, 0, 0x7f}, "garbage"...)),
		"an id in capitals":     bson(document(t, "A")),
		"no id":                 bson([]byte{5, 0, 0, 0, 0}),
		"a store in an export":  alone(at(storeName)),
		"a backup without":      handmade(t, manifest(Backup)),
		"documents in a backup": handmade(t, at(storeName), a, manifest(Backup, at(storeName), a)),
		"an unknown kind":       handmade(t, a, manifest("x", a)),
		"a bomb":                alone(file{name: storeName, body: make([]byte, 80<<20)}),
	} {
		if _, err := Open(path, rules()); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v, want %v", name, err, ErrBroken)
		}
	}
	if _, err := Open(t.TempDir(), rules()); err == nil {
		t.Error("a folder is an archive")
	}
	later := manifest(Export)
	later.body = bytes.Replace(later.body, []byte(`"formatVersion":1`), []byte(`"formatVersion":2`), 1)
	if _, err := Open(handmade(t, later), rules()); err == nil || errors.Is(err, ErrBroken) {
		t.Errorf("a later format: %v", err)
	}
}

// TestChangedMeanwhile writes nothing of a file that is another one when it is
// read the second time.
func TestChangedMeanwhile(t *testing.T) {
	t.Parallel()
	name := exported(t, filled(t, 3, 10))
	a, err := Open(name, rules())
	if err != nil {
		t.Fatal(err)
	}
	f := file{name: "collections/things/000001.bson", body: document(t, "evil")}
	other, err := os.ReadFile(handmade(t, f, manifest(Export, f)))
	if err == nil {
		err = os.WriteFile(name, other, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	to := openStore(t)
	if err := a.Fill(t.Context(), Target{Engine: to, Rules: rules(), Blobs: shelf{}}); !errors.Is(err, ErrBroken) {
		t.Errorf("got %v, want %v", err, ErrBroken)
	}
	if docs, err := to.Scan(t.Context(), things(), nil, 10); err != nil || len(docs) > 0 {
		t.Errorf("%d documents were written, %v", len(docs), err)
	}
}

// FuzzOpen reads anything to its end, within bounds.
func FuzzOpen(f *testing.F) {
	whole, err := os.ReadFile(exported(f, filled(f, 3, 10)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte{})
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		// The frame's checksum would keep nearly all of it out: once as it is,
		// once packed.
		name := filepath.Join(t.TempDir(), "a")
		for _, content := range [][]byte{b, enc.EncodeAll(b, nil)} {
			if err := os.WriteFile(name, content, 0o600); err != nil {
				t.Fatal(err)
			}
			a, err := Open(name, rules())
			if err == nil && a.Manifest.Format != format {
				t.Errorf("taken: %+v", a.Manifest)
			}
		}
	})
}
