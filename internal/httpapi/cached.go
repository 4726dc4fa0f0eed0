package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"

	"sotay/internal/library"
)

// compressFrom is the size from which a list is worth compressing, in bytes.
const compressFrom = 1024

// headerETag is the name as fasthttp writes it.
const headerETag = "Etag"

// served sends an encoded body, or 304 when the client has it.
type served struct {
	body  *library.Served
	plain func(*library.Served) ([]byte, error)
}

func (r served) send(c *fiber.Ctx) error {
	h := &c.Response().Header
	setHeader(h, fiber.HeaderVary, "Accept-Encoding, Authorization")
	if r.body.Immutable {
		setHeader(h, fiber.HeaderCacheControl, "private, max-age=31536000, immutable")
	} else {
		setHeader(h, fiber.HeaderCacheControl, "private, no-cache")
	}
	encoding := chooseEncoding(c.Request().Header.Peek(fiber.HeaderAcceptEncoding))
	tag := r.body.TagPlain
	switch encoding {
	case "br":
		tag = r.body.TagBr
	case "gzip":
		tag = r.body.TagGzip
	}
	setHeader(h, headerETag, tag)
	if matches(c.Request().Header.Peek(fiber.HeaderIfNoneMatch), tag) {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	h.SetContentType(fiber.MIMEApplicationJSON)
	switch encoding {
	case "br":
		h.SetContentEncoding(encoding)
		c.Response().SetBodyRaw(r.body.Br)
	case "gzip":
		h.SetContentEncoding(encoding)
		c.Response().SetBodyRaw(r.body.Gzip)
	default:
		plain, err := r.plain(r.body)
		if err != nil {
			return err
		}
		c.Response().SetBodyRaw(plain)
	}
	return nil
}

// list sends a page of a list with an entity tag over its content.
func list(c *fiber.Ctx, value any) error {
	plain, err := marshal(value)
	if err != nil {
		return fmt.Errorf("encode a list: %w", err)
	}
	sum := sha256.Sum256(plain)
	h := &c.Response().Header
	h.Set(fiber.HeaderVary, "Accept-Encoding, Authorization")
	h.Set(fiber.HeaderCacheControl, "private, no-cache")
	zip := len(plain) >= compressFrom && acceptsGzip(c.Request().Header.Peek(fiber.HeaderAcceptEncoding))
	tag := `"` + hex.EncodeToString(sum[:16])
	if zip {
		tag += "-gz"
	}
	tag += `"`
	h.Set(fiber.HeaderETag, tag)
	if matches(c.Request().Header.Peek(fiber.HeaderIfNoneMatch), tag) {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	h.SetContentType(fiber.MIMEApplicationJSON)
	if !zip {
		c.Response().SetBodyRaw(plain)
		return nil
	}
	var buf bytes.Buffer
	w, err := gzip.NewWriterLevel(&buf, gzip.BestSpeed)
	if err != nil {
		return fmt.Errorf("compress a list: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return fmt.Errorf("compress a list: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("compress a list: %w", err)
	}
	h.Set(fiber.HeaderContentEncoding, "gzip")
	c.Response().SetBodyRaw(buf.Bytes())
	return nil
}

// matches tells whether If-None-Match names the tag, by weak comparison
// (RFC 9110 §13.1.2).
func matches(header []byte, tag string) bool {
	if len(header) == 0 {
		return false
	}
	if string(header) == tag {
		return true
	}
	for part := range bytes.SplitSeq(header, []byte{','}) {
		part = bytes.TrimSpace(part)
		if string(part) == "*" || string(bytes.TrimPrefix(part, []byte("W/"))) == tag {
			return true
		}
	}
	return false
}

// chooseEncoding picks br, gzip or none by Accept-Encoding (RFC 9110
// §12.5.3); br is smaller, so that it wins a tie.
func chooseEncoding(header []byte) string {
	switch string(header) { // what most clients send
	case "":
		return ""
	case "gzip":
		return "gzip"
	case "gzip, deflate, br", "br, gzip", "gzip, br", "br":
		return "br"
	}
	best, bestQ := "", 0.0
	starQ, named := 0.0, map[string]bool{}
	for part := range strings.SplitSeq(string(header), ",") {
		name, q := quality(part)
		name = strings.ToLower(name)
		named[name] = true
		switch name {
		case "br":
			if q > 0 && q >= bestQ {
				best, bestQ = name, q
			}
		case "gzip", "x-gzip":
			if q > bestQ {
				best, bestQ = "gzip", q
			}
		case "*":
			starQ = q
		}
	}
	if best == "" && starQ > 0 {
		for _, name := range []string{"br", "gzip"} {
			if !named[name] {
				return name
			}
		}
	}
	return best
}

// acceptsGzip tells whether the client takes gzip, whatever it likes better.
func acceptsGzip(header []byte) bool {
	for part := range strings.SplitSeq(string(header), ",") {
		if name, q := quality(part); (strings.EqualFold(name, "gzip") || name == "*") && q > 0 {
			return true
		}
	}
	return false
}
