// Package page seals the cursors of lists.
//
// A cursor is opaque, can't be forged, and belongs to one list: the list's
// name and its filters are bound into the seal, so that a cursor used with
// other filters is refused instead of giving nonsense.
package page

import (
	"encoding/base64"

	"sotay/internal/fault"
	"sotay/internal/secret"
)

// The bounds of a list's limit.
const (
	DefaultLimit = 20
	MaxLimit     = 100
)

// maxCursor bounds a cursor from outside, in characters.
const maxCursor = 2048

// Sealer makes and opens cursors.
type Sealer struct{ box *secret.Box }

// New returns the sealer of an installation.
func New(s *secret.Secret) *Sealer { return &Sealer{box: s.Box(secret.Cursors)} }

// Seal makes the cursor of a list.
func (s *Sealer) Seal(list string, b []byte) string {
	return base64.RawURLEncoding.EncodeToString(s.box.Seal(b, []byte(list)))
}

// Open reads a cursor of the list, or answers fault.BadCursor.
func (s *Sealer) Open(list, cursor string) ([]byte, error) {
	if len(cursor) > maxCursor {
		return nil, fault.BadCursor
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, fault.BadCursor
	}
	b, err := s.box.Open(sealed, []byte(list))
	if err != nil {
		return nil, fault.BadCursor
	}
	return b, nil
}

// Limit returns the limit of a list from an optional parameter.
func Limit(n *int) int {
	if n == nil {
		return DefaultLimit
	}
	return min(max(*n, 1), MaxLimit)
}
