package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// format and formatVersion stand in every manifest.
const (
	format        = "sotay-archive"
	formatVersion = 1
)

// The kinds of archives.
const (
	// Backup holds the embedded store as a file.
	Backup = "backup"
	// Export holds documents.
	Export = "export"
)

// Manifest says what an archive holds and where it comes from.
type Manifest struct {
	Format        string `json:"format"`
	FormatVersion int    `json:"formatVersion"`
	Kind          string `json:"kind"`
	// Program is the release that wrote the archive, Engine what the store ran
	// on, StoreVersion the version of its documents.
	Program      string    `json:"program"`
	Engine       string    `json:"engine"`
	StoreVersion int64     `json:"storeVersion"`
	MadeAt       time.Time `json:"madeAt"`
	// Secret tells one secret from another and nothing of either.
	Secret  string  `json:"secret"`
	Entries []Entry `json:"entries"`
}

// Entry is one file of an archive.
type Entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	// Documents is how many the entry holds, if it holds documents.
	Documents int64 `json:"documents,omitempty"`
}

// ErrBroken means that a file is no archive, or not as it was written.
var ErrBroken = errors.New("the archive is broken, or is none")

func broken(msg string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBroken, fmt.Sprintf(msg, args...))
}

// The names in an archive.
const (
	manifestName = "manifest.json"
	storeName    = "store.db"
)

var (
	collectionName = regexp.MustCompile(`^collections/([a-z]{1,40})/([0-9]{6})\.bson$`)
	blobName       = regexp.MustCompile(`^blobs/([0-9a-f]{64})$`)
)

// decodeManifest reads a manifest and looks whether this release can.
func decodeManifest(text []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil || m.Format != format {
		return m, broken("it has no manifest")
	}
	if m.FormatVersion != formatVersion {
		return m, fmt.Errorf("the archive has format %d, this program reads %d", m.FormatVersion, formatVersion)
	}
	if m.Kind != Backup && m.Kind != Export {
		return m, broken("it is of an unknown kind")
	}
	return m, nil
}

// Documents counts the documents of an export.
func (m *Manifest) Documents() (n int64) {
	for i := range m.Entries {
		n += m.Entries[i].Documents
	}
	return n
}

// Blobs counts the attached files.
func (m *Manifest) Blobs() (n int) {
	for i := range m.Entries {
		if strings.HasPrefix(m.Entries[i].Name, "blobs/") {
			n++
		}
	}
	return n
}
