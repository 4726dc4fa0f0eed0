package account

import (
	"context"

	"sotay/internal/fault"
)

// MemberOf returns the member whom a username belongs to, or fault.NotFound.
// It is for the command line: nothing that the network reaches may tell which
// usernames there are.
func (s *Service) MemberOf(ctx context.Context, username string) (string, error) {
	cred, known, err := s.credentialOf(ctx, foldUsername(username))
	if err != nil {
		return "", err
	}
	if !known {
		return "", fault.NotFound
	}
	return cred.ID, nil
}
