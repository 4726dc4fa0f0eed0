package library

import (
	"context"
	"errors"
	"fmt"

	"sotay/internal/store"
)

// ExportBookmarks returns all bookmarks of a member, for that member, in the
// order of their list.
func (s *Service) ExportBookmarks(ctx context.Context, memberID string) ([]Bookmark, error) {
	var out []Bookmark
	err := s.bookmarks.All(ctx, store.Query{Index: "member", Eq: []any{memberID}}, func(b Bookmark) error {
		out = append(out, b)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("export bookmarks of %s: %w", memberID, err)
	}
	return out, nil
}

// Erase removes the bookmarks of a member. It may run twice.
func (s *Service) Erase(ctx context.Context, memberID string) error {
	held, err := s.ExportBookmarks(ctx, memberID)
	for i := range held {
		if err == nil {
			err = s.bookmarks.DeleteIf(ctx, held[i].ID, held[i].Rev)
		}
		if errors.Is(err, store.ErrStale) { // gone, or made anew: then another run finds it
			err = nil
		}
	}
	if err != nil {
		return fmt.Errorf("erase bookmarks of %s: %w", memberID, err)
	}
	return nil
}
