package library

import (
	"context"
	"errors"
	"slices"
	"time"

	"sotay/internal/fault"
	"sotay/internal/publication"
	"sotay/internal/store"
)

// How often files that nobody refers to are looked for, and how long they are
// kept: an upload in progress has no referent yet, and a backup lists files
// before it copies them.
const (
	cleanEvery = 6 * time.Hour
	cleanAfter = 24 * time.Hour
)

// CleanFiles removes the rows of attachments that neither a draft nor a version
// holds, and then the files that no row names. It may run on several replicas,
// and begins again where a dead process stopped.
func (s *Service) CleanFiles(ctx context.Context) (removed int, err error) {
	before := s.now().Add(-cleanAfter)
	err = s.fileRows.Each(ctx, func(row fileRow) error {
		if row.CreatedAt.After(before) {
			return nil
		}
		held, err := s.held(ctx, &row)
		if err != nil || held {
			return err
		}
		return gone(s.fileRows.DeleteIf(ctx, row.ID, row.Rev))
	})
	if err != nil {
		return 0, err
	}
	err = s.files.Each(ctx, func(key string, putAt time.Time) error {
		if putAt.After(before) {
			return nil
		}
		rows, err := s.fileRows.Find(ctx, store.Query{Index: "key", Eq: []any{key}, Limit: 1})
		if err != nil || len(rows.Items) > 0 {
			return err
		}
		// Somebody may have put the same file again since it was listed.
		at, ok, err := s.files.PutAt(ctx, key)
		if err != nil || !ok || at.After(before) {
			return err
		}
		removed++
		return s.files.Delete(ctx, key)
	})
	return removed, err
}

// gone forgives that somebody else changed or removed a row first.
func gone(err error) error {
	if errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

func (s *Service) held(ctx context.Context, row *fileRow) (bool, error) {
	if row.Kind == KindDocument {
		return holds(ctx, s.documents, row, func(d *Document) []Attachment { return d.Attachments })
	}
	return holds(ctx, s.materials, row, func(m *Material) []Attachment { return m.Attachments })
}

// holds tells whether the newest version or the first that could holds a file.
// The one between them can't be without one of these: a file that is taken out
// does not come back.
func holds[P any](ctx context.Context, m *publication.Machine[P], row *fileRow, files func(*P) []Attachment) (bool, error) {
	item, err := m.Get(ctx, row.ItemID)
	if errors.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil || slices.Contains(fileIDs(files(&item.Payload)), row.ID) {
		return err == nil, err
	}
	v, err := m.Version(ctx, row.ItemID, row.Version)
	if errors.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil && slices.Contains(fileIDs(files(&v.Payload)), row.ID), err
}

// cleanLoop cleans until ctx ends.
func (s *Service) cleanLoop(ctx context.Context) {
	tick := time.NewTicker(cleanEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		removed, err := s.CleanFiles(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			s.log.Warn("files without a referent not removed", "error", err)
		case removed > 0:
			s.log.Info("files without a referent removed", "files", removed)
		}
	}
}
