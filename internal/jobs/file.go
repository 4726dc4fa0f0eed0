package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"sotay/internal/secret"
	"sotay/internal/store"
)

// chunkBytes is how a file is cut: far below what a document may hold.
const chunkBytes = 1 << 20

// chunk is a part of a file. Its id is derived from the job's, so that what a
// job has left behind is known without looking for it.
type chunk struct {
	store.Meta `bson:",inline"`
	Sealed     []byte `bson:"sealed"`
}

func chunkID(jobID string, n int64) string { return fmt.Sprintf("%s/%05d", jobID, n) }

func chunksOf(size int64) int64 { return (size + chunkBytes - 1) / chunkBytes }

// files keeps what was handed in.
type files struct {
	rows *store.Collection[chunk]
	box  *secret.Box
}

// put writes a file. May run twice.
func (f *files) put(ctx context.Context, jobID string, src io.ReaderAt, size int64) error {
	buf := make([]byte, chunkBytes)
	for n := range chunksOf(size) {
		part := buf[:min(chunkBytes, size-n*chunkBytes)]
		if _, err := src.ReadAt(part, n*chunkBytes); err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read what was handed in: %w", err)
		}
		row := chunk{Sealed: f.box.Seal(part, []byte(chunkID(jobID, n)))}
		row.ID = chunkID(jobID, n)
		if err := f.rows.Insert(ctx, &row); err != nil && !store.IsDuplicate(err, "_id") {
			return err
		}
	}
	return nil
}

// drop removes a file. May run twice, and before all of it has been written.
func (f *files) drop(ctx context.Context, jobID string, size int64) error {
	for n := range chunksOf(size) {
		row, err := f.rows.Get(ctx, chunkID(jobID, n))
		if err == nil {
			err = f.rows.DeleteIf(ctx, row.ID, row.Rev)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrStale) {
			return err
		}
	}
	return nil
}

// Kept counts the parts of files that are kept, for those who look after the
// store.
func (s *Service) Kept(ctx context.Context) (n int, err error) {
	for after := ""; ; {
		page, err := s.files.rows.Scan(ctx, after, 4) // each is large
		if err != nil || len(page) == 0 {
			return n, err
		}
		n, after = n+len(page), page[len(page)-1].ID
	}
}

// hashOf stands for a file under a key; files hold citizen ids.
func hashOf(s *secret.Secret, parts string, src io.ReaderAt, size int64) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(src, 0, size)); err != nil {
		return "", fmt.Errorf("read what was handed in: %w", err)
	}
	return hex.EncodeToString(s.Hash(secret.Requests, []byte(parts), h.Sum(nil))), nil
}

// kept is how many parts of a file a reader holds: a workbook is read from its
// directory at the end and then part by part.
const kept = 3

// stored reads a file from the store. It is for one goroutine.
type stored struct {
	ctx   context.Context // of the run that reads
	files *files
	jobID string
	size  int64
	parts [kept]struct {
		n    int64
		data []byte
	}
	next int
	// err is the first error of the store: whoever reads a file through this
	// takes it for one of the file.
	err error
}

func (f *files) open(ctx context.Context, jobID string, size int64) *stored {
	return &stored{ctx: ctx, files: f, jobID: jobID, size: size}
}

// ReadAt implements io.ReaderAt.
func (s *stored) ReadAt(p []byte, off int64) (int, error) {
	done := 0
	for done < len(p) && off < s.size {
		part, err := s.part(off / chunkBytes)
		if err != nil {
			if s.err == nil {
				s.err = err
			}
			return done, err
		}
		from := off % chunkBytes
		if from >= int64(len(part)) {
			return done, io.ErrUnexpectedEOF
		}
		n := copy(p[done:], part[from:])
		done, off = done+n, off+int64(n)
	}
	if done < len(p) {
		return done, io.EOF
	}
	return done, nil
}

func (s *stored) part(n int64) ([]byte, error) {
	for i := range s.parts {
		if s.parts[i].n == n && s.parts[i].data != nil {
			return s.parts[i].data, nil
		}
	}
	id := chunkID(s.jobID, n)
	row, err := s.files.rows.Get(s.ctx, id)
	if err != nil {
		return nil, fmt.Errorf("part %d of the file: %w", n, err)
	}
	data, err := s.files.box.Open(row.Sealed, []byte(id))
	if err != nil {
		return nil, fmt.Errorf("part %d of the file: %w", n, err)
	}
	s.parts[s.next].n, s.parts[s.next].data = n, data
	s.next = (s.next + 1) % kept
	return data, nil
}
