package publication

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"

	"sotay/internal/store"
)

// The levels at publication: measured, a level more costs several times the
// time for a few per cent.
const (
	gzipLevel   = 6
	brotliLevel = 5
)

// Encoded is a body as it is sent. The plain form is not kept: few phones ask
// for it, and it can be had from the gzip.
type Encoded struct {
	Gzip []byte `bson:"gzip"`
	Br   []byte `bson:"br"`
	// Hash is SHA-256 of the plain body in hex, Size its length.
	Hash string `bson:"hash"`
	Size int64  `bson:"size"`
}

// Encode compresses a plain body for both encodings.
func Encode(plain []byte) (Encoded, error) {
	sum := sha256.Sum256(plain)
	e := Encoded{Hash: hex.EncodeToString(sum[:]), Size: int64(len(plain))}
	var gz, br bytes.Buffer
	w, err := gzip.NewWriterLevel(&gz, gzipLevel)
	if err != nil {
		return e, fmt.Errorf("gzip: %w", err)
	}
	if err := writeAll(w, plain); err != nil {
		return e, fmt.Errorf("gzip: %w", err)
	}
	if err := writeAll(brotli.NewWriterLevel(&br, brotliLevel), plain); err != nil {
		return e, fmt.Errorf("brotli: %w", err)
	}
	e.Gzip, e.Br = gz.Bytes(), br.Bytes()
	return e, nil
}

func writeAll(w io.WriteCloser, b []byte) error {
	if _, err := w.Write(b); err != nil {
		return err
	}
	return w.Close()
}

// Plain decodes the body for a client that takes no encoding.
func (e *Encoded) Plain() ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(e.Gzip))
	if err != nil {
		return nil, fmt.Errorf("stored gzip: %w", err)
	}
	b := make([]byte, 0, e.Size)
	buf := bytes.NewBuffer(b)
	if _, err := io.Copy(buf, io.LimitReader(r, e.Size+1)); err != nil {
		return nil, fmt.Errorf("stored gzip: %w", err)
	}
	return buf.Bytes(), nil
}

// Body is one encoding of what is served of a thing.
type Body struct {
	store.Meta `bson:",inline"`
	Encoded    `bson:",inline"`
}

func bodySchema() *store.Schema { return &store.Schema{Name: "bodies"} }
