package library

import (
	"context"
	"errors"
	"slices"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/publication"
	"sotay/internal/store"
)

// What editors are refused.
var (
	outOfScope = fault.New(fault.Forbidden, "out_of_scope",
		"Tổ chức này nằm ngoài phạm vi phụ trách của bạn.", "This organisation is outside your scope.").
		At("/orgId", "out_of_scope", "Nằm ngoài phạm vi phụ trách của bạn.", "Outside your scope.")
	numberTaken = fault.New(fault.Conflict, "document_number_taken",
		"Đã có văn bản cùng cơ quan ban hành, thể loại, số và ngày ban hành.", "Another document has this issuer, type, number and date.").
		At("/number", "taken", "Số này đã có ở văn bản khác cùng cơ quan, thể loại và ngày.", "Taken by another document of this issuer, type and date.")
	sourceTaken = fault.New(fault.Conflict, "source_taken",
		"Nguồn này đã được nhập trước đó.", "This source has been imported before.")
)

// editors and approvers are the roles of each side; either may publish what an
// approver has approved, and take it back.
var (
	editors    = []caller.RoleName{caller.Editor}
	approvers  = []caller.RoleName{caller.Approver}
	publishers = []caller.RoleName{caller.Editor, caller.Approver}
)

func (s *Service) actor(c *caller.Caller, roles ...caller.RoleName) publication.Actor {
	return publication.Actor{ID: c.MemberID, May: s.inScope(c, roles...)}
}

// CreateDocument begins a document.
func (s *Service) CreateDocument(ctx context.Context, c *caller.Caller, orgID string, in DocumentInput) (DocumentItem, error) {
	if err := s.inScope(c, editors...)(orgID); err != nil {
		return DocumentItem{}, outOfScope
	}
	item := DocumentItem{OrgID: orgID, Visibility: s.ownReaders(orgID)}
	item.ID = ident.New()
	item.SourceKey = item.ID
	if in.SourceKey != "" {
		item.SourceKey, item.SourceHash = in.SourceKey, in.SourceHash
	}
	item.Payload.Language = "vi"
	if err := s.applyDocument(ctx, in, &item); err != nil {
		return item, err
	}
	return item, editFault(s.documents.Create(ctx, s.actor(c, editors...), &item))
}

// UpdateDocument changes the draft; rev is the revision that was read.
func (s *Service) UpdateDocument(ctx context.Context, c *caller.Caller, id string, rev int64, in DocumentInput) (DocumentItem, error) {
	item, err := s.documents.Edit(ctx, s.actor(c, editors...), id, rev, func(i *DocumentItem) error {
		return s.applyDocument(ctx, in, i)
	})
	return item, editFault(err)
}

// CreateMaterial begins a material.
func (s *Service) CreateMaterial(ctx context.Context, c *caller.Caller, orgID, kind string, in MaterialInput) (MaterialItem, error) {
	if err := s.inScope(c, editors...)(orgID); err != nil {
		return MaterialItem{}, outOfScope
	}
	item := MaterialItem{OrgID: orgID, Visibility: s.ownReaders(orgID)}
	item.ID = ident.New()
	item.UniqueKey, item.SourceKey = item.ID, item.ID
	if in.SourceKey != "" {
		item.SourceKey, item.SourceHash = in.SourceKey, in.SourceHash
	}
	item.Payload.Language, item.Payload.Kind = "vi", kind
	if err := s.applyMaterial(ctx, in, &item); err != nil {
		return item, err
	}
	return item, editFault(s.materials.Create(ctx, s.actor(c, editors...), &item))
}

