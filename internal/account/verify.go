package account

import (
	"time"

	"sotay/internal/caller"
)

// Claims is what a valid access token says.
type Claims struct {
	MemberID, SessionID string
	// AuthRev is the member's at the time of signing, Generation the
	// session's.
	AuthRev, Generation int64
	Expires             time.Time
}

// verified is a token whose signature and claims were found good.
type verified struct {
	claims Claims
	issued time.Time
}

// Verify returns the claims of an access token, or caller.NotSignedIn. For a
// token seen before it takes a look into two maps and makes nothing; expiry
// and revocation are checked each time. The token may alias a buffer that is
// used again.
func (s *Service) Verify(token string) (Claims, error) { return s.VerifyAt(token, s.now()) }

// VerifyAt is Verify for a caller who has the present moment at hand: on the
// hottest path each reading of the clock shows.
func (s *Service) VerifyAt(token string, now time.Time) (Claims, error) {
	v := s.seen.get(token)
	if v == nil {
		var err error
		if v, err = s.verifyFirst(token); err != nil {
			return Claims{}, err
		}
	}
	if !now.Before(v.claims.Expires) || s.revoked.covers(v.claims.SessionID, v.claims.MemberID, v.issued) {
		return Claims{}, caller.NotSignedIn
	}
	return v.claims, nil
}

// verifyFirst checks a token in full and remembers it. A first sight of a
// session's generation tells that its phone has our answer.
func (s *Service) verifyFirst(token string) (*verified, error) {
	c, err := s.validator.read(token)
	if err != nil {
		return nil, err
	}
	v := &verified{issued: c.IssuedAt.Time, claims: Claims{MemberID: c.Subject, SessionID: c.SessionID,
		AuthRev: c.AuthRev, Generation: c.Generation, Expires: c.ExpiresAt.Time}}
	s.seen.put(token, v)
	s.acks.put(c.SessionID, c.Generation)
	return v, nil
}

// Revoked tells whether an access token issued at that time to the session
// must no longer be honoured, for connections that outlive a request.
func (s *Service) Revoked(sessionID, memberID string, issuedAt time.Time) bool {
	return s.revoked.covers(sessionID, memberID, issuedAt)
}
