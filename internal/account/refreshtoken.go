package account

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"

	"github.com/google/uuid"

	"sotay/internal/secret"
)

// A refresh token is base64url of
//
//	version   1 byte
//	session  16 bytes
//	generation 4 bytes, big endian
//	mint     16 bytes: HMAC(key, what stands before)
//	proof    16 bytes: HMAC(key, what stands before mint, the session's seed)
//
// The mint tells a token of ours from a forgery without the store and when the
// session is gone, so that its phone hears "ended" and not "forged". The proof
// needs the seed besides the key: neither a leaked secret nor a leaked backup
// alone makes a token. Both are cut to the 128 bits that RFC 2104 §5 allows.
const (
	tokenVersion  = 1
	tokenHead     = 1 + 16 + 4
	tokenMAC      = 16
	tokenBytes    = tokenHead + 2*tokenMAC
	maxGeneration = 1<<32 - 1
)

// refreshToken is a parsed token whose mint is ours.
type refreshToken struct {
	sid        string
	generation int64
	head       [tokenHead]byte
	proof      [tokenMAC]byte
}

// refreshTokens makes and reads refresh tokens.
type refreshTokens struct{ secret *secret.Secret }

// issue returns the token of a session's generation: always the same one, on
// every replica.
func (r *refreshTokens) issue(x *session) (string, error) {
	sid, err := uuid.Parse(x.ID)
	if err != nil {
		return "", err
	}
	b := make([]byte, 0, tokenBytes)
	b = append(b, tokenVersion)
	b = append(b, sid[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(x.Generation))
	head := b[:tokenHead:tokenHead]
	b = append(b, r.mac(head)...)
	b = append(b, r.mac(head, x.Seed)...)
	return base64.RawURLEncoding.EncodeToString(b), nil
}

func (r *refreshTokens) mac(parts ...[]byte) []byte {
	return r.secret.Hash(secret.Refresh, parts...)[:tokenMAC]
}

// parse reads a token; ok is false for whatever this installation of the
// server did not make.
func (r *refreshTokens) parse(token string) (t refreshToken, ok bool) {
	if len(token) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return t, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != tokenBytes || b[0] != tokenVersion {
		return t, false
	}
	if !hmac.Equal(b[tokenHead:tokenHead+tokenMAC], r.mac(b[:tokenHead])) {
		return t, false
	}
	t.sid = uuid.UUID(b[1:17]).String()
	t.generation = int64(binary.BigEndian.Uint32(b[17:]))
	copy(t.head[:], b)
	copy(t.proof[:], b[tokenHead+tokenMAC:])
	return t, true
}

// belongs tells whether a token is of this session.
func (r *refreshTokens) belongs(t refreshToken, x *session) bool {
	return hmac.Equal(t.proof[:], r.mac(t.head[:], x.Seed))
}