// UpdateMaterial changes the draft; rev is the revision that was read.
func (s *Service) UpdateMaterial(ctx context.Context, c *caller.Caller, id string, rev int64, in MaterialInput) (MaterialItem, error) {
	item, err := s.materials.Edit(ctx, s.actor(c, editors...), id, rev, func(i *MaterialItem) error {
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
		return sourceTaken.Because(err)
	}
	return err
}

// Verb is a step of the life of what is published.
type Verb string

// The verbs of documents and materials alike.
const (
	Submit   Verb = "submit"
	Approve  Verb = "approve"
	Reject   Verb = "reject"
	Publish  Verb = "publish"
	Withdraw Verb = "withdraw"
)

// StepDocument takes a document one step on; rev 0 is any revision.
func (s *Service) StepDocument(ctx context.Context, c *caller.Caller, id string, v Verb, rev int64, reason string) (DocumentItem, error) {
	return step(ctx, s, s.documents, c, id, v, rev, reason)
}

// StepMaterial takes a material one step on; rev 0 is any revision.
func (s *Service) StepMaterial(ctx context.Context, c *caller.Caller, id string, v Verb, rev int64, reason string) (MaterialItem, error) {
	return step(ctx, s, s.materials, c, id, v, rev, reason)
}

func step[P any](ctx context.Context, s *Service, m *publication.Machine[P], c *caller.Caller, id string, v Verb, rev int64, reason string) (item publication.Item[P], err error) {
	switch v {
	case Submit:
		return m.Submit(ctx, s.actor(c, editors...), id, rev)
	case Approve:
		return m.Approve(ctx, s.actor(c, approvers...), id, rev)
	case Reject:
		return m.Reject(ctx, s.actor(c, approvers...), id, rev, reason)
	case Publish:
		item, err = m.Publish(ctx, s.actor(c, publishers...), id, rev)
	case Withdraw:
		item, err = m.Withdraw(ctx, s.actor(c, publishers...), id, rev, reason)
	default:
		return item, fault.NotFound
	}
	if err != nil {
		return item, err
	}
	// So that this process shows the change before it answers. If it fails,
	// the change is out all the same, and the next poll shows it.
	if err := s.reader.CatchUp(ctx); err != nil {
		s.log.Warn("change log not read after a publication", "error", err)
	}
	return item, nil
}

// EditorDocument returns an item in the caller's scope.
func (s *Service) EditorDocument(ctx context.Context, c *caller.Caller, id string) (DocumentItem, error) {
	return inScopeItem(ctx, s, s.documents, c, id)
}

// EditorMaterial returns an item in the caller's scope.
func (s *Service) EditorMaterial(ctx context.Context, c *caller.Caller, id string) (MaterialItem, error) {
	return inScopeItem(ctx, s, s.materials, c, id)
}

func inScopeItem[P any](ctx context.Context, s *Service, m *publication.Machine[P], c *caller.Caller, id string) (publication.Item[P], error) {
	item, err := m.Get(ctx, id)
	if err != nil {
		return item, err
	}
	return item, s.inScope(c, publishers...)(item.OrgID)
}

// EditorDocuments lists items in the caller's scope, latest change first.
func (s *Service) EditorDocuments(ctx context.Context, c *caller.Caller, state, cursor string, limit int) ([]DocumentItem, *string, error) {
	return listItems(ctx, s, s.documents, c, "editor/documents/"+state, state, cursor, limit)
}

// EditorMaterials lists items in the caller's scope, latest change first.
func (s *Service) EditorMaterials(ctx context.Context, c *caller.Caller, state, cursor string, limit int) ([]MaterialItem, *string, error) {
	return listItems(ctx, s, s.materials, c, "editor/materials/"+state, state, cursor, limit)
}

func listItems[P any](ctx context.Context, s *Service, m *publication.Machine[P], c *caller.Caller, list, state, cursor string, limit int) ([]publication.Item[P], *string, error) {
	var at store.Position
	if cursor != "" {
		b, err := s.pages.Open(list, cursor)
		if err != nil {
			return nil, nil, err
		}
		if at, err = store.DecodePosition(b); err != nil {
			return nil, nil, fault.BadCursor
		}
	}
	may := s.inScope(c, publishers...)
	var out []publication.Item[P]
	for {
		found, err := m.List(ctx, state, at, limit-len(out))
		if err != nil {
			return nil, nil, err
		}
		out = append(out, slices.DeleteFunc(found.Items, func(i publication.Item[P]) bool { return may(i.OrgID) != nil })...)
		if !found.More {
			return out, nil, nil
		}
		at = found.Next
		if len(out) >= limit {
			b, err := at.Encode()
			if err != nil {
				return nil, nil, err
			}
			next := s.pages.Seal(list, b)
			return out, &next, nil
		}
	}
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
