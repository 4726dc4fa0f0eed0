package ident

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"

	"github.com/google/uuid"
)

// maxLen bounds an id that comes from outside.
const maxLen = 64

// New returns a new UUIDv7: unique everywhere and sorted by time of making.
func New() string { return uuid.Must(uuid.NewV7()).String() }

// Derive returns the id that always belongs to these parts: a UUID of version
// 8 (RFC 9562 §5.8) from a hash of them. It makes imports repeatable.
func Derive(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	var u uuid.UUID
	copy(u[:], h.Sum(nil))
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return u.String()
}

// Valid tells whether an id from outside could be one of ours or of a phone's
// making: 1 to 64 of a-z, 0-9 and hyphen, beginning with a letter or digit.
func Valid(id string) bool {
	if id == "" || len(id) > maxLen || id[0] == '-' {
		return false
	}
	for i := 0; i < len(id); i++ {
		c := id[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// alphabet is Crockford's: without the letters that look like others.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

var encoding = base32.NewEncoding(alphabet).WithPadding(base32.NoPadding)

// Token returns 80 random bits in 16 characters: a write's mark or a request
// id. It is not a secret.
func Token() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	var out [16]byte
	encoding.Encode(out[:], b[:])
	return string(out[:])
}
