package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gofiber/fiber/v2"

	"sotay/internal/fault"
	"sotay/internal/viet"
)

// upload is a form with one file, which lies in a temporary file without a
// name: it is gone when the request ends, also by a crash.
type upload struct {
	// name is what the client calls the file, good for its extension and to be
	// shown, never for a path.
	name string
	// declared is the media type that the client claims, "" for none.
	declared string
	size     int64
	file     *os.File
	texts    map[string]any
}

type uploadKey struct{}

// uploaded returns the form of a request whose operation takes one.
func uploaded(ctx context.Context) (*upload, error) {
	if up, ok := ctx.Value(uploadKey{}).(*upload); ok && up != nil {
		return up, nil
	}
	return nil, errors.New("the operation takes no form")
}

// Read implements io.Reader over the file, from its start.
func (u *upload) Read(p []byte) (int, error) { return u.file.Read(p) }

// ReadAt implements io.ReaderAt over the file.
func (u *upload) ReadAt(p []byte, off int64) (int, error) { return u.file.ReadAt(p, off) }

// text returns a text part, "" when it was not given.
func (u *upload) text(name string) string {
	s, _ := u.texts[name].(string)
	return s
}

func (u *upload) close() { _ = u.file.Close() }

// maxName bounds the name of a file, in bytes.
const maxName = 200

// takeForm reads a form into a temporary file.
func (s *Server) takeForm(c *fiber.Ctx, texts *openapi3.Schema, body *incoming, start time.Time) (*upload, error) {
	if body == nil {
		return nil, fault.BadInput.At("", "required", "Cần một biểu mẫu với phần file.", "A form with a part file is required.")
	}
	body.limit, body.last = s.Limits.Upload+framing, start.Add(s.Limits.UploadTimeout)
	media, params, err := mime.ParseMediaType(string(c.Request().Header.ContentType()))
	if err != nil || media != fiber.MIMEMultipartForm || params["boundary"] == "" {
		return nil, fault.New(fault.Invalid, "unsupported_media_type", "Thân yêu cầu phải là multipart/form-data.", "The body must be multipart/form-data.").
			At("/header/Content-Type", "not_allowed", "Phải là multipart/form-data, có boundary.", "It must be multipart/form-data with a boundary.")
	}
	file, err := os.CreateTemp("", "sotay-*")
	if err != nil {
		return nil, fmt.Errorf("temporary file: %w", err)
	}
	up := &upload{file: file, texts: map[string]any{}, size: -1}
	err = os.Remove(file.Name())
	if err == nil {
		err = up.take(multipart.NewReader(body, params["boundary"]), texts, int64(s.Limits.Upload))
	}
	if body.err != nil {
		err = body.err // what the reader of forms made of it says less
	}
	if err == nil {
		err = texts.VisitJSON(up.texts, openapi3.MultiErrors())
		if err != nil {
			err = schemaFault(err)
		}
	}
	if err != nil {
		up.close()
		return nil, err
	}
	// The generated code would read the body again.
	body.settle(c)
	c.Request().SetBodyRaw(nil)
	return up, nil
}

// take reads the parts, of which one is the file.
func (u *upload) take(form *multipart.Reader, texts *openapi3.Schema, limit int64) error {
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fault.BadInput.At("", "broken_form", "Biểu mẫu bị đứt hoặc không đúng dạng.", "The form is cut off or not well-formed.").Because(err)
		}
		if err := u.takePart(part, texts, limit); err != nil {
			return err
		}
	}
	if u.size < 0 {
		return fault.BadInput.At("/file", "required", "Thiếu phần file.", "The part file is required.")
	}
	_, err := u.file.Seek(0, io.SeekStart)
	return err
}

func (u *upload) takePart(part *multipart.Part, texts *openapi3.Schema, limit int64) error {
	name := part.FormName()
	at := "/" + escapePointer(strings.ToValidUTF8(name, "?"))
	schema := texts.Properties[name]
	_, twice := u.texts[name]
	switch {
	case name == "file" && u.size < 0:
		return u.takeFile(part, limit)
	case name == "file" || twice:
		return fault.BadInput.At(at, "repeated", "Phần này chỉ được nêu một lần.", "The part may be given once.")
	case schema == nil:
		return fault.BadInput.At(at, "unknown", "Biểu mẫu không có phần này.", "The form has no such part.")
	}
	text, err := io.ReadAll(io.LimitReader(part, maxText+1))
	if err != nil {
		return fault.BadInput.At(at, "broken_form", "Biểu mẫu bị đứt hoặc không đúng dạng.", "The form is cut off or not well-formed.").Because(err)
	}
	if len(text) > maxText {
		return fault.BadInput.At(at, "too_long", "Chữ quá dài.", "The text is too long.")
	}
	if !utf8.Valid(text) || strings.ContainsRune(string(text), 0) {
		return badJSON(at, "invalid_text", "Chuỗi không hợp lệ (UTF-8, không có ký tự NUL).", "The string is not valid (UTF-8, no NUL).")
	}
	u.texts[name] = viet.NFC(string(text))
	return nil
}

// maxText bounds a text part, in bytes.
const maxText = 64 << 10

func (u *upload) takeFile(part *multipart.Part, limit int64) error {
	u.name = cleanName(part.FileName())
	u.declared, _, _ = mime.ParseMediaType(part.Header.Get(fiber.HeaderContentType))
	n, err := io.Copy(u.file, io.LimitReader(part, limit+1))
	if errors.Is(err, os.ErrInvalid) || isFull(err) {
		return fmt.Errorf("temporary file: %w", err)
	}
	if err != nil {
		return fault.BadInput.At("/file", "broken_form", "Biểu mẫu bị đứt hoặc không đúng dạng.", "The form is cut off or not well-formed.").Because(err)
	}
	if n > limit {
		return tooLarge
	}
	if n == 0 {
		return fault.BadInput.At("/file", "empty", "Tệp không có nội dung.", "The file is empty.")
	}
	u.size = n
	return nil
}

// isFull tells whether an error is the disk's and not the client's.
func isFull(err error) bool {
	var p *os.PathError
	return errors.As(err, &p)
}

// cleanName makes of a client's file name one that can be shown: no folders,
// no control characters, of a bounded length, its extension kept.
func cleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = path.Base("/" + strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`/<>:"|?*`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(viet.NFC(name), ". ")
	if len(name) > maxName {
		ext := path.Ext(name)
		if len(ext) > 16 {
			ext = ""
		}
		name = strings.ToValidUTF8(name[:maxName-len(ext)], "") + ext
	}
	return name
}
