package sheet

import (
	"archive/zip"
	"errors"
	"path"
	"strings"
)

// archive is a zip file whose directory was checked, and is not believed: what
// comes out of its parts is counted again.
type archive struct {
	parts  map[string]*zip.File
	limits Limits
}

func openArchive(src Source, size int64, l Limits) (*archive, error) {
	z, err := zip.NewReader(src, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, damaged(err)
	}
	if len(z.File) > l.Entries {
		return nil, errBig
	}
	a := &archive{parts: make(map[string]*zip.File, len(z.File)), limits: l}
	var total uint64
	for _, f := range z.File {
		if total += f.UncompressedSize64; f.UncompressedSize64 > uint64(l.UnpackedBytes) || total > uint64(l.UnpackedBytes) {
			return nil, errBig
		}
		if f.UncompressedSize64 > uint64(l.RatioFrom) && f.UncompressedSize64/uint64(l.Ratio) > f.CompressedSize64 {
			return nil, errBig
		}
		if f.Flags&1 != 0 {
			return nil, errLocked
		}
		name := partName(f.Name)
		if name == "" {
			continue // a folder, or a path that leads out: no part refers to it
		}
		if a.parts[name] != nil {
			return nil, errDup
		}
		a.parts[name] = f
	}
	if a.parts["_rels/.rels"] == nil || a.parts["[content_types].xml"] == nil || a.parts["word/document.xml"] != nil {
		return nil, errDoc
	}
	return a, nil
}

// partName is the key of a part: its path from the root in lower case, for
// programs differ in both. "" is no part.
func partName(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	if strings.HasSuffix(name, "/") || len(name) > 255 {
		return ""
	}
	clean := path.Clean("/" + name)
	if strings.Contains("/"+name+"/", "/../") {
		return ""
	}
	return strings.ToLower(clean[1:])
}

// budget is what one reading may still unpack, over all parts.
type budget struct{ left int64 }

// open returns a part as XML; nil when there is none.
func (a *archive) open(name string, b *budget) (*xmlReader, error) {
	f := a.parts[strings.ToLower(name)]
	if f == nil {
		return nil, nil
	}
	rc, err := f.Open()
	if err != nil {
		return nil, damaged(err)
	}
	return newXMLReader(rc, b, a.limits), nil
}
