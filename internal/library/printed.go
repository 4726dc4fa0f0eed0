package library

import (
	"context"
	"time"

	"sotay/internal/caller"
)

// Printable is a published version of a document, for a paper.
type Printable struct {
	ID          string
	Version     int64
	PublishedAt time.Time
	Document    Document
}

// PrintedVersion returns the version that Printed would return. It touches no
// database.
func (s *Service) PrintedVersion(c *caller.Caller, id string) (int64, error) {
	d := s.catalogue.Load().documents[id]
	if d == nil || !d.visibility.Admits(c.Identity) {
		return 0, notYours
	}
	return d.Version, nil
}

// Printed returns the published version of a document, to those who may read
// it.
func (s *Service) Printed(ctx context.Context, c *caller.Caller, id string) (*Printable, error) {
	n, err := s.PrintedVersion(c, id)
	if err != nil {
		return nil, err
	}
	v, err := s.documents.Version(ctx, id, n)
	if err != nil {
		return nil, err
	}
	return &Printable{ID: id, Version: v.Number, PublishedAt: v.PublishedAt, Document: v.Payload}, nil
}
