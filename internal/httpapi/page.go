package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"

	"sotay/internal/httpapi/contract"
)

// Page is a page for people that is the same for everybody. Policy is the
// Content-Security-Policy it shows under.
type Page struct {
	HTML   []byte
	Policy string
}

// encodedPage is a page as it is sent, made once.
type encodedPage struct {
	plain, gzip []byte
	tag, policy string
}

func (p Page) encode() (*encodedPage, error) {
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(p.HTML)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("encode a page: %w", err)
	}
	sum := sha256.Sum256(append([]byte(p.Policy), p.HTML...))
	return &encodedPage{plain: p.HTML, gzip: zipped.Bytes(), tag: hex.EncodeToString(sum[:16]), policy: p.Policy}, nil
}

func (p *encodedPage) send(c *fiber.Ctx) error {
	h := &c.Response().Header
	body, tag := p.plain, `"`+p.tag+`"`
	zip := acceptsGzip(c.Request().Header.Peek(fiber.HeaderAcceptEncoding))
	if zip {
		body, tag = p.gzip, `"`+p.tag+`-gz"`
	}
	setHeader(h, fiber.HeaderContentSecurityPolicy, p.policy)
	setHeader(h, fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	setHeader(h, fiber.HeaderCacheControl, "public, no-cache")
	setHeader(h, headerETag, tag)
	if matches(c.Request().Header.Peek(fiber.HeaderIfNoneMatch), tag) {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	h.SetContentType(fiber.MIMETextHTMLCharsetUTF8)
	if zip {
		h.SetContentEncoding("gzip")
	}
	c.Response().SetBodyRaw(body)
	return nil
}

// VisitGetGuideResponse implements the contract.
func (p *encodedPage) VisitGetGuideResponse(c *fiber.Ctx) error { return p.send(c) }

// VisitGetDocsResponse implements the contract.
func (p *encodedPage) VisitGetDocsResponse(c *fiber.Ctx) error { return p.send(c) }

// GetDocs implements the contract.
func (s *Server) GetDocs(context.Context, contract.GetDocsRequestObject) (contract.GetDocsResponseObject, error) {
	return s.docs, nil
}

// GetGuide implements the contract.
func (s *Server) GetGuide(context.Context, contract.GetGuideRequestObject) (contract.GetGuideResponseObject, error) {
	return s.guide, nil
}
