package archive

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

// writer writes the entries of an archive.
type writer struct {
	tar      *tar.Writer
	manifest Manifest
}

// write makes a file that was not there: whole and on the disk, or not at all.
// Only its owner may read it.
func write(name string, m Manifest, fill func(*writer) error) (err error) {
	if _, err := os.Lstat(name); err == nil {
		return fmt.Errorf("%s is there already", name)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".sotay-*.part")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone after the renaming
	err = pack(f, m, fill)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// pack writes the whole archive, its manifest last.
func pack(to io.Writer, m Manifest, fill func(*writer) error) error {
	zip, err := zstd.NewWriter(to, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	m.Format, m.FormatVersion = format, formatVersion
	w := &writer{tar: tar.NewWriter(zip), manifest: m}
	if err = fill(w); err == nil {
		err = w.end()
	}
	return errors.Join(err, zip.Close())
}

func (w *writer) end() error {
	text, err := json.MarshalIndent(w.manifest, "", " ")
	if err != nil {
		return err
	}
	if err := w.tar.WriteHeader(header(manifestName, int64(len(text)))); err != nil {
		return err
	}
	_, err = w.tar.Write(text)
	return errors.Join(err, w.tar.Close())
}

func header(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600}
}

// add writes one entry, of which r gives exactly size bytes.
func (w *writer) add(name string, size int64, documents int64, r io.Reader) error {
	if err := w.tar.WriteHeader(header(name, size)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	hash := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(w.tar, hash), r, size); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	w.manifest.Entries = append(w.manifest.Entries, Entry{Name: name, Size: size, SHA256: hex.EncodeToString(hash.Sum(nil)), Documents: documents})
	return nil
}
