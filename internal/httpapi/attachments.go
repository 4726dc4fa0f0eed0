package httpapi

import (
	"context"

	"sotay/internal/caller"
	"sotay/internal/httpapi/contract"
	"sotay/internal/library"
)

// attaching is what both kinds of items need to take a file.
func (s *Server) attaching(ctx context.Context, ifMatch *contract.IfMatchOptional) (who *caller.Caller, rev int64, u *library.Upload, err error) {
	if who, err = signedIn(ctx); err != nil {
		return nil, 0, nil, err
	}
	if rev, err = revision(ifMatch); err != nil {
		return nil, 0, nil, err
	}
	up, err := uploaded(ctx)
	if err != nil {
		return nil, 0, nil, err
	}
	return who, rev, &library.Upload{Name: up.name, Declared: up.declared, Title: up.text("title"), AltText: up.text("altText"),
		Size: up.size, Content: up.file}, nil
}

// AttachToDocument implements the contract.
func (s *Server) AttachToDocument(ctx context.Context, r contract.AttachToDocumentRequestObject) (contract.AttachToDocumentResponseObject, error) {
	who, rev, u, err := s.attaching(ctx, r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	i, err := s.Library.AttachToDocument(ctx, who, r.Id, rev, u)
	if err != nil {
		return nil, err
	}
	return contract.AttachToDocument201JSONResponse{EditorDocumentJSONResponse: editorDocument(&i)}, nil
}

// AttachToMaterial implements the contract.
func (s *Server) AttachToMaterial(ctx context.Context, r contract.AttachToMaterialRequestObject) (contract.AttachToMaterialResponseObject, error) {
	who, rev, u, err := s.attaching(ctx, r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	i, err := s.Library.AttachToMaterial(ctx, who, r.Id, rev, u)
	if err != nil {
		return nil, err
	}
	return contract.AttachToMaterial201JSONResponse{EditorMaterialJSONResponse: editorMaterial(&i)}, nil
}

// DetachFromDocument implements the contract.
func (s *Server) DetachFromDocument(ctx context.Context, r contract.DetachFromDocumentRequestObject) (contract.DetachFromDocumentResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	rev, err := revision(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	i, err := s.Library.DetachFromDocument(ctx, who, r.Id, rev, r.FileId)
	return contract.DetachFromDocument200JSONResponse{EditorDocumentJSONResponse: editorDocument(&i)}, err
}

// DetachFromMaterial implements the contract.
func (s *Server) DetachFromMaterial(ctx context.Context, r contract.DetachFromMaterialRequestObject) (contract.DetachFromMaterialResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	rev, err := revision(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	i, err := s.Library.DetachFromMaterial(ctx, who, r.Id, rev, r.FileId)
	return contract.DetachFromMaterial200JSONResponse{EditorMaterialJSONResponse: editorMaterial(&i)}, err
}
