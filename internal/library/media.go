package library

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"sotay/internal/fault"
)

// sniffed is how many bytes of a file tell what it is.
const sniffed = 16

// media is a kind of file that may be attached.
type media struct {
	mediaType  string
	extensions []string
	// aliases are what clients also call it.
	aliases []string
	// is tells by the first bytes.
	is func(head []byte) bool
}

// allowed are the kinds of files that may be attached. SVG and HTML are not
// among them: they carry scripts.
var allowed = []media{
	{"application/pdf", []string{".pdf"}, []string{"application/x-pdf"}, begins("%PDF-")},
	{"image/jpeg", []string{".jpg", ".jpeg"}, []string{"image/jpg", "image/pjpeg"}, begins("\xff\xd8\xff")},
	{"image/png", []string{".png"}, []string{"image/x-png"}, begins("\x89PNG\r\n\x1a\n")},
	{"image/webp", []string{".webp"}, nil, func(h []byte) bool { return begins("RIFF")(h) && string(h[8:12]) == "WEBP" }},
	{"audio/mpeg", []string{".mp3"}, []string{"audio/mp3", "audio/x-mp3", "audio/mpeg3"}, isMP3},
	{"audio/mp4", []string{".m4a"}, []string{"audio/x-m4a", "audio/m4a", "video/mp4"}, isMP4},
	{"audio/ogg", []string{".ogg", ".oga", ".opus"}, []string{"application/ogg", "audio/opus"}, begins("OggS\x00")},
	{"video/mp4", []string{".mp4", ".m4v"}, []string{"video/x-m4v"}, isMP4},
}

func begins(magic string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }
}

// isMP3 knows a tag in front and a frame of MPEG audio, layer III.
func isMP3(h []byte) bool {
	return begins("ID3")(h) || h[0] == 0xff && h[1]&0xe0 == 0xe0 && h[1]&0x06 == 0x02 && h[1]&0x18 != 0x08 && h[2]&0xf0 != 0xf0 && h[2]&0xf0 != 0
}

// brands are those of films and sound; the same container holds still images.
var brands = []string{"isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4A ", "M4V ", "MSNV", "dash", "3gp4", "3gp5", "3gp6"}

func isMP4(h []byte) bool {
	return string(h[4:8]) == "ftyp" && slices.Contains(brands, string(h[8:12]))
}

// What is refused of a file.
var (
	badFile = fault.New(fault.Unsuited, "unsupported_file",
		"Tệp không thuộc loại được nhận (PDF, JPEG, PNG, WebP, MP3, M4A, Ogg, MP4) hoặc nội dung không khớp tên.",
		"The file is of no kind that is taken (PDF, JPEG, PNG, WebP, MP3, M4A, Ogg, MP4), or is not what its name says.")
)

// mediaTypeOf finds what a file is: by its first bytes, its name and what the
// client declares, which must agree. A client that declares nothing, or mere
// bytes, is not held to it.
func mediaTypeOf(head []byte, name, declared string) (string, error) {
	if len(head) < sniffed {
		head = append(slices.Clone(head), make([]byte, sniffed-len(head))...)
	}
	ext := strings.ToLower(path.Ext(name))
	k := slices.IndexFunc(allowed, func(m media) bool { return slices.Contains(m.extensions, ext) })
	if k < 0 {
		return "", badFile.At("/file", "unsupported_extension", "Phần mở rộng của tên tệp không được nhận.", "The extension of the file's name is not taken.")
	}
	m := &allowed[k]
	if !m.is(head) {
		return "", badFile.At("/file", "wrong_content", "Nội dung tệp không đúng loại mà tên tệp nêu.", "The content is not what the file's name says.")
	}
	if declared != "" && declared != "application/octet-stream" && declared != m.mediaType && !slices.Contains(m.aliases, declared) {
		return "", badFile.At("/file", "wrong_type", "Kiểu nội dung khai báo không khớp tệp.", "The declared content type does not fit the file.")
	}
	return m.mediaType, nil
}
