package httpapi

import (
	"context"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"sotay/internal/httpapi/contract"
	"sotay/internal/library"
	"sotay/internal/page"
	"sotay/internal/viet"
)

// The answers of cached reads go out as they were encoded at publication.

// VisitGetDocumentResponse implements the contract.
func (r served) VisitGetDocumentResponse(c *fiber.Ctx) error { return r.send(c) }

// VisitGetDocumentVersionResponse implements the contract.
func (r served) VisitGetDocumentVersionResponse(c *fiber.Ctx) error { return r.send(c) }

// VisitGetMaterialResponse implements the contract.
func (r served) VisitGetMaterialResponse(c *fiber.Ctx) error { return r.send(c) }

type documentList contract.DocumentList

// VisitListDocumentsResponse implements the contract.
func (r documentList) VisitListDocumentsResponse(c *fiber.Ctx) error { return list(c, r) }

type materialList contract.MaterialList

// VisitListMaterialsResponse implements the contract.
func (r materialList) VisitListMaterialsResponse(c *fiber.Ctx) error {
	err := list(c, r)
	c.Vary(fiber.HeaderAcceptLanguage)
	return err
}

// GetDocument implements the contract.
func (s *Server) GetDocument(ctx context.Context, r contract.GetDocumentRequestObject) (contract.GetDocumentResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b, err := s.Library.Document(who, r.Id)
	if err != nil {
		return nil, err
	}
	return served{b, s.Library.Plain}, nil
}

// GetDocumentVersion implements the contract.
func (s *Server) GetDocumentVersion(ctx context.Context, r contract.GetDocumentVersionRequestObject) (contract.GetDocumentVersionResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b, err := s.Library.DocumentVersion(ctx, who, r.Id, r.N)
	if err != nil {
		return nil, err
	}
	return served{b, s.Library.Plain}, nil
}

type documentChanges contract.DocumentChanges

// VisitGetDocumentChangesResponse implements the contract.
func (r documentChanges) VisitGetDocumentChangesResponse(c *fiber.Ctx) error { return list(c, r) }

// GetDocumentChanges implements the contract.
func (s *Server) GetDocumentChanges(ctx context.Context, r contract.GetDocumentChangesRequestObject) (contract.GetDocumentChangesResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	ch, err := s.Library.DocumentChanges(ctx, who, r.Id, r.Params.From)
	if err != nil {
		return nil, err
	}
	out := documentChanges{DocumentId: ch.DocumentID, From: ch.From, To: ch.To, SectionIds: stringsOf(ch.SectionIDs), Changes: make([]contract.SectionChange, len(ch.Sections))}
	for i := range ch.Sections {
		out.Changes[i] = changeOf(&ch.Sections[i])
	}
	return out, nil
}

func changeOf(ch *library.SectionChange) contract.SectionChange {
	x := &ch.Section
	out := contract.SectionChange{SectionId: x.ID, Op: contract.SectionChangeOp(ch.Op), Label: x.Label, Heading: x.Heading}
	if ch.Op == library.SectionAdded || ch.Op == library.SectionChanged {
		out.Level, out.Html = &x.Level, &x.HTML
	}
	if ch.Op == library.SectionChanged {
		out.Moved = &ch.Moved
	}
	if ch.Runs != nil {
		runs := make([]contract.TextRun, len(ch.Runs))
		for i, r := range ch.Runs {
			runs[i] = contract.TextRun{Op: contract.TextRunOp(r.Op), Text: r.Text}
		}
		out.Runs = &runs
	}
	return out
}

// GetMaterial implements the contract.
func (s *Server) GetMaterial(ctx context.Context, r contract.GetMaterialRequestObject) (contract.GetMaterialResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	b, err := s.Library.Material(who, r.Id)
	if err != nil {
		return nil, err
	}
	return served{b, s.Library.Plain}, nil
}

