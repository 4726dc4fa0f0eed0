package quiz

import (
	"crypto/hmac"
	"encoding/base64"
	"strings"

	"sotay/internal/fault"
	"sotay/internal/secret"
)

// maxToken bounds a lease's token from outside, in characters.
const maxToken = 1024

// badLease refuses what is no lease of ours for this quiz.
var badLease = fault.BadInput.At("/lease", "invalid_lease", "Giấy phép làm bài này không hợp lệ.", "This is not a lease of this quiz.")

// leaseClaim is what a lease's token says: whose it is, and what may be begun
// with it. All else is with the attempt.
type leaseClaim struct {
	mode                         LeaseMode
	leaseID, attemptID, memberID string
}

// leaseToken signs a claim. The same claim gives the same token.
func (s *Service) leaseToken(c *leaseClaim) string {
	body := []byte(strings.Join([]string{string(c.mode), c.leaseID, c.attemptID, c.memberID}, "|"))
	enc := base64.RawURLEncoding
	return enc.EncodeToString(body) + "." + enc.EncodeToString(s.Secret.Hash(secret.QuizLeases, body))
}

// readLease reads a token that we signed.
func (s *Service) readLease(token string) (leaseClaim, error) {
	first, second, _ := strings.Cut(token, ".")
	body, err := base64.RawURLEncoding.DecodeString(first)
	mac, macErr := base64.RawURLEncoding.DecodeString(second)
	if len(token) > maxToken || err != nil || macErr != nil || !hmac.Equal(mac, s.Secret.Hash(secret.QuizLeases, body)) {
		return leaseClaim{}, badLease
	}
	parts := strings.Split(string(body), "|") // ours: it has four
	return leaseClaim{LeaseMode(parts[0]), parts[1], parts[2], parts[3]}, nil
}
