package httpapi

import (
	"context"

	"sotay/internal/editorial"
	"sotay/internal/httpapi/contract"
	"sotay/internal/library"
	"sotay/internal/page"
)

// ListEditorMaterials implements the contract.
func (s *Server) ListEditorMaterials(ctx context.Context, r contract.ListEditorMaterialsRequestObject) (contract.ListEditorMaterialsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Library.EditorMaterials(ctx, who, text(r.Params.State), text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListEditorMaterials200JSONResponse{Items: make([]contract.EditorMaterialSummary, len(found)), NextCursor: next}
	for k := range found {
		i := &found[k]
		out.Items[k] = contract.EditorMaterialSummary{Id: i.ID, OrgId: i.OrgID, State: contract.State(i.Stands()), Version: i.Version,
			PublishedVersion: i.LiveVersion, Revision: i.Revision, Title: i.Payload.Title, Kind: contract.MaterialKind(i.Payload.Kind),
			DocumentId: i.Payload.DocumentID, UpdatedAt: stamp(i.UpdatedAt)}
	}
	return out, nil
}

// CreateMaterial implements the contract.
func (s *Server) CreateMaterial(ctx context.Context, r contract.CreateMaterialRequestObject) (contract.CreateMaterialResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	in, err := s.materialInput(string(b.Kind), &contract.MaterialPatch{DocumentId: b.DocumentId, Title: &b.Title, Audience: b.Audience, Topics: b.Topics,
		Language: b.Language, Secrecy: b.Secrecy, Source: b.Source, Visibility: b.Visibility, Sections: b.Sections, Items: b.Items, Markdown: b.Markdown,
		Format: b.Format, DurationSeconds: b.DurationSeconds})
	if err != nil {
		return nil, err
	}
	i, err := s.Library.CreateMaterial(ctx, who, b.OrgId, string(b.Kind), in)
	if err != nil {
		return nil, err
	}
	return contract.CreateMaterial201JSONResponse{EditorMaterialJSONResponse: editorMaterial(&i)}, nil
}

// GetEditorMaterial implements the contract.
func (s *Server) GetEditorMaterial(ctx context.Context, r contract.GetEditorMaterialRequestObject) (contract.GetEditorMaterialResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	i, err := s.Library.EditorMaterial(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	return contract.GetEditorMaterial200JSONResponse{EditorMaterialJSONResponse: editorMaterial(&i)}, nil
}

// UpdateMaterial implements the contract.
func (s *Server) UpdateMaterial(ctx context.Context, r contract.UpdateMaterialRequestObject) (contract.UpdateMaterialResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	rev, err := revision(&r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	// What Markdown means depends on the material's kind, which never changes.
	old, err := s.Library.EditorMaterial(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	in, err := s.materialInput(old.Payload.Kind, r.Body)
	if err != nil {
		return nil, err
	}
	i, err := s.Library.UpdateMaterial(ctx, who, r.Id, rev, in)
	if err != nil {
		return nil, err
	}
	return contract.UpdateMaterial200JSONResponse{EditorMaterialJSONResponse: editorMaterial(&i)}, nil
}

// stepMaterial takes a material one step on.
func (s *Server) stepMaterial(ctx context.Context, id string, v editorial.Verb, ifMatch *contract.IfMatchOptional, reason string) (contract.EditorMaterialJSONResponse, error) {
	return step(ctx, id, v, ifMatch, reason, s.Library.StepMaterial, editorMaterial)
}

// SubmitMaterial implements the contract.
func (s *Server) SubmitMaterial(ctx context.Context, r contract.SubmitMaterialRequestObject) (contract.SubmitMaterialResponseObject, error) {
	i, err := s.stepMaterial(ctx, r.Id, editorial.Submit, r.Params.IfMatch, "")
	return contract.SubmitMaterial200JSONResponse{EditorMaterialJSONResponse: i}, err
}

// ApproveMaterial implements the contract.
func (s *Server) ApproveMaterial(ctx context.Context, r contract.ApproveMaterialRequestObject) (contract.ApproveMaterialResponseObject, error) {
	i, err := s.stepMaterial(ctx, r.Id, editorial.Approve, r.Params.IfMatch, "")
	return contract.ApproveMaterial200JSONResponse{EditorMaterialJSONResponse: i}, err
}

// RejectMaterial implements the contract.
func (s *Server) RejectMaterial(ctx context.Context, r contract.RejectMaterialRequestObject) (contract.RejectMaterialResponseObject, error) {
	i, err := s.stepMaterial(ctx, r.Id, editorial.Reject, r.Params.IfMatch, r.Body.Reason)
	return contract.RejectMaterial200JSONResponse{EditorMaterialJSONResponse: i}, err
}

// PublishMaterial implements the contract.
func (s *Server) PublishMaterial(ctx context.Context, r contract.PublishMaterialRequestObject) (contract.PublishMaterialResponseObject, error) {
	i, err := s.stepMaterial(ctx, r.Id, editorial.Publish, r.Params.IfMatch, "")
	return contract.PublishMaterial200JSONResponse{EditorMaterialJSONResponse: i}, err
}

// WithdrawMaterial implements the contract.
func (s *Server) WithdrawMaterial(ctx context.Context, r contract.WithdrawMaterialRequestObject) (contract.WithdrawMaterialResponseObject, error) {
	i, err := s.stepMaterial(ctx, r.Id, editorial.Withdraw, r.Params.IfMatch, r.Body.Reason)
	return contract.WithdrawMaterial200JSONResponse{EditorMaterialJSONResponse: i}, err
}

// materialInput turns what an editor sent into what the library takes.
func (s *Server) materialInput(kind string, b *contract.MaterialPatch) (library.MaterialInput, error) {
	in := library.MaterialInput{DocumentID: b.DocumentId, Title: b.Title, Language: b.Language, Secrecy: b.Secrecy, Topics: b.Topics,
		Source: sourceInput(b.Source), Visibility: visibilityInput(b.Visibility),
		Format: (*string)(b.Format), DurationSeconds: b.DurationSeconds}
	if b.Audience != nil {
		tags := plainStrings(*b.Audience)
		in.Audience = &tags
	}
	sectionMarkdown, itemMarkdown := b.Markdown, b.Markdown
	if kind == library.QA {
		sectionMarkdown = nil
	} else {
		itemMarkdown = nil
	}
	var err error
	if in.Sections, err = s.sectionsInput(b.Sections, sectionMarkdown); err != nil {
		return in, err
	}
	in.Items, err = s.itemsInput(b.Items, itemMarkdown)
	return in, err
}

func editorMaterial(i *library.MaterialItem) contract.EditorMaterialJSONResponse {
	p := &i.Payload
	tag := revisionTag(i.Revision)
	out := contract.EditorMaterial{Id: i.ID, OrgId: i.OrgID, State: contract.State(i.Stands()), Version: i.Version,
		PublishedVersion: i.LiveVersion, Revision: i.Revision, Editors: stringsOf(i.Editors), Steps: stepsOf(i.Steps), UpdatedAt: stamp(i.UpdatedAt),
		Content: contract.DraftMaterial{Kind: contract.MaterialKind(p.Kind), DocumentId: p.DocumentID, Title: p.Title,
			Audience: enums[contract.Audience](p.Audience), Topics: stringsOf(p.Topics), Language: p.Language, Source: sourceOf(p.Source),
			Visibility: visibilityOf(i.Visibility), Sections: sectionsOf(p.Sections), Items: itemsOf(p.Items),
			Format: contract.MaterialFormat(p.FormatOf()), DurationSeconds: p.DurationSeconds, Attachments: attachmentsOf(p.Attachments)}}
	return contract.EditorMaterialJSONResponse{Body: out, Headers: contract.EditorMaterialResponseHeaders{ETag: &tag}}
}