// ListDocuments implements the contract.
func (s *Server) ListDocuments(ctx context.Context, r contract.ListDocumentsRequestObject) (contract.ListDocumentsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	p := r.Params
	f := library.DocumentFilter{Type: text(p.Type), Issuer: viet.NFC(text(p.Issuer)), Topic: text(p.Topic), Q: viet.NFC(text(p.Q)), Sort: text(p.Sort),
		InForce: text(p.InForce), Day: s.today()}
	if p.Year != nil {
		f.Year = strconv.Itoa(*p.Year)
	}
	found, next, err := s.Library.Documents(who, f, text(p.Cursor), page.Limit(p.Limit))
	if err != nil {
		return nil, err
	}
	out := documentList{Items: make([]contract.DocumentSummary, len(found)), NextCursor: next}
	for i, d := range found {
		out.Items[i] = contract.DocumentSummary{Id: d.ID, Type: contract.DocumentType(d.Type), Number: optional(d.Number), Title: d.Title,
			Abstract: d.Abstract, Issuer: d.Issuer, IssuedOn: d.IssuedOn, Topics: stringsOf(d.Topics), Version: d.Version,
			PublishedAt: stamp(d.PublishedAt), Words: d.Words, InForce: d.InForce(f.Day), InForceFrom: d.From, InForceUntil: optional(d.Until)}
	}
	return out, nil
}

// today is the calendar day in Việt Nam.
func (s *Server) today() string { return s.Now().In(vietnam).Format(time.DateOnly) }

// vietnam has had one offset, without summer time, since 1975.
var vietnam = time.FixedZone("ICT", 7*60*60)

// ListMaterials implements the contract.
func (s *Server) ListMaterials(ctx context.Context, r contract.ListMaterialsRequestObject) (contract.ListMaterialsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	p := r.Params
	f := library.MaterialFilter{DocumentID: text(p.DocumentId), Kind: text(p.Kind), Audience: text(p.Audience),
		Format: text(p.Format), Language: text(p.Language), Languages: languagesOf(ctx)}
	found, next, err := s.Library.Materials(who, f, text(p.Cursor), page.Limit(p.Limit))
	if err != nil {
		return nil, err
	}
	out := materialList{Items: make([]contract.MaterialSummary, len(found)), NextCursor: next}
	for i, m := range found {
		out.Items[i] = contract.MaterialSummary{Format: contract.MaterialFormat(m.Format), DurationSeconds: seconds(m.DurationSeconds), Id: m.ID, Kind: contract.MaterialKind(m.Kind), Title: m.Title, DocumentId: m.DocumentID,
			Audience: enums[contract.Audience](m.Audience), Topics: stringsOf(m.Topics), Language: m.Language, Version: m.Version,
			PublishedAt: stamp(m.PublishedAt), Words: m.Words}
	}
	return out, nil
}

// Search implements the contract.
func (s *Server) Search(ctx context.Context, r contract.SearchRequestObject) (contract.SearchResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	var kinds []string
	if r.Params.Kinds != nil {
		kinds = plainStrings(*r.Params.Kinds)
	}
	found, next, err := s.Library.Search(who, viet.NFC(r.Params.Q), kinds, text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.Search200JSONResponse{Hits: make([]contract.SearchHit, len(found)), NextCursor: next}
	for i, h := range found {
		out.Hits[i] = contract.SearchHit{Kind: contract.HitKind(h.Kind), Id: h.ID, DocumentId: optional(h.DocumentID),
			MaterialId: optional(h.MaterialID), SectionId: optional(h.SectionID), Title: h.Title, Snippet: h.Snippet}
	}
	return out, nil
}

// syncDefault is how many changes a page of sync has when the phone names no
// limit.
const syncDefault = 100

// Sync implements the contract.
func (s *Server) Sync(ctx context.Context, r contract.SyncRequestObject) (contract.SyncResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	limit := syncDefault
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	p, err := s.Library.Sync(who, text(r.Params.Cursor), limit)
	if err != nil {
		return nil, err
	}
	out := contract.Sync200JSONResponse{Changes: make([]contract.SyncChange, len(p.Changes)), NextCursor: p.Next, HasMore: p.More, Reset: p.Reset, Begins: p.Begins}
	for i, ch := range p.Changes {
		x := contract.SyncChange{Seq: ch.Seq, Kind: contract.SyncChangeKind(ch.Kind), Id: ch.ID, Op: contract.SyncChangeOp(ch.Op), Version: ch.Version}
		if ch.Hash != "" {
			x.Hash, x.Bytes = &ch.Hash, &ch.Bytes
		}
		out.Changes[i] = x
	}
	return out, nil
}
