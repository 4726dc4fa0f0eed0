package httpapi

import (
	"context"

	"sotay/internal/audience"
	"sotay/internal/editorial"
	"sotay/internal/httpapi/contract"
	"sotay/internal/library"
	"sotay/internal/page"
	"sotay/internal/publication"
)

// ListEditorDocuments implements the contract.
func (s *Server) ListEditorDocuments(ctx context.Context, r contract.ListEditorDocumentsRequestObject) (contract.ListEditorDocumentsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Library.EditorDocuments(ctx, who, text(r.Params.State), text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListEditorDocuments200JSONResponse{Items: make([]contract.EditorDocumentSummary, len(found)), NextCursor: next}
	for k := range found {
		i := &found[k]
		out.Items[k] = contract.EditorDocumentSummary{Id: i.ID, OrgId: i.OrgID, State: contract.State(i.Stands()), Version: i.Version,
			PublishedVersion: i.LiveVersion, Revision: i.Revision, Title: i.Payload.Title, Type: contract.DocumentType(i.Payload.Type),
			UpdatedAt: stamp(i.UpdatedAt)}
	}
	return out, nil
}

// CreateDocument implements the contract.
func (s *Server) CreateDocument(ctx context.Context, r contract.CreateDocumentRequestObject) (contract.CreateDocumentResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b := r.Body
	in, err := s.documentInput(&contract.DocumentPatch{Type: &b.Type, Number: b.Number, Title: &b.Title, Abstract: b.Abstract,
		Issuer: &b.Issuer, IssuedOn: &b.IssuedOn, EffectiveOn: b.EffectiveOn, Term: b.Term, Place: b.Place, Signer: b.Signer,
		Topics: b.Topics, Language: b.Language, Secrecy: b.Secrecy, Source: b.Source, Visibility: b.Visibility, Sections: b.Sections, Markdown: b.Markdown,
		Relations: b.Relations})
	if err != nil {
		return nil, err
	}
	i, err := s.Library.CreateDocument(ctx, who, b.OrgId, in)
	if err != nil {
		return nil, err
	}
	return contract.CreateDocument201JSONResponse{EditorDocumentJSONResponse: editorDocument(&i)}, nil
}

// GetEditorDocument implements the contract.
func (s *Server) GetEditorDocument(ctx context.Context, r contract.GetEditorDocumentRequestObject) (contract.GetEditorDocumentResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	i, err := s.Library.EditorDocument(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	return contract.GetEditorDocument200JSONResponse{EditorDocumentJSONResponse: editorDocument(&i)}, nil
}

// UpdateDocument implements the contract.
func (s *Server) UpdateDocument(ctx context.Context, r contract.UpdateDocumentRequestObject) (contract.UpdateDocumentResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	rev, err := revision(&r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	in, err := s.documentInput(r.Body)
	if err != nil {
		return nil, err
	}
	i, err := s.Library.UpdateDocument(ctx, who, r.Id, rev, in)
	if err != nil {
		return nil, err
	}
	return contract.UpdateDocument200JSONResponse{EditorDocumentJSONResponse: editorDocument(&i)}, nil
}

// stepDocument takes a document one step on.
func (s *Server) stepDocument(ctx context.Context, id string, v editorial.Verb, ifMatch *contract.IfMatchOptional, reason string) (contract.EditorDocumentJSONResponse, error) {
	return step(ctx, id, v, ifMatch, reason, s.Library.StepDocument, editorDocument)
}

// SubmitDocument implements the contract.
func (s *Server) SubmitDocument(ctx context.Context, r contract.SubmitDocumentRequestObject) (contract.SubmitDocumentResponseObject, error) {
	i, err := s.stepDocument(ctx, r.Id, editorial.Submit, r.Params.IfMatch, "")
	return contract.SubmitDocument200JSONResponse{EditorDocumentJSONResponse: i}, err
}

// ApproveDocument implements the contract.
func (s *Server) ApproveDocument(ctx context.Context, r contract.ApproveDocumentRequestObject) (contract.ApproveDocumentResponseObject, error) {
	i, err := s.stepDocument(ctx, r.Id, editorial.Approve, r.Params.IfMatch, "")
	return contract.ApproveDocument200JSONResponse{EditorDocumentJSONResponse: i}, err
}

// RejectDocument implements the contract.
func (s *Server) RejectDocument(ctx context.Context, r contract.RejectDocumentRequestObject) (contract.RejectDocumentResponseObject, error) {
	i, err := s.stepDocument(ctx, r.Id, editorial.Reject, r.Params.IfMatch, r.Body.Reason)
	return contract.RejectDocument200JSONResponse{EditorDocumentJSONResponse: i}, err
}

// PublishDocument implements the contract.
func (s *Server) PublishDocument(ctx context.Context, r contract.PublishDocumentRequestObject) (contract.PublishDocumentResponseObject, error) {
	i, err := s.stepDocument(ctx, r.Id, editorial.Publish, r.Params.IfMatch, "")
	return contract.PublishDocument200JSONResponse{EditorDocumentJSONResponse: i}, err
}

// WithdrawDocument implements the contract.
func (s *Server) WithdrawDocument(ctx context.Context, r contract.WithdrawDocumentRequestObject) (contract.WithdrawDocumentResponseObject, error) {
	i, err := s.stepDocument(ctx, r.Id, editorial.Withdraw, r.Params.IfMatch, r.Body.Reason)
	return contract.WithdrawDocument200JSONResponse{EditorDocumentJSONResponse: i}, err
}

// documentInput turns what an editor sent into what the library takes.
func (s *Server) documentInput(b *contract.DocumentPatch) (library.DocumentInput, error) {
	in := library.DocumentInput{Type: (*string)(b.Type), Number: b.Number, Title: b.Title, Abstract: b.Abstract, Issuer: b.Issuer,
		IssuedOn: b.IssuedOn, EffectiveOn: b.EffectiveOn, Term: b.Term, Place: b.Place, Signer: b.Signer, Language: b.Language,
		Secrecy: b.Secrecy, Topics: b.Topics, Source: sourceInput(b.Source), Visibility: visibilityInput(b.Visibility)}
	if b.Relations != nil {
		list := make([]library.Relation, len(*b.Relations))
		for i, r := range *b.Relations {
			list[i] = library.Relation{Kind: library.RelationKind(r.Kind), DocumentID: text(r.DocumentId), Number: text(r.Number)}
		}
		in.Relations = &list
	}
	var err error
	in.Sections, err = s.sectionsInput(b.Sections, b.Markdown)
	return in, err
}

func editorDocument(i *library.DocumentItem) contract.EditorDocumentJSONResponse {
	p := &i.Payload
	tag := revisionTag(i.Revision)
	out := contract.EditorDocument{Id: i.ID, OrgId: i.OrgID, State: contract.State(i.Stands()), Version: i.Version,
		PublishedVersion: i.LiveVersion, Revision: i.Revision, Editors: stringsOf(i.Editors), Steps: stepsOf(i.Steps), UpdatedAt: stamp(i.UpdatedAt),
		Content: contract.DraftDocument{Type: contract.DocumentType(p.Type), Number: p.Number, Title: p.Title, Abstract: p.Abstract,
			Issuer: p.Issuer, IssuedOn: p.IssuedOn, EffectiveOn: p.EffectiveOn, Term: p.Term, Place: p.Place, Signer: p.Signer,
			Topics: stringsOf(p.Topics), Language: p.Language, Source: sourceOf(p.Source), Visibility: visibilityOf(i.Visibility), Sections: sectionsOf(p.Sections),
			Relations: []contract.RelationInput{}, Attachments: attachmentsOf(p.Attachments)}}
	for _, r := range p.Relations {
		out.Content.Relations = append(out.Content.Relations, contract.RelationInput{Kind: contract.RelationInputKind(r.Kind),
			DocumentId: optional(r.DocumentID), Number: optional(r.Number)})
	}
	return contract.EditorDocumentJSONResponse{Body: out, Headers: contract.EditorDocumentResponseHeaders{ETag: &tag}}
}

func stepsOf(steps []publication.Step) []contract.Step {
	out := make([]contract.Step, len(steps))
	for i, st := range steps {
		out[i] = contract.Step{Verb: st.Verb, By: st.By, At: stamp(st.At), Version: st.Version, Reason: optional(st.Reason)}
	}
	return out
}

func visibilityOf(v audience.Visibility) contract.Visibility {
	out := contract.Visibility{Kind: contract.VisibilityKind(v.Kind)}
	if len(v.OrgIDs) > 0 {
		out.OrgIds = &v.OrgIDs
	}
	if len(v.Roles) > 0 {
		roles := enums[contract.RoleName](v.Roles)
		out.Roles = &roles
	}
	return out
}
