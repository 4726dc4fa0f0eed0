package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"

	"sotay/internal/caller"
	"sotay/internal/httpapi/contract"
	"sotay/internal/library"
	"sotay/internal/viet"
)

// Readings prints documents as PDF.
type Readings interface {
	// Write prints the same paper for the same version.
	Write(w io.Writer, p *library.Printable, large bool) error
	// Layout changes when the same version is printed otherwise than before.
	Layout() int
}

// PrintDocument implements the contract.
func (s *Server) PrintDocument(ctx context.Context, r contract.PrintDocumentRequestObject) (contract.PrintDocumentResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	version, err := s.Library.PrintedVersion(who, r.Id)
	if err != nil {
		return nil, err
	}
	return printedDocument{s, ctx, who, paperKey{r.Id, version, text(r.Params.Large) == "true"}}, nil
}

// printedDocument sends a document as a paper, or 304 when the client has it.
type printedDocument struct {
	server *Server
	ctx    context.Context
	who    *caller.Caller
	key    paperKey
}

// VisitPrintDocumentResponse implements the contract.
func (r printedDocument) VisitPrintDocumentResponse(c *fiber.Ctx) error {
	s := r.server
	h := &c.Response().Header
	validate := func(tag string) {
		h.Set(fiber.HeaderVary, "Authorization")
		h.Set(fiber.HeaderCacheControl, "private, no-cache")
		h.Set(fiber.HeaderETag, tag)
	}
	if tag := r.key.tag(s.Readings.Layout()); matches(c.Request().Header.Peek(fiber.HeaderIfNoneMatch), tag) {
		validate(tag)
		c.Status(fiber.StatusNotModified)
		return nil
	}
	p, err := s.papers.get(r.ctx, r.key, func() (*finishedPaper, error) { return s.printed(r.ctx, r.who, r.key) })
	if err != nil {
		return err
	}
	validate(p.key.tag(s.Readings.Layout()))
	h.SetContentType("application/pdf")
	h.Set(fiber.HeaderContentDisposition, `inline; filename="`+p.name+`"`)
	c.Response().SetBodyRaw(p.body)
	return nil
}

// tag is the entity tag of a paper: all that decides its bytes.
func (k paperKey) tag(layout int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d/%t/%d", k.id, k.version, k.large, layout))
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// printed makes a paper of the version that is out now, which may be newer than
// the one asked for.
func (s *Server) printed(ctx context.Context, who *caller.Caller, k paperKey) (*finishedPaper, error) {
	p, err := s.Library.Printed(ctx, who, k.id)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := s.Readings.Write(&b, p, k.large); err != nil {
		return nil, err
	}
	k.version = p.Version
	return &finishedPaper{key: k, name: paperName(&p.Document, k.large), body: b.Bytes()}, nil
}

// longestName bounds the name of a file, in letters.
const longestName = 60

// paperName names the file of a paper in ASCII, by its number or else by its
// title.
func paperName(d *library.Document, large bool) string {
	from := d.Number
	if from == "" {
		from = d.Title
	}
	name := strings.Join(strings.FieldsFunc(viet.Fold(from), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
	name = strings.TrimRight(name[:min(len(name), longestName)], "-")
	if name == "" {
		name = "van-ban"
	}
	if large {
		name += "-chu-lon"
	}
	return name + ".pdf"
}
