package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// minBytes is the least size of the secret: 256 bits.
const minBytes = 32

// Purpose names what a key is for. A purpose is never used for two things.
type Purpose string

// The purposes in use.
const (
	Cursors         Purpose = "cursors"
	Refresh         Purpose = "refresh-successors"
	SigningKeys     Purpose = "signing-keys"
	CredentialKey   Purpose = "credential-key"
	CitizenIDs      Purpose = "citizen-ids"
	Phones          Purpose = "phones"
	Requests        Purpose = "requests"
	ThrottledNames  Purpose = "throttled-names"
	ActivationCodes Purpose = "activation-codes"
	ImportFiles     Purpose = "import-files"
	SignInNonces    Purpose = "sign-in-nonces"
	QuizLeases      Purpose = "quiz-leases"
	ContestDevices  Purpose = "contest-devices"
	Fingerprint     Purpose = "fingerprint" // of the secret itself, in archives
)

// Secret is the installation's one secret. Its value is never printed.
type Secret struct {
	root []byte
	keys sync.Map // by purpose: deriving one costs more than using it
}

// Parse reads a secret written as base64 of at least 32 bytes.
func Parse(s string) (*Secret, error) {
	s = strings.TrimSpace(s)
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		b, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	}
	if err != nil {
		return nil, errors.New("secret is not base64")
	}
	if len(b) < minBytes {
		return nil, fmt.Errorf("secret has %d bytes, needs at least %d", len(b), minBytes)
	}
	return &Secret{root: b}, nil
}

// LoadOrMake reads the secret in a file, or makes it when there is none. Of
// several processes that start at once, one makes it and all read that one.
func LoadOrMake(path string) (*Secret, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeFile(path); err == nil {
			b, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("secret file: %w", err)
	}
	return Parse(string(b))
}

// makeFile writes a whole file and links it into place, which fails when
// another process was faster: no reader ever sees half a secret.
func makeFile(path string) error {
	var key [minBytes]byte
	_, _ = rand.Read(key[:])
	f, err := os.CreateTemp(filepath.Dir(path), ".secret-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key[:]) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// Key returns the 32-byte key of a purpose; it is shared and not to be changed.
func (s *Secret) Key(p Purpose) []byte {
	if key, ok := s.keys.Load(p); ok {
		return key.([]byte)
	}
	key, err := hkdf.Key(sha256.New, s.root, nil, "sotay/"+string(p), 32)
	if err != nil {
		panic(err) // only for a length that SHA-256 can't give
	}
	s.keys.Store(p, key)
	return key
}

// Hash returns HMAC-SHA-256 of the parts under the key of a purpose.
func (s *Secret) Hash(p Purpose, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, s.Key(p))
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(nil)
}

// Box seals small things for one purpose with AES-256-GCM.
type Box struct{ aead cipher.AEAD }

// Box returns the box of a purpose.
func (s *Secret) Box(p Purpose) *Box {
	block, err := aes.NewCipher(s.Key(p))
	if err != nil {
		panic(err) // the key has 32 bytes
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has a block of 16 bytes
	}
	return &Box{aead}
}

// Seal encrypts b; bound is checked, not hidden: Open needs the same.
func (x *Box) Seal(b, bound []byte) []byte {
	nonce := make([]byte, x.aead.NonceSize(), x.aead.NonceSize()+len(b)+x.aead.Overhead())
	_, _ = rand.Read(nonce)
	return x.aead.Seal(nonce, nonce, b, bound)
}

// ErrSealed means that a sealed thing is not ours or was changed.
var ErrSealed = errors.New("seal is broken")

// Open decrypts what Seal made.
func (x *Box) Open(sealed, bound []byte) ([]byte, error) {
	n := x.aead.NonceSize()
	if len(sealed) < n {
		return nil, ErrSealed
	}
	b, err := x.aead.Open(nil, sealed[:n], sealed[n:], bound)
	if err != nil {
		return nil, ErrSealed
	}
	return b, nil
}
