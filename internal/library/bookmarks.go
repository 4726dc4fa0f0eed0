package library

import (
	"context"
	"errors"
	"time"

	"sotay/internal/caller"
	"sotay/internal/store"
)

// Bookmark is one member's mark on one document. Its id is
// "<member>/<document>".
type Bookmark struct {
	store.Meta `bson:",inline"`
	MemberID   string    `bson:"memberId"`
	DocumentID string    `bson:"documentId"`
	CreatedAt  time.Time `bson:"createdAt"`
}

func bookmarkSchema() *store.Schema {
	return &store.Schema{Name: "bookmarks", Indexes: []store.Index{{Name: "member", Fields: []store.Field{
		{Path: "memberId", Type: store.String}, {Path: "createdAt", Type: store.Date}}}}}
}

func bookmarkID(memberID, documentID string) string { return memberID + "/" + documentID }

// PutBookmark marks a document that the caller may see; again changes nothing.
func (s *Service) PutBookmark(ctx context.Context, c *caller.Caller, documentID string) error {
	if _, err := s.Document(c, documentID); err != nil {
		return err
	}
	b := Bookmark{MemberID: c.MemberID, DocumentID: documentID, CreatedAt: s.now()}
	b.ID = bookmarkID(c.MemberID, documentID)
	err := s.bookmarks.Insert(ctx, &b)
	if store.IsDuplicate(err, "_id") {
		return nil
	}
	return err
}

// DeleteBookmark removes a mark; removing what is not there succeeds.
func (s *Service) DeleteBookmark(ctx context.Context, c *caller.Caller, documentID string) error {
	id := bookmarkID(c.MemberID, documentID)
	for {
		b, err := s.bookmarks.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		err = s.bookmarks.DeleteIf(ctx, id, b.Rev)
		if !errors.Is(err, store.ErrStale) {
			return err
		}
	}
}

// Bookmarks lists the caller's marks, newest first, without those of documents
// that the caller may not see now.
func (s *Service) Bookmarks(ctx context.Context, c *caller.Caller, cursor string, limit int) ([]Bookmark, *string, error) {
	list := "bookmarks/" + c.MemberID
	q := store.Query{Index: "member", Eq: []any{c.MemberID}, Desc: true, Limit: limit}
	var err error
	if q.After, err = store.OpenPosition(s.pages, list, cursor); err != nil {
		return nil, nil, err
	}
	var out []Bookmark
	for {
		found, err := s.bookmarks.Find(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		for _, b := range found.Items {
			if _, err := s.Document(c, b.DocumentID); err == nil {
				out = append(out, b)
			}
		}
		if !found.More {
			return out, nil, nil
		}
		q.After = found.Next
		if len(out) >= limit {
			next, err := q.After.Seal(s.pages, list)
			return out, next, err
		}
		q.Limit = limit - len(out)
	}
}

func unixMilli(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
