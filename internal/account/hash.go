package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// HashParams are the costs of argon2id (RFC 9106). The default is the least
// that OWASP's Password Storage Cheat Sheet asks for: 19 MiB, two passes, one
// lane.
type HashParams struct {
	MemoryKiB uint32
	Time      uint32
	Threads   uint8
}

// The bounds of costs that we accept, from a config or a stored hash: a row
// must not be able to ask for all memory.
const (
	maxMemoryKiB = 1 << 20
	maxTime      = 64
	saltBytes    = 16
	keyBytes     = 32
)

func (p HashParams) check() error {
	if p.Time < 1 || p.Time > maxTime || p.Threads < 1 ||
		p.MemoryKiB < 8*uint32(p.Threads) || p.MemoryKiB > maxMemoryKiB {
		return fmt.Errorf("account: argon2id costs m=%d t=%d p=%d are out of range", p.MemoryKiB, p.Time, p.Threads)
	}
	return nil
}

// hasher makes and checks password hashes in the PHC string format. derive is
// argon2.IDKey, or in tests one that counts.
type hasher struct {
	params HashParams
	derive func(password, salt []byte, time, memory uint32, threads uint8, keyLen uint32) []byte
	dummy  phc
}

// newHasher also makes the hash that unknown people are checked against. Its
// key is random, so that no password fits it.
func newHasher(p HashParams) *hasher {
	dummy := phc{params: p, salt: make([]byte, saltBytes), key: make([]byte, keyBytes)}
	_, _ = rand.Read(dummy.salt)
	_, _ = rand.Read(dummy.key)
	return &hasher{params: p, derive: argon2.IDKey, dummy: dummy}
}

// phc is a parsed hash.
type phc struct {
	params    HashParams
	salt, key []byte
}

func (h phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.params.MemoryKiB, h.params.Time, h.params.Threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

var errPHC = errors.New("stored password hash can't be read")

func parsePHC(s string) (phc, error) {
	var h phc
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, errPHC
	}
	p := &h.params
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.MemoryKiB, &p.Time, &p.Threads); err != nil || p.check() != nil {
		return h, errPHC
	}
	var err error
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(h.salt) < 8 {
		return h, errPHC
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(h.key) < 16 {
		return h, errPHC
	}
	return h, nil
}

// hash hashes a new password.
func (h *hasher) hash(password string) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt)
	p := h.params
	key := h.derive([]byte(password), salt, p.Time, p.MemoryKiB, p.Threads, keyBytes)
	return phc{params: p, salt: salt, key: key}.String()
}

// matches computes exactly one hash.
func (h *hasher) matches(stored phc, password string) bool {
	p := stored.params
	key := h.derive([]byte(password), stored.salt, p.Time, p.MemoryKiB, p.Threads, uint32(len(stored.key)))
	return subtle.ConstantTimeCompare(key, stored.key) == 1
}

// outdated tells whether a hash was made with other costs than we use now.
func (h *hasher) outdated(stored phc) bool {
	return stored.params != h.params || len(stored.key) != keyBytes
}
