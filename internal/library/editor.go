package library

import (
	"context"
	"errors"

	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// numberTaken refuses a second document of one issuer, type, number and date.
var numberTaken = fault.New(fault.Conflict, "document_number_taken",
	"Đã có văn bản cùng cơ quan ban hành, thể loại, số và ngày ban hành.", "Another document has this issuer, type, number and date.").
	At("/number", "taken", "Số này đã có ở văn bản khác cùng cơ quan, thể loại và ngày.", "Taken by another document of this issuer, type and date.")

// CreateDocument begins a document.
func (s *Service) CreateDocument(ctx context.Context, c *caller.Caller, orgID string, in DocumentInput) (DocumentItem, error) {
	item, err := editorial.Begin[Document](&s.office, c, orgID, in.SourceKey, in.SourceHash)
	if err != nil {
		return item, err
	}
	item.Payload.Language = "vi"
	if err := s.applyDocument(ctx, in, &item); err != nil {
		return item, err
	}
	return item, editFault(s.documents.Create(ctx, s.office.Actor(c, editorial.Editors...), &item))
}

// UpdateDocument changes the draft; rev is the revision that was read.
func (s *Service) UpdateDocument(ctx context.Context, c *caller.Caller, id string, rev int64, in DocumentInput) (DocumentItem, error) {
	item, err := s.documents.Edit(ctx, s.office.Actor(c, editorial.Editors...), id, rev, func(i *DocumentItem) error {
		return s.applyDocument(ctx, in, i)
	})
	return item, editFault(err)
}

// CreateMaterial begins a material.
func (s *Service) CreateMaterial(ctx context.Context, c *caller.Caller, orgID, kind string, in MaterialInput) (MaterialItem, error) {
	item, err := editorial.Begin[Material](&s.office, c, orgID, in.SourceKey, in.SourceHash)
	if err != nil {
		return item, err
	}
	item.Payload.Language, item.Payload.Kind = "vi", kind
	if err := s.applyMaterial(ctx, in, &item); err != nil {
		return item, err
	}
	return item, editFault(s.materials.Create(ctx, s.office.Actor(c, editorial.Editors...), &item))
}

// UpdateMaterial changes the draft; rev is the revision that was read.
func (s *Service) UpdateMaterial(ctx context.Context, c *caller.Caller, id string, rev int64, in MaterialInput) (MaterialItem, error) {
	item, err := s.materials.Edit(ctx, s.office.Actor(c, editorial.Editors...), id, rev, func(i *MaterialItem) error {
		return s.applyMaterial(ctx, in, i)
	})
	return item, editFault(err)
}

// editFault turns clashes of unique keys into what an editor can act on.
func editFault(err error) error {
	switch {
	case store.IsDuplicate(err, "uniqueKey"):
		return numberTaken.Because(err)
	case store.IsDuplicate(err, "sourceKey"):
		return editorial.SourceTaken.Because(err)
	}
	return err
}

// StepDocument takes a document one step on; rev 0 is any revision.
func (s *Service) StepDocument(ctx context.Context, c *caller.Caller, id string, v editorial.Verb, rev int64, reason string) (DocumentItem, error) {
	return editorial.Step(ctx, &s.office, s.documents, c, id, v, rev, reason)
}

// StepMaterial takes a material one step on; rev 0 is any revision.
func (s *Service) StepMaterial(ctx context.Context, c *caller.Caller, id string, v editorial.Verb, rev int64, reason string) (MaterialItem, error) {
	return editorial.Step(ctx, &s.office, s.materials, c, id, v, rev, reason)
}

// EditorDocument returns an item in the caller's scope.
func (s *Service) EditorDocument(ctx context.Context, c *caller.Caller, id string) (DocumentItem, error) {
	return editorial.Item(ctx, &s.office, s.documents, c, id)
}

// EditorMaterial returns an item in the caller's scope.
func (s *Service) EditorMaterial(ctx context.Context, c *caller.Caller, id string) (MaterialItem, error) {
	return editorial.Item(ctx, &s.office, s.materials, c, id)
}

// EditorDocuments lists items in the caller's scope, latest change first.
func (s *Service) EditorDocuments(ctx context.Context, c *caller.Caller, state, cursor string, limit int) ([]DocumentItem, *string, error) {
	return editorial.Items(ctx, &s.office, s.documents, c, "editor/documents/", state, cursor, limit)
}

// EditorMaterials lists items in the caller's scope, latest change first.
func (s *Service) EditorMaterials(ctx context.Context, c *caller.Caller, state, cursor string, limit int) ([]MaterialItem, *string, error) {
	return editorial.Items(ctx, &s.office, s.materials, c, "editor/materials/", state, cursor, limit)
}

// Imported returns what an import of this key made before, if anything.
func (s *Service) Imported(ctx context.Context, key string) (document *DocumentItem, material *MaterialItem, err error) {
	d, err := s.documents.BySource(ctx, key)
	if err == nil {
		return &d, nil, nil
	}
	if !errors.Is(err, fault.NotFound) {
		return nil, nil, err
	}
	m, err := s.materials.BySource(ctx, key)
	if err == nil {
		return nil, &m, nil
	}
	if !errors.Is(err, fault.NotFound) {
		return nil, nil, err
	}
	return nil, nil, nil
}
