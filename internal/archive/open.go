package archive

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
)

// Archive is an archive that was read to its end and holds what its manifest
// says.
type Archive struct {
	Manifest Manifest
	// ID is the hash of the manifest: the same for the same content alone.
	ID   string
	path string
}

// Open reads a whole archive and holds it against its manifest and, when it
// holds documents, against the rules of the store.
func Open(path string, r Rules) (*Archive, error) {
	a := &Archive{path: path}
	seen := map[string]Entry{}
	check := r.checker()
	var text []byte
	err := walk(path, func(name string, size int64, content io.Reader) error {
		if text != nil || len(seen) >= maxEntries {
			return broken("there is more in it than its manifest can name")
		}
		hash := sha256.New()
		content = io.TeeReader(content, hash)
		var err error
		documents := int64(0)
		switch {
		case name == manifestName:
			text, err = io.ReadAll(content)
			a.ID = hex.EncodeToString(hash.Sum(nil))
			return err
		case collectionName.MatchString(name):
			documents, err = check.chunk(name, content)
		default:
			_, err = io.Copy(io.Discard, content)
		}
		if err != nil {
			return err
		}
		if _, twice := seen[name]; twice {
			return broken("%s is in it twice", name)
		}
		seen[name] = Entry{Name: name, Size: size, SHA256: hex.EncodeToString(hash.Sum(nil)), Documents: documents}
		return blobFits(name, seen[name].SHA256)
	})
	if err != nil {
		return nil, err
	}
	if a.Manifest, err = decodeManifest(text); err != nil {
		return nil, err
	}
	return a, a.holds(seen)
}

// blobFits tells whether a file has the content it is named by.
func blobFits(name, sum string) error {
	if m := blobName.FindStringSubmatch(name); m != nil && m[1] != sum {
		return broken("%s has another content", name)
	}
	return nil
}

// holds compares what was found with the manifest.
func (a *Archive) holds(seen map[string]Entry) error {
	named := map[string]bool{}
	for _, e := range a.Manifest.Entries {
		found, ok := seen[e.Name]
		switch {
		case !ok || named[e.Name]:
			return broken("%.80q of its manifest is not in it", e.Name)
		case found != e:
			return broken("%s is not as it was written", e.Name)
		case (e.Name == storeName) != (a.Manifest.Kind == Backup) && blobName.FindString(e.Name) == "":
			return broken("%s does not belong into a %s", e.Name, a.Manifest.Kind)
		}
		named[e.Name] = true
	}
	if len(named) != len(seen) {
		return broken("it holds what its manifest does not name")
	}
	if a.Manifest.Kind == Backup && !named[storeName] {
		return broken("there is no store in it")
	}
	return nil
}

// walk reads the entries of an archive in their order, as long as they are what
// an archive may hold.
func walk(path string, fn func(name string, size int64, content io.Reader) error) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file", path)
	}
	return unpack(f, info.Size(), fn)
}

func unpack(f io.Reader, length int64, fn func(name string, size int64, content io.Reader) error) error {
	zip, err := zstd.NewReader(f, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer zip.Close()
	left := &swell{r: zip, left: length*maxRatio + ratioSlack}
	in := tar.NewReader(left)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return broken("%v", err)
		}
		most, ok := limit(h.Name)
		if !ok || h.Typeflag != tar.TypeReg || h.Size < 0 || h.Size > most {
			return broken("%.80q of %d bytes does not belong into one", h.Name, h.Size)
		}
		content := &exact{r: in}
		if err := fn(h.Name, h.Size, content); err != nil {
			return err
		}
	}
}

// swell ends a file that swells to more than any of ours does.
type swell struct {
	r    io.Reader
	left int64
}

func (s *swell) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if s.left -= int64(n); s.left < 0 {
		return n, errors.New("it swells without end")
	}
	return n, err
}

// exact names a content that breaks off as what it is.
type exact struct{ r io.Reader }

func (e *exact) Read(b []byte) (int, error) {
	n, err := e.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = broken("%v", err)
	}
	return n, err
}
